package tui

import (
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

const (
	canary      = flowtest.Canary
	otherCanary = "pleo-simulated-key-canary-another-5050505050505050"
	companyID   = flowtest.CompanyID
)

var savedAt = flowtest.SavedAt

func finance() flow.Setup { return flowtest.Setup() }

type world = flowtest.World

// What the screens say of an answer that does not count, and of a text that did not arrive whole.
var (
	confirmAgain     = shown(flow.English.Wizard.EarlyEnter)
	otherKeyAgain    = shown(flow.English.Screen.OtherKeyAgain)
	problemAgain     = shown(flow.English.Screen.ProblemAgain)
	doneAgain        = shown(flow.English.Screen.DoneAgain)
	scrollToAllow    = shown(flow.English.Wizard.ScrollToAllow)
	scrollToContinue = shown(flow.English.Screen.ScrollToContinue)
	scrollToConfirm  = shown(flow.English.Screen.ScrollToConfirm)
	welcomeBack      = shown(flow.English.Screen.WelcomeBack)
	pasteHow         = shown(flow.English.Screen.PasteHow)
	added            = shown(flow.English.Wizard.Added)
	torn             = shown(flow.English.Wizard.Torn)
	linkAgain        = shown(flow.English.Wizard.Link.Again)
)

// shown returns a sentence as a screen shows it.
func shown(text flow.Text) string { return flow.Capital(text.String()) }

func goodWorld() *world { return flowtest.Good() }

// face is a model under test, with the effects it has asked for. Nothing runs by itself.
type face struct {
	*model
	t     testing.TB
	world *world
	clock time.Time // moves by hand
}

func newFace(t testing.TB, setup flow.Setup, w *world, opt Options) *face {
	t.Helper()
	if in, other := t.(inLanguage); other {
		setup.Words = in.book
	}
	s, effects := flow.Begin(setup)
	f := &face{t: t, world: w, clock: savedAt}
	opt.Colors = colorprofile.ANSI256
	opt.Now = func() time.Time { return f.clock }
	f.model = newModel(newWorker(t.Context(), w.Do, s.Round()), s, effects, opt)
	return f
}

// inLanguage makes the interfaces of a test use the language of a book.
type inLanguage struct {
	testing.TB
	book *flow.Book
}

// at returns a model of 80x24 whose machine is where the events lead. All effects are answered, but those of the last
// event when it is pending.
func at(t testing.TB, setup flow.Setup, w *world, events ...flow.Event) *face {
	t.Helper()
	f := newFace(t, setup, w, Options{})
	f.settle(f.begin)
	for _, ev := range events {
		f.happens(ev)
	}
	return f
}

// settle answers effects until nothing is open. The countdown of a rate limit is left alone.
func (f *face) settle(effects []flow.Effect) {
	for len(effects) > 0 {
		e := effects[0]
		effects = effects[1:]
		if _, ok := e.(flow.Tick); ok {
			continue
		}
		var more []flow.Effect
		f.state, more = flow.Next(f.state, f.world.Answer(e))
		effects = append(effects, more...)
	}
	f.entered()
}

// happens hands over an event and settles.
func (f *face) happens(ev flow.Event) {
	next, effects := flow.Next(f.state, ev)
	f.state = next
	f.settle(effects)
}

// hold hands over an event, and answers only the effects that pick accepts.
func (f *face) hold(ev flow.Event, pick func(flow.Effect) bool) *face {
	next, effects := flow.Next(f.state, ev)
	f.state = next
	for len(effects) > 0 {
		e := effects[0]
		effects = effects[1:]
		if pick(e) {
			var more []flow.Effect
			f.state, more = flow.Next(f.state, f.world.Answer(e))
			effects = append(effects, more...)
		}
	}
	f.entered()
	return f
}

// fresh lets the screen be in sight until an answer counts.
func (f *face) fresh() *face {
	f.clock = f.clock.Add(f.sight.wait())
	f.Update(readyMsg{f.sight.timer})
	return f
}

// keys returns the footer of the screen.
func (f *face) keys() []key.Binding {
	fr, _ := f.look.frame(f.state, 0)
	return f.screen.keys(f.state, fr)
}

func (f *face) size(w, h int) *face {
	f.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return f
}

// press presses keys at once. A pause, until an answer counts, has the name of a key.
func (f *face) press(names ...string) *face {
	for _, name := range names {
		if name == pause {
			f.fresh()
			continue
		}
		f.Update(keyPress(name))
	}
	return f
}

func (f *face) typeText(text string) *face {
	for _, r := range text {
		f.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return f
}

const pause = "pause"

var namedKeys = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	"left":      {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
	"backspace": {Code: tea.KeyBackspace}, "f1": {Code: tea.KeyF1},
	"f33": {Code: tea.KeyF33}, "f34": {Code: tea.KeyF34},
	"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	"ctrl+v": {Code: 'v', Mod: tea.ModCtrl},
}

func keyPress(name string) tea.KeyPressMsg {
	if press, ok := namedKeys[name]; ok {
		return press
	}
	return tea.KeyPressMsg{Code: rune(name[0]), Text: name}
}

// text returns the frame as people read it, without trailing spaces.
func (f *face) text() string {
	lines := strings.Split(ansi.Strip(f.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
