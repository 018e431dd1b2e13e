package console

import (
	"strings"
	"testing"

	"pleo-connect/flow"
)

// TestTerminal holds how terminals and locales are distinguished.
func TestTerminal(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]struct{ plain, ascii bool }{
		"TERM=xterm-256color LANG=en_US.UTF-8":                  {},
		"TERM=xterm-256color LANG=en_US.utf8":                   {},
		"TERM=xterm-256color LANG=en_US.UTF-8 LC_ALL=C":         {ascii: true},
		"TERM=xterm-256color":                                   {ascii: true},
		"TERM=linux LANG=en_US.UTF-8":                           {ascii: true},
		"TERM=linux-16color LANG=en_US.UTF-8":                   {ascii: true},
		"TERM=dumb LANG=en_US.UTF-8":                            {plain: true},
		"LANG=en_US.UTF-8":                                      {plain: true},
		"TERM=xterm LANG=en_US.UTF-8 ACCESSIBLE=1":              {plain: true},
		"TERM=xterm LANG=en_US.UTF-8 NO_COLOR=yes ACCESSIBLE=1": {plain: true},
	} {
		c := New(nil, nil, nil, environment(env))
		if c.Plain() != want.plain || c.ASCII() != want.ascii {
			t.Errorf("%s: plain %t, ascii %t", env, c.Plain(), c.ASCII())
		}
	}
	plain := New(nil, nil, nil, environment("TERM=xterm-256color NO_COLOR=yes"))
	colourful := New(nil, nil, nil, environment("TERM=xterm-256color"))
	colourless := New(nil, nil, nil, environment("TERM=xterm-256color"))
	colourless.NoColor = true
	if plain.Colors() == colourful.Colors() || plain.Colors() != colourless.Colors() {
		t.Error("NO_COLOR=yes and --no-color must both take the colours away")
	}
}

// TestPaste holds what is said about pasting to what the environment says. A multiplexer passes on the environment of
// the terminal in which it was started.
func TestPaste(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]flow.PasteWay{
		"TERM=xterm-256color":                               flow.PasteUsual,
		"TERM=xterm-256color TERM_PROGRAM=vscode":           flow.PasteUsual,
		"TERM=xterm-256color TERM_PROGRAM=Apple_Terminal":   flow.PasteMac,
		"TERM=xterm-256color TERM_PROGRAM=iTerm.app":        flow.PasteMac,
		"TERM=xterm-256color LC_TERMINAL=iTerm2":            flow.PasteMac, // over SSH
		"TERM=xterm-256color WT_SESSION=1":                  flow.PasteWindows,
		"TERM=linux":                                        flow.PasteNone,
		"TERM=linux-16color":                                flow.PasteNone,
		"TERM=tmux-256color TMUX=/tmp/t LC_TERMINAL=iTerm2": flow.PasteUsual,
		"TERM=screen STY=1.pts WT_SESSION=1":                flow.PasteUsual,
	} {
		if got := New(nil, nil, nil, environment(env)).Paste(); got != want {
			t.Errorf("%s: %d, want %d", env, got, want)
		}
	}
}

// TestKnownSequences: what may be written to a terminal follows from its type.
func TestKnownSequences(t *testing.T) {
	t.Parallel()
	for want, terms := range map[sequences]string{
		nothing: "dumb dumb-emacs-ansi unknown network dialup emacs vt52",
		controls: "linux linux-16color linux3.0 ansi ansi-m ansi.sys pcansi vt100 vt100-w vt102 vt220 vt320 vt420 " +
			"vt525 vt-utf8 eterm eterm-color eterm-256color cons25 wsvt25 sun-color",
		everything: "xterm xterm-256color xterm-kitty xterm-ghostty vte vte-256color gnome-256color konsole rxvt " +
			"rxvt-unicode-256color Eterm screen screen-256color screen.linux screen.xterm-256color tmux " +
			"tmux-256color st-256color foot alacritty kitty wezterm ghostty putty mintty mlterm contour iterm2 nsterm",
	} {
		for term := range strings.FieldsSeq(terms) {
			c := New(nil, nil, nil, environment("TERM="+term))
			if got := c.knows(); got != want {
				t.Errorf("%s knows %d, want %d", term, got, want)
			}
			if c.KnowsSequences() == (want == nothing) || c.Plain() == c.KnowsSequences() ||
				c.KnowsClipboard() != (want == everything) || c.MarksPastes() != c.KnowsClipboard() {
				t.Errorf("%s: sequences %t, line by line %t, clipboard %t, marks of pastes %t", term,
					c.KnowsSequences(), c.Plain(), c.KnowsClipboard(), c.MarksPastes())
			}
		}
	}
}

// TestAccessible: any value that says yes, or anything other than no, takes the line face.
func TestAccessible(t *testing.T) {
	t.Parallel()
	for _, off := range []string{"", " ", "0", "false", "False", "FALSE", "no", "No", "NO", "off", " no "} {
		if c := accessible(off); c.Plain() {
			t.Errorf("ACCESSIBLE=%q is on", off)
		}
	}
	for _, on := range []string{"1", "true", "yes", "on", "2", "00", "nope", "please"} {
		if c := accessible(on); !c.Plain() {
			t.Errorf("ACCESSIBLE=%q is off", on)
		}
	}
}

func accessible(value string) *Console {
	env := map[string]string{"TERM": "xterm", "ACCESSIBLE": value}
	return New(nil, nil, nil, func(name string) string { return env[name] })
}

func environment(vars string) func(string) string {
	return func(name string) string {
		for _, v := range strings.Fields(vars) {
			if k, value, _ := strings.Cut(v, "="); k == name {
				return value
			}
		}
		return ""
	}
}
