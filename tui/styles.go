package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// ink is a look of text: what comes before and after it. It is built once, so that a frame only joins strings.
type ink struct{ before, after string }

func inkOf(style lipgloss.Style) ink {
	const sample = "x"
	before, after, _ := strings.Cut(style.Render(sample), sample)
	return ink{before, after}
}

// Render gives text the look. It is one line without tabs.
func (i ink) Render(text string) string {
	if text == "" {
		return ""
	}
	return i.before + text + i.after
}

// styles are named after what they mean. One set serves dark and light backgrounds, and the terminal is not asked: the
// accent has a contrast of 4.5 to 1 on black and on white, and is one of the 256 colours that a terminal over SSH
// shows. The other colours are the terminal's own; how they look is up to its owner, so they colour only marks, each of
// which has its own sign, and no words.
type styles struct {
	plain       ink
	title       ink
	accent      ink // the current step, the bar next to the company
	edge        ink // the box around the field, the half blocks that round a focused button
	faint       ink // secondary text: scopes, labels, the footer
	key         ink // the name of a key in the footer
	good        ink // a done mark
	bad         ink // a failed mark
	button      ink
	buttonFocus ink
	demo        ink
	demoKey     ink // the key that takes the customer's step
}

func newStyles() styles {
	accent := lipgloss.Color("163") // #D700AF, in fewer bytes
	plain := lipgloss.NewStyle()
	return styles{
		title:       inkOf(plain.Bold(true)),
		accent:      inkOf(plain.Bold(true).Foreground(accent)),
		edge:        inkOf(plain.Foreground(accent)),
		faint:       inkOf(plain.Faint(true)),
		good:        inkOf(plain.Foreground(lipgloss.Green)),
		bad:         inkOf(plain.Foreground(lipgloss.Red)),
		buttonFocus: inkOf(plain.Bold(true).Reverse(true).Foreground(accent)),
		demo:        inkOf(plain.Bold(true).Reverse(true)),
		demoKey:     inkOf(plain.Bold(true)),
	}
}

// glyphs are the signs that are not words, each one column wide.
type glyphs struct {
	done, failed, unknown, waiting string
	spinner                        []string
	bullet, dot, bar               string
	line, underline                string
	up, down, prompt               string
	mask, ellipsis                 string
	buttonLeft, buttonRight        string
	box                            lipgloss.Border
}

var unicodeGlyphs = glyphs{
	done: "✓", failed: "✗", unknown: "?", waiting: "·",
	spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
	bullet:  "▪", dot: "·", bar: "┃",
	line: "─", underline: "━",
	up: "↑", down: "↓", prompt: "→",
	mask: "•", ellipsis: "…",
	buttonLeft: "▐", buttonRight: "▌",
	box: lipgloss.NormalBorder(),
}

var asciiGlyphs = glyphs{
	done: "+", failed: "x", unknown: "?", waiting: ".",
	spinner: []string{"|", "/", "-", "\\"},
	bullet:  "-", dot: "-", bar: "|",
	line: "-", underline: "=",
	up: "^", down: "v", prompt: ">",
	mask: "*", ellipsis: "~",
	buttonLeft: "[", buttonRight: "]",
	box: lipgloss.ASCIIBorder(),
}
