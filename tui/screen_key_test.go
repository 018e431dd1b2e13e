package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

func onKey(t *testing.T) *face {
	t.Helper()
	return at(t, finance(), goodWorld(), toKey...)
}

func TestTypedKey(t *testing.T) {
	t.Parallel()
	f := onKey(t).typeText(canary)
	if f.state.Step != flow.StepKey {
		t.Fatal("typing alone must not start a check")
	}
	f.press("enter")
	if f.state.Step != flow.StepCheck || f.state.Pasted {
		t.Errorf("enter after typing leads to %s, pasted %v", f.state.Step, f.state.Pasted)
	}
}

func TestKeyField(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		do   func(f *face)
		want string
	}{
		{"letters, digits, signs and spaces", func(f *face) { f.typeText("aB3-_~+/= é") }, "aB3-_~+/= é"},
		{"backspace removes one letter", func(f *face) { f.typeText("aé").press("backspace") }, "a"},
		{"backspace on nothing", func(f *face) { f.press("backspace") }, ""},
		{"ctrl+u clears", func(f *face) { f.typeText("abc").press("ctrl+u") }, ""},
		{"a question mark in a key", func(f *face) { f.typeText("a?b") }, "a?b"},
		{"arrows and ctrl+v add nothing", func(f *face) { f.typeText("a").press("left", "up", "ctrl+v") }, "a"},
		{"tab adds nothing to nothing", func(f *face) { f.press("tab") }, ""},
		{"tab in a text is refused, not dropped", func(f *face) { f.typeText("a").press("tab").typeText("b") }, "a\tb"},
		{"control characters add nothing",
			func(f *face) { f.Update(tea.KeyPressMsg{Code: 1, Text: "\x01\u200b"}) }, ""},
		{"what nobody sees is refused, not dropped", func(f *face) { f.typeText("a\u200bb") }, "a\u200bb"},
		{"esc and back keep it", func(f *face) { f.typeText("abc").press("esc", "enter") }, "abc"},
		{"a refused entry stays to be mended", func(f *face) { f.typeText("abc").press("enter") }, "abc"},
		{"a paste replaces it", func(f *face) { f.typeText("abc"); f.Update(pasteOf("https://app.pleo.io")) }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := onKey(t)
			tc.do(f)
			if got := string(f.typed.typed); got != tc.want || f.state.Step != flow.StepKey {
				t.Errorf("the field holds %q at %s, want %q", got, f.state.Step, tc.want)
			}
		})
	}
}

func TestTooLongIsNeverCut(t *testing.T) {
	t.Parallel()
	f := onKey(t)
	long := strings.Repeat("k", maxTyped)
	f.typed.typeText(long)
	f.typeText("x")
	if got := string(f.typed.typed); got != long {
		t.Errorf("the field holds %d bytes, want %d", len(got), len(long))
	}
	if !strings.Contains(f.text(), "too long to be a key (more than 4,096 characters)") {
		t.Errorf("nothing is said about the length:\n%s", f.text())
	}
}

// TestTypedIsOverwritten watches the very bytes of the field.
func TestTypedIsOverwritten(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(f *face){
		"confirm": func(f *face) { f.happens(flow.Typed(canary)) },
		"quit":    func(f *face) { f.press("ctrl+c") },
		"paste":   func(f *face) { f.Update(pasteOf(otherCanary)) },
		"clear":   func(f *face) { f.press("ctrl+u") },
		"erase": func(f *face) {
			for range canary {
				f.press("backspace")
			}
		},
	} {
		f := onKey(t)
		fields := map[*byte][]byte{} // growing moves the field, and must leave nothing behind
		for _, r := range canary {
			f.typeText(string(r))
			field := f.typed.typed[:cap(f.typed.typed)]
			fields[&field[0]] = field
		}
		leave(f)
		for _, field := range fields {
			if got := strings.Trim(string(field), "\x00"); got != "" {
				t.Errorf("%s leaves %d bytes of the key", name, len(got))
			}
		}
		if len(fields) < 2 {
			t.Error("the field never grew: make the key longer")
		}
	}
}

