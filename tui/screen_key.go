package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

const (
	maxTyped  = 4096        // bytes; no key comes near it
	maskWidth = 24          // for every length
	oneText   = time.Second // a text that comes so soon after c began with it
)

// keyScreen takes the key. What was typed outlives the step, so it is the one screen with a pointer: the bytes are
// overwritten in place.
type keyScreen struct {
	typed   []byte
	fresh   bool // the key in hand was cleared from the field
	edited  bool // the entry changed since the machine last judged it
	hint    flow.Text
	away    bool // the window lost the focus
	help    bool
	unused  bool // the last key was text that the help did not take
	demoKey func() string
	now     func() time.Time
	copied  time.Time // when the last key was the one that copies the link; zero: it was another
}

// reset wipes what was typed. A paste replaces it, and after the check it is no longer needed.
func (k *keyScreen) reset() {
	clear(k.typed[:cap(k.typed)])
	k.typed, k.fresh, k.edited, k.hint, k.help, k.copied = k.typed[:0], false, false, "", false, time.Time{}
}

func (k *keyScreen) empty(s flow.State) bool {
	return len(k.typed) == 0 && (s.Key.IsZero() || k.fresh)
}

func (k *keyScreen) update(msg tea.Msg, s flow.State) (screen, flow.Event) {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		k.looked(msg, s)
		return k, nil
	case k.help:
		k.help, k.unused = k.readsOn(press)
		return k, nil
	}
	k.hint = ""
	return k, k.pressed(press, s)
}

// readsOn reports whether the help stays open after a key, and whether that was text. Text does not close it, or a typed
// key would lose its beginning. Nor does the Backspace with which the reader takes back a letter of that text.
func (k *keyScreen) readsOn(press tea.KeyPressMsg) (open, text bool) {
	text = press.Key().Text != ""
	return text || k.unused && key.Matches(press, bindings().erase), text
}

// looked greets a person who comes back to an empty field about which nothing has been said yet. Not every terminal
// reports that.
func (k *keyScreen) looked(msg tea.Msg, s flow.State) {
	switch msg.(type) {
	case tea.BlurMsg:
		k.away = true
	case tea.FocusMsg:
		if k.away && k.empty(s) && s.Notice.Text == "" && k.hint == "" {
			k.hint = s.Book().Screen.WelcomeBack
		}
		k.away = false
	}
}

func (k *keyScreen) pressed(press tea.KeyPressMsg, s flow.State) flow.Event {
	tab := press.String() == "tab"
	if tab || press.Key().Text != "" {
		k.putBack(false)
	}
	k.copied = time.Time{}
	switch {
	case k.empty(s) && s.CanCopy() && key.Matches(press, bindings().copyLink):
		k.copied, k.edited = k.now(), false
		return flow.CopyLink{}
	case key.Matches(press, bindings().helpAlways), k.empty(s) && key.Matches(press, bindings().help):
		k.help, k.unused = true, false
	case key.Matches(press, bindings().back):
		return flow.Back{}
	case key.Matches(press, bindings().check):
		return k.entered(s)
	case key.Matches(press, bindings().clear):
		k.reset()
		k.fresh, k.edited = true, true
	case key.Matches(press, bindings().erase):
		k.erase()
	case key.Matches(press, bindings().terminalPaste):
		k.hint = s.Book().Screen.PasteHow
	case k.demoKey != nil && key.Matches(press, bindings().demo):
		k.reset()
		return flow.Pasted(k.demoKey())
	case tab && len(k.typed) > 0: // in the middle of a text, a tab is refused by its name
		return k.add("\t")
	default:
		return k.typeText(press.Key().Text)
	}
	return nil
}

// entered returns the event for what was typed, or for the key in hand once more.
func (k *keyScreen) entered(s flow.State) flow.Event {
	k.edited = false
	if len(k.typed) == 0 && !k.empty(s) {
		return flow.EnterKey{Key: s.Key, Cleaned: s.Cleaned, Pasted: s.Pasted}
	}
	return flow.Typed(string(k.typed))
}

// putBack puts the letter that copied the link into the field if the text that comes now continues it, which is certain
// or follows from the time: a key that a program types keeps its first letter.
func (k *keyScreen) putBack(certain bool) {
	if !k.copied.IsZero() && (certain || k.now().Sub(k.copied) <= oneText) {
		k.add(bindings().copyLink.Keys()[0])
	}
	k.copied = time.Time{}
}

// typeText adds what a key press writes. An invisible character is refused by its name, not dropped.
func (k *keyScreen) typeText(text string) flow.Event {
	if text == "" || strings.ContainsFunc(text, unicode.IsControl) {
		return nil
	}
	return k.add(text)
}

// typeBurst adds the rest of a text. A line break at its end is Enter.
func (k *keyScreen) typeBurst(text string, s flow.State) flow.Event {
	k.help, k.hint = false, ""
	line := strings.TrimRight(text, "\r\n")
	if ev := k.add(line); ev != nil {
		return ev
	}
	if line == text {
		k.hint = s.Book().Wizard.Added
		return nil
	}
	return k.entered(s)
}

