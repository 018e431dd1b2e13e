package paint

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cutLine is a terminal on a line that drops what is written.
type cutLine struct {
	*terminal
	got   string
	takes []int // how many bytes of each of the next writes arrive; negative: all, as of the writes after them
	fails []bool
}

// next returns the first of some values and removes it, or another value if there is none.
func next[T any](values *[]T, other T) T {
	if len(*values) == 0 {
		return other
	}
	first := (*values)[0]
	*values = (*values)[1:]
	return first
}

func (c *cutLine) Write(p []byte) (int, error) {
	arrived := p
	if n := next(&c.takes, -1); n >= 0 {
		arrived = p[:n]
	}
	c.got += string(arrived)
	_, _ = c.terminal.Write(arrived)
	if next(&c.fails, false) {
		return len(p), errors.New("dropped")
	}
	return len(p), nil
}

// switches are what frames turn on and off again, here in a window of 12 lines, and how.
var switches = map[string][2]*regexp.Regexp{
	"margins":      {regexp.MustCompile(`\x1b\[\d+;\d+r`), regexp.MustCompile(`\x1b\[(1;12)?r`)},
	"insert mode":  {regexp.MustCompile(`\x1b\[4h`), regexp.MustCompile(`\x1b\[4l`)},
	"no wrapping":  {regexp.MustCompile(`\x1b\[\?7l`), regexp.MustCompile(`\x1b\[\?7h`)},
	"synchronized": {regexp.MustCompile(`\x1b\[\?2026h`), regexp.MustCompile(`\x1b\[\?2026l`)},
	"link":         {regexp.MustCompile(`\x1b\]8;id=x;[^\a]+\a`), regexp.MustCompile(`\x1b\]8;;\a`)},
	"bold":         {regexp.MustCompile(`\x1b\[1m`), regexp.MustCompile(`\x1b\[m`)},
	"no cursor":    {regexp.MustCompile(`\x1b\[\?25l`), regexp.MustCompile(`\x1b\[\?25h`)},
	"other screen": {regexp.MustCompile(`\x1b\[\?1049h`), regexp.MustCompile(`\x1b\[\?1049l`)},
}

// leftOn returns what a text leaves on.
func leftOn(text string) (names []string) {
	last := func(r *regexp.Regexp) int {
		found := r.FindAllStringIndex(text, -1)
		if len(found) == 0 {
			return -1
		}
		return found[len(found)-1][0]
	}
	for name, s := range switches {
		if last(s[0]) > last(s[1]) {
			names = append(names, name)
		}
	}
	return names
}

// TestCutFrame: wherever a frame is cut, and whenever that is noticed, nothing stays on that a frame turns on. The
// screen of before and its cursor are as they were.
func TestCutFrame(t *testing.T) {
	t.Parallel()
	const before = "what was there before\r\n$ "
	const link = "\x1b]8;id=x;https://pleo.example\a"
	rows := []string{
		"title", "zero", "one", "two", "three", "four", "five", "\x1b[1mbold\x1b[m",
		link + "link\x1b]8;;\a", "漢字", "a word and the rest", "end",
	}
	scrolled := append(slices.Concat(rows[:1], rows[2:7]), "six", "\x1b[1mbolder\x1b[m",
		link+"other link\x1b]8;;\a", "漢字漢字", "a long word and the rest", strings.Repeat("-", 24))
	seen := map[string]bool{}
	for _, term := range []string{"xterm-kitty", "vt220"} {
		from := frame{width: 24, height: 12, pointed: true, text: strings.Join(rows, "\n")}
		from.synchronized = synchronizes(term)
		to := from
		to.text = strings.Join(scrolled, "\n")
		want := newTerminal(from)
		_, _ = io.WriteString(want.Emulator, before)
		// shows draws both frames, the second one with the given line, and leaves the screen.
		shows := func(takes []int, fails ...bool) (c *cutLine, first, both int) {
			c = &cutLine{terminal: newTerminal(from)}
			_, _ = io.WriteString(c.Emulator, before)
			s := newScreen(c, Options{Getenv: func(string) string { return term }})
			s.show(from, "")
			first = len(c.got)
			c.takes, c.fails = takes, fails
			s.show(to, "")
			both = len(c.got)
			s.leave("")
			c.close()
			return c, first, both
		}
		whole, first, both := shows(nil)
		for n := range both - first + 1 {
			for _, name := range leftOn(whole.got[:first+n]) {
				seen[name] = true
			}
			for _, line := range []struct {
				noticed string
				takes   []int
				fails   []bool
			}{
				{"at once", []int{n}, []bool{true}},
				{"when the end is lost", []int{n, 0}, []bool{false, true}},
				{"when the end has arrived", []int{n}, []bool{false, true}},
			} {
				c, _, _ := shows(line.takes, line.fails...)
				if on := leftOn(c.got); len(on) > 0 {
					t.Fatalf("%s, cut after %q, noticed %s: on is %q", term, whole.got[:first+n], line.noticed, on)
				}
				if got, want := c.seen(), want.seen(); got != want || c.IsAltScreen() {
					t.Fatalf("%s, cut after %q, noticed %s: the terminal shows %q, want %q",
						term, whole.got[:first+n], line.noticed, got, want)
				}
			}
		}
	}
	for name := range switches {
		if !seen[name] {
			t.Errorf("no frame turns this on: %s", name)
		}
	}
}
