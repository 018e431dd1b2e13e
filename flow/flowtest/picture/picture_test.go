package picture

import (
	"encoding/xml"
	"strings"
	"testing"
)

// elements returns what is drawn in front of the window.
func elements(t *testing.T, svg string) string {
	t.Helper()
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
		t.Fatalf("%v in\n%s", err, svg)
	}
	_, after, _ := strings.Cut(svg, `rx="8"/>`)
	return strings.TrimSpace(strings.TrimSuffix(after, "</svg>\n"))
}

func TestSVG(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "  ", ""},
		{"words", "one  two & two", `<text x="16" y="30" textLength="27">one</text>
<text x="61" y="30" textLength="81">two &amp; two</text>`},
		{"a sign", "✓ Key", `<text x="20.5" y="30" text-anchor="middle">✓</text>
<text x="34" y="30" textLength="27">Key</text>`},
		{"a wide sign", "鍵x", `<text x="25" y="30" text-anchor="middle">鍵</text>
<text x="34" y="30" textLength="9">x</text>`},
		{"looks", "\x1b[1mb\x1b[0;2mf\x1b[0;3mi", `<text x="16" y="30" textLength="9" class="bold">b</text>
<text x="25" y="30" textLength="9" class="faint">f</text>
<text x="34" y="30" textLength="9" class="italic">i</text>`},
		{"the terminal's colours", "\x1b[32mg\x1b[91mr\x1b[38;5;2mi",
			`<text x="16" y="30" textLength="9" class="c2">g</text>
<text x="25" y="30" textLength="9" class="c9">r</text>
<text x="34" y="30" textLength="9" class="c2">i</text>`},
		{"other colours", "\x1b[38;5;163ma\x1b[38;2;1;2;3mb",
			`<text x="16" y="30" textLength="9" color="#d700af">a</text>
<text x="25" y="30" textLength="9" color="#010203">b</text>`},
		{"reversed", "\x1b[7mon", `<rect x="16" y="16" width="18" height="19"/>
<text x="16" y="30" textLength="18" class="bg">on</text>`},
		{"underlined", "\x1b[4mon", `<text x="16" y="30" textLength="18">on</text>
<path d="M16 32.5h18" stroke="currentColor"/>`},
		{"a link", "\x1b]8;;https://pleo.example\x1b\\on\x1b]8;;\x1b\\", `<text x="16" y="30" textLength="18">on</text>
<path d="M16 32.5h18" stroke="currentColor" stroke-dasharray="2 2"/>`},
		{"lines", "──━━", `<path d="M16 25h18v1h-18z"/>
<path d="M34 25h18v2h-18z"/>`},
		{"corners", "┌┘", `<path d="M20 25h5v1h-5zM20 25h1v10h-1z"/>
<path d="M25 25h5v1h-5zM29 16h1v10h-1z"/>`},
		{"blocks", "▐██", `<rect x="20.5" y="16" width="4.5" height="19"/>
<rect x="25" y="16" width="18" height="19"/>`},
	} {
		if got := elements(t, Printed("", c.text, 20)); got != c.want {
			t.Errorf("%s is drawn as\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestSchemes: a picture has the colours that it uses, each dark and light.
func TestSchemes(t *testing.T) {
	t.Parallel()
	svg := Printed("", "\x1b[31mred", 20)
	if strings.Count(svg, ".c1 {") != 2 || strings.Contains(svg, ".c2 {") || strings.Count(svg, "svg {") != 2 {
		t.Errorf("the colours are\n%s", svg)
	}
}

// TestDescription: who cannot see a picture is told its text.
func TestDescription(t *testing.T) {
	t.Parallel()
	want := "<title>a &lt; b</title>\n<desc>\none\n\n two\n</desc>"
	if svg := Printed("a < b", "\none  \n\n two\n", 20); !strings.Contains(svg, want) {
		t.Errorf("no %q in\n%s", want, svg)
	}
}
