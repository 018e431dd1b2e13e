package pages

// Message says something, and no more.
func Message(v MessageView) Node {
	return shell(v.Base, Node{},
		heading(v.Title, v.Status, Node{}, text(v.Text)),
		el("p", el("a", class("button quiet"), attr("href", AccountingPath), text("Back to Accounting"))),
	)
}
