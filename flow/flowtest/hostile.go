package flowtest

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/pleoclient"
)

// Hostile are texts that try to do more than be drawn in their place.
var Hostile = []struct{ Name, Text string }{
	{"clear screen", "a\x1b[2J\x1b[Hb"},
	{"colour and conceal", "\x1b[31;8mhidden\x1b[0m"},
	{"other screen", "\x1b[?1049l\x1b[?1047h"},
	{"mouse and paste modes", "\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?2004l"},
	{"cursor and insert modes", "\x1b[?25l\x1b[4h\x1b[?6h\x1b[?7l"},
	{"soft reset", "\x1b[!p"},
	{"full reset", "\x1bc"},
	{"scroll region", "\x1b[5;10r"},
	{"question about the cursor", "\x1b[6n\x1b[c"},
	{"line drawing", "\x1b(0lqk\x0e"},
	{"window title", "\x1b]0;owned\a"},
	{"window title with ST", "\x1b]2;owned\x1b\\"},
	{"link", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\"},
	{"clipboard", "\x1b]52;c;ZXZpbA==\a"},
	{"prompt mark", "\x1b]133;A\x1b\\"},
	{"palette", "\x1b]4;1;#ffffff\a"},
	{"device control", "\x1bP+q544e\x1b\\"},
	{"unfinished device control", "\x1bPq"},
	{"application command", "\x1b_Gi=1;AAAA\x1b\\"},
	{"privacy message", "\x1b^evil\x1b\\"},
	{"start of string", "\x1bXevil\x1b\\"},
	{"bell", "ring\a\a"},
	{"carriage return", "Harbour\rEvil"},
	{"backspace", "Harbour\b\b\b\b\b\b\bEvil"},
	{"newlines", "Harbour\n\n\r\nEvil\v\f"},
	{"tabs", "\tHarbour\t\tEvil\t"},
	{"other white space", "Harbour\u00a0\u2003\u2028\u2029\u3000Evil\u0085"},
	{"NUL and DEL", "a\x00b\x7fc"},
	{"raw C1", "a\x9b2J\x9d0;owned\x9c\x90q\x9c"},
	{"C1 in UTF-8", "a\u009b2J\u009d0;owned\u009c\u0090q\u009c\u0084\u008d"},
	{"bidirectional override", "SpA \u202egnihtemos\u202c"},
	{"bidirectional isolates", "\u2066a\u2067b\u2068c\u2069\u200e\u200f\u061c"},
	{"zero width", "Har\u200bbour\u200c\u200d\u2060\ufeff"},
	{"tags", "a\U000E0001\U000E0065\U000E0076\U000E007F"},
	{"byte order mark", "\ufeffHarbour"},
	{"300 combining marks", "e" + strings.Repeat("\u0301", 300) + "x"},
	{"marks without a letter", "\u0301\u0323\u20dd\u0308"},
	{"variation selectors", "☎\ufe0f\ufe0ea\U000E0100"},
	{"fillers", "\u3164\u115f\u1160\uffa0\u2800"},
	{"invalid UTF-8", "a\xff\xfe\xc3(\xed\xa0\x80\xf4\x90\x80\x80\xc0\xafb"},
	{"1 MB", strings.Repeat("long ", 200_000)},
	{"1 MB in one word", strings.Repeat("w", 1_000_000)},
	{"wide at the border", strings.Repeat("漢字", 60)},
	{"joined emoji", "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d💻 🇩🇰"},
	{"pictures of controls", "␛[2J ␀ ␡ ␦"},
	{"quotes", "” is connected to “Evil” (4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5)"},
	{"a screen of ours", "✓ Connected to “Harbour Lane” ━━━━ enter confirm"},
	{"a line of ours", "error: the key was rejected\nhint: paste it at https://evil.example"},
	{"shell", "'; rm -rf ~ #\"`$(id)`%s%n{detail}"},
	{"JSON", "\",\"status\":\"active\"}\n{\"event\":\"result\""},
	{"private use and noncharacters", "\ue000\U000F0000\uffff\ufdd0"},
	{"right to left", "שלום עולם مرحبا"},
}

// Harmless are ordinary company names, which stay as they are.
var Harmless = []string{"Ærø Smørrebrød ApS", "株式会社プレオ", "שלום"}

// The signs of a [StandIn]. None of our texts has them, and they have no capital form.
const (
	StandInNarrow = "ก"
	StandInWide   = "界"
)

// StandIn returns a harmless text that takes the same cells and breaks at the same places as text does when it is
// drawn.
func StandIn(text pleoclient.SafeText) string {
	var out strings.Builder
	for rest := text.String(); rest != ""; {
		cluster, width := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		rest = rest[len(cluster):]
		switch {
		case strings.ContainsAny(cluster, " -/"):
			out.WriteString(cluster)
		case width == 2:
			out.WriteString(StandInWide)
		default:
			out.WriteString(strings.Repeat(StandInNarrow, width))
		}
	}
	return out.String()
}
