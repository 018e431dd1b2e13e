package tui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/typing"
	"pleo-connect/pleoclient"
	"pleo-connect/tui/input"
)

// spread is a text that a program types, one character after each pause.
func spread(text string, pause time.Duration) (out []typing.Piece) {
	for _, r := range text {
		out = append(out, typing.Piece{After: pause, Bytes: string(r)})
	}
	return out
}

// TestTextOnAnotherScreen: a key that a program types on a screen without a field is not an answer there. When a letter
// of it leads to the field, the rest is not judged as if it was all.
func TestTextOnAnotherScreen(t *testing.T) {
	t.Parallel()
	rejected := func() *world { return failing("introspect", pleoclient.KindKeyRejected, "") }
	nearlyABurst := append(spread("e", 0), spread(strings.Repeat("a", 15), 24*time.Millisecond)...)
	nearlyABurst[1].After = typing.Longest
	for name, tc := range map[string]struct {
		world  func() *world
		pieces []typing.Piece
	}{
		"a key on a problem":           {rejected, spread(canary, 20*time.Millisecond)},
		"a slow key on a problem":      {rejected, spread(canary, typing.Longest)},
		"e in front of it":             {rejected, spread("e"+canary, 30*time.Millisecond)},
		"e in front of nearly a burst": {rejected, nearlyABurst},
		"a key on confirm":             {goodWorld, spread(canary, 20*time.Millisecond)},
		"n in front of it":             {goodWorld, spread("n"+canary, typing.Longest)},
	} {
		for _, enter := range []time.Duration{0, typing.Longest} {
			t.Run(name+", Enter after "+enter.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					counted := map[string]int{}
					var reader input.Repair
					r := startOn(t, &reader, counting(tc.world(), counted))
					r.toKey()
					r.send(pastedOnTTY)
					before := counted["flow.Introspect"]
					pieces := append(slices.Clone(tc.pieces), typing.Piece{After: enter, Bytes: "\r"})
					typing.Deliver(r.keys, &reader, pieces...)
					r.activations(counted, 0)
					if n := counted["flow.Introspect"] - before; n > 0 {
						t.Errorf("%d keys were sent", n)
					}
					r.cancel(errLeft)
					<-r.done
				})
			})
		}
	}
}

// TestTextAfterAPause is one of its own again: an answer, or a key in the field.
func TestTextAfterAPause(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), failing("introspect", pleoclient.KindKeyRejected, ""), checked...)
	f.press("x", "e")
	if f.state.Step != flow.StepProblem || !strings.Contains(f.text(), torn) {
		t.Fatalf("a letter behind another one leads to %s:\n%s", f.state.Step, f.text())
	}
	f.press(pause, "e", "x", "enter")
	if f.state.Step != flow.StepKey || len(f.typed.typed) > 0 || !strings.Contains(f.text(), torn) {
		t.Fatalf("the rest of a text leads to %s:\n%s", f.state.Step, f.text())
	}
	f.press(pause).typeText(otherCanary)
	if string(f.typed.typed) != otherCanary || strings.Contains(f.text(), torn) {
		t.Errorf("a text after a pause is not in the field:\n%s", f.text())
	}
}

// TestLetterAndEnter: an Enter behind one letter that means nothing does not count either, and no one is asked to paste
// again what was no text.
func TestLetterAndEnter(t *testing.T) {
	t.Parallel()
	problem := at(t, finance(), failing("introspect", pleoclient.KindKeyRejected, ""), checked...)
	for _, c := range []struct {
		face *face
		says string
	}{{at(t, finance(), goodWorld(), checked...), confirmAgain}, {problem, problemAgain}} {
		f, step := c.face, c.face.state.Step
		f.press(pause, "x")
		f.clock = f.clock.Add(input.TextQuiet / 2)
		f.press("enter")
		if text := f.text(); f.state.Step != step || !strings.Contains(text, c.says) || strings.Contains(text, torn) {
			t.Errorf("%s: a letter and Enter lead to %s:\n%s", step, f.state.Step, text)
		}
		f.clock = f.clock.Add(2 * input.TextQuiet)
		f.press("x", "y", "enter")
		if text := f.text(); f.state.Step != step || !strings.Contains(text, torn) {
			t.Errorf("%s: two letters and Enter lead to %s:\n%s", step, f.state.Step, text)
		}
		f.clock = f.clock.Add(2 * input.TextQuiet)
		f.press(pause, "enter")
		if f.state.Step == step {
			t.Errorf("%s: Enter alone no longer counts:\n%s", step, f.text())
		}
	}
}
