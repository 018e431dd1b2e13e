package pages

// shell is what every page has around its content. There may be no dialog; the page behind one is inert.
func shell(b Base, dialog Node, content ...Node) Node {
	return all(doctype, el("html", attr("lang", "en"),
		el("head",
			el("meta", attr("charset", "utf-8")),
			el("title", text("Simulated Pleo")),
			el("meta", attr("name", "viewport"), attr("content", "width=device-width")),
			el("meta", attr("name", "color-scheme"), attr("content", "light dark")),
			el("link", attr("rel", "icon"), attr("href", "/icon.svg")),
			el("link", attr("rel", "stylesheet"), attr("href", "/style.css")),
			el("script", attr("src", "/page.js"), flag("defer")),
		),
		el("body",
			el("div", class("page"), when(dialog != Node{}, flag("inert")),
				el("a", class("skip"), attr("href", "#main"), text("Skip to content")),
				el("header", brand(), el("p", class("company"), text(b.Company))),
				el("nav", attr("aria-label", "Settings"),
					el("p", attr("aria-hidden", "true"), text("Settings")),
					el("ul", attr("role", "list"),
						entry("Accounting", AccountingPath, b.View == ViewAccounting),
						entry("API Keys", KeysPath, b.View == ViewKeys),
					),
				),
				el("main", attr("id", "main"), attr("tabindex", "-1"), all(content...)),
				el("footer", el("p", text("This is not Pleo. It is a simulation that runs on this computer only, "+
					"and every key in it is invented."))),
			),
			when(dialog != Node{}, el("div", class("veil"), dialog)),
		),
	))
}

func brand() Node {
	return el("p", class("brand"), text("Simulated Pleo "), el("span", class("demo"), text("DEMO")))
}

// entry is one of the menu.
func entry(label, path string, current bool) Node {
	return el("li", el("a", attr("href", path), when(current, attr("aria-current", "page")), text(label)))
}

// heading begins the content of a page, with a sentence. A page has one status: in its dialog, if there is
// one, because a screen reader may not look behind that.
func heading(title, status string, dialog Node, lead ...Node) Node {
	return all(
		el("h1", text(title)),
		el("p", class("lead"), all(lead...)),
		when(dialog == Node{}, says(status)),
	)
}

// says is where the server and the script say what happened.
func says(status string) Node { return el("p", attr("role", "status"), text(status)) }

// modal is the frame of a dialog. It ends when the integration with the given ID connects.
func modal(title, of string, content ...Node) Node {
	return el("dialog", flag("open"), attr("aria-modal", "true"), attr("aria-labelledby", "dialog-title"),
		attr("data-of", of), attr("data-then", AccountingPath),
		brand(),
		el("h2", attr("id", "dialog-title"), text(title)),
		all(content...),
	)
}

// live is the part of a page that the script replaces when the server tells about a change.
func live(label string, b Base, content Node) Node {
	return el("div", attr("id", "live"), attr("role", "group"), attr("aria-label", label), attr("tabindex", "-1"),
		attr("data-events", b.events()), content,
	)
}

func code(s string) Node { return el("code", text(s)) }

// unseen is what only a screen reader says, so that each button has a name of its own.
func unseen(s string) Node { return el("span", class("unseen"), text(s)) }
