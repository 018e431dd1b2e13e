//go:build unix

package main

import (
	"regexp"
	"strings"
	"testing"
)

// A whole run writes only what the terminal knows. What one would draw as text is seen nowhere else: an emulator, and
// tmux, leave out what they do not know.
var (
	anySequence = regexp.MustCompile(`\x1b(\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\a\x1b]*(\a|\x1b\\)?|.)`)

	// oldControls are control sequences without a private parameter, and modes that are set and reset.
	oldControls = regexp.MustCompile(`^\x1b(\[[\d;]*[@-~]|\[\?(7|25|1004|1049|2004)[hl]|[78M])$`)
	pasteMarks  = regexp.MustCompile(`^\x1b\[\?2004[hl]$`)
	noSequences = regexp.MustCompile(`^$`)
)

// writes requires that each sequence that was written is one of these.
func (x *terminal) writes(allowed *regexp.Regexp) {
	x.t.Helper()
	for _, one := range anySequence.FindAllString(x.written(), -1) {
		if !allowed.MatchString(one) {
			x.t.Errorf("%q was written to this terminal", one)
		}
	}
}

// TestFullScreenBytes: consoles, serial lines and Emacs draw questions, links and commands as text.
func TestFullScreenBytes(t *testing.T) {
	t.Parallel()
	for _, term := range []string{"linux", "linux-16color", "ansi", "vt100", "vt220", "eterm-color"} {
		t.Run(term, func(t *testing.T) {
			t.Parallel()
			s, x := onScreen(t, term)
			x.send("cq")
			x.exit(exitDone)
			x.writes(oldControls)
			s.connectedBy(x)
		})
	}
	t.Run("xterm-256color", func(t *testing.T) {
		t.Parallel()
		s, x := onScreen(t, "xterm-256color")
		x.send("c")
		x.see("ink sent to your terminal")
		x.send("q")
		x.exit(exitDone)
		for _, told := range []string{"\x1b[>1u", "\x1b]8;;https://", "\x1b]52;c;"} {
			if !strings.Contains(x.written(), told) {
				t.Errorf("%q was not written", told)
			}
		}
		x.asksNothing()
		s.connectedBy(x)
	})
}

// query matches what a terminal answers.
var query = regexp.MustCompile(`\x1b(\[[?>=]?[\d;]*(\$p|[cnqu]|x)|\][\d;]+;\?|P\+q)`)

// asksNothing requires that the terminal was asked nothing: its answers could come late, when a shell reads them.
func (x *terminal) asksNothing() {
	x.t.Helper()
	for _, one := range query.FindAllString(x.written(), -1) {
		if one != "\x1b[>1u" && one != "\x1b[<1u" { // these set how keys are reported
			x.t.Errorf("the terminal was asked %q", one)
		}
	}
}

// onScreen connects with the full screen, up to the last one, where c copies the link and q leaves. It is over SSH, from
// a terminal that Bubble Tea would ask what it can do.
func onScreen(t *testing.T, term string) (*site, *terminal) {
	t.Helper()
	s := newSite(t)
	s.term = term
	s.more = []string{"WT_SESSION=1"}
	x := s.wizard()
	toKey(x)
	x.paste(s.sim.Keys().Good)
	confirm(x)
	x.until("the last screen", func() bool { return strings.Contains(x.written(), "company ID") })
	return s, x
}

// TestLineBytes: line by line, a terminal is asked to mark pastes where it knows how, and gets nothing else.
func TestLineBytes(t *testing.T) {
	t.Parallel()
	for term, allowed := range map[string]*regexp.Regexp{
		"dumb": noSequences, "linux": noSequences, "ansi": noSequences, "vt100": noSequences, "vt220": noSequences,
		"eterm-color": noSequences, "xterm-256color": pasteMarks, "screen": pasteMarks,
	} {
		t.Run(term, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.term = term
			x := s.wizard("--plain")
			byLine(s, x)
			x.writes(allowed)
			if marks := strings.Contains(x.written(), "\x1b[?2004h"); marks != (allowed == pasteMarks) {
				t.Errorf("asked to mark pastes: %t", marks)
			}
			s.connectedBy(x)
		})
	}
}
