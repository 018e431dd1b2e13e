package tui

import (
	"sync"

	"charm.land/bubbles/v2/key"

	"pleo-connect/flow"
)

const helpMeaning = "help"

// keyMap has all keys of this package. The footer is made of them: a binding that is not enabled is not shown. What a
// key does is a name here, whose words are in [flow.ScreenWords.Footer].
type keyMap struct {
	quit, suspend                                  key.Binding
	up, down, pageUp, pageDown, top, bottom        key.Binding
	scroll                                         key.Binding
	choose, previous, next, press, pasted          key.Binding
	wholeBurst, restOfText                         key.Binding
	help, helpAlways, closeHelp                    key.Binding
	check, clear, erase, terminalPaste, back, demo key.Binding
	otherKey, stop, stopWaiting                    key.Binding
	retry, edit, doctor, leave, again              key.Binding
	copyLink, openLink, finish, quitDone           key.Binding
}

// bindings returns the key map, which is made when it is first needed.
var bindings = sync.OnceValue(func() *keyMap {
	return &keyMap{
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
		closeHelp:  bind("", "close_help"),

		check:         bind("enter", "check", "enter"),
		clear:         bind("ctrl+u", "clear", "ctrl+u"),
		erase:         bind("", "", "backspace", "ctrl+h"),
		terminalPaste: bind("", "", "ctrl+v"),
		back:          bind("esc", "back", "esc"),
		demo:          bind("tab", "demo", "tab"),

		otherKey:    bind("n", "other_key", "n"),
		stop:        bind("esc", "cancel", "esc"),
		stopWaiting: bind("esc", "stop_waiting", "esc"),

		retry:  bind("r", "retry", "r"),
		edit:   bind("e", "new_key", "e"),
		doctor: bind("d", "doctor", "d"),
		leave:  bind("q", "quit", "q"),
		again:  bind("r", "check_again", "r"),

		copyLink: bind("c", "copy_link", "c"),
		openLink: bind("o", "open_link", "o"),
		finish:   bind("enter", "finish", "enter", "q"),
		quitDone: bind("q", "finish", "q"),
	}
})

// bind returns a binding: its name, the name of what it does, and its keys.
func bind(name, meaning string, keys ...string) key.Binding {
	b := key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, meaning))
	if len(keys) == 0 {
		b.SetKeys("any")
	}
	return b
}

// actionKey returns the key of an action.
func actionKey(a flow.Action) key.Binding {
	switch k := bindings(); a {
	case flow.ActionRetry:
		return k.retry
	case flow.ActionEdit:
		return k.edit
	case flow.ActionDoctor:
		return k.doctor
	case flow.ActionBack:
		return k.back
	case flow.ActionLeave:
		return k.leave
	}
	return key.Binding{}
}

// isHelp reports whether a binding is one of the two help keys.
func isHelp(b key.Binding) bool { return b.Help().Desc == helpMeaning }
