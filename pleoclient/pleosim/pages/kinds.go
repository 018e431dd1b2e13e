package pages

// Kinds compares the two kinds of key.
func Kinds(b Base) Node {
	return shell(b, Node{},
		heading("Integrated or standalone", b.Status, Node{},
			text("Which one you need depends on the program that uses the key: the terminal says which."),
		),
		el("table",
			el("caption", class("unseen"), text("The two kinds of API key")),
			el("thead", el("tr",
				el("td"),
				el("th", attr("scope", "col"), text("Integrated")),
				el("th", attr("scope", "col"), text("Standalone")),
			)),
			el("tbody", each(comparison, func(row [3]string) Node {
				return el("tr",
					el("th", attr("scope", "row"), text(row[0])), el("td", text(row[1])), el("td", text(row[2])),
				)
			})),
		),
		el("p", el("a", attr("href", KeysPath), text("Back to API Keys"))),
	)
}

var comparison = [][3]string{
	{"Starts with", "installing it in Pleo", "creating a key in Settings"},
	{"Key appears", "during installation", "when you create it"},
	{"Permissions", "set by Pleo", "chosen by you"},
	{"Approved by", "pressing Allow", "choosing the scopes"},
	{"Belongs to", "this one installation", "any compatible integration"},
	{"How many", "one per installation", "one or more per company"},
	{"Meant for", "approved accounting and ERP", "your own or custom programs"},
}
