package tui

import (
	"image/color"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// inks returns the control sequence of each style by its name.
func inks(p colorprofile.Profile) map[string]string {
	all, out := reflect.ValueOf(newStyles(p)), map[string]string{}
	for i := range all.NumField() {
		out[all.Type().Field(i).Name] = all.Field(i).FieldByName("before").String()
	}
	return out
}

// sgr matches what an ink may write: at most one sequence.
var sgr = regexp.MustCompile(`^(\x1b\[([\d;]+)m)?$`)

// attributes returns the colours of an ink, which are of the 256, or nil for the terminal's own, and all other
// parameters.
func attributes(t *testing.T, written string) (ink, ground color.Color, others []string) {
	t.Helper()
	found := sgr.FindStringSubmatch(written)
	if found == nil {
		t.Fatalf("%q is not one sequence", written)
	}
	params := strings.Split(found[2], ";")
	for len(params) > 0 {
		if len(params) < 3 || params[1] != "5" {
			others, params = append(others, params[0]), params[1:]
			continue
		}
		n, err := strconv.ParseUint(params[2], 10, 8)
		if err != nil || n < 16 { // what the first 16 look like is up to the terminal
			t.Fatalf("%q has a colour that no one knows", written)
		}
		if params[0] == "48" {
			ground = ansi.IndexedColor(n)
		} else {
			ink = ansi.IndexedColor(n)
		}
		params = params[3:]
	}
	return ink, ground, others
}

// TestContrast computes the contrast of every style from what it writes, on the backgrounds that terminals have. WCAG
// wants 4.5 for text, and 3 for signs. The text of Solarized itself has 4.7 and 4.1.
func TestContrast(t *testing.T) {
	t.Parallel()
	grounds := map[string]struct {
		color color.Color
		least float64
	}{
		"black": {color.Black, 4.5}, "white": {color.White, 4.5},
		"Solarized dark":  {color.RGBA{0x00, 0x2b, 0x36, 0xff}, 3},
		"Solarized light": {color.RGBA{0xfd, 0xf6, 0xe3, 0xff}, 3},
	}
	coloured := 0
	for name, written := range inks(colorprofile.ANSI256) {
		ink, ground, _ := attributes(t, written)
		switch {
		case ink == nil && ground == nil:
			continue
		case ink == nil:
			t.Errorf("%s: the terminal's own ink is on a colour of ours", name)
			continue
		case ground != nil:
			if got := contrast(ink, ground); got < 4.5 {
				t.Errorf("%s has a contrast of %.2f in itself", name, got)
			}
			ink = ground
		}
		coloured++
		for where, on := range grounds {
			if got := contrast(ink, on.color); got < on.least {
				t.Errorf("%s on %s: contrast %.2f, want %.1f", name, where, got, on.least)
			}
		}
	}
	if coloured < 5 {
		t.Errorf("only %d styles have a colour", coloured)
	}
	if more, same := inks(colorprofile.TrueColor), inks(colorprofile.ANSI256); !reflect.DeepEqual(more, same) {
		t.Errorf("with more colours: %q, want %q", more, same)
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

// TestFewColours: with 16 colours, the accent is not the red of a failed mark, and the focused button is readable where
// it has that colour. Without any, the button is reversed.
func TestFewColours(t *testing.T) {
	t.Parallel()
	const magenta, red, green, whiteOnMagenta, reverse = "\x1b[35m", "\x1b[31m", "\x1b[32m", "\x1b[97;45m", "\x1b[7m"
	for profile, want := range map[colorprofile.Profile]map[string]string{
		colorprofile.ANSI:  {"accent": magenta, "bad": red, "good": green, "faint": "", "focus": whiteOnMagenta},
		colorprofile.ASCII: {"accent": "", "bad": "", "good": "", "faint": "", "focus": reverse},
	} {
		got := inks(profile)
		for name, written := range want {
			if got[name] != written {
				t.Errorf("%s with %s: %q, want %q", name, profile, got[name], written)
			}
		}
	}
}

// TestStylesAreVisible: SGR 2 does nothing in most terminals, and is unreadable in others. Bold turns dark ink grey in
// some, and only headlines need it.
func TestStylesAreVisible(t *testing.T) {
	t.Parallel()
	for _, profile := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256} {
		for name, written := range inks(profile) {
			_, _, others := attributes(t, written)
			if slices.Contains(others, "2") || slices.Contains(others, "1") != (name == "title") {
				t.Errorf("%s with %s writes %q", name, profile, written)
			}
		}
	}
}

// TestSignsHaveColours: with 16 colours no one knows the contrast of these two, so no words are drawn in them.
func TestSignsHaveColours(t *testing.T) {
	t.Parallel()
	styles, words := newStyles(colorprofile.ANSI), regexp.MustCompile(`[\pL\pN]`)
	for _, colour := range []ink{styles.good, styles.bad} {
		found := 0
		for _, sc := range scenes {
			f := sc.make(t)
			f.look.styles = styles
			for _, part := range strings.Split(f.View().Content, colour.before)[1:] {
				drawn, _, _ := strings.Cut(part, colour.after)
				if found++; words.MatchString(drawn) {
					t.Errorf("%s draws %q in %q", sc.name, drawn, colour.before)
				}
			}
		}
		if found == 0 {
			t.Errorf("nothing is drawn in %q", colour.before)
		}
	}
}

// TestFocusNeedsNoColour: the focused button has another shape, which takes no more room.
func TestFocusNeedsNoColour(t *testing.T) {
	t.Parallel()
	cs := []choice{{label: "One"}, {label: "Two"}}
	for _, g := range []glyphs{unicodeGlyphs, asciiGlyphs} {
		f := frame{look: look{width: 80, height: 24, glyphs: g}, w: 76}
		for _, enabled := range []bool{true, false} {
			first := ansi.Strip(buttons{"One"}.view(f, cs, enabled)[0])
			second := ansi.Strip(buttons{"Two"}.view(f, cs, enabled)[0])
			if first == second || ansi.StringWidth(first) != ansi.StringWidth(second) {
				t.Errorf("the focus is not visible in %q and %q", first, second)
			}
		}
	}
}
