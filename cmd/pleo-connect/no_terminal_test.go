//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestNoTerminal: a person who meant to see the wizard hears which terminal is missing, then how to get one over SSH,
// then how to do without. Each way to lose one is a real one.
func TestNoTerminal(t *testing.T) {
	t.Parallel()
	const in, out, both = "standard input is not a terminal", "standard output is not a terminal",
		"there is no terminal"
	for about, row := range map[string]struct{ shell, says string }{
		"a pipe to tee":          {`run "$@" | cat`, out},
		"into a file":            {`run "$@" >/dev/null`, out},
		"closed output":          {`run "$@" >&-`, out},
		"a pipe into it":         {`echo canary-pipe-9f21 | run "$@"`, in},
		"from nothing":           {`run "$@" </dev/null`, in},
		"closed input":           {`run "$@" <&-`, in},
		"in the middle":          {`echo | run "$@" | cat`, both},
		"without a terminal":     {`run "$@" </dev/null >/dev/null`, both},
		"both closed":            {`run "$@" <&- >&-`, both},
		"with the company named": {`run "$@" --company ` + bakery + ` --yes | cat`, out},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			code := filepath.Join(s.home, "code")
			script := `run() { "$0" "$@"; echo $? >"` + code + `"; }; ` + row.shell
			cmd := exec.Command("/bin/sh", append([]string{"-c", script, binary(t)}, s.flags()...)...)
			cmd.Env = s.env()
			x := startCommand(t, cmd)
			x.until("the hint", func() bool { return strings.Contains(words(x.written()), "--key-file FILE") })
			<-x.ended
			if got := strings.TrimSpace(string(readFile(t, code))); got != strconv.Itoa(exitUsage) {
				t.Errorf("exit code %s", got)
			}
			wantNoTerminal(t, x.written(), row.says)
			s.nothing()
		})
	}
}

// TestReconnectNoTerminal: the missing terminal is reported first, no matter what is in the store.
func TestReconnectNoTerminal(t *testing.T) {
	t.Parallel()
	for about, s := range map[string]*site{"no store": newSite(t), "one connection": connectedSite(t)} {
		r := s.pipe("", s.places("reconnect", "--force-store")...)
		if r.code != exitUsage {
			t.Errorf("%s: exit code %d", about, r.code)
		}
		wantNoTerminal(t, r.err, "there is no terminal")
	}
}

// words returns a text without the line breaks and colours of a terminal.
func words(text string) string { return strings.Join(strings.Fields(ansi.Strip(text)), " ") }

func wantNoTerminal(t *testing.T, written, says string) {
	t.Helper()
	written = words(written)
	rest, found := written, true
	for _, next := range []string{"error: " + says, "hint:", "ssh -t", "--key-file"} {
		if _, rest, found = strings.Cut(rest, next); !found {
			t.Errorf("no %q in its place: %s", next, written)
			return
		}
	}
	if strings.Contains(written, "--accept-permissions") || strings.Contains(written, "canary") {
		t.Errorf("it says %s", written)
	}
}
