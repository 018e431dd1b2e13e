package pleoclient_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
)

func TestSafe(t *testing.T) {
	t.Parallel()
	const hidden = "\ufffd"
	tests := []struct{ name, text, want string }{
		{"empty", "", ""},
		{"plain", "Harbour Lane Ltd.", "Harbour Lane Ltd."},
		{"Danish", "Ærø Smørrebrød ApS", "Ærø Smørrebrød ApS"},
		{"Danish, decomposed", "A\u030argang", "A\u030argang"},
		{"Japanese", "株式会社プレオ", "株式会社プレオ"},
		{"Hebrew", "שלום", "שלום"},
		{"Hebrew with points", "שָׁלוֹם", "שָׁלוֹם"},
		{"Thai", "บริษัท ที่นี่", "บริษัท ที่นี่"},
		{"emoji", "Café ☕🔑", "Café ☕🔑"},
		{"punctuation", `A/S "Q" & <b> 'x' \ %s {y}`, `A/S "Q" & <b> 'x' \ %s {y}`},
		{"replacement character", "a" + hidden, "a" + hidden},

		{"white space", " \t a \r\n\v\f b\u00a0\u2003c\u2028d\u3000 ", "a b c d"},
		{"white space alone", " \n\t", ""},
		{"NUL", "a\x00b", "a" + hidden + "b"},
		{"bell", "a\ab", "a" + hidden + "b"},
		{"backspace", "safe\b\b\b\bevil", "safe" + strings.Repeat(hidden, 4) + "evil"},
		{"delete", "a\x7fb", "a" + hidden + "b"},
		{"clear screen", "a\x1b[2Jb", "a" + hidden + "[2Jb"},
		{"colour and conceal", "\x1b[8mx", hidden + "[8mx"},
		{"OSC 52", "\x1b]52;c;ZXZpbA==\a", hidden + "]52;c;ZXZpbA==" + hidden},
		{"OSC 8", "\x1b]8;;https://example.com\x1b\\x", hidden + "]8;;https://example.com" + hidden + `\x`},
		{"C1 CSI", "\u009b2J", hidden + "2J"},
		{"C1 OSC and ST", "\u009d0;x\u009c", hidden + "0;x" + hidden},
		{"next line", "a\u0085b", "a" + hidden + "b"},
		{"raw 0x9B", "a\x9b2J", "a" + hidden + "2J"},
		{"invalid UTF-8", "a\xff\xc3b", "a" + hidden + hidden + "b"},
		{"surrogate in UTF-8", "\xed\xa0\x80", strings.Repeat(hidden, 3)},
		{"bidi override", "abc\u202efdp.exe", "abc" + hidden + "fdp.exe"},
		{"bidi isolate and marks", "\u2066a\u2069\u200e\u200f\u061c", hidden + "a" + strings.Repeat(hidden, 4)},
		{"zero width", "a\u200bb\u200cc\u200dd\u2060e\ufefff",
			"a" + hidden + "b" + hidden + "c" + hidden + "d" + hidden + "e" + hidden + "f"},
		{"soft hyphen", "a\u00adb", "a" + hidden + "b"},
		{"tags", "a\U000E0041\U000E007F", "a" + hidden + hidden},
		{"variation selectors", "a\ufe0fb\U000E0100c\u180b", "a" + hidden + "b" + hidden + "c" + hidden},
		{"private use", "\ue000\U000F0000", hidden + hidden},
		{"unassigned", "\u0378", hidden},
		{"noncharacter", "\uffff", hidden},
		{"Hangul fillers", "\u115f\u1160\u3164\uffa0", strings.Repeat(hidden, 4)},
		{"braille blank", "\u2800", hidden},
		{"halves of flags and skin tones", "🇩🇰👩🏽", hidden + hidden + "👩" + hidden},
		{"grapheme joiner and Khmer fillers", "a\u034f\u17b4\u17b5", "a" + strings.Repeat(hidden, 3)},

		{"two marks", "e\u0301\u0323x", "e\u0301\u0323x"},
		{"three marks", "e\u0301\u0323\u0308x", "e\u0301\u0323x"},
		{"10,000 marks", "e" + strings.Repeat("\u0301", 10_000) + "x", "e\u0301\u0301x"},
		{"enclosing marks count, too", "e\u20dd\u20dd\u20ddx", "e\u20dd\u20ddx"},

		{"a mark without a letter", "\u0301x", hidden + "x"},
		{"a mark without a letter, behind white space", " \u0301\u0323\u0308x", hidden + "\u0323x"},
		{"a mark on a space inside", "a \u0301b", "a \u0301b"},

		{"80 characters", strings.Repeat("é", 80), strings.Repeat("é", 80)},
		{"81 characters", strings.Repeat("é", 81), strings.Repeat("é", 79) + "…"},
		{"cut at a space", strings.Repeat("x", 78) + " yz", strings.Repeat("x", 78) + "…"},
		{"white space at the limit", strings.Repeat("x", 80) + "  ", strings.Repeat("x", 80)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := pleoclient.Safe(tt.text)
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got.IsZero() != (tt.want == "") {
				t.Error("IsZero is wrong")
			}
			if tooLong := utf8.RuneCountInString(tt.text) > 80; !tooLong &&
				pleoclient.IsSafe(tt.text) != (tt.text == tt.want) {
				t.Error("IsSafe is wrong")
			}
			checkSafe(t, tt.text)
		})
	}
}

