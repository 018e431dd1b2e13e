package tui

import (
	"charm.land/lipgloss/v2"
)

// styles are named for what they mean. One set serves dark and light backgrounds: the accent has a contrast of 4.5 to 1 on
// black and on white, and the other colours are the terminal's own.
type styles struct {
	plain       lipgloss.Style
	title       lipgloss.Style
	accent      lipgloss.Style // the current step, the field, the bar beside the company
	faint       lipgloss.Style // what explains: scopes, labels, the footer
	key         lipgloss.Style // the name of a key in the footer
	good        lipgloss.Style // a done mark
	bad         lipgloss.Style // a failed mark, and the sentence beside it
	button      lipgloss.Style
	buttonFocus lipgloss.Style
	buttonEdge  lipgloss.Style // the half blocks that round a focused button
	demo        lipgloss.Style
}

func newStyles() styles {
	accent := lipgloss.Color("#D13586")
	plain := lipgloss.NewStyle()
	return styles{
		plain:       plain,
		title:       plain.Bold(true),
		accent:      plain.Bold(true).Foreground(accent),
		faint:       plain.Faint(true),
		key:         plain,
		good:        plain.Foreground(lipgloss.Green),
		bad:         plain.Foreground(lipgloss.Red),
		button:      plain,
		buttonFocus: plain.Bold(true).Reverse(true).Foreground(accent),
		buttonEdge:  plain.Foreground(accent),
		demo:        plain.Bold(true).Reverse(true),
	}
}

// glyphs are the signs that are no words, each one column wide.
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
