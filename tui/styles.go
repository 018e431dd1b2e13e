package tui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"pleo-connect/tui/colors"
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

// styles are named after what they mean. One set serves dark and light backgrounds, and the terminal is not asked: each
// of our colours has a contrast of 4.5 to 1 on black and on white. With 16 colours they are the terminal's own; how
// those look is up to its owner, so they colour signs, each of which has its own shape, and few words.
type styles struct {
	plain  ink
	title  ink
	accent ink // the current step, the bar next to the company, the box around the field, the edges of a focused button
	faint  ink // what can be missed: labels, scopes, the rail to come
	good   ink // a done mark
	bad    ink // a failed mark
	focus  ink // the label of the focused button
	demo   ink
}

// newStyles returns the styles for the colours that the terminal can show. They are chosen here and never converted:
// the nearest of 16 colours to the accent would be the red of a failed mark.
func newStyles(profile colorprofile.Profile) styles {
	plain := lipgloss.NewStyle()
	coloured := func(c color.Color) ink { return inkOf(plain.Foreground(c)) }
	reverse := inkOf(plain.Reverse(true))
	s := styles{title: inkOf(plain.Bold(true)), focus: reverse, demo: reverse,
		good: coloured(colors.Good(profile)), bad: coloured(colors.Bad(profile))}
	switch {
	case profile >= colorprofile.ANSI256: // also with more of them: these are named in fewer bytes
		accent, white := lipgloss.Color("163"), lipgloss.Color("231") // #D700AF on any background, and under #FFFFFF
		s.accent, s.focus = coloured(accent), inkOf(plain.Foreground(white).Background(accent))
		s.faint = coloured(lipgloss.Color("243")) // #767676
	case profile == colorprofile.ANSI:
		s.accent = coloured(lipgloss.Magenta)
		s.focus = inkOf(plain.Foreground(lipgloss.BrightWhite).Background(lipgloss.Magenta))
	}
	return s
}

// glyphs are the signs that are not words, each one column wide.
type glyphs struct {
	done, failed, unknown, waiting string
	spinner                        []string
	bullet, dot, bar               string
	line, heavy                    string
	bridgeEnd                      string
	up, down, prompt               string
	mask, ellipsis                 string
	buttonLeft, buttonRight        string // of the focused one
	box                            lipgloss.Border
}

var unicodeGlyphs = glyphs{
	done: "✓", failed: "✗", unknown: "?", waiting: "·",
	spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
	bullet:  "•", dot: "·", bar: "┃",
	line: "─", heavy: "━", bridgeEnd: "●",
	up: "↑", down: "↓", prompt: "→",
	mask: "•", ellipsis: "…",
	buttonLeft: "▐", buttonRight: "▌",
	box: lipgloss.NormalBorder(),
}

// narrowSigns take one column each, so that the width of a text with them need not be looked up.
const narrowSigns = "·•…✓✗●→↑↓"

var asciiGlyphs = glyphs{
	done: "+", failed: "x", unknown: "?", waiting: ".",
	spinner: []string{"|", "/", "-", "\\"},
	bullet:  "-", dot: "-", bar: "|",
	line: "-", heavy: "=", bridgeEnd: "o",
	up: "^", down: "v", prompt: ">",
	mask: "*", ellipsis: "~",
	buttonLeft: ">", buttonRight: "<",
	box: lipgloss.ASCIIBorder(),
}
