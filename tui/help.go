package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// helpScreen covers another screen until the next key. In a narrow window it is where the keys are named.
type helpScreen struct{ under screen }

func (h helpScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return h.under, nil
	}
	next, ev := h.under.update(msg, s)
	return helpScreen{next}, ev
}

func (h helpScreen) view(s flow.State, f frame) page {
	f.ready = true // as once the help is closed and the screen has been in sight again
	p := page{title: s.Book().Screen.ShortcutsTitle.String(), rows: f.keyList(h.under.keys(s, f))}
	switch more := f.paragraphs(s.Help()); {
	case s.Step == flow.StepReview:
		p = f.reviewHelp(s, h.under.keys(s, f))
	case len(more) > 0:
		p.rows = f.withKeys(more, h.under.keys(s, f))
	}
	if !f.fits(bindings().closeHelp) {
		p.rows = append(append(p.rows, ""), f.wrap(f.meaning(bindings().closeHelp), f.w, f.styles.plain)...)
	}
	if _, problem := h.under.(problemScreen); !problem || s.Notice.Bad || f.told != "" {
		p.notice = spaced(f.notice(s))
	}
	return p
}

func (h helpScreen) keys(flow.State, frame) []key.Binding { return []key.Binding{bindings().closeHelp} }

// covers reports whether a screen is a help, which hides another screen.
func covers(sc screen) bool {
	_, ok := sc.(helpScreen)
	return ok
}

// reviewHelp says who asks for access, what will happen, and what a small window has no room for.
func (f frame) reviewHelp(s flow.State, keys []key.Binding) page {
	rows := append(append(f.numbered(s.Overview()), ""), f.facts(s.About())...)
	bullet := func(flow.Permission) string { return f.styles.plain.Render(f.glyphs.bullet) }
	if cells := f.permissionCells(s.Integration.Permissions, bullet); f.scopeless(cells, f.dent()) {
		rows = append(append(rows, ""), f.columns(cells, f.dent())...)
	}
	if !f.roomy() {
		rows = append(append(rows, ""), f.list(s.Lines(flow.StepReview), 0)...)
	}
	return page{title: s.OverviewTitle(), rows: f.withKeys(rows, keys)}
}

// keyHelp compares the two kinds of key.
func (f frame) keyHelp(s flow.State, keys []key.Binding) page {
	rows := append(f.table(s.Comparison()), spaced(f.paragraphs(s.Help()))...)
	return page{title: s.KindText(), rows: f.withKeys(rows, keys)}
}

// paragraphs draws running text.
func (f frame) paragraphs(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, f.prose(text, f.styles.plain)...)
	}
	return out
}

// withKeys puts the keys under the rest, or above it if the footer has no room for them.
func (f frame) withKeys(rows []string, keys []key.Binding) []string {
	if f.roomy() {
		return slices.Concat(rows, []string{""}, f.keyList(keys))
	}
	return slices.Concat(f.keyList(keys), []string{""}, rows)
}

// keyList lists the keys of a screen with their meanings. It leaves out the help, which is already open, and the way
// out, which is in every footer.
func (f frame) keyList(keys []key.Binding) []string {
	var facts []flow.Fact
	for _, b := range append(keys, bindings().scroll) {
		if b.Enabled() && !isHelp(b) {
			facts = append(facts, flow.Fact{Label: b.Help().Key, Value: f.meaning(b)})
		}
	}
	return f.facts(facts)
}

// table draws rows of three columns, or puts the columns under one another if they are too wide.
func (f frame) table(rows [][3]string) []string {
	var wide [3]int
	for _, row := range rows {
		for i, text := range row {
			wide[i] = max(wide[i], widthOf(text))
		}
	}
	if 2+wide[0]+wide[1]+wide[2]+6 > f.w {
		return f.stacked(rows)
	}
	var out []string
	for i, row := range rows {
		style := f.styles.plain
		if i == 0 {
			style = f.styles.title
		}
		label := "  " + f.styles.faint.Render(pad(row[0], wide[0]))
		out = append(out, label+"   "+style.Render(pad(row[1], wide[1]))+"   "+style.Render(row[2]))
	}
	return out
}

func (f frame) stacked(rows [][3]string) []string {
	var out []string
	for i := 1; i < 3; i++ {
		var facts []flow.Fact
		for _, row := range rows[1:] {
			facts = append(facts, flow.Fact{Label: row[0], Value: row[i]})
		}
		out = append(append(out, f.styles.title.Render(rows[0][i])), f.facts(facts)...)
		out = append(out, "")
	}
	return out
}
