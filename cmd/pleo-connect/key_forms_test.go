//go:build unix

package main

import (
	"fmt"
	"strings"
	"testing"
)

// keyForms are what a terminal writes for a key when a program that was killed left it so.
var keyForms = map[string]func(code rune, modifiers int) string{
	"CSI u": func(code rune, modifiers int) string {
		return fmt.Sprintf("\x1b[%d;%d:1u\x1b[%d;%d:3u", code, modifiers, code, modifiers)
	},
	"modifyOtherKeys": func(code rune, modifiers int) string {
		return fmt.Sprintf("\x1b[27;%d;%d~", modifiers, code)
	},
}

// typedIn returns a text as it is typed at such a terminal.
func typedIn(form func(code rune, modifiers int) string, text string) string {
	var out strings.Builder
	for _, c := range text {
		if c < ' ' && c != '\r' {
			out.WriteString(form(c|0x60, 5)) // Ctrl and a letter
			continue
		}
		out.WriteString(form(c, 1))
	}
	return out.String()
}

// TestKeyForms: a program that was killed leaves a terminal that reports each key in a form of its own. Both interfaces
// understand it, from the first key to the last.
func TestKeyForms(t *testing.T) {
	t.Parallel()
	for name, formOf := range keyForms {
		form := func(text string) string { return typedIn(formOf, text) }
		t.Run(name+", line by line", func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.wizard("--plain")
			x.see("Pleo is reachable", "Type allow or cancel:")
			x.write(form("no\x15alp\x7flow"))
			x.shows("Type allow or cancel:", "allow")
			x.write("\x1bOM")
			x.see("Enter alone goes back")
			x.write(form("no\x17" + s.sim.Keys().Good + "x\x7f\r"))
			x.see("Key accepted", "or back:")
			x.write(form("yes") + "\x1b[57414u")
			x.exit(exitDone)
			s.connectedBy(x)
		})
		t.Run(name+", full screen", func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.wizard()
			x.see("Allow", "Pleo is reachable", "Key store ready")
			x.write(form("\r"))
			x.see("Get your key from Pleo")
			x.write(form("no\x15" + s.sim.Keys().Good + "x\x7f\r"))
			x.see("Is this the right company?", "enter confirm")
			x.write("\x1bOM")
			x.see("Connected to ", "enter finish")
			x.write(form("q"))
			x.exit(exitDone)
			s.connectedBy(x)
		})
		for _, face := range []string{"--plain=true", "--plain=false"} {
			t.Run(name+", Ctrl+C, "+face, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				x := s.wizard(face)
				x.see("Pleo is reachable", "llow")
				x.write(form(ctrlC))
				x.exit(exitInterrupted)
				s.nothing()
			})
		}
	}
}
