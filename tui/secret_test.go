package tui

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

func pasteOf(text string) tea.Msg { return tea.PasteMsg{Content: text} }

// traces are the forms in which a key could leak.
func traces(key string) []string {
	return []string{
		key, key[len(key)-12:], key[20:32],
		hex.EncodeToString([]byte(key))[:24], base64.StdEncoding.EncodeToString([]byte(key))[:24],
		base64.RawURLEncoding.EncodeToString([]byte(key))[:24],
	}
}

func checkNoKey(t *testing.T, where, text string) {
	t.Helper()
	for _, key := range []string{canary, otherCanary} {
		for i, trace := range traces(key) {
			if strings.Contains(text, trace) {
				t.Errorf("%s shows a key (form %d)", where, i)
			}
		}
	}
}

// TestNoKeyInAnyFrame looks at every scene, with text in the field as well, and at what a model prints as.
func TestNoKeyInAnyFrame(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		for _, size := range append(sizes, [2]int{20, 5}) {
			f := sc.make(t).size(size[0], size[1])
			checkNoKey(t, sc.name, f.View().Content)
			f.typeText(otherCanary)
			checkNoKey(t, sc.name+" typed", f.View().Content)
			f.Update(pasteOf(otherCanary))
			checkNoKey(t, sc.name+" pasted", f.View().Content)
			checkNoKey(t, sc.name+" printed", fmt.Sprintf("%v %+v", f.state, f.state))
		}
	}
}

// TestMaskHidesTheLength draws the key screen for many lengths: all frames must be the same.
func TestMaskHidesTheLength(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		var first tea.View
		for i, n := range []int{1, 2, 8, 23, 24, 25, 72, 300, maxTyped} {
			f := at(t, finance(), goodWorld(), toKey...).size(size[0], size[1])
			f.typed.typeText(strings.Repeat("k", n))
			v := f.View()
			if i == 0 {
				first = v
			}
			if v.Content != first.Content || *v.Cursor != *first.Cursor {
				t.Errorf("at %v the frame for %d characters differs from that for one", size, n)
			}
		}
	}
}

// TestCursorIsBehindTheMask finds the cursor right behind the mask, or where the mask will begin and a hint begins.
func TestCursorIsBehindTheMask(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		f := at(t, finance(), goodWorld(), toKey...).size(size[0], size[1])
		from := func(columns int) string { // the cursor
			v := f.View()
			row := ansi.Strip(strings.Split(v.Content, "\n")[v.Cursor.Y]) + "    "
			return ansi.TruncateLeft(row, v.Cursor.X+columns, "")
		}
		around := func() string { return ansi.Truncate(from(-2), 3, "") }
		before, hint := ansi.Truncate(from(-2), 2, ""), f.state.PasteText()
		if strings.TrimSpace(before) == "" || before[len(before)-1] != ' ' ||
			from(0)[0] != ' ' && !strings.HasPrefix(from(0), hint+" ") {
			t.Errorf("at %v the empty field begins with %q, behind %q", size, from(0), before)
		}
		f.typeText("k")
		if got := around(); got != "•• " {
			t.Errorf("at %v there is %q around the cursor", size, got)
		}
	}
}

// TestPasteOnEveryStep pastes everywhere a key can still be used, and where it cannot.
func TestPasteOnEveryStep(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		f := sc.make(t)
		before := f.state
		f.Update(pasteOf("  " + otherCanary + "\n"))
		taken := f.state.Key.Fingerprint() != before.Key.Fingerprint()
		late := before.Step == flow.StepActivate || before.Step == flow.StepDone
		if taken == late {
			t.Errorf("%s: the paste was taken: %v", sc.name, taken)
		}
		if f.state.Notice.Text == "" {
			t.Errorf("%s: nothing is said about the paste", sc.name)
		}
	}
}
