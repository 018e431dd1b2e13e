package pages

import "slices"

// NewKey is the form that creates a Standalone API Key.
func NewKey(v NewKeyView) Node {
	wrong := v.Problem != ""
	return shell(v.Base, Node{},
		heading("Create API Key", v.Status, Node{},
			text("It is a Standalone API Key: for a program that Pleo doesn't install."),
		),
		when(wrong, el("p", attr("id", "problem"), attr("role", "alert"), text(v.Problem))),
		el("form", attr("method", "post"), attr("action", KeysPath), class("new"),
			el("div",
				el("label", attr("for", "name"), text("Name")),
				el("input", attr("id", "name"), attr("name", "name"), attr("value", v.Name), flag("required"),
					attr("maxlength", "80"), attr("autocomplete", "off"), flag("data-focus"),
					when(wrong, attr("aria-describedby", "problem")),
				),
			),
			fieldset("Expiration", el("div", class("row"),
				radio("expiration", "30", "30 days", v.Expiration),
				radio("expiration", "90", "90 days", v.Expiration),
				radio("expiration", "365", "1 year", v.Expiration),
				radio("expiration", "", "Never", v.Expiration),
			)),
			fieldset("Access level",
				radio("access", AccessCompany, "Only this company: "+v.Company, v.Access),
				radio("access", AccessOrganisation, "The organisation: "+v.Organisation, v.Access),
			),
			fieldset("Permissions", el("div", class("grid"), each(v.Scopes, v.checkbox))),
			el("p", class("actions"),
				el("a", class("button quiet"), attr("href", KeysPath), text("Cancel")),
				el("button", text("Create API Key")),
			),
		),
	)
}

func fieldset(legend string, content ...Node) Node {
	return el("fieldset", el("legend", text(legend)), all(content...))
}

func radio(name, value, label, chosen string) Node {
	return el("label", class("choice"),
		el("input", attr("type", "radio"), attr("name", name), attr("value", value),
			when(value == chosen, flag("checked")), flag("required"),
		),
		el("span", text(label)),
	)
}

func (v NewKeyView) checkbox(p Permission) Node {
	return el("label", class("choice"),
		el("input", attr("type", "checkbox"), attr("name", "scope"), attr("value", p.Scope),
			when(slices.Contains(v.Ticked, p.Scope), flag("checked")),
		),
		el("span", code(p.Scope), text(" "), el("small", text(p.Title))),
	)
}
