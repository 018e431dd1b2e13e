package tui

import (
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
)

// model is the one [tea.Model]. It routes messages; the machine decides, the screens draw.
type model struct {
	worker  *worker
	begin   []flow.Effect
	state   flow.State
	look    look
	screen  screen
	typed   *keyScreen // outlives its step
	entry   int        // counts the screens entered
	scroll  int        // first row in sight
	spinner spinner
	suspend func() error
	fault   error

	mu      sync.Mutex // guards state against finish, and stopped
	stopped bool       // nothing that happens counts any more
}

func newModel(w *worker, s flow.State, effects []flow.Effect, opt Options) *model {
	typed := &keyScreen{demoKey: opt.DemoKey}
	return &model{
		worker: w, begin: effects, state: s, look: newLook(opt),
		screen: screenFor(s.Step, typed), typed: typed, suspend: opt.Suspend,
	}
}

// Init starts the effects that flow.Begin asked for.
func (m *model) Init() tea.Cmd {
	return tea.Batch(m.worker.commands(m.begin), m.spinner.start(m.state), freshSoon(m.entry))
}

// Update routes one message: size, paste, answers, global keys, the active screen.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.look.width, m.look.height = msg.Width, msg.Height
		return m, nil
	case tea.PasteMsg:
		m.typed.reset()
		return m, m.happened(flow.Pasted(input.FromPictures(msg.Content)))
	case answerMsg:
		return m, tea.Batch(m.happened(msg.event), m.toTerminal(msg.event))
	case panicMsg:
		m.fault = flow.ErrFault
		return m, tea.Quit
	case spinMsg:
		return m, m.spinner.turn(m.state)
	case freshMsg:
		if msg.entry != m.entry {
			return m, nil
		}
	case tea.BlurMsg, tea.FocusMsg: // a hint for the screen, and nothing else
	case tea.KeyPressMsg:
		if key.Matches(msg, bindings.quit) {
			return m, m.happened(flow.Interrupt{})
		}
		if key.Matches(msg, bindings.suspend) {
			return m, m.worker.suspension(m.suspend)
		}
		if m.look.tooSmall() || m.scrolled(msg) { // what cannot be seen cannot be meant
			return m, nil
		}
	default:
		return m, nil
	}
	next, ev := m.screen.update(msg, m.state)
	m.screen = next
	return m, tea.Batch(m.happened(ev), m.remeasure(msg))
}

// remeasure asks for the size of the window when a screen has been in sight for a moment. Bubble Tea looks once before
// it listens for changes: one in between, as when tmux is attached, would be drawn over for ever.
func (m *model) remeasure(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(freshMsg); ok {
		return tea.RequestWindowSize
	}
	return nil
}

// happened passes an event to the machine, and carries out what it asks for.
func (m *model) happened(ev flow.Event) tea.Cmd {
	if ev == nil {
		return nil
	}
	before := m.state.Step
	effects, ok := m.step(ev)
	if !ok {
		return nil
	}
	next := m.state
	m.worker.enter(next.Round())
	if next.Step == flow.StepOver {
		m.typed.reset()
		return tea.Quit
	}
	cmds := []tea.Cmd{m.worker.commands(effects), m.spinner.start(next)}
	if next.Step != before {
		cmds = append(cmds, m.entered())
	}
	return tea.Batch(cmds...)
}

// step lets the machine take a step, unless it was stopped from outside.
func (m *model) step(ev flow.Event) (effects []flow.Effect, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped {
		return nil, false
	}
	m.state, effects = flow.Next(m.state, ev)
	return effects, true
}

// finish stops the machine from outside, and returns its last state. It waits for nothing but a save: whatever the
// terminal does, a key that Confirm asks about is on the disk before the program ends.
func (m *model) finish(cause error) flow.State {
	m.mu.Lock()
	m.stopped = true
	s := m.state
	m.mu.Unlock()
	return flow.Finish(s, cause, m.worker.last)
}

// entered shows the screen of a new step.
func (m *model) entered() tea.Cmd {
	switch m.state.Step {
	case flow.StepCheck: // the field shows the key in hand again
		m.typed.fresh = false
	case flow.StepConfirm, flow.StepActivate, flow.StepDone: // what was typed is a key now
		m.typed.reset()
	}
	m.screen = screenFor(m.state.Step, m.typed)
	m.scroll = 0
	m.entry++
	return freshSoon(m.entry)
}

// toTerminal asks the terminal to copy the link when nothing else can.
func (m *model) toTerminal(answer flow.Event) tea.Cmd {
	if copied, ok := answer.(flow.Copied); ok && copied.Via == flow.CopyByTerminal && m.state.Step == flow.StepDone {
		return tea.SetClipboard(m.state.Integration.ReturnURL)
	}
	return nil
}

// scrolled moves the body when it does not fit, and reports whether the key was for that.
func (m *model) scrolled(msg tea.KeyPressMsg) bool {
	if !key.Matches(msg, bindings.scrollUp, bindings.scrollDown) {
		return false
	}
	limit := m.drawing().scrollLimit
	if key.Matches(msg, bindings.scrollUp) {
		m.scroll = max(min(m.scroll, limit)-1, 0)
	} else {
		m.scroll = min(m.scroll+1, limit)
	}
	return limit > 0
}

func (m *model) drawing() drawing {
	return m.look.draw(m.state, m.screen, m.scroll, m.spinner.frame)
}

// View draws the frame. It changes nothing.
func (m *model) View() tea.View {
	d := m.drawing()
	v := tea.NewView(d.text)
	v.AltScreen = true
	v.ReportFocus = true
	v.Cursor = d.cursor
	return v
}
