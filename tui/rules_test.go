package tui

import (
	"testing"

	"pleo-connect/flow/flowtest/source"
)

// TestHomes holds what belongs into one file to that file.
func TestHomes(t *testing.T) {
	t.Parallel()
	source.CheckHomes(t, []source.Home{
		{What: "a command closure", Pattern: `func\((\w+ time\.Time)?\) \(?(\w+ )?tea\.(Msg|Cmd)\b`, Files: "tui/effects.go"},
		{What: "a goroutine", Pattern: `\bgo (func|\w+\()`},
		{
			What:    "a colour",
			Pattern: `lipgloss\.(Color\(|Red|Green|Blue|Yellow|Magenta|Cyan|White|Black|Bright)|#[0-9A-Fa-f]{6}`,
			Files:   "tui/styles.go",
		},
		{What: "a new key binding", Pattern: `key\.(NewBinding|WithKeys)`, Files: "tui/keys.go"},
		{
			What: "a sign beyond ASCII", Pattern: `"[^"\n]*[^\x00-\x7f][^"\n]*"`,
			Files: "tui/styles.go tui/keys.go",
		},
	}, "tui")
}

// TestViewIsPure draws twice, with a size change between that is taken back.
func TestViewIsPure(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		f := sc.make(t)
		first := f.View()
		if again := f.View(); again.Content != first.Content {
			t.Errorf("%s: the second frame differs from the first", sc.name)
		}
		if again := f.size(40, 12).size(80, 24).View(); again.Content != first.Content {
			t.Errorf("%s: the frame depends on the sizes before", sc.name)
		}
	}
}
