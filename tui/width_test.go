package tui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// TestWidth: what is counted comes to what a terminal shows, whatever is beside it.
func TestWidth(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0x3000; r++ {
		for _, text := range []string{string(r), "e" + string(r), string(r) + "\u0301", string(r) + "\ufe0f"} {
			if got, want := widthOf(text), ansi.StringWidth(text); got != want {
				t.Fatalf("%+q takes %d columns, want %d", text, got, want)
			}
		}
	}
	pieces := []string{
		"a", " ", "ø", "·", "•", "…", "✓", "●", "→", "━", "▌", "界", "\u0301", "\u200d", "\ufe0f", "👩", "\t", "\n",
		"\x1b[1;38;5;163m", "\x1b[m", "\x1b[", "\x1b[2K", "\x1b", "\x1b]8;;https://pleo.io\x1b\\", "\x9b", "m", "\xff",
		"\u2011", "\u00ad",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, piece := range rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces") {
			text += piece
		}
		if got, want := widthOf(text), ansi.StringWidth(text); got != want {
			t.Fatalf("%+q takes %d columns, want %d", text, got, want)
		}
	})
}
