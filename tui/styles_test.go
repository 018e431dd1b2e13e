package tui

import (
	"image/color"
	"math"
	"regexp"
	"strings"
	"testing"

	"pleo-connect/flow/flowtest/source"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// TestContrast reads the colours of our own, as they are and as a terminal with 256 colours shows them.
// WCAG wants 4.5 for text.
func TestContrast(t *testing.T) {
	t.Parallel()
	colours := regexp.MustCompile(`#[0-9A-Fa-f]{6}`).FindAllString(source.Files(t, "tui")["styles.go"], -1)
	if len(colours) == 0 {
		t.Fatal("no colour in styles.go")
	}
	for _, name := range colours {
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			shown := profile.Convert(lipgloss.Color(name))
			for _, background := range []color.Color{color.Black, color.White} {
				if got := contrast(shown, background); got < 4.5 {
					t.Errorf("%s on %v with %s: contrast %.2f", name, background, profile, got)
				}
			}
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestTheTerminalsColoursAreForMarks: no one knows their contrast, so no words are drawn in them.
func TestTheTerminalsColoursAreForMarks(t *testing.T) {
	t.Parallel()
	uses := regexp.MustCompile(`styles\.(good|bad)\b[^\n]*`)
	found := 0
	for name, text := range source.Files(t, "tui") {
		for _, use := range uses.FindAllString(text, -1) {
			found++
			if !strings.Contains(use, ".Render(f.glyphs.") {
				t.Errorf("%s draws more than a mark: %s", name, use)
			}
		}
	}
	if named := regexp.MustCompile(`lipgloss\.(Green|Red)\b`).FindAllString(source.Files(t, "tui")["styles.go"], -1); found == 0 ||
		len(named) != 2 {
		t.Errorf("%d uses of %v", found, named)
	}
}
