package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// peak returns the most memory that the program has used, in MiB.
func (x *terminal) peak() int {
	x.t.Helper()
	status := readFile(x.t, fmt.Sprintf("/proc/%d/status", x.cmd.Process.Pid))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				x.t.Fatal(err)
			}
			return kib >> 10
		}
	}
	x.t.Fatal("no VmHWM")
	return 0
}

// TestFlood pastes 100 MB: it is refused when the first of them have come, the rest costs no memory, and the key that
// is pasted next is taken. On a terminal without markers it is refused when nothing more comes.
func TestFlood(t *testing.T) {
	t.Parallel()
	const mega, size = 1 << 20, 100
	for name, marker := range map[string]string{"paste": "\x1b[200~", "no markers": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.atKey()
			before := x.peak()
			some := strings.Repeat("0123456789abcde\r", mega/16)
			x.write(marker + some)
			x.see("too long to be a key")
			for range size - 1 {
				x.write(some)
			}
			if marker != "" {
				x.write("\x1b[201~")
			}
			x.paste(s.sim.Keys().Good)
			x.see("Is this the right company?")
			if grown := x.peak() - before; grown > 16 {
				t.Errorf("it needed %d MiB more", grown)
			}
			x.send(ctrlC)
			x.exit(exitInterrupted)
		})
	}
}
