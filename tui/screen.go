package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// screen is what the admin sees of one step. It keeps only visual state, such as the focus or an open help. Everything
// else is in the [flow.State].
type screen interface {
	// update takes a key press, or a message that the window lost or got the focus. A nil event means that there is
	// nothing to pass to the machine.
	update(msg tea.Msg, s flow.State) (screen, flow.Event)
	// view returns the pieces of the screen. It changes nothing.
	view(s flow.State, f frame) page
	// keys returns the footer. A disabled binding is not shown.
	keys(s flow.State, f frame) []key.Binding
}

// page is what a screen gives to the layout.
type page struct {
	mark   string        // before the headline
	title  string        // the headline, plain text
	under  string        // an address under the headline
	rows   []string      // the body; scrolls when it does not fit
	item   string        // what begins each permission among rows
	end    int           // of rows: the last one of these must have been in sight before it is allowed; 0: none
	pinned []string      // the field or the buttons: under the body, always in sight
	cursor *tea.Position // in pinned; nil: no cursor
	link   string        // an address, alone on its row or rows
	notice []string      // the last line or lines
}

// screenFor makes the screen of a step. The key screen is made once, because what was typed outlives it.
func screenFor(step flow.Step, typed *keyScreen) screen {
	switch step {
	case flow.StepKey:
		return typed
	case flow.StepCheck:
		return checkScreen{}
	case flow.StepConfirm:
		return confirmScreen{}
	case flow.StepActivate:
		return activateScreen{}
	case flow.StepProblem:
		return problemScreen{}
	case flow.StepDoctor:
		return doctorScreen{}
	case flow.StepDone:
		return doneScreen{}
	}
	return reviewScreen{}
}
