//go:build unix

package main

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
)

// lineByLine starts the wizard with the line face and waits for its first question.
func lineByLine(t *testing.T) (*site, *terminal) {
	t.Helper()
	s := newSite(t)
	s.term = "dumb"
	x := s.wizard()
	x.see("Type allow or cancel:")
	return s, x
}

// lineWith returns the line of the screen that has the text, or nothing.
func (x *terminal) lineWith(text string) string {
	for line := range strings.Lines(x.text()) {
		if strings.Contains(line, text) {
			return strings.TrimRight(line, " \n")
		}
	}
	return ""
}

// shows waits for the line of a question.
func (x *terminal) shows(question, answer string) {
	x.t.Helper()
	want := strings.TrimRight(question+" "+answer, " ")
	x.until(want, func() bool { return x.lineWith(question) == want })
}

// asked waits until a question was asked so many times.
func (x *terminal) asked(question string, times int) {
	x.t.Helper()
	x.until("the question again: "+question, func() bool { return strings.Count(x.written(), question) == times })
}

// TestLineEcho looks at the screen after each piece that is typed.
func TestLineEcho(t *testing.T) {
	t.Parallel()
	s, x := lineByLine(t)
	const question = "Type allow or cancel:"
	for _, step := range [][2]string{
		{"alp", "alp"}, {"\x7f", "al"}, {"漢字", "al漢字"}, {"\x08", "al漢"}, {"éx", "al漢éx"}, {"\x7f\x7f", "al漢"},
		{"y", "al漢y"}, {" no way", "al漢y no way"}, {"\x17", "al漢y no"}, {"\x15", ""},
		{"\x1b[D\x1b[Cal\x1b[3~l", "all"},
	} {
		x.send(step[0])
		x.shows(question, step[1])
	}
	x.send(enter)
	x.see("Enter alone goes back")
	x.send(enter)
	x.asked(question, 2)
	x.send(ctrlC)
	x.exit(exitInterrupted)
	s.nothing()
}

// TestLineSecret types a text that is short enough not to be taken for a paste: nothing of it is shown, its length
// neither.
func TestLineSecret(t *testing.T) {
	t.Parallel()
	s, x := lineByLine(t)
	x.send("allow\r")
	x.shows("Integrated API Key (hidden while you type; ? for help; Enter alone goes back):", "")
	before := len(x.written())
	x.send("x\x15canary-keyx\x7f" + enter)
	x.see("key received", "Pleo rejected the key", "Type new (use another key), retry, back or quit:")
	after, shown := x.written()[before:], "\r\nChecking your key with Pleo\r\nkey received\r\n"
	if !strings.HasPrefix(strings.ReplaceAll(strings.ReplaceAll(after, "\r\r\n", "\r\n"), "\r\n\r\n", "\r\n"), shown) {
		t.Errorf("typing a key shows %.80q", after)
	}
	x.send("quit\r")
	x.exit(exitKey)
	s.noConnection()
	if strings.Contains(x.written(), "canary") {
		t.Error("what was typed was echoed")
	}
}

// TestLineAhead types answers while the check runs: nothing that appeared by itself is answered by them.
func TestLineAhead(t *testing.T) {
	t.Parallel()
	s, x := lineByLine(t)
	x.send("allow\r")
	x.see("Enter alone goes back")
	s.arrivedSince(0, 2, "GET", introspect) // without a key, so that none of them is delayed
	for question, c := range map[string]struct{ key, ahead, now, told string }{
		"Type new (use another key), retry, back or quit:": {s.sim.Keys().Revoked, "retry\r", "new\r", "Enter alone goes back"},
		"Type yes, other (use another key) or back:":       {s.sim.Keys().Good, "yes\r", "other\r", "Enter alone goes back"},
	} {
		gate := make(chan struct{})
		s.sim.Inject(pleosim.Delay("GET", introspect, gate))
		before := strings.Count(x.written(), c.told)
		x.paste(c.key)
		x.see("Checking your key with Pleo")
		x.send(c.ahead)
		x.until("what was typed is read", func() bool { return x.waiting() == 0 || x.tick() })
		close(gate)
		x.asked(question, 1)
		x.send(c.now)
		x.asked(c.told, before+1)
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
	s.noConnection()
}

// TestLinePaste pastes a key that is wrapped at each question that takes one.
func TestLinePaste(t *testing.T) {
	t.Parallel()
	s, x := lineByLine(t)
	key := s.sim.Keys().Good
	wrapped := key[:40] + "\r\n" + key[40:] + "\r"
	x.send("allow\r")
	x.see("Enter alone goes back")
	x.paste("https://app.pleo.io/settings/api-keys")
	x.see("this is a web address, not a key")
	x.asked("Enter alone goes back", 2)
	x.paste(s.sim.Keys().Revoked)
	x.see("Pleo rejected the key", "Type new (use another key), retry, back or quit:")
	x.paste(wrapped)
	x.see("instead of the one", "1 line break", "Type yes, other (use another key) or back:")
	x.send("yes\r")
	x.exit(0)
	s.connectedBy(x)
	if strings.Contains(x.written(), "\x1b") {
		t.Error("a dumb terminal got an escape sequence")
	}
}