// add adds to the field. A text too long for any key is refused by the machine, in its words, and the field stays as it
// was: nothing is ever cut.
func (k *keyScreen) add(text string) flow.Event {
	if len(k.typed)+len(text) > maxTyped {
		k.edited = false
		return flow.Typed(string(k.typed) + text)
	}
	k.typed, k.edited = appendWiping(k.typed, text), true
	return nil
}

// appendWiping is like append, but leaves no copy behind when the slice has to grow.
func appendWiping(b []byte, text string) []byte {
	if len(b)+len(text) <= cap(b) {
		return append(b, text...)
	}
	grown := append(make([]byte, 0, 2*cap(b)+len(text)+64), b...)
	clear(b)
	return append(grown, text...)
}

func (k *keyScreen) erase() {
	_, size := utf8.DecodeLastRune(k.typed)
	keep := len(k.typed) - size
	clear(k.typed[keep:])
	k.typed, k.fresh, k.edited = k.typed[:keep], true, true
}

func (k *keyScreen) view(s flow.State, f frame) page {
	if k.help {
		return f.keyHelp(s, k.shortcuts(s))
	}
	p := page{title: s.Title(), under: s.Link(), rows: f.numbered(s.Instructions()), notice: k.notice(s, f)}
	if k.demoKey != nil {
		p.rows = append(append(p.rows, ""), f.demoLine(s.Integration.KeyKind)...)
	}
	secret, hint, paste := f.prose(s.SecretText(), f.styles.plain), "", []string(nil)
	switch text := s.PasteText(); {
	case !k.empty(s):
	case widthOf(text) <= f.fieldWidth():
		hint = f.styles.faint.Render(text)
	default:
		paste = f.prose(text, f.styles.plain)
	}
	p.pinned, p.cursor = f.field(s.KeyLabel(), hint, k.empty(s))
	if !f.spacious() { // the steps come first
		p.rows = slices.Concat(p.rows, spaced(paste), secret)
		return p
	}
	p.pinned = slices.Concat(p.pinned, secret, paste)
	return p
}

func (k *keyScreen) notice(s flow.State, f frame) []string {
	switch {
	case k.hint != "":
		return f.says(k.hint)
	case k.edited: // the words are about the previous entry
		return nil
	}
	return f.notice(s)
}

// field draws the label, the field, and in it the mask, or a hint while it is empty. The cursor's place depends on
// nothing but whether the field is empty.
func (f frame) field(label, hint string, empty bool) ([]string, *tea.Position) {
	text, at := hint, 0
	if !empty {
		text, at = strings.Repeat(f.glyphs.mask, maskWidth), maskWidth
	}
	if !f.roomy() {
		return []string{f.styles.title.Render(label), f.styles.accent.Render(f.glyphs.prompt) + " " + text},
			&tea.Position{X: 2 + at, Y: 1}
	}
	return append([]string{f.styles.title.Render(label)}, f.boxed(text)...), &tea.Position{X: 2 + at, Y: 2}
}

// fieldWidth returns how wide a text in the field can be.
func (f frame) fieldWidth() int {
	if !f.roomy() {
		return f.w - 2
	}
	return f.w - 4
}

// boxed draws a box around a line.
func (f frame) boxed(text string) []string {
	box, edge := f.glyphs.box, f.styles.accent
	return []string{
		edge.Render(box.TopLeft + strings.Repeat(box.Top, f.w-2) + box.TopRight),
		edge.Render(box.Left) + " " + pad(text, f.w-4) + " " + edge.Render(box.Right),
		edge.Render(box.BottomLeft + strings.Repeat(box.Bottom, f.w-2) + box.BottomRight),
	}
}

// numbered draws steps to follow.
func (f frame) numbered(lines []string) []string {
	var out []string
	for i, line := range lines {
		lead := strings.Repeat(" ", f.dent()) + f.styles.plain.Render(strconv.Itoa(i+1)) + "  "
		out = append(out, hang(lead, f.wrap(line, f.w-f.dent()-3, f.styles.plain))...)
	}
	return out
}

func (k *keyScreen) keys(s flow.State, _ frame) []key.Binding {
	if k.help {
		return []key.Binding{bindings().back}
	}
	return k.shortcuts(s)
}

// shortcuts are the keys that work in the field.
func (k *keyScreen) shortcuts(s flow.State) []key.Binding {
	check, clearing, help, copyLink := bindings().check, bindings().clear, bindings().help, bindings().copyLink
	copyLink.SetEnabled(k.empty(s) && s.CanCopy())
	check.SetEnabled(!k.empty(s))
	clearing.SetEnabled(!k.empty(s))
	if !k.empty(s) {
		help = bindings().helpAlways
	}
	demo := bindings().demo
	demo.SetEnabled(k.demoKey != nil)
	return []key.Binding{demo, check, bindings().back, clearing, copyLink, help}
}
