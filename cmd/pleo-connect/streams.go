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
	Getenv   func(string) string
	in       io.Reader
	out, err io.Writer
}

// Interactive reports whether a person can be asked: both ends are a terminal.
func (c world) Interactive() bool { return IsTerminal(c.in) && IsTerminal(c.out) }

func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Remote reports a session over SSH.
func (c world) Remote() bool {
	return c.Getenv("SSH_CONNECTION") != "" || c.Getenv("SSH_TTY") != "" || c.Getenv("SSH_CLIENT") != ""
}

// tmux reports a session inside tmux. The variable is gone from the environment by now.
func (c world) Tmux() bool { return early.Tmux != "" }

// plainTerminal reports a terminal that cannot show the full screen, or a person who does not want it.
func (c world) plainTerminal() bool { return !c.KnowsSequences() || c.Getenv("ACCESSIBLE") != "" }

// KnowsSequences reports a terminal to which escape sequences may be written.
func (c world) KnowsSequences() bool {
	t := c.Getenv("TERM")
	return t != "" && t != "dumb"
}

// ASCII reports a terminal that may lack our glyphs: a locale without UTF-8, or the Linux console.
func (c world) ASCII() bool {
	if c.Getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(c.Getenv(name)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return true
}

// Colors returns what the terminal can show. Any non-empty NO_COLOR counts; bold and reverse stay.
func (c world) Colors(no bool) colorprofile.Profile {
	if no || c.Getenv("NO_COLOR") != "" {
		return colorprofile.ASCII
	}
	env := []string{"TERM=" + c.Getenv("TERM"), "COLORTERM=" + c.Getenv("COLORTERM")}
	return colorprofile.Env(env)
}
