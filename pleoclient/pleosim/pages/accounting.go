package pages

// Accounting is Settings > Accounting.
func Accounting(v AccountingView) Node {
	return shell(v.Base, v.dialog(),
		heading("Accounting", v.Status, v.dialog(), text("Connect the system that does your accounting.")),
		live("Integrations", v.Base, Tiles(v.Integrations)),
	)
}

func (v AccountingView) dialog() Node {
	switch v.Dialog {
	case DialogInstall:
		return install(v.Of, v.Status)
	case DialogKey:
		return integratedKey(v.Of, v.Secret, v.Status)
	}
	return Node{}
}

// Tiles is the part of Accounting that changes by itself.
func Tiles(list []Integration) Node {
	return el("ul", attr("role", "list"), class("tiles"), each(list, tile))
}

func tile(i Integration) Node {
	return el("li", attr("id", "tile-"+i.ID), class("tile"),
		when(i.connected(), flag("data-connected")),
		when(i.fresh(), flag("data-fresh")),
		el("div", class("title"),
			el("span", class("logo"), attr("aria-hidden", "true"), text(i.initial())),
			el("h2", text(i.Name)),
		),
		wire(),
		i.state(),
	)
}

// wire is the line between Pleo and the server, as the terminal draws it.
func wire() Node {
	return el("p", class("wire"), attr("aria-hidden", "true"),
		el("span", text("Pleo")), el("i"), el("span", text("your server")),
	)
}

// state is the lower part of a tile: what is connected, or how to connect.
func (i Integration) state() Node {
	if i.connected() {
		return all(
			el("p", class("state"), el("span", attr("aria-hidden", "true"), text("✓")), text(" Connected")),
			el("ul", attr("role", "list"), class("installed"), each(i.Installed, i.installation)),
		)
	}
	connect := el("a", class("button"), attr("id", "connect-"+i.ID), attr("href", i.path("")),
		text("Connect"), unseen(" "+i.Name),
	)
	if i.Standalone {
		connect = i.needs()
	}
	return all(el("p", class("state"), text("Not connected")), connect)
}

func (i Integration) installation(in Installation) Node {
	return el("li",
		el("p", el("strong", text(in.Company)), text(" "), code(in.Fingerprint)),
		el("form", attr("method", "post"), attr("action", i.path("disconnect")),
			el("input", attr("type", "hidden"), attr("name", "company"), attr("value", in.CompanyID)),
			el("button", class("quiet"), attr("id", "disconnect-"+i.ID+"-"+in.CompanyID),
				text("Disconnect"), unseen(" "+i.Name+" from "+in.Company),
			),
		),
	)
}

// needs says where the key of an integration comes from that Pleo does not install.
func (i Integration) needs() Node {
	return all(
		el("p", text("It uses a Standalone API Key. In Settings > API Keys, create one with these permissions:")),
		el("ul", attr("role", "list"), class("scopes"), each(i.Permissions, func(p Permission) Node {
			return el("li", code(p.Scope), p.optional())
		})),
		el("a", class("button"), attr("id", "connect-"+i.ID), attr("href", NewKeyPath),
			text("Create API Key"), unseen(" for "+i.Name),
		),
	)
}

func (p Permission) optional() Node {
	return when(!p.Required, el("span", class("chip"), text("Optional")))
}
