package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// doneScreen shows what was connected, and the way back to Pleo. An Enter that was on its way does not close it.
type doneScreen struct{ fresh bool }

func (d doneScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	switch msg := msg.(type) {
	case freshMsg:
		d.fresh = true
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, bindings.help):
			return helpScreen{d}, nil
		case key.Matches(msg, bindings.quitDone), d.fresh && key.Matches(msg, bindings.finish):
			return d, flow.Leave{}
		case key.Matches(msg, bindings.copyLink):
			return d, flow.CopyLink{}
		case s.CanOpen() && key.Matches(msg, bindings.openLink):
			return d, flow.OpenLink{}
		}
	}
	return d, nil
}

func (d doneScreen) view(s flow.State, f frame) page {
	p := page{
		mark: f.mark(flow.MarkDone), title: s.Title(),
		rows:   f.facts(untitled(s)),
		pinned: f.prose(s.ReturnText(), f.styles.plain),
		link:   s.Integration.ReturnURL,
		notice: spaced(f.notice(s)),
	}
	if ansi.StringWidth(p.link) > f.width {
		p.pinned = append(p.pinned, f.prose(flow.TextLinkAgain, f.styles.faint)...)
	}
	return p
}

func (d doneScreen) keys(s flow.State) []key.Binding {
	finish, open := bindings.finish, bindings.openLink
	if !d.fresh {
		finish = bindings.quitDone
	}
	open.SetEnabled(s.CanOpen())
	return []key.Binding{finish, bindings.copyLink, open, bindings.help}
}

// untitled are the facts that are not in the headline.
func untitled(s flow.State) []flow.Fact {
	return slices.DeleteFunc(s.Facts(),
		func(fact flow.Fact) bool { return fact.Value == flow.CompanyName(s.Check.Company) })
}
