package paint

import (
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/pleoclient"
)

// TestMethod: where the methods differ, the one of the terminal counts.
func TestMethod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f    frame
		want ansi.Method
	}{
		{frame{text: "Æbler – 3"}, ansi.GraphemeWidth},
		{frame{text: "👍🏽"}, ansi.WcWidth},
		{frame{text: "👍🏽", support: support{clusters: true}}, ansi.GraphemeWidth},
	} {
		if got := c.f.method(); got != c.want {
			t.Errorf("%+v is measured by %v", c.f, got)
		}
	}
}

// TestMeasuresAlike: where measuresAlike says so, both methods measure alike what may be drawn.
func TestMeasuresAlike(t *testing.T) {
	t.Parallel()
	for i, before := range []string{"", "a", "é", "─", "☎", "❤"} {
		if testing.Short() && i > 0 {
			break
		}
		for r := range rune(utf8.MaxRune) {
			text := before + string(r)
			if pleoclient.IsSafe(text) && measuresAlike(text) && ansi.StringWidth(text) != ansi.StringWidthWc(text) {
				t.Errorf("%+q is %d and %d columns wide", text, ansi.StringWidth(text), ansi.StringWidthWc(text))
			}
		}
	}
}
