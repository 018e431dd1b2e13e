package input

import (
	"fmt"
	"strings"
	"testing"
)

// TestKeyForms: a key means the same in each form that a terminal may write it in, wherever a read cuts the form.
func TestKeyForms(t *testing.T) {
	t.Parallel()
	for want, forms := range map[string][]string{
		"\x03": {
			"\x1b[99;5u", "\x1b[99;5:1u", "\x1b[99;5:2u", "\x1b[99:67;5u", "\x1b[99:67:99;5:1u", "\x1b[99::99;5u",
			"\x1b[99;69u", "\x1b[99;133u", "\x1b[99;197u", "\x1b[67;69u", // caps lock and num lock
			"\x1b[1089::99;5u", "\x1b[1089:1057:99;5:1u", // a Cyrillic layout
			"\x1b[27;5;99~", "\x1b[27;133;99~", "\x1b[27;5;67~",
		},
		"\x04": {"\x1b[100;5u", "\x1b[100:68;5:1u", "\x1b[27;5;100~"},
		"\x08": {"\x1b[104;5u", "\x1b[27;5;104~"},
		"\x15": {"\x1b[117;5u", "\x1b[117;5:1u", "\x1b[27;5;117~"},
		"\x17": {"\x1b[119;5u", "\x1b[27;5;119~"},
		"\x1a": {"\x1b[122;5u", "\x1b[27;5;122~"},
		"\n":   {"\x1b[106;5u", "\x1b[27;5;106~"},
		"\r": {"\x1b[13u", "\x1b[13;1u", "\x1b[13;1:1u", "\x1b[13;1:2u", "\x1b[13;129u", "\x1b[13;2u", "\x1b[13;5u",
			"\x1b[27;2;13~", "\x1b[27;5;13~", "\x1b[109;5u", "\x1bOM", "\x1b[57414u", "\x1b[57414;129:1u"},
		"\x7f": {"\x1b[127u", "\x1b[127;1:1u", "\x1b[127;2u", "\x1b[127;5u", "\x1b[8u",
			"\x1b[27;5;127~", "\x1b[27;5;8~"},
		"\t":   {"\x1b[9u", "\x1b[9;1:1u", "\x1b[105;5u", "\x1bOI"},
		escKey: {"\x1b[27u", "\x1b[91;5u", "\x1b[27;5;91~"},
		" ":    {"\x1b[32u", "\x1b[32;2u", "\x1b[32;;32u"},
		"a": {"\x1b[97u", "\x1b[97;1u", "\x1b[97;1:1u", "\x1b[97;129u",
			"\x1b[97;;97u", "\x1b[97:65u", "\x1b[27;1;97~"},
		"A": {"\x1b[97;2u", "\x1b[97:65;2u", "\x1b[97;2;65u", "\x1b[97;65u", "\x1b[97;65;65u", "\x1b[27;2;65~"},
		"_": {"\x1b[45:95;2u", "\x1b[45:95;2;95u", "\x1b[45;2;95u", "\x1b[95;2u", "\x1b[27;2;95~"},
		"ж": {"\x1b[1078u", "\x1b[1078::59;1:1u"},
		"Ж": {"\x1b[1078;2u", "\x1b[1078:1046:59;2u"},
		"7": {"\x1b[55u", "\x1b[57406u", "\x1b[57406;129u", "\x1bOw"},
		"+": {"\x1b[57413u", "\x1bOk"},
		"0.=,/*": {
			"\x1bOp\x1bOn\x1bOX\x1bOl\x1bOo\x1bOj",
			"\x1b[57399u\x1b[57409u\x1b[57415u\x1b[57416u\x1b[57410u\x1b[57411u",
		},
		"": { // what no key sends: it was passed on
			"\x1b[99;5:3u", "\x1b[13;1:3u", "\x1b[97;1:3u", "\x1b[97:65;2:3u", "\x1b[127;1:3u",
		},
	} {
		for _, form := range forms {
			if got := play(at(0, form)); got != want {
				t.Errorf("%q is %q, want %q", form, got, want)
			}
			for cut := 2; cut < len(form); cut++ {
				if got := play(at(0, form[:cut]), at(20, form[cut:])); got != want {
					t.Errorf("%q, cut at %d, is %q, want %q", form, cut, got, want)
				}
			}
		}
	}
}

// TestNoKeyForm: a sequence that is another key, or an answer, is handed on as it came.
func TestNoKeyForm(t *testing.T) {
	t.Parallel()
	for _, sequence := range []string{
		"\x1b[A", "\x1b[1;5A", "\x1bOA", "\x1bOP", "\x1b[3~", "\x1b[200;5~", "\x1b[?1u", "\x1b[?62;22c", "\x1b[I",
		"\x1b[99;6u", "\x1b[27;6;67~", // ctrl+shift+c
		"\x1b[99;3u", "\x1b[99;7u", "\x1b[99;9u", "\x1b[13;3u", // with alt and super
		"\x1b[9;2u", "\x1b[57441;2u", "\x1b[57358u", "\x1b[57344u", PastedEnter, Mark,
		"\x1b[27;5u", "\x1b[0u", "\x1b[55296u", "\x1b[8203u", "\x1b[99999999u",
		"\x1b[99999999999999999999;5u", "\x1b[u",
	} {
		if got := play(at(0, sequence)); got != sequence {
			t.Errorf("%q is handed on as %q", sequence, got)
		}
	}
}

// TestKeyFormsAreTyped: characters in these forms are text like any other, and a paste keeps what looks like one.
func TestKeyFormsAreTyped(t *testing.T) {
	t.Parallel()
	var typed strings.Builder
	for _, c := range invented {
		fmt.Fprintf(&typed, "\x1b[%du\x1b[%d;1:3u", c, c)
	}
	if got := play(at(0, typed.String()+"\x1b[13u")); got != whole(invented+"\r") {
		t.Errorf("the key that was typed is handed on as %d characters", len(got))
	}
	if got := play(at(0, pasteStart+"a\x1b[99;5ub"+pasteEnd)); got != pasted("a␛[99;5ub") {
		t.Errorf("the paste is handed on as %q", got)
	}
	if got := play(at(0, pasteStart+"abc"), at(90, "\x1b[99;5u")); got != "\x03" {
		t.Errorf("Ctrl+C in a paste that does not end is handed on as %q", got)
	}
}
