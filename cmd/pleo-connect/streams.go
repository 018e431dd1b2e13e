package main

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"pleo-connect/cmd/pleo-connect/early"
)

// world is what a command sees of the outside: streams and environment as values, so that tests can supply their own.
type world struct {
	getenv   func(string) string
	in       io.Reader
	out, err io.Writer
}

// terminal reports whether a person can be asked: both ends are a terminal.
func (w world) terminal() bool { return isTerminal(w.in) && isTerminal(w.out) }

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// remote reports a session over SSH.
func (w world) remote() bool {
	return w.getenv("SSH_CONNECTION") != "" || w.getenv("SSH_TTY") != "" || w.getenv("SSH_CLIENT") != ""
}

// tmux reports a session inside tmux. The variable is gone from the environment by now.
func (w world) tmux() bool { return early.Tmux != "" }

// plainTerminal reports a terminal that cannot show the full screen, or a person who does not want it.
func (w world) plainTerminal() bool { return !w.knowsSequences() || w.getenv("ACCESSIBLE") != "" }

// knowsSequences reports a terminal to which escape sequences may be written.
func (w world) knowsSequences() bool {
	t := w.getenv("TERM")
	return t != "" && t != "dumb"
}

// ascii reports a terminal that may lack our glyphs: a locale without UTF-8, or the Linux console.
func (w world) ascii() bool {
	if w.getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(w.getenv(name)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return true
}

// colours returns what the terminal can show. Any non-empty NO_COLOR counts; bold and reverse stay.
func (w world) colours(no bool) colorprofile.Profile {
	if no || w.getenv("NO_COLOR") != "" {
		return colorprofile.ASCII
	}
	env := []string{"TERM=" + w.getenv("TERM"), "COLORTERM=" + w.getenv("COLORTERM")}
	return colorprofile.Env(env)
}
