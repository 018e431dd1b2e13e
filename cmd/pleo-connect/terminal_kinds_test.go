//go:build unix

package main

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// byScreen connects on the full screen.
func byScreen(s *site, x *terminal) {
	toKey(x)
	x.paste(s.sim.Keys().Good)
	confirmAndFinish(x)
}

// byLine connects line by line.
func byLine(s *site, x *terminal) {
	s.t.Helper()
	x.see("Pleo is reachable", "Type allow or cancel:")
	x.send("allow" + enter)
	x.see("Enter alone goes back")
	x.send(s.sim.Keys().Good + enter)
	x.see("Key accepted", "Is this the right company?", "or back:")
	x.send("yes" + enter)
	x.exit(exitDone)
}

// TestTerminals: on every kind of terminal the wizard works to the end, with the interface that fits and in glyphs that
// the terminal has. TestTmuxOldTerminals has the older ones.
func TestTerminals(t *testing.T) {
	t.Parallel()
	const none = "-" // no TERM at all
	for _, c := range []struct {
		term  string
		lines bool // line by line
		ascii bool
	}{
		{term: "dumb", lines: true},
		{term: "", lines: true},
		{term: none, lines: true},
		{term: "linux", ascii: true},
		{term: "screen"},
		{term: "tmux-256color"},
		{term: "xterm"},
		{term: "xterm-256color"},
		{term: "st-256color"},
	} {
		for _, locale := range []string{"C.UTF-8", "C"} {
			t.Run("TERM="+c.term+" LANG="+locale, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				s.term = c.term
				env := append(s.env(), "LANG="+locale)
				if c.term == none {
					env = unset(env, "TERM")
				}
				x := start(t, env, s.flags()...)
				if c.lines {
					byLine(s, x)
				} else {
					byScreen(s, x)
				}
				x.until("the receipt", func() bool { return strings.Contains(x.written(), "ack to Pleo") })
				s.connectedBy(x)
				if full := strings.Contains(x.written(), "\x1b[?1049h"); full == c.lines {
					t.Errorf("full screen: %v", full)
				}
				if ascii := isASCII(x.written()); ascii != (c.ascii || locale != "C.UTF-8") {
					t.Errorf("ASCII only: %v", ascii)
				}
			})
		}
	}
}

// unset takes a variable out of an environment.
func unset(env []string, name string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 0x7e })
}

// TestNoColor: any value that is not empty takes the colours away, and leaves what else distinguishes text.
func TestNoColor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, variable, flag string
		colours              bool
	}{
		{name: "empty", variable: "NO_COLOR=", colours: true},
		{name: "1", variable: "NO_COLOR=1"},
		{name: "yes", variable: "NO_COLOR=yes"},
		{name: "0", variable: "NO_COLOR=0"},
		{name: "false", variable: "NO_COLOR=false"},
		{name: "space", variable: "NO_COLOR= "},
		{name: "flag", variable: "NO_COLOR=", flag: "--no-color"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.more = []string{c.variable, "COLORTERM=truecolor", "CLICOLOR_FORCE=1"}
			var flags []string
			if c.flag != "" {
				flags = []string{c.flag}
			}
			x := s.wizard(flags...)
			byScreen(s, x)
			if got := colouring(x.written()); (len(got) > 0) != c.colours {
				t.Errorf("colours: %q", got)
			}
			if !strings.Contains(x.written(), "\x1b[1m") {
				t.Error("nothing is bold")
			}
		})
	}
}

var sgr = regexp.MustCompile(`\x1b\[([0-9;:]*)m`)

// colouring returns the sequences that set a colour, of the text or behind it.
func colouring(written string) []string {
	var out []string
	for _, m := range sgr.FindAllStringSubmatch(written, -1) {
		for p := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return r == ';' || r == ':' }) {
			n, err := strconv.Atoi(p)
			if err != nil || n >= 30 && n <= 48 && n != 39 || n >= 90 && n <= 107 { // 39 is not a colour
				out = append(out, m[0])
				break
			}
		}
	}
	return out
}

// TestResizeStorm: dragging the corner of a window loses nothing of what was typed, and the screen is in the end that
// of a wizard whose window was left alone.
func TestResizeStorm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x, calm := s.wizard(), s.wizard()
	both := func(step func(*terminal)) { step(x); step(calm) }
	half := len(s.sim.Keys().Good) / 2

	both(func(x *terminal) { x.see("Allow", "Pleo is reachable", "Key store ready") })
	storm(x, calm)
	both(toKey)
	both(func(x *terminal) { x.typeText(s.sim.Keys().Good[:half]); x.see("••••") })
	storm(x, calm)
	both(func(x *terminal) {
		x.typeText(s.sim.Keys().Good[half:])
		x.send(enter)
		x.see("Is this the right company?", "enter confirm")
	})
	storm(x, calm)
	calm.send(ctrlC)
	calm.exit(exitInterrupted)
	confirmAndFinish(x)
	s.active()
	s.noKey(x.written(), calm.written())
}

// storm changes the size of a window again and again, about as often as a terminal reports it, and ends at the size
// that the other one has.
func storm(x, calm *terminal) {
	x.t.Helper()
	random := rand.New(rand.NewPCG(3, 5))
	pace := time.NewTicker(3 * time.Millisecond)
	defer pace.Stop()
	for range 200 {
		x.size(1+random.IntN(200), 1+random.IntN(60))
		<-pace.C
	}
	x.size(80, 24)
	poll(x.t, "the screen of a window that was left alone:\n"+calm.text(),
		func() bool { return x.text() == calm.text() })
}
