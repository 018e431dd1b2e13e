package pages

// integratedKey is the dialog with the key that Allow made.
func integratedKey(i Integration, s Secret, status string) Node {
	seen := s.Text == ""
	actions := el("p", class("actions"),
		el("a", class("button quiet"), attr("href", AccountingPath), text("Close")),
		el("a", class("button"), attr("href", i.path("switch")), flag("data-go"), when(seen, flag("data-focus")),
			text("Go to "+i.Name),
		),
	)
	if seen {
		return modal("This key was shown before", i.ID,
			says(status),
			s.once(),
			el("p", text("If you didn't copy it, close this and press Connect again: Pleo then creates another one.")),
			actions,
		)
	}
	return modal("Your Integrated API Key", i.ID,
		s.field(status),
		steps(
			"Copy the key",
			"Press “Go to "+i.Name+"”",
			"You come to the integration: here, to the terminal on your server",
			"Paste the key there",
			"Confirm the company, and finish the setup",
		),
		actions,
	)
}

// standaloneKey is the dialog with a key that the form made.
func standaloneKey(v KeysView) Node {
	if v.Secret.Text == "" {
		return modal("This key was shown before", v.OfIntegration,
			says(v.Status),
			v.Secret.once(),
			el("p", text("If you didn't copy it, close this, delete “"+v.Of.Name+"” and create another key.")),
			el("p", class("actions"),
				el("a", class("button"), attr("href", KeysPath), flag("data-focus"), text("Close")),
			),
		)
	}
	return modal("Your Standalone API Key", v.OfIntegration,
		v.Secret.field(v.Status),
		steps(
			"Copy the key",
			"Go to the program that uses it: here, to the terminal on your server",
			"Paste the key there",
			"Confirm the company, and finish the setup",
		),
		el("p", class("actions"), el("a", class("button"), attr("href", KeysPath), text("Done"))),
	)
}

// field shows the key. The script shows the button, which could do nothing without it.
func (s Secret) field(status string) Node {
	return all(
		el("p", class("lead"), text("Pleo shows it only once.")),
		el("div", class("secret"),
			el("label", attr("for", "key"), text("Key")),
			el("textarea", attr("id", "key"), attr("rows", "2"), flag("readonly"), flag("data-focus"),
				attr("spellcheck", "false"), attr("autocomplete", "off"), text(s.Text),
			),
			el("button", attr("id", "copy"), attr("type", "button"), flag("hidden"), text("Copy")),
		),
		says(status),
		el("p", class("note"),
			text("Its fingerprint, which the terminal shows too: "), code(s.Fingerprint),
		),
	)
}

func (s Secret) once() Node {
	return el("p", class("lead"),
		text("Pleo shows a key only once. This one has the fingerprint "), code(s.Fingerprint), text("."),
	)
}

func steps(list ...string) Node {
	return el("ol", class("steps"), each(list, func(step string) Node { return el("li", text(step)) }))
}
