package tui

import (
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

func checking(t *testing.T) *face {
	return at(t, finance(), goodWorld(), toKey...).hold(pasted, only[flow.Tick])
}

func activating(t *testing.T) *face {
	return at(t, finance(), goodWorld(), checked...).hold(flow.Confirm{}, only[flow.Tick])
}

// TestKeys presses keys on each screen, and says where that leads.
func TestKeys(t *testing.T) {
	t.Parallel()
	offline, unreached := failing("introspect", pleoclient.KindDNS, ""), failing("reach", pleoclient.KindDNS, "")
	for _, tc := range []struct {
		name string
		from func() *face
		keys []string
		want flow.Step
	}{
		{"allow has the focus", func() *face { return at(t, finance(), goodWorld()) }, []string{"enter"}, flow.StepKey},
		{"cancel with the arrow", func() *face { return at(t, finance(), goodWorld()) },
			[]string{"left", "enter"}, flow.StepOver},
		{"cancel with tab", func() *face { return at(t, finance(), goodWorld()) },
			[]string{"tab", "enter"}, flow.StepOver},
		{"there and back", func() *face { return at(t, finance(), goodWorld()) },
			[]string{"left", "shift+tab", "enter"}, flow.StepKey},
		{"esc on review destroys nothing", func() *face { return at(t, finance(), goodWorld()) }, []string{"esc"},
			flow.StepReview},
		{"letters on review do nothing", func() *face { return at(t, finance(), goodWorld()) }, []string{"a", "q", "y"},
			flow.StepReview},
		{"enter closes the help only", func() *face { return at(t, finance(), goodWorld()) }, []string{"?", "enter"},
			flow.StepReview},
		{"continue has the focus", func() *face { return at(t, finance(), with(unfinished)) },
			[]string{"enter"}, flow.StepCheck},
		{"another key instead", func() *face { return at(t, finance(), with(unfinished)) },
			[]string{"left", "enter"}, flow.StepKey},
		{"cancel stays cancel", func() *face { return at(t, finance(), with(unfinished)) },
			[]string{"left", "left", "enter"}, flow.StepOver},
		{"esc stops a check", func() *face { return checking(t) }, []string{"esc"}, flow.StepKey},
		{"other keys do not", func() *face { return checking(t) },
			[]string{"enter", "q", "n", "tab"}, flow.StepCheck},
		{"enter confirms", func() *face { return at(t, finance(), goodWorld(), checked...).fresh() }, []string{"enter"},
			flow.StepActivate},
		{"n is another key", func() *face { return at(t, finance(), goodWorld(), checked...).fresh() },
			[]string{"n"}, flow.StepKey},
		{"the left button too", func() *face { return at(t, finance(), goodWorld(), checked...).fresh() },
			[]string{"left", "enter"}, flow.StepKey},
		{"enter closes the help on confirm only",
			func() *face { return at(t, finance(), goodWorld(), checked...).press("?").fresh() },
			[]string{"enter"}, flow.StepConfirm},
		{"and then it confirms", func() *face { return at(t, finance(), goodWorld(), checked...).press("?").fresh() },
			[]string{"enter", pause, "enter"}, flow.StepActivate},
		{"the help is no way around freshness", func() *face { return at(t, finance(), goodWorld(), checked...) },
			[]string{"?", "enter", "enter"}, flow.StepConfirm},
		{"esc leaves confirm", func() *face { return at(t, finance(), goodWorld(), checked...) },
			[]string{"esc"}, flow.StepKey},
		{"typing ahead confirms nothing", func() *face { return at(t, finance(), goodWorld(), checked...) },
			[]string{"enter", "n", "left", "enter"}, flow.StepConfirm},
		{"activate takes no key", func() *face { return activating(t) },
			[]string{"esc", "q", "enter", "n"}, flow.StepActivate},
		{"esc leaves a slow save", func() *face { return savingSlowly(t) }, []string{"esc"}, flow.StepProblem},
		{"other keys do not leave it", func() *face { return savingSlowly(t) },
			[]string{"q", "enter", "n"}, flow.StepActivate},
		{"ctrl+c leaves activate", func() *face { return activating(t) },
			[]string{"ctrl+c"}, flow.StepOver},
		{"r tries again", func() *face { return at(t, finance(), offline, checked...) }, []string{"r"}, flow.StepCheck},
		{"e means nothing where it does not help", func() *face { return at(t, finance(), offline, checked...) },
			[]string{"e"}, flow.StepProblem},
		{"esc goes back from a problem", func() *face { return at(t, finance(), offline, checked...) },
			[]string{"esc"}, flow.StepKey},
		{"q closes the help on a problem only", func() *face { return at(t, finance(), offline, checked...) },
			[]string{"?", "q"}, flow.StepProblem},
		{"q leaves a problem", func() *face { return at(t, finance(), offline, checked...) },
			[]string{"q"}, flow.StepOver},
		{"d looks for the cause", func() *face { return at(t, finance(), offline, checked...) }, []string{"d"},
			flow.StepDoctor},
		{"esc goes back to the problem", func() *face { return at(t, finance(), offline, examined...) },
			[]string{"esc"}, flow.StepProblem},
		{"r looks again", func() *face { return at(t, finance(), offline, examined...) }, []string{"r"},
			flow.StepDoctor},
		{"other keys of the doctor", func() *face { return at(t, finance(), offline, examined...) },
			[]string{"d", "e"}, flow.StepDoctor},
		{"an enter that is held changes nothing there", func() *face { return at(t, finance(), offline, examined...) },
			[]string{"enter"}, flow.StepDoctor},
		{"enter goes back when nothing was found", func() *face { return at(t, finance(), offline, examined...).fresh() },
			[]string{"enter"}, flow.StepProblem},
		{"enter checks again when something was",
			func() *face { return at(t, finance(), unreachable("exam tls"), examined...).fresh() }, []string{"enter"},
			flow.StepDoctor},
		{"the arrow leads back as well",
			func() *face { return at(t, finance(), unreachable("exam tls"), examined...).fresh() },
			[]string{"right", "enter"}, flow.StepProblem},
		{"the buttons of a problem", func() *face { return at(t, finance(), offline, checked...).fresh() },
			[]string{"right", "enter"}, flow.StepDoctor},
		{"quit is a button", func() *face { return at(t, finance(), offline, checked...).fresh() },
			[]string{"left", "enter"}, flow.StepOver},
		{"r on review does nothing without a fault", func() *face { return at(t, finance(), goodWorld()) },
			[]string{"r", "d"}, flow.StepReview},
		{"d on review looks for the cause", func() *face { return at(t, finance(), unreached) }, []string{"d"},
			flow.StepDoctor},
		{"and esc goes back to review", func() *face { return at(t, finance(), unreached) }, []string{"d", "esc"},
			flow.StepReview},
		{"enter on review with a fault allows nothing", func() *face { return at(t, finance(), unreached).fresh() },
			[]string{"enter", "right", "right", "right", "right", "enter"}, flow.StepReview},
		{"the way past an allow that is off", func() *face { return at(t, finance(), unreached).fresh() },
			[]string{"left", "enter"}, flow.StepOver},
		{"enter leaves done", func() *face { return at(t, finance(), goodWorld(), done...).fresh() },
			[]string{"enter"}, flow.StepOver},
		{"but not when it was on its way", func() *face { return at(t, finance(), goodWorld(), done...) },
			[]string{"enter"}, flow.StepDone},
		{"q closes the help on done only", func() *face { return at(t, finance(), goodWorld(), done...) },
			[]string{"f1", "q"}, flow.StepDone},
		{"q leaves done", func() *face { return at(t, finance(), goodWorld(), done...) }, []string{"q"}, flow.StepOver},
		{"other keys on done", func() *face { return at(t, finance(), goodWorld(), done...).fresh() },
			[]string{"x", "esc", "c", "o"}, flow.StepDone},
	} {
		f := tc.from()
		if f.press(tc.keys...); f.state.Step != tc.want {
			t.Errorf("%s: %v leads to %s, want %s", tc.name, tc.keys, f.state.Step, tc.want)
		}
	}
}

// TestTryAgainAllowsNothing asks again on Review when the fault is over: the button under the finger becomes Allow, and
// only an Enter counts that was pressed when it had been in sight for a second.
func TestTryAgainAllowsNothing(t *testing.T) {
	t.Parallel()
	w := failing("reach", pleoclient.KindDNS, "")
	f := at(t, finance(), w).fresh()
	delete(w.Faults, "reach")
	_, effects := flow.Next(f.state, flow.Retry{})
	f.press("enter")
	for _, e := range effects {
		f.Update(answerMsg{w.Answer(e)})
	}
	if f.after(freshAfter - 1).press("enter"); f.state.Step != flow.StepReview || !f.tells("Pleo is reachable") {
		t.Fatalf("at %s:\n%s", f.state.Step, f.text())
	}
	if f.press(pause, "enter"); f.state.Step != flow.StepKey {
		t.Error("an Enter that counts does not allow")
	}
}

// TestFocusStaysOnCancel: a button that joins the row must not slip under the finger.
func TestFocusStaysOnCancel(t *testing.T) {
	t.Parallel()
	f := newFace(t, finance(), with(unfinished), Options{}).press("left")
	for _, e := range f.begin {
		f.Update(answerMsg{f.world.Answer(e)})
	}
	if !strings.Contains(f.text(), "▐ Cancel ▌") || !strings.Contains(f.text(), "Continue") {
		t.Fatalf("the focus moved:\n%s", f.text())
	}
	if f.press("enter"); f.state.Step != flow.StepOver {
		t.Error("cancel must still cancel")
	}
}

// TestSpinner counts ticks: one chain, only while something is busy.
func TestSpinner(t *testing.T) {
	t.Parallel()
	f := newFace(t, finance(), goodWorld(), Options{})
	if f.Init(); !f.spinner.running {
		t.Fatal("review is busy and nothing turns")
	}
	if cmd := f.spinner.start(f.state); cmd != nil {
		t.Error("a second chain was started")
	}
	if _, cmd := f.Update(spinMsg{}); cmd == nil || f.spinner.frame != 1 {
		t.Error("the spinner stopped while review is busy")
	}
	for _, e := range f.begin {
		f.Update(answerMsg{f.world.Answer(e)})
	}
	if _, cmd := f.Update(spinMsg{}); cmd != nil || f.spinner.running {
		t.Error("the spinner goes on with nothing to wait for")
	}
	f.press("enter")
	if f.spinner.running {
		t.Error("the key screen waits for a person, and something turns")
	}
	f.Update(pasteOf(canary))
	if !f.spinner.running {
		t.Error("the check is busy and nothing turns")
	}
}

// TestClipboard asks the terminal only when nothing else took the link.
func TestClipboard(t *testing.T) {
	t.Parallel()
	for via, want := range map[flow.CopyWay]bool{
		flow.CopyByTerminal: true, flow.CopiedLocally: false, flow.CopyFailed: false,
	} {
		for _, events := range [][]flow.Event{toKey, done} {
			setup := finance()
			setup.Integration.ReturnURL = "https://erp.contoso.example/pleo"
			f := at(t, setup, with(func(w *world) { w.Via = via }), events...)
			_, effects := flow.Next(f.state, flow.CopyLink{})
			answer := f.world.Answer(effects[0])
			cmd := f.toTerminal(answer)
			if (cmd != nil) != want {
				t.Fatalf("via %d: the terminal is asked: %v", via, cmd != nil)
			}
			if want && reflect.ValueOf(cmd()).String() != f.state.Link() {
				t.Errorf("the terminal gets something else than the link of %s", f.state.Step)
			}
			if f.happens(flow.Interrupt{}); f.toTerminal(answer) != nil {
				t.Error("a late answer must not touch the clipboard")
			}
		}
	}
}

func TestRemoteOpensNoBrowser(t *testing.T) {
	t.Parallel()
	f := at(t, remote(), goodWorld(), done...).fresh()
	before := f.state
	if f.press("o"); f.state.Notice != before.Notice || strings.Contains(f.text(), "open link") {
		t.Errorf("o is offered over SSH:\n%s", f.text())
	}
}

// TestNothingCopies: where neither this computer nor the terminal takes the link, nothing is offered.
func TestNothingCopies(t *testing.T) {
	t.Parallel()
	for about, row := range map[string]struct {
		remote, noClipboard, offered bool
	}{
		"at the desktop":                {false, true, true},
		"over SSH":                      {true, false, true},
		"over SSH, and a plain console": {true, true, false},
	} {
		setup := finance()
		setup.Remote, setup.NoClipboard = row.remote, row.noClipboard
		for _, events := range [][]flow.Event{toKey, done} {
			f := at(t, setup, goodWorld(), events...).fresh()
			if offered := strings.Contains(f.text(), "c copy link"); offered != row.offered {
				t.Errorf("%s, on %s: offered %t", about, f.state.Step, offered)
			}
			if _, cmd := f.Update(keyPress("c")); (cmd != nil) != row.offered {
				t.Errorf("%s, on %s: c does something: %t", about, f.state.Step, cmd != nil)
			}
		}
	}
}

func TestViewFields(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		f := sc.make(t)
		v := f.View()
		if !v.AltScreen || v.WindowTitle != "" || v.MouseMode != tea.MouseModeNone || v.BackgroundColor != nil {
			t.Errorf("%s: %+v", sc.name, v)
		}
		if field := f.state.Step == flow.StepKey && !strings.HasSuffix(sc.name, "help"); (v.Cursor != nil) != field {
			t.Errorf("%s: cursor %v", sc.name, v.Cursor)
		}
	}
}
