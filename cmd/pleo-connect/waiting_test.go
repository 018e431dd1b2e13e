//go:build unix

package main

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
)

// TestWaitingOverSSHWritesLittle holds an answer back and counts what the spinner costs on a real terminal.
func TestWaitingOverSSHWritesLittle(t *testing.T) {
	t.Parallel()
	const (
		spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
		turns   = 6
		most    = 10 // bytes a turn
	)
	s := newSite(t)
	x := s.atKey()
	gate := make(chan struct{})
	s.sim.Inject(pleosim.Delay("GET", "/v1/installations/me", gate))
	x.paste(s.sim.Keys().Good)
	x.see("⠹ Looking up the company")
	from := strings.LastIndexAny(x.written(), spinner)
	written := func() string { return x.written()[from:] }
	x.until("the spinner turns", func() bool { return len(turnsIn(written(), spinner)) > turns })
	// The first pieces may still belong to the frame around the spinner.
	for _, turn := range turnsIn(written(), spinner)[2:turns] {
		if len(turn) > most {
			t.Errorf("a turn takes %d bytes, want at most %d: %q", len(turn), most, turn)
		}
	}
	close(gate)
	confirmAndFinish(x)
}

// turnsIn cuts what was written behind each sign of a spinner.
func turnsIn(written, signs string) []string {
	return strings.FieldsFunc(strings.Map(func(r rune) rune {
		if strings.ContainsRune(signs, r) {
			return 0
		}
		return r
	}, written), func(r rune) bool { return r == 0 })
}

// TestWizardGreetsWhoComesBack sends the program what a terminal sends when the admin fetches the key in another
// window.
func TestWizardGreetsWhoComesBack(t *testing.T) {
	t.Parallel()
	const blur, focus = "\x1b[O", "\x1b[I"
	s := newSite(t)
	x := s.atKey()
	if !strings.Contains(x.written(), "\x1b[?1004h") {
		t.Error("the terminal is not asked to tell about the focus")
	}
	x.send(blur)
	x.send(focus)
	x.see("Welcome back. Paste your key")
	x.paste(s.sim.Keys().Good)
	confirmAndFinish(x)
	s.active()
}
