package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

const (
	freshAfter = time.Second            // how long what appeared by itself is in sight before it takes an answer
	enterGap   = 700 * time.Millisecond // a held key usually repeats sooner, even at first; few terminals mark that
)

// sight knows how long the screen has been in sight, and when Enter was pressed.
type sight struct {
	now   func() time.Time
	since time.Time // when the screen came in sight
	enter time.Time // the last Enter, on any screen
	timer int       // counts the timers; the last one is awaited
}

// takes reports whether a key press counts as an answer on a screen that appeared by itself. It is called with every
// key press.
func (s *sight) takes(press tea.KeyPressMsg) bool {
	now := s.now()
	alone := !press.IsRepeat
	if key.Matches(press, bindings().press, bindings().pasted) {
		alone = alone && now.Sub(s.enter) >= enterGap
		s.enter = now
	}
	return alone && now.Sub(s.since) >= freshAfter
}

// wait returns how long it takes until an Enter counts.
func (s *sight) wait() time.Duration {
	now := s.now()
	return max(s.since.Add(freshAfter).Sub(now), s.enter.Add(enterGap).Sub(now), 0)
}

// inSight is called when the screen comes in sight: when it is new, and when what hid it has gone.
func (m *model) inSight() tea.Cmd {
	m.sight.since = m.sight.now()
	m.look.told = ""
	return m.awaitReady()
}

// awaitReady draws a screen that appeared by itself as taking no answer until it does.
func (m *model) awaitReady() tea.Cmd {
	m.look.ready = false
	m.sight.timer++
	if tooEarly(m.state) == "" {
		return nil
	}
	return readyIn(m.sight.wait(), m.sight.timer)
}

// tooEarly returns what to say about an early Enter on the screens that appear by themselves, and nothing on others.
func tooEarly(s flow.State) flow.Text {
	words := &s.Book().Screen
	switch s.Step {
	case flow.StepConfirm:
		return s.Book().Wizard.EarlyEnter
	case flow.StepProblem, flow.StepDoctor:
		return words.ProblemAgain
	case flow.StepReview:
		if s.Preflight.Again || s.PreflightActions() != nil { // the buttons are others than before
			return words.ProblemAgain
		}
	case flow.StepDone:
		return words.DoneAgain
	}
	return ""
}

// heldBack returns what to say about an answer that does not count, or nothing if it counts.
func (m *model) heldBack(press tea.KeyPressMsg, answer flow.Event, counts bool) flow.Text {
	words := &m.state.Book().Screen
	_, allow := answer.(flow.Allow)
	_, resume := answer.(flow.Resume) // may lead to the key field as well
	_, confirm := answer.(flow.Confirm)
	switch {
	case answer == nil:
		return ""
	case allow && m.unseen():
		return m.state.Book().Wizard.ScrollToAllow
	case resume && m.state.OwnerText() != "" && m.unseen():
		return words.ScrollToContinue
	case confirm && counts && m.unseen():
		return words.ScrollToConfirm
	case !counts && key.Matches(press, bindings().press):
		return tooEarly(m.state)
	case !counts && m.state.Step == flow.StepConfirm && key.Matches(press, bindings().otherKey):
		return words.OtherKeyAgain
	}
	return ""
}

// unseen reports whether the end of what must be seen has not been in sight yet.
func (m *model) unseen() bool { return !m.look.endSeen && m.drawing().mustSee }

// seeEnd notes that the end of what must be seen is in sight.
func (m *model) seeEnd() {
	asks := m.state.Step == flow.StepReview || m.state.Step == flow.StepConfirm
	if !asks || m.look.endSeen || !m.drawing().endInSight {
		return
	}
	m.look.endSeen, m.look.told = true, ""
	if m.state.Step == flow.StepReview {
		m.reviewed = true
	}
}
