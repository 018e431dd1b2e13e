package console

import "testing"

// recorder is a terminal that keeps what is written.
type recorder struct {
	device
	text []byte
}

func (r *recorder) Write(p []byte) (int, error) {
	r.text = append(r.text, p...)
	return len(p), nil
}

// written returns what a terminal gets of a text for the full screen.
func written(t *testing.T, knows sequences, text string) string {
	t.Helper()
	got := &recorder{}
	if n, err := (&screen{got, knows, nil}).Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("%d of %d bytes: %v", n, len(text), err)
	}
	return string(got.text)
}

// TestScreen: a terminal gets no sequence that it would draw as text, and all others as they are.
func TestScreen(t *testing.T) {
	t.Parallel()
	for _, drawn := range []string{
		"\x1b[?2026$p", "\x1b[?2027$p", "\x1b[?u", "\x1b[>1u", "\x1b[<1u", "\x1b[=1;1u", "\x1b[>4;2m", "\x1b[>4m",
		"\x1b[>q", "\x1b[>0q", "\x1b[2 q", "\x1b[!p", "\x1b[38:2::1:2:3m", "\x1b[?4m", "\x1b[?996n",
		"\x1b]8;;https://app.pleo.io\a", "\x1b]8;;\x1b\\", "\x1b]52;c;aHR0cHM6Ly9hcHAucGxlby5pbw==\a",
		"\x1b]11;?\a", "\x1b]0;title\a", "\x1b]112\a", "\x1bP+q524742\x1b\\", "\x1b_Ga=q\x1b\\", "\x1b]8;;no end",
	} {
		if got := written(t, controls, "a"+drawn+"\x1b[mb"); got != "a\x1b[mb" {
			t.Errorf("%q is written as %q", drawn, got)
		}
		if got := written(t, everything, "a"+drawn+"\x1b[mb"); got != "a"+drawn+"\x1b[mb" {
			t.Errorf("a terminal that knows %q gets %q", drawn, got)
		}
	}
	for _, known := range []string{
		"text – with 漢字\r\n\t\b", "\x1b[H\x1b[2J", "\x1b[m", "\x1b[1;91m", "\x1b[3;5H", "\x1b[K",
		"\x1b[2X\x1b[4h\x1b[4l", "\x1b[1;24r", "\x1bM\x1b7\x1b8", "\x1b[?25l\x1b[?25h", "\x1b[?1049h",
		"\x1b[?2004h\x1b[?1004l", "\x1b[?7l", "\x1b[5`",
	} {
		if got := written(t, controls, known); got != known {
			t.Errorf("%q is written as %q", known, got)
		}
	}
}
