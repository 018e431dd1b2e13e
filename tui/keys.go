package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"pleo-connect/flow"
)

// pasteHint answers ctrl+v, which would read the clipboard of the wrong computer.
const pasteHint = "paste with your terminal: ctrl+shift+v, shift+insert, cmd+v, right click"

const (
	helpMeaning = "help"
	keysTitle   = "Keys" // above the list of keys
)

// backHint greets the admin who fetched the key in another window.
const backHint = "welcome back: paste the key with your terminal's paste"

// What is said of an answer that does not count.
const (
	confirmAgain     = "Check the company, then press Enter again"
	otherKeyAgain    = "Check the company, then press n again"
	problemAgain     = "Read this first, then press Enter again"
	doneAgain        = "Press Enter again to finish"
	scrollToAllow    = "Scroll to the end of the list to allow"
	scrollToContinue = "Scroll to the end of the list to continue"
	scrollToConfirm  = "Scroll down to read the warning first"
)

// bindings are all keys of this package. The footer is made of them: what is not enabled is not shown.
var bindings = struct {
	quit, suspend                                  key.Binding
	up, down, pageUp, pageDown, top, bottom        key.Binding
	scroll                                         key.Binding
	choose, previous, next, press, pasted          key.Binding
	wholeBurst, restOfText                         key.Binding
	help, helpAlways, closeHelp                    key.Binding
	check, clear, erase, terminalPaste, back, demo key.Binding
	otherKey, stop                                 key.Binding
	retry, edit, doctor, leave, again              key.Binding
	copyLink, openLink, finish, quitDone           key.Binding
}{
	quit:     bind("ctrl+c", "quit", "ctrl+c"),
	suspend:  bind("", "", "ctrl+z"),
	up:       bind("", "", "up"),
	down:     bind("", "", "down"),
	pageUp:   bind("", "", "pgup"),
	pageDown: bind("", "", "pgdown"),
	top:      bind("", "", "home"),
	bottom:   bind("", "", "end"),
	scroll:   bind("↑/↓", "scroll", "up", "down"),

	choose:   bind("←/→", "choose", "left", "right"),
	previous: bind("", "", "left", "shift+tab"),
	next:     bind("", "", "right", "tab"),
	press:    bind("enter", "confirm", "enter"),
	pasted:   bind("", "", "f35"), // input.PastedEnter

	wholeBurst: bind("", "", "f34"), // input.WholeBurst
	restOfText: bind("", "", "f33"), // input.RestOfText

	help:       bind("?", helpMeaning, "?", "f1"),
	helpAlways: bind("f1", helpMeaning, "f1"),
	closeHelp:  bind("any key", "back"),

	check:         bind("enter", "check", "enter"),
	clear:         bind("ctrl+u", "clear", "ctrl+u"),
	erase:         bind("", "", "backspace", "ctrl+h"),
	terminalPaste: bind("", "", "ctrl+v"),
	back:          bind("esc", "back", "esc"),
	demo:          bind("tab", "simulate", "tab"),

	otherKey: bind("n", "another key", "n"),
	stop:     bind("esc", "stop", "esc"),

	retry:  bind("r", "try again", "r"),
	edit:   bind("e", "another key", "e"),
	doctor: bind("d", "find the cause", "d"),
	leave:  bind("q", "leave", "q"),
	again:  bind("r", "look again", "r"),

	copyLink: bind("c", "copy link", "c"),
	openLink: bind("o", "open link", "o"),
	finish:   bind("enter", "finish", "enter", "q"),
	quitDone: bind("q", "finish", "q"),
}

// bind makes a binding: its name and meaning in the footer, and the keys that press it.
func bind(name, meaning string, keys ...string) key.Binding {
	b := key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, meaning))
	if len(keys) == 0 {
		b.SetKeys("any")
	}
	return b
}

// actionBindings returns the keys of actions. Enter does the first one as well.
func actionBindings(actions []flow.Action, room bool) []key.Binding {
	var out []key.Binding
	for i, action := range actions {
		b := actionKeys[action]
		if i == 0 {
			b = withEnter(b, room)
		}
		out = append(out, b)
	}
	return out
}

// actionKeys are the keys of actions.
var actionKeys = map[flow.Action]key.Binding{
	flow.ActionRetry: bindings.retry, flow.ActionEdit: bindings.edit, flow.ActionDoctor: bindings.doctor,
	flow.ActionBack: bindings.back, flow.ActionLeave: bindings.leave,
}

// withEnter returns the binding of an action that Enter does as well. Where room is short, it names Enter only. Its
// words are shorter, so that the footer does not grow.
func withEnter(b key.Binding, room bool) key.Binding {
	name, meaning := "enter", b.Help().Desc
	if room {
		name += "/" + b.Help().Key
	}
	switch b.Help() {
	case bindings.retry.Help():
		meaning = "retry"
	case bindings.edit.Help():
		meaning = "new key"
	}
	return bind(name, meaning, slices.Concat(b.Keys(), bindings.press.Keys())...)
}

// isHelp reports one of the two help keys.
func isHelp(b key.Binding) bool { return b.Help().Desc == helpMeaning }
