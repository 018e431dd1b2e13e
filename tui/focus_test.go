package tui

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

var focusEvents = []tea.Msg{tea.FocusMsg{}, tea.BlurMsg{}, tea.BlurMsg{}, tea.FocusMsg{}, tea.FocusMsg{}}

// TestFocusChangesOneNotice sends the focus away and back in each scene: one notice on Key, and what appeared by itself
// has to be in sight again. No state changes.
func TestFocusChangesOneNotice(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		f := sc.make(t)
		if !f.View().ReportFocus {
			t.Fatalf("%s asks for no reports of the focus", sc.name)
		}
		f.look.told = "" // it goes when the screen comes in sight again
		before, shown, ready := f.state, f.page(), f.look.ready
		unasked := tooEarly(f.state) != ""
		for _, msg := range focusEvents {
			_, cmd := f.Update(msg)
			if _, came := msg.(tea.FocusMsg); (cmd != nil) != (came && unasked) {
				t.Errorf("%s: %T starts a command: %v", sc.name, msg, cmd != nil)
			}
		}
		if f.look.ready {
			t.Errorf("%s: an answer counts at once", sc.name)
		}
		if ready {
			f.fresh()
		}
		if !reflect.DeepEqual(f.state, before) || f.spinner.frame != 0 {
			t.Errorf("%s: the focus changed more than a hint", sc.name)
		}
		now := f.page()
		greeted := slices.ContainsFunc(now.notice, func(row string) bool { return strings.Contains(row, welcomeBack) })
		want := slices.Contains([]string{"key", "key_standalone", "key_demo", "key_back"}, sc.name)
		if greeted != want {
			t.Errorf("%s: greeted %v, want %v", sc.name, greeted, want)
		}
		if greeted {
			now.notice, shown.notice = nil, nil
		}
		if !reflect.DeepEqual(now, shown) {
			t.Errorf("%s: the focus changed the page", sc.name)
		}
	}
}

// page returns what the screen gives to the layout.
func (f *face) page() page {
	fr, _ := f.look.frame(f.state, 0)
	return f.screen.view(f.state, fr)
}

// TestFocusAtAnyMoment plays the same run with and without the focus coming and going between its messages.
func TestFocusAtAnyMoment(t *testing.T) {
	t.Parallel()
	run := []tea.Msg{
		keyPress("?"), keyPress("x"), keyPress("enter"), pasteOf("https://app.pleo.io"), keyPress("k"),
		keyPress("backspace"), keyPress("esc"), keyPress("enter"), pasteOf(canary), keyPress("?"), keyPress("n"),
		keyPress("enter"),
	}
	plain, moved := at(t, finance(), goodWorld()), at(t, finance(), goodWorld())
	for i, msg := range run {
		for _, focus := range focusEvents {
			moved.Update(focus)
		}
		_, want := plain.Update(msg)
		_, got := moved.Update(msg)
		if (want == nil) != (got == nil) || !sameState(plain.state, moved.state) ||
			string(plain.typed.typed) != string(moved.typed.typed) {
			t.Fatalf("after message %d, a %T: at %s with the focus moving, at %s without",
				i, msg, moved.state.Step, plain.state.Step)
		}
	}
	if plain.state.Step != flow.StepCheck {
		t.Errorf("the run ends at %s", plain.state.Step)
	}
}

// sameState compares two runs. Their keys are two values, however equal.
func sameState(a, b flow.State) bool {
	same := a.Key.Equal(b.Key)
	a.Key, b.Key = pleoclient.Key{}, pleoclient.Key{}
	return same && reflect.DeepEqual(a, b)
}

// TestGreetingGoes with the next key, and never hides what is said about a paste.
func TestGreetingGoes(t *testing.T) {
	t.Parallel()
	back := func(f *face) *face {
		f.Update(tea.BlurMsg{})
		f.Update(tea.FocusMsg{})
		return f
	}
	if f := back(onKey(t)); !strings.Contains(f.text(), welcomeBack) || strings.Contains(f.press("k").text(), welcomeBack) {
		t.Errorf("the greeting must stay until the next key:\n%s", f.text())
	}
	f := onKey(t)
	f.Update(tea.FocusMsg{})
	if strings.Contains(f.text(), welcomeBack) {
		t.Error("nobody was away")
	}
	f.Update(pasteOf("https://app.pleo.io"))
	if back(f); strings.Contains(f.text(), welcomeBack) || !strings.Contains(f.text(), "This is a web address") {
		t.Errorf("the refusal must stay:\n%s", f.text())
	}
	f = back(onKey(t))
	f.Update(pasteOf("https://app.pleo.io"))
	if strings.Contains(f.text(), welcomeBack) || !strings.Contains(f.text(), "This is a web address") {
		t.Errorf("the refusal must replace the greeting:\n%s", f.text())
	}
}