func TestEnterChecksTheKeyInHandAgain(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), failing("introspect", "key_rejected", ""), checked...)
	f.press("e")
	if f.state.Step != flow.StepKey || !strings.Contains(f.text(), strings.Repeat("•", maskWidth)) {
		t.Fatalf("edit must show the key in hand as a mask:\n%s", f.text())
	}
	before := f.state.Key.Fingerprint()
	f.press("enter")
	if f.state.Step != flow.StepCheck || f.state.Key.Fingerprint() != before {
		t.Errorf("enter leads to %s", f.state.Step)
	}
}

func TestTypingStartsAFreshEntry(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), failing("introspect", "key_rejected", ""), checked...)
	before := f.press("e", pause).state.Key.Fingerprint() // at once, it would belong to the "e"
	f.typeText(otherCanary).press("enter")
	if f.state.Step != flow.StepCheck || f.state.Key.Fingerprint() == before {
		t.Error("the typed key must replace the one in hand, not join it")
	}
	f = at(t, finance(), failing("introspect", "key_rejected", ""), checked...).press("e", "ctrl+u")
	if strings.Contains(f.text(), "•") {
		t.Errorf("ctrl+u must empty the field:\n%s", f.text())
	}
	if f.press("enter"); f.state.Step != flow.StepKey {
		t.Error("enter on an emptied field must not check the key that was cleared")
	}
}

func TestRefusalGoesWhenEdited(t *testing.T) {
	t.Parallel()
	f := onKey(t)
	f.Update(pasteOf("https://app.pleo.io"))
	if !strings.Contains(f.text(), "✗ This is a web address, not a key") {
		t.Fatalf("no refusal:\n%s", f.text())
	}
	if f.typeText("a"); strings.Contains(f.text(), "✗") {
		t.Errorf("the refusal is about what is gone:\n%s", f.text())
	}
}

func TestKeyHelp(t *testing.T) {
	t.Parallel()
	f := onKey(t).press("?")
	if !strings.Contains(f.text(), "This integration uses an Integrated API Key") {
		t.Fatalf("? shows no help:\n%s", f.text())
	}
	if f.typeText("x?"); string(f.typed.typed) != "" || !strings.Contains(f.text(), "This integration uses") {
		t.Error("text must not close the help: what comes behind it would be half a key")
	}
	if f.press("backspace"); !strings.Contains(f.text(), "This integration uses") {
		t.Error("the help must stay when its reader takes back a letter")
	}
	for _, name := range []string{"backspace", "esc", "enter", "f1", "backspace"} {
		if f.press(name); f.state.Step != flow.StepKey || strings.Contains(f.text(), "This integration uses") {
			t.Errorf("%s must close the help, and do nothing else", name)
		}
		f.press("f1")
	}
	f.press("esc")
	if f.typeText("a").press("f1"); !strings.Contains(f.text(), "This integration uses") {
		t.Error("f1 must show the help while there is text in the field")
	}
	if f.Update(pasteOf(canary)); f.state.Step != flow.StepCheck {
		t.Error("a paste must work while the help is open")
	}
}

func TestCtrlVNamesThePaste(t *testing.T) {
	t.Parallel()
	f := onKey(t).press("ctrl+v")
	if !strings.Contains(f.text(), pasteHow) {
		t.Errorf("no hint:\n%s", f.text())
	}
	if f.typeText("a"); strings.Contains(f.text(), pasteHow) {
		t.Error("the hint must go with the next key")
	}
}

