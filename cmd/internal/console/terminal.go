package console

import (
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"pleo-connect/flow"
)

// Interactive reports whether a person can be asked: both ends are a terminal.
func (c *Console) Interactive() bool { return IsTerminal(c.In) && IsTerminal(c.Out) }

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Tmux reports whether the session is inside tmux.
func (c *Console) Tmux() bool { return c.getenv("TMUX") != "" }

// Paste returns how the terminal pastes, as far as the environment says. Inside tmux and screen, it may say what another
// terminal was.
func (c *Console) Paste() flow.PasteWay {
	switch program := c.getenv("TERM_PROGRAM"); {
	case c.Tmux(), c.getenv("STY") != "":
		return flow.PasteUsual
	case strings.HasPrefix(c.getenv("TERM"), "linux"):
		return flow.PasteNone
	case c.getenv("WT_SESSION") != "":
		return flow.PasteWindows
	case program == "Apple_Terminal", program == "iTerm.app", c.getenv("LC_TERMINAL") == "iTerm2":
		return flow.PasteMac
	}
	return flow.PasteUsual
}

// Plain reports whether the terminal cannot show the full screen, or the person does not want it.
func (c *Console) Plain() bool {
	return c.ForcePlain || !c.KnowsSequences() || isOn(c.getenv("ACCESSIBLE"))
}

// isOn reports whether a variable is set, and not to a word for no.
func isOn(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

// KnowsSequences reports whether escape sequences may be written to the terminal.
func (c *Console) KnowsSequences() bool { return c.knows() != nothing }

// KnowsClipboard reports whether the terminal may be asked to copy a text, with OSC 52; another would draw it.
func (c *Console) KnowsClipboard() bool { return c.knows() == everything }

// MayBeAsked reports whether the terminal may be asked what it supports; another would draw the question.
func (c *Console) MayBeAsked() bool { return c.knows() == everything }

// MarksPastes reports whether the terminal may be asked to mark pasted text.
func (c *Console) MarksPastes() bool { return c.knows() == everything }

// sequences are the escape sequences that a terminal knows, or reads without drawing them.
type sequences int

const (
	nothing    sequences = iota
	controls             // control sequences as a VT100 and a PC have them, with the modes of DEC
	everything           // commands that contain a text as well, and what each terminal has invented
)

// knows returns what the type of the terminal says, as terminfo names it. Behind a serial line, that is all there is to
// know. Types that terminfo calls generic have no sequences, and a VT52 has none that we use.
func (c *Console) knows() sequences {
	t := c.getenv("TERM")
	switch family, _, _ := strings.Cut(strings.ReplaceAll(t, "+", "-"), "-"); family {
	case "dumb", "unknown", "vt52":
		return nothing
	}
	switch t {
	case "", "network", "dialup", "emacs":
		return nothing
	}
	for _, family := range knowControls {
		if strings.HasPrefix(t, family) {
			return controls
		}
	}
	return everything
}

// knowControls begin the types that know less than everything.
var knowControls = [...]string{
	"linux", "ansi", "pcansi", "vt0", "vt1", "vt2", "vt3", "vt4", "vt5", "vt6", "vt7", "vt8", "vt9", "vt-", "vtnt",
	"eterm", "cons25", "wsvt25", "pccon", "pcvt", "scoansi", "at386", "sun", "minix", "hurd", "mach",
}

// ASCII reports whether the terminal may lack our glyphs: the locale is without UTF-8, or it is the Linux console.
func (c *Console) ASCII() bool {
	if strings.HasPrefix(c.getenv("TERM"), "linux") {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(c.getenv(name)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return true
}

// Colors returns the colours that the terminal can show. Any non-empty NO_COLOR counts; bold and reverse stay.
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
