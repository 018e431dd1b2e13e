package pages

// Keys is Settings > API Keys.
func Keys(v KeysView) Node {
	return shell(v.Base, v.dialog(),
		heading("API Keys", v.Status, v.dialog(),
			text("An integration gets its key under "), el("a", attr("href", AccountingPath), text("Accounting")),
			text(". Create keys for your own programs here. "),
			el("a", attr("href", KindsPath), text("Compare both kinds")),
		),
		el("p", el("a", class("button"), attr("href", NewKeyPath), text("Create API Key"))),
		live("Keys", v.Base, KeyList(v.Keys)),
	)
}

func (v KeysView) dialog() Node {
	if v.Shown {
		return standaloneKey(v)
	}
	return Node{}
}

// KeyList is the part of Keys that changes by itself.
func KeyList(keys []Key) Node {
	if len(keys) == 0 {
		return el("p", class("none"), text("No keys yet"))
	}
	return el("ul", attr("role", "list"), class("keys"), each(keys, Key.item))
}

func (k Key) item() Node {
	return el("li",
		el("h2", text(k.Name)),
		el("p",
			el("span", class("chip"), text(k.kind())),
			when(k.Expired, text(" "), el("span", class("chip bad"), text("Expired"))),
		),
		el("dl",
			el("div", detail("Fingerprint", code(k.Fingerprint))),
			el("div", detail("Access level", text(k.Access))),
			el("div", detail("Created", moment(k.Created))),
			el("div", detail("Expires", moment(k.Expires))),
			el("div", class("wide"), detail("Permissions", each(k.Scopes, code))),
		),
		el("form", attr("method", "post"), attr("action", k.path("delete")),
			el("button", class("quiet"), attr("id", k.id("delete")), text("Delete"), unseen(" "+k.Name)),
		),
	)
}

// detail is one that a key has, and its name.
func detail(term string, value Node) Node { return all(el("dt", text(term)), el("dd", value)) }
