package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// doneScreen shows what was connected, and the way back to Pleo.
type doneScreen struct{}

func (d doneScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
	case key.Matches(press, bindings().help):
		return helpScreen{d}, nil
	case key.Matches(press, bindings().finish):
		return d, flow.Leave{}
	case s.CanCopy() && key.Matches(press, bindings().copyLink):
		return d, flow.CopyLink{}
	case s.CanOpen() && key.Matches(press, bindings().openLink):
		return d, flow.OpenLink{}
	}
	return d, nil
}

func (d doneScreen) view(s flow.State, f frame) page {
	p := page{
		mark: f.mark(flow.MarkDone), title: s.Title(),
		rows:   slices.Concat(f.facts(s.Facts()), spaced(f.prose(s.WebhooksText(), f.styles.plain))),
		pinned: f.prose(s.ReturnText(), f.styles.plain),
		link:   s.Link(),
		notice: spaced(f.notice(s)),
	}
	switch {
	case widthOf(p.link) <= f.width:
		p.rows = append(f.bridge(), p.rows...)
	case !s.Demo: // whose receipt has no link; there is no room for a bridge either
		p.pinned = append(p.pinned, f.prose(s.Book().Wizard.Link.Again.String(), f.styles.plain)...)
	}
	switch last := spaced(f.prose(s.CloseText(), f.styles.plain)); {
	case !f.spacious():
		p.rows = append(p.rows, last...)
	case len(p.notice) == 0:
		p.notice = last
	}
	return p
}

// bridge draws the connection, if there is room.
func (f frame) bridge() []string {
	from, to := f.book.Screen.Pleo.String()+"  ", "  "+f.book.Keeper()
	wide := min(f.w, maxProse) - 2*f.dent() - widthOf(from+to) - 2
	if !f.spacious() || wide < 1 {
		return nil
	}
	span := f.glyphs.bridgeEnd + strings.Repeat(f.glyphs.heavy, wide) + f.glyphs.bridgeEnd
	return append(f.inset([]string{from + f.styles.good.Render(span) + to}), "")
}

func (d doneScreen) keys(s flow.State, f frame) []key.Binding {
	finish, copyLink, open := bindings().finish, bindings().copyLink, bindings().openLink
	if !f.ready {
		finish = bindings().quitDone
	}
	copyLink.SetEnabled(s.CanCopy())
	open.SetEnabled(s.CanOpen())
	return []key.Binding{finish, copyLink, open, bindings().help}
}