func TestIsSafeHasNoLimit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		strings.Repeat("x", 500): true, strings.Repeat("x", 500) + "\u200b": false, "a  b": false, " a": false,
		"a\n": false, "\xff": false,
	} {
		if pleoclient.IsSafe(text) != want {
			t.Errorf("%.10q: got %v", text, !want)
		}
	}
}

func TestSafeUpTo(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("/path", 60)
	if got := pleoclient.SafeUpTo(long, 300).String(); got != long {
		t.Errorf("got %q", got)
	}
	if got, want := pleoclient.SafeUpTo(long+"\x1b", 300).String(), long[:299]+"…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSafePath(t *testing.T) {
	t.Parallel()
	long := "/srv/" + strings.Repeat("directory/", 100)
	for path, want := range map[string]string{
		"":                         "",
		"/srv/pleo connect/Ærø/株式": "/srv/pleo connect/Ærø/株式",
		long:                       long,
		"/srv/\x1b]0;x\a":          `"/srv/\x1b]0;x\a"`,
		"/srv/a\nb\u202ec\xff":     `"/srv/a\nb\u202ec\xff"`,
		"/srv/\u009b2J":            `"/srv/\u009b2J"`,
		"/srv/a   b":               `"/srv/a \x20 b"`,
		"/srv/\u3164":              "\"/srv/\ufffd\"", // what strconv draws, and we do not
	} {
		got := pleoclient.SafePath(path).String()
		if got != want || !pleoclient.IsSafe(got) {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

// TestWidthIsCertain: programs measure a text by its characters or by what is drawn together. For signs and digits both
// are the same after the cleaning; for the letters of some scripts they never are.
func TestWidthIsCertain(t *testing.T) {
	t.Parallel()
	for r := rune(0x20); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.N, unicode.P, unicode.S, unicode.Z) {
			continue
		}
		for _, text := range []string{string(r), "a" + string(r) + "b", "👩" + string(r), string(r) + string(r)} {
			got := pleoclient.Safe(text).String()
			if one, other := ansi.StringWidth(got), ansi.StringWidthWc(got); one != other {
				t.Errorf("%q, from U+%04X, takes %d columns or %d", got, r, one, other)
			}
		}
	}
}

func TestSafeTextInJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(map[string]any{"name": pleoclient.Safe("Ærø\u202e\x1b")})
	if want := "{\"name\":\"Ærø\ufffd\ufffd\"}"; err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

func TestSafeProperty(t *testing.T) {
	t.Parallel()
	runes := rapid.OneOf(rapid.Rune(),
		rapid.SampledFrom([]rune(" \u00a0\u0085\u0301\u0323\u20dd\ufe0f\u200d\u1160a漢\x1b\ufffd")))
	rapid.Check(t, func(t *rapid.T) { checkSafe(t, rapid.StringOfN(runes, 0, 200, -1).Draw(t, "text")) })
}

func FuzzSafeText(f *testing.F) {
	for _, seed := range []string{
		"", "Ærø Smørrebrød ApS", "株式会社プレオ", "שלום", "\x1b]52;c;ZXZpbA==\a", "\u009b2J", "\x9b", "a\u202eb",
		"e\u0301\u0301\u0301", "\U000E0041", "\u3164", "  a  b  ", strings.Repeat("é ", 80), "\u0301", " \u0301",
		strings.Repeat("x", 79) + " \u0301\u0301\u0301",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkSafe(t, text) })
}

// checkSafe holds what is true for every text.
func checkSafe(t interface {
	Helper()
	Errorf(string, ...any)
}, text string) {
	t.Helper()
	got := pleoclient.Safe(text).String()
	if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 80 {
		t.Errorf("%q became %q: invalid or too long", text, got)
	}
	if again := pleoclient.Safe(got).String(); again != got || !pleoclient.IsSafe(got) {
		t.Errorf("%q is not stable: then %q", got, again)
	}
	if first, _ := utf8.DecodeRuneInString(got); unicode.Is(unicode.M, first) {
		t.Errorf("%q became %q: it begins with a mark, which is drawn on what comes before", text, got)
	}
	marks := 0
	for _, r := range got {
		if unicode.In(r, unicode.C, unicode.Variation_Selector, unicode.Zl, unicode.Zp) ||
			unicode.IsSpace(r) && r != ' ' {
			t.Errorf("%q became %q: U+%04X is left", text, got, r)
		}
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if marks > 2 {
			t.Errorf("%q became %q: a pile of marks", text, got)
		}
	}
}

// TestShellWord: the cleaned form of a path could be the path of someone else's file, which a person would then change.
func TestShellWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"/var/lib/a-b_c.age": "/var/lib/a-b_c.age", "/a b": "'/a b'",
		"/a  b": "'/a '' b'", "/a    b ": "'/a '' '' '' b '", "/it's": `'/it'\''s'`,
		"/$(id)": "'/$(id)'", "": "''", "/Ærø": "'/Ærø'", "/a\nb": `'"/a\nb"'`, "/\u202eb": `'"/\u202eb"'`,
		"/\u3164": `'"/\u3164"'`, "/\x1b[2J": `'"/\x1b[2J"'`, "/\x1bæ": `'"/\x1b\u00e6"'`,
	} {
		if got := pleoclient.ShellWord(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
		if got := pleoclient.ShellWord(word); pleoclient.SafeUpTo(got, 100).String() != got {
			t.Errorf("%q: cleaning changes %s", word, got)
		}
	}
}
