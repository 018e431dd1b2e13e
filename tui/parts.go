package tui

import (
	"strings"

	"pleo-connect/flow"
)

// mark draws the mark of a line. Each has its own sign, so that colour is never needed.
func (f frame) mark(m flow.Mark) string {
	switch m {
	case flow.MarkBusy: // without colour, which would be most of what each turn writes
		return f.styles.plain.Render(f.glyphs.spinner[f.tick%len(f.glyphs.spinner)])
	case flow.MarkDone:
		return f.styles.good.Render(f.glyphs.done)
	case flow.MarkFailed:
		return f.styles.bad.Render(f.glyphs.failed)
	case flow.MarkWarning:
		return f.styles.plain.Render("!")
	case flow.MarkUnknown:
		return f.styles.plain.Render(f.glyphs.unknown)
	}
	return f.styles.plain.Render(f.glyphs.waiting)
}

// cell is a line of a list: its mark, what it is about, and a note.
type cell struct {
	mark, left, right string
	ink               ink  // of the right one
	apart             bool // the right one is too long to be aligned with others
}

// columns aligns the right cells, or puts each under its left cell if the width does not allow that.
func (f frame) columns(cells []cell, dent int) []string {
	left, right := 0, 0
	for _, c := range cells {
		if !c.apart { // also one whose note is still to come: the notes beside it do not move then
			left, right = max(left, widthOf(c.left)), max(right, widthOf(c.right))
		}
	}
	var out []string
	for _, c := range cells {
		if c.right != "" && !c.apart && dent+2+left+3+right <= f.w {
			text := f.styles.plain.Render(pad(c.left, left)) + "   " + c.ink.Render(c.right)
			out = append(out, strings.Repeat(" ", dent)+c.mark+" "+text)
			continue
		}
		lines := f.wrap(c.left, f.w-dent-2, f.styles.plain)
		lines = append(lines, f.wrap(c.right, f.w-dent-2, c.ink)...)
		out = append(out, hang(strings.Repeat(" ", dent)+c.mark+" ", lines)...)
	}
	return out
}

// list draws a live list.
func (f frame) list(lines []flow.Line, dent int) []string {
	var cells []cell
	for _, line := range lines {
		wide := dent+2+widthOf(line.Label)+3+widthOf(line.Note) > f.w
		cells = append(cells, cell{f.mark(line.Mark), line.Label, line.Note, f.styles.plain, wide})
	}
	return f.columns(cells, dent)
}

// facts draws labelled lines. A long value is wrapped in its column, and a command that does not fit there goes below.
func (f frame) facts(facts []flow.Fact) []string {
	label := 0
	for _, fact := range facts {
		label = max(label, widthOf(fact.Label))
	}
	var out []string
	for _, fact := range facts {
		lead := strings.Repeat(" ", f.dent()) + f.styles.faint.Render(pad(fact.Label, label)) + "   "
		runs := fact.Label == f.book.Wizard.Facts.NextRun.String()
		if runs && widthOf(lead+fact.Value) > f.w {
			out = append(append(out, lead), f.command(fact.Value, f.book.Wizard.Link.CommandAgain)...)
			continue
		}
		if fact.Label == f.book.Wizard.Facts.SavedIn.String() {
			fact.Value = f.path(fact.Value, f.w-widthOf(lead))
		}
		out = append(out, hang(lead, f.wrap(fact.Value, f.w-widthOf(lead), f.styles.plain))...)
	}
	return out
}

// inner returns the frame for what is inset.
func (f frame) inner() frame {
	f.w -= f.dent()
	return f
}

// inset indents rows like a list.
func (f frame) inset(rows []string) []string {
	for i := range rows {
		rows[i] = strings.Repeat(" ", f.dent()) + rows[i]
	}
	return rows
}

// buttonRows draws the buttons of a screen.
func (f frame) buttonRows(b buttons, cs []choice, enabled bool) []string {
	return f.inset(b.view(f.inner(), cs, enabled))
}

// permissions draws what the integration asks for, with the scopes if there is room for them.
func (f frame) permissions(cells []cell, dent int) []string {
	if f.scopeless(cells, dent) {
		for i := range cells {
			cells[i].right = ""
		}
	}
	return f.columns(cells, dent)
}

// scopeless reports whether a window is so narrow or low that scopes would take the room of permissions.
func (f frame) scopeless(permissions []cell, dent int) bool {
	title, scope := 0, 0
	for _, c := range permissions {
		title, scope = max(title, widthOf(c.left)), max(scope, widthOf(c.right))
	}
	beside := dent+2+title+3+scope <= f.w
	return !beside && (!f.roomy() || f.w < maxProse)
}

// permissionCells returns permissions with their scopes, each with the sign that marked returns.
func (f frame) permissionCells(ps []flow.Permission, marked func(flow.Permission) string) []cell {
	var cells []cell
	for _, p := range ps {
		title := p.Title
		if !p.Required {
			title = f.book.Screen.Optional.Fill(flow.Values{Name: title})
		}
		cells = append(cells, cell{mark: marked(p), left: title, right: string(p.Scope), ink: f.styles.faint})
	}
	return cells
}

// notice draws the line about the last action. On Key and after a refused paste it is followed by what helps.
func (f frame) notice(s flow.State) []string {
	why := s.Explain()
	switch {
	case f.told != "":
		return f.says(f.told)
	case s.Step != flow.StepProblem && why.Summary != "" && (s.Step == flow.StepKey || s.Notice.Text == why.Summary):
		return append(f.marked(flow.MarkFailed, flow.Capital(why.Summary)), f.helps(why)...)
	case s.Notice.Bad:
		return f.marked(flow.MarkFailed, flow.Capital(s.Notice.Text))
	}
	return f.sentence("", flow.Capital(s.Notice.Text), f.styles.plain)
}

// says draws a sentence of the book.
func (f frame) says(text flow.Text) []string {
	return f.prose(flow.Capital(text.String()), f.styles.plain)
}

// helps draws what is said about the key with a problem, and what to do next, indented like the text after a mark.
func (f frame) helps(why flow.Explanation) []string {
	rows := f.hanging(why.About, f.styles.plain)
	for _, step := range why.Advice() {
		rows = append(rows, f.hanging(step.Text, f.styles.plain)...)
		rows = append(rows, f.command(step.Command, f.book.Wizard.Link.Widen)...)
	}
	return rows
}

// marked draws a sentence after a mark.
func (f frame) marked(m flow.Mark, text string) []string {
	return hang(f.mark(m)+" ", f.wrap(text, min(f.w, maxProse)-2, f.styles.plain))
}

// barred draws a bar next to a text that matters more than the rest.
func (f frame) barred(text string, style ink) []string {
	text, command := f.book.CutCommand(text)
	lines := f.wrap(text, min(f.w, maxProse)-3, style)
	for i := range lines {
		lines[i] = f.styles.accent.Render(f.glyphs.bar) + "  " + lines[i]
	}
	return append(lines, f.command(command, f.book.Wizard.Link.Widen)...)
}
