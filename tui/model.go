package tui

import (
	"sync"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/tui/input"
	"pleo-connect/tui/paint"
)

// model is the one [tea.Model]. It routes messages; the machine decides, the screens draw.
type model struct {
	worker  *worker
	begin   []flow.Effect
	state   flow.State
	look    look
	screen  screen
	typed   *keyScreen // outlives its step
	scroll  int        // first row in sight
	under   int        // first row in sight once the help is closed
	sight   sight
	next    input.Kind // of the next paste
	lost    time.Time  // what comes until then continues a text whose beginning no field took
	letters int        // of that text

	reviewed bool // the end of the permissions was in sight once
	spinner  spinner
	suspend  func() error
	hold     func(on bool)
	fault    error
	painter  *paint.Painter  // nil: Bubble Tea draws
	broken   func()          // called when the painter is
	resumed  <-chan struct{} // [Options.Retaken]

	mu      sync.Mutex // guards state against finish, and stopped
	stopped bool       // further events no longer count

	told <-chan struct{} // closed when the run is told to end, before finish is called; nil: that never happens
}

func newModel(w *worker, s flow.State, effects []flow.Effect, opt Options) *model {
	now, hold := opt.Now, opt.HoldEnter
	if now == nil {
		now = time.Now
	}
	if hold == nil {
		hold = func(bool) {}
	}
	typed := &keyScreen{demoKey: opt.DemoKey, now: now}
	w.leaves = s.Book().Engine.Used()
	return &model{
		worker: w, begin: effects, state: s, look: newLook(opt),
		screen: screenFor(s.Step, typed), typed: typed, sight: sight{now: now}, suspend: opt.Suspend,
		resumed: opt.Retaken, hold: hold,
	}
}

// Init starts the effects that flow.Begin asked for.
func (m *model) Init() tea.Cmd {
	m.hold(m.state.Step == flow.StepKey)
	return tea.Batch(m.worker.commands(m.begin), m.spinner.start(m.state), m.inSight())
}

// Update routes one message: size, paste, answers, global keys, the active screen.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m, m.resized(msg)
	case tea.PasteMsg:
		return m, m.pasted(input.FromPictures(msg.Content))
	case answerMsg:
		return m, tea.Batch(m.happened(msg.event), m.toTerminal(msg.event))
	case panicMsg:
		m.fault = flow.ErrFault
		return m, tea.Quit
	case spinMsg:
		return m, m.spinner.turn(m.state)
	case readyMsg:
		m.look.ready = m.look.ready || msg.timer == m.sight.timer
	case tea.BlurMsg, tea.FocusMsg:
		return m, m.focused(msg)
	case tea.KeyPressMsg:
		if m.next = kindAfter(msg); m.next != input.Marked {
			return m, nil
		}
		return m, m.pressed(msg)
	}
	return m, nil
}

// resized takes the size of the window. A screen that was hidden because the window was too small comes in sight.
func (m *model) resized(size tea.WindowSizeMsg) tea.Cmd {
	hidden := m.look.tooSmall()
	m.look.width, m.look.height = size.Width, size.Height
	m.seeEnd()
	if hidden && !m.look.tooSmall() {
		return m.inSight()
	}
	return nil
}

// focused passes on to the screen that the window lost or got the focus. With the focus, the screen comes in sight.
func (m *model) focused(msg tea.Msg) tea.Cmd {
	m.screen, _ = m.screen.update(msg, m.state)
	if _, ok := msg.(tea.FocusMsg); ok {
		return m.inSight()
	}
	return nil
}