// TestPasteHint: how to paste is said while the field is empty, once, in the field if it fits there.
func TestPasteHint(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 12}, {60, 24}, {80, 12}, {80, 24}, {120, 40}} {
		f := onKey(t).size(size[0], size[1])
		hint := f.state.PasteText()
		field := lineAt(f.text(), f.View().Cursor.Y)
		fits := size[0] >= 80
		if strings.Contains(field, hint) != fits {
			t.Errorf("at %v the field is %q", size, field)
		}
		said := func() int { return strings.Count(strings.Join(strings.Fields(f.everything()), " "), hint) }
		if fits && strings.Count(f.text(), hint) != 1 || said() == 0 {
			t.Errorf("at %v the hint is there %d times:\n%s", size, said(), f.text())
		}
		if f.typeText("a"); said() != 0 {
			t.Errorf("at %v the hint must go with the first letter:\n%s", size, f.text())
		}
		if f.press("backspace"); said() == 0 {
			t.Errorf("at %v the hint must come back:\n%s", size, f.text())
		}
		f.Update(pasteOf("https://app.pleo.io"))
		if said() == 0 {
			t.Errorf("at %v a notice takes the hint away:\n%s", size, f.text())
		}
	}
	setup := finance()
	setup.Paste = flow.PasteMac
	if f := at(t, setup, goodWorld(), toKey...); !strings.Contains(f.text(), "cmd+v") {
		t.Errorf("the hint is not for the terminal in use:\n%s", f.text())
	}
}

// TestCopyOnKey: in the empty field, c copies the address. If text follows so soon that a program may type it, c was the
// first letter of that.
func TestCopyOnKey(t *testing.T) {
	t.Parallel()
	burst := func(kind, text string) func(f *face) {
		return func(f *face) { f.press(kind).Update(pasteOf(text)) }
	}
	leaveAndReturn := func(f *face) { f.happens(flow.Back{}); f.happens(flow.Allow{}) }
	types := func(text string) func(f *face) { return func(f *face) { f.typeText(text) } }
	for name, tc := range map[string]struct {
		after time.Duration
		then  func(f *face)
		field string
	}{
		"nothing":                     {0, func(*face) {}, ""},
		"a letter":                    {oneText, types("d"), "cd"},
		"a letter, later":             {oneText + 1, types("d"), "d"},
		"the same letter":             {oneText, types("c"), "cc"},
		"the same letter, later":      {oneText + 1, types("c"), ""},
		"a question mark":             {oneText, types("?"), "c?"},
		"a tab":                       {oneText, func(f *face) { f.press("tab") }, "c\t"},
		"backspace and a letter":      {0, func(f *face) { f.press("backspace").typeText("d") }, "d"},
		"ctrl+u and a letter":         {0, func(f *face) { f.press("ctrl+u").typeText("d") }, "d"},
		"the help and a letter":       {0, func(f *face) { f.press("f1", "esc").typeText("d") }, "d"},
		"a burst":                     {oneText, burst("f34", "def"), "cdef"},
		"the rest of a burst":         {time.Minute, burst("f33", "def"), "cdef"},
		"a letter and the rest":       {0, func(f *face) { burst("f33", "ef")(f.typeText("d")) }, "cdef"},
		"another screen and a letter": {0, func(f *face) { leaveAndReturn(f); f.typeText("d") }, "d"},
	} {
		f := at(t, finance(), with(func(w *world) { w.Via = flow.CopyByTerminal }), toKey...)
		_, effects := flow.Next(f.state, flow.CopyLink{})
		_, cmd := f.Update(keyPress("c"))
		if cmd == nil || f.state.Step != flow.StepKey {
			t.Fatalf("%s: nothing is copied, on %s", name, f.state.Step)
		}
		f.Update(answerMsg{f.world.Answer(effects[0])})
		text := f.text()
		if !strings.Contains(text, "Link sent to your terminal's clipboard") || strings.Contains(text, "•") {
			t.Errorf("%s: the screen does not say that c was a command:\n%s", name, text)
		}
		f.clock = f.clock.Add(tc.after)
		if tc.then(f); string(f.typed.typed) != tc.field {
			t.Errorf("%s: the field holds %q, want %q", name, f.typed.typed, tc.field)
		}
		if shows := strings.Contains(f.text(), "•"); shows != (tc.field != "") {
			t.Errorf("%s: %q is in the field:\n%s", name, tc.field, f.text())
		}
	}
	f := onKey(t).typeText("a")
	if _, cmd := f.Update(keyPress("c")); cmd != nil || string(f.typed.typed) != "ac" {
		t.Errorf("c in a text is a command: %q", f.typed.typed)
	}
}

