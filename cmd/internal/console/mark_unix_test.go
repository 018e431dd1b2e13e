//go:build unix

package console

import (
	"strings"
	"testing"

	"github.com/creack/pty"

	"pleo-connect/flow"
)

// onTerminal returns what a terminal of some columns gets.
func onTerminal(t *testing.T, columns uint16, vars string, write func(c *Console)) string {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = person.Close(), tty.Close() }()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	c := New(tty, tty, tty, environment("LANG=C.UTF-8 "+vars))
	write(c)
	const end = "the end"
	c.Say(end)
	var out strings.Builder
	for buffer := make([]byte, 4096); !strings.Contains(out.String(), end); {
		n, err := person.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(buffer[:n])
	}
	text, _, _ := strings.Cut(strings.ReplaceAll(out.String(), "\r\n", "\n"), end)
	return text
}

// TestMarks: the signs tell the marks apart wherever they are printed, and have colours where a terminal has them.
func TestMarks(t *testing.T) {
	t.Parallel()
	marks := func(c *Console) {
		for _, m := range []flow.Mark{
			flow.MarkDone, flow.MarkFailed, flow.MarkWarning, flow.MarkUnknown, flow.MarkWaiting,
		} {
			c.Text(c.Mark(m))
		}
	}
	for vars, want := range map[string]string{
		"TERM=xterm-256color":            "\x1b[38;5;29m✓\x1b[m\x1b[38;5;131m✗\x1b[m!?·",
		"TERM=xterm":                     "\x1b[32m✓\x1b[m\x1b[31m✗\x1b[m!?·",
		"TERM=xterm-256color NO_COLOR=1": "✓✗!?·",
		"TERM=xterm ACCESSIBLE=1":        "✓✗!?·",
		"TERM=dumb":                      "✓✗!?·",
		"TERM=linux":                     "\x1b[32m+\x1b[m\x1b[31mx\x1b[m!?-",
	} {
		if got := onTerminal(t, 80, vars, marks); got != want {
			t.Errorf("%s: %q, want %q", vars, got, want)
		}
	}
	var out strings.Builder
	marks(New(nil, &out, nil, environment("LANG=C.UTF-8 TERM=xterm-256color")))
	if out.String() != "✓✗!?·" {
		t.Errorf("in a file: %q", out.String())
	}
}

// TestFailureOnTerminal: rows fit, words stay whole, and so do commands, each on a row of its own. A log has one line
// for each sentence.
func TestFailureOnTerminal(t *testing.T) {
	t.Parallel()
	failure := flow.Failure{
		Summary: "the key store belongs to another account, which would be able to read the key",
		Hint:    "to give it to the account that runs this, run: sudo chown -R ada /srv/pleo-connect/store",
	}
	show := func(c *Console) { c.Failure(&failure) }
	const want = `[1;31merror:[m the key store belongs to another
       account, which would be able to
       read the key
[1mhint:[m to give it to the account that
      runs this, run:
      sudo chown -R ada /srv/pleo-connect/store
`
	got := onTerminal(t, 40, "TERM=xterm", show)
	if got := strings.ReplaceAll(got, "\x1b", ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, vars := range []string{"TERM=dumb", "TERM=xterm ACCESSIBLE=1"} {
		if got := onTerminal(t, 40, vars, show); strings.Contains(got, "\x1b") {
			t.Errorf("%s: %q", vars, got)
		}
	}
	var log strings.Builder
	show(New(nil, nil, &log, environment("TERM=xterm")))
	if want := "error: " + failure.Summary + "\nhint: " + failure.Hint + "\n"; log.String() != want {
		t.Errorf("a log gets\n%s", log.String())
	}
}