// pressed routes a key press: global keys, then the active screen.
func (m *model) pressed(msg tea.KeyPressMsg) tea.Cmd {
	counts := m.sight.takes(msg)
	m.seeEnd()
	switch {
	case key.Matches(msg, bindings().quit):
		return m.happened(flow.Interrupt{})
	case key.Matches(msg, bindings().suspend):
		return m.suspension()
	case m.look.tooSmall(): // a person cannot answer what is not shown
		m.lose(msg)
		return nil
	case m.goesOn(msg), m.scrolled(msg):
		return nil
	case key.Matches(msg, bindings().pasted):
		m.look.told = tooEarly(m.state)
		return m.awaitReady()
	}
	covered, step := covers(m.screen), m.state.Step
	next, ev := m.screen.update(msg, m.state)
	m.screen = next
	if told := m.heldBack(msg, ev, counts); told != "" {
		m.look.told = told
		return m.awaitReady()
	}
	if ev != nil {
		m.look.told = ""
	}
	cmd := m.happened(ev)
	switch {
	case !covered && covers(next):
		m.scroll, m.under = 0, m.scroll
		return tea.Batch(cmd, m.inSight())
	case covered && !covers(next):
		m.scroll = m.under
		return tea.Batch(cmd, m.inSight())
	case step != flow.StepKey && !covered && (ev == nil || m.state.Step == flow.StepKey):
		m.lose(msg)
	}
	return cmd
}

// happened passes an event to the machine, and carries out what it asks for.
func (m *model) happened(ev flow.Event) tea.Cmd {
	if ev == nil {
		return nil
	}
	before, known, fault := m.state.Step, knownOn(m.state), m.state.PreflightProblem().Summary
	effects, ok := m.step(ev)
	if !ok {
		return nil
	}
	next := m.state
	if next.Step == before && knownOn(next) != known { // there is more to see than before
		m.look.endSeen, m.reviewed = false, false
		m.seeEnd()
	}
	m.worker.enter(next.Round())
	if next.Step == flow.StepOver {
		m.typed.reset()
		return tea.Quit
	}
	cmds := []tea.Cmd{m.worker.commands(effects), m.spinner.start(next)}
	switch {
	case next.Step != before:
		cmds = append(cmds, m.entered())
	case next.Step == flow.StepReview && next.PreflightProblem().Summary != fault: // there are other buttons
		cmds = append(cmds, m.inSight())
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

// finish stops the machine from outside, and returns its last state. It waits only for a save: even if the terminal
// hangs, a key that Confirm asks about is on the disk before the program ends.
func (m *model) finish(cause error) flow.State {
	m.mu.Lock()
	m.stopped = true
	s := m.state
	m.mu.Unlock()
	return flow.Finish(s, cause, m.worker.last)
}

// over reports whether the machine was stopped from outside, or will be now.
func (m *model) over() bool {
	select {
	case <-m.told:
		return true
	default:
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stopped
}

// entered shows the screen of a new step.
func (m *model) entered() tea.Cmd {
	switch m.state.Step {
	case flow.StepCheck: // the field shows the key in hand again
		m.typed.fresh = false
	case flow.StepConfirm, flow.StepActivate, flow.StepDone: // what was typed is a key now
		m.typed.reset()
	}
	m.typed.copied = time.Time{}
	m.hold(m.state.Step == flow.StepKey)
	m.screen = screenFor(m.state.Step, m.typed)
	m.scroll, m.look.endSeen = 0, m.reviewed && m.state.Step == flow.StepReview
	return m.inSight()
}

// toTerminal asks the terminal to copy the link if nothing else can.
func (m *model) toTerminal(answer flow.Event) tea.Cmd {
	copied, ok := answer.(flow.Copied)
	if !ok || copied.Via != flow.CopyByTerminal || m.state.Stale(answer) {
		return nil
	}
	if m.painter == nil {
		return tea.SetClipboard(m.state.Link())
	}
	m.painter.Copy(m.state.Link())
	return nil
}

// scrolled scrolls a body that does not fit, and reports whether the key was for that.
func (m *model) scrolled(msg tea.KeyPressMsg) bool {
	k := bindings()
	if !key.Matches(msg, k.up, k.down, k.pageUp, k.pageDown, k.top, k.bottom) {
		return false
	}
	d, by := m.drawing(), 0
	switch {
	case key.Matches(msg, k.up):
		by = -1
	case key.Matches(msg, k.down):
		by = 1
	case key.Matches(msg, k.pageUp):
		by = -d.page
	case key.Matches(msg, k.pageDown):
		by = d.page
	case key.Matches(msg, k.top):
		by = -d.scrollLimit
	case key.Matches(msg, k.bottom):
		by = d.scrollLimit
	}
	m.scroll = max(min(m.scroll, d.scrollLimit)+by, 0)
	m.scroll = min(m.scroll, d.scrollLimit)
	m.seeEnd()
	return d.scrollLimit > 0
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