// TestBursts: a burst into an empty field is a paste; another continues what is there, and half a key is not used.
func TestBursts(t *testing.T) {
	t.Parallel()
	begin, end := canary[:9], canary[9:]
	atProblem := func(t *testing.T) *face {
		return at(t, finance(), failing("introspect", "key_rejected", ""), checked...)
	}
	for _, c := range []struct {
		name   string
		at     func(t *testing.T) *face
		typed  string
		burst  string
		pasted string
		step   flow.Step
		field  string
		says   string
	}{
		{"whole", onKey, "", "f34", canary, flow.StepCheck, "", ""},
		{"whole, on another screen", atProblem, "", "f34", otherCanary, flow.StepCheck, "", ""},
		{"whole, behind what was typed", onKey, begin, "f34", end, flow.StepKey, canary, added},
		{"rest", onKey, begin, "f33", end, flow.StepKey, canary, added},
		{"rest and Enter", onKey, begin, "f33", end + "\r\n", flow.StepCheck, canary, ""},
		{"rest, wrapped", onKey, begin, "f33", end[:31] + "\r" + end[31:] + "\r", flow.StepCheck, "", ""},
		{"rest alone", onKey, "", "f33", end, flow.StepKey, "", torn},
		{"rest alone, and Enter", onKey, "", "f33", end + "\r", flow.StepKey, "", torn},
		{"rest, on another screen", atProblem, "", "f33", end, flow.StepProblem, "", torn},
		{"too long", onKey, begin, "f33", strings.Repeat("*", maxTyped), flow.StepKey, begin, "too long to be a key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := c.at(t).typeText(c.typed)
			f.press(c.burst)
			f.Update(pasteOf(c.pasted))
			if f.state.Step != c.step || c.field != "" && string(f.typed.typed) != c.field ||
				!strings.Contains(f.text(), c.says) {
				t.Errorf("at %s with %d characters in the field:\n%s", f.state.Step, len(f.typed.typed), f.text())
			}
		})
	}
}

// TestBurstIntoHelp: what was typed while the help was open went nowhere.
func TestBurstIntoHelp(t *testing.T) {
	t.Parallel()
	f := onKey(t).typeText("abc").press("f1").typeText("def").press("f33")
	f.Update(pasteOf(canary))
	if string(f.typed.typed) != "abc" || !strings.Contains(f.press("esc").text(), torn) {
		t.Errorf("%d characters are in the field:\n%s", len(f.typed.typed), f.text())
	}
}

func TestDemoKey(t *testing.T) {
	t.Parallel()
	f := demoFace(t)
	f.happens(flow.Allow{})
	if f.typeText("abc").press("tab"); f.state.Step != flow.StepCheck || !f.state.Pasted {
		t.Errorf("tab in the demo leads to %s", f.state.Step)
	}
	real := onKey(t)
	f = demoFace(t)
	f.state.Integration.KeyKind = flow.Standalone
	if f.happens(flow.Allow{}); strings.Contains(f.text(), "Allow") {
		t.Errorf("nobody presses Allow for a Standalone API Key:\n%s", f.text())
	}
	if real.press("tab"); real.state.Step != flow.StepKey || strings.Contains(real.text(), "DEMO") {
		t.Error("tab must do nothing outside the demo")
	}
}
