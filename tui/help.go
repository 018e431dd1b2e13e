package tui

import (
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// reviewHelp says who asks, and what will happen.
func (f frame) reviewHelp(s flow.State) page {
	rows := append(f.numbered(s.Overview()), "")
	return page{title: s.OverviewTitle(), rows: append(rows, f.facts(s.About())...)}
}

// keyHelp tells the two kinds of key apart.
func (f frame) keyHelp(s flow.State) page {
	rows := f.table(flow.Comparison())
	return page{title: s.KindText(), rows: rows}
}

// table draws rows of three columns; under one another when they are too wide.
func (f frame) table(rows [][3]string) []string {
	var wide [3]int
	for _, row := range rows {
		for i, text := range row {
			wide[i] = max(wide[i], ansi.StringWidth(text))
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
