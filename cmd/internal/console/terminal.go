package console

import (
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"
)

// Interactive reports whether a person can be asked: both ends are a terminal.
func (c *Console) Interactive() bool { return IsTerminal(c.In) && IsTerminal(c.Out) }

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Remote reports a session over SSH.
func (c *Console) Remote() bool {
	return c.getenv("SSH_CONNECTION") != "" || c.getenv("SSH_TTY") != "" || c.getenv("SSH_CLIENT") != ""
}

// Tmux reports a session inside tmux.
func (c *Console) Tmux() bool { return c.getenv("TMUX") != "" }

// Plain reports a terminal that cannot show the full screen, or a person who does not want it.
func (c *Console) Plain() bool {
	return c.ForcePlain || !c.KnowsSequences() || isOn(c.getenv("ACCESSIBLE"))
}

// isOn reports a variable that is set, and not to a word for no.
func isOn(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

// KnowsSequences reports a terminal to which escape sequences may be written.
func (c *Console) KnowsSequences() bool {
	t := c.getenv("TERM")
	return t != "" && t != "dumb"
}

// ASCII reports a terminal that may lack our glyphs: a locale without UTF-8, or the Linux console.
func (c *Console) ASCII() bool {
	if c.getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(c.getenv(name)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return true
}

// Colors returns what the terminal can show. Any non-empty NO_COLOR counts; bold and reverse stay.
func (c *Console) Colors() colorprofile.Profile {
	if c.NoColor || c.getenv("NO_COLOR") != "" {
		return colorprofile.ASCII
	}
	env := []string{"TERM=" + c.getenv("TERM"), "COLORTERM=" + c.getenv("COLORTERM")}
	return colorprofile.Env(env)
}

// Size returns the columns and rows of the terminal at standard output.
func (c *Console) Size() (columns, rows int, err error) { return sizeOf(c.Out) }

func sizeOf(stream any) (columns, rows int, err error) {
	f, ok := stream.(*os.File)
	if !ok {
		return 0, 0, os.ErrInvalid
	}
	return term.GetSize(int(f.Fd()))
}
