// Package colors decides the colours of the marks, for the full screen and for what is printed. Start with [Good],
// which returns the colour of a done mark in the colours of a terminal.
package colors

import (
	"image/color"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Good returns the colour of a done mark, or nil if the terminal has no colours.
func Good(p colorprofile.Profile) color.Color { return choose(p, 29, ansi.Green) } // #00875F

// Bad returns the colour of a failed mark, or nil if the terminal has no colours.
func Bad(p colorprofile.Profile) color.Color { return choose(p, 131, ansi.Red) } // #AF5F5F

// choose returns one of the 256 colours, which look the same in every terminal, or one of the 16 that its owner chose.
func choose(p colorprofile.Profile, indexed ansi.IndexedColor, named ansi.BasicColor) color.Color {
	switch {
	case p >= colorprofile.ANSI256:
		return indexed
	case p == colorprofile.ANSI:
		return named
	}
	return nil
}
