package pages

// install is the dialog that asks whether an integration may have its permissions.
func install(i Integration, status string) Node {
	return modal(i.Name+" would like to", "",
		says(status),
		el("ul", attr("role", "list"), class("permissions"), each(i.Permissions, permission)),
		el("p", class("note"), text("Allow creates an Integrated API Key with these permissions, and no others.")),
		el("form", attr("method", "post"), attr("action", i.path("allow")), class("actions"),
			el("a", class("button quiet"), attr("id", "cancel"), attr("href", AccountingPath), flag("data-focus"),
				text("Cancel"),
			),
			el("button", text("Allow")),
		),
	)
}

func permission(p Permission) Node {
	if p.Title == "" {
		return el("li", code(p.Scope), p.optional())
	}
	return el("li", text(p.Title), p.optional(), el("small", code(p.Scope)))
}
