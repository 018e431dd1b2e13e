package colors

import (
	"image/color"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// TestColours: a terminal gets colours that it has, and one without any gets none.
func TestColours(t *testing.T) {
	t.Parallel()
	for p, want := range map[colorprofile.Profile][2]color.Color{
		colorprofile.TrueColor: {ansi.IndexedColor(29), ansi.IndexedColor(131)},
		colorprofile.ANSI256:   {ansi.IndexedColor(29), ansi.IndexedColor(131)},
		colorprofile.ANSI:      {ansi.Green, ansi.Red},
		colorprofile.ASCII:     {},
		colorprofile.NoTTY:     {},
	} {
		if got := [2]color.Color{Good(p), Bad(p)}; got != want {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
}
