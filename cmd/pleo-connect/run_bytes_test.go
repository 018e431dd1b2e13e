//go:build unix

package main

import (
	"regexp"
	"testing"
)

// turn is one turn of a spinner. How many there are depends on how busy the machine is.
var turn = regexp.MustCompile(`\x1b\[5G[\x{2800}-\x{28ff}] `)

// TestRunBytes: a whole run with a pasted key, over SSH, is little on the line, with all that is printed after it.
func TestRunBytes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.more = []string{"SSH_TTY=/dev/pts/0", "SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22"}
	x := s.wizard()
	toKey(x)
	x.paste(s.sim.Keys().Good)
	confirm(x)
	finish(x)
	const most = 6500
	if n := len(turn.ReplaceAllString(x.written(), "")); n > most {
		t.Errorf("%d bytes, want at most %d", n, most)
	}
	s.connectedBy(x)
}
