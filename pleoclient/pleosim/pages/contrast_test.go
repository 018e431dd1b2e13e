package pages_test

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"pleo-connect/pleoclient/pleosim/pages"
)

// TestContrast: text has a contrast of 4.5 to what it is drawn on, and what shows the edge or the state of a control 3,
// in both schemes.
func TestContrast(t *testing.T) {
	t.Parallel()
	style, err := pages.Assets.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	color := regexp.MustCompile(`--([a-z-]+): (?:light-dark\()?(#[0-9a-f]{6})(?:, (#[0-9a-f]{6})\))?;`)
	colors := map[string][2]float64{} // luminance on light and on dark
	for _, m := range color.FindAllStringSubmatch(string(style), -1) {
		if m[3] == "" {
			m[3] = m[2]
		}
		colors[m[1]] = [2]float64{luminance(t, m[2]), luminance(t, m[3])}
	}
	for _, want := range []struct {
		least   float64
		of, on  []string
		because string
	}{
		{4.5, []string{"ink", "soft", "accent"}, []string{"paper", "card", "sunk"}, "text"},
		{4.5, []string{"good"}, []string{"card", "good-sunk"}, "Connected, and the letter beside it"},
		{4.5, []string{"ink", "soft", "good"}, []string{"good-sunk"}, "text of a tile while it lights up"},
		{4.5, []string{"bad"}, []string{"card", "bad-sunk"}, "Expired, and what is missing in a form"},
		{4.5, []string{"on-accent"}, []string{"accent"}, "buttons, and text that is selected"},
		{4.5, []string{"on-demo"}, []string{"demo"}, "DEMO"},
		{3, []string{"control"}, []string{"card", "sunk"}, "edges of controls"},
	} {
		for _, of := range want.of {
			for _, on := range want.on {
				for n, scheme := range []string{"light", "dark"} {
					a, b := colors[of][n], colors[on][n]
					if got := (max(a, b) + 0.05) / (min(a, b) + 0.05); got < want.least || colors[of] == colors[on] {
						t.Errorf("%s on %s has a contrast of %.2f on %s: %s", of, on, got, scheme, want.because)
					}
				}
			}
		}
	}
}

// luminance returns the relative luminance of a color like "#1c1b22", as WCAG defines it.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(color[1:], 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for n, weight := range []float64{0.0722, 0.7152, 0.2126} {
		c := float64(rgb>>(8*n)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
