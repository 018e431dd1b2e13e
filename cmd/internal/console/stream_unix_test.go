//go:build unix

package console

import (
	"os"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestOneTerminal: two outputs on one terminal have one reader, so that what is dropped for one is known to the other.
func TestOneTerminal(t *testing.T) {
	t.Parallel()
	open := func() *os.File {
		t.Helper()
		person, tty, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = person.Close(), tty.Close() })
		return tty
	}
	one, other := open(), open()
	again, err := os.OpenFile(one.Name(), os.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	for _, tt := range []struct {
		out, err *os.File
		same     bool
	}{{one, one, true}, {one, again, true}, {one, other, false}, {one, null, false}, {null, null, false}} {
		c := New(nil, tt.out, tt.err, os.Getenv)
		if same := c.stdout.reader == c.stderr.reader; same != tt.same {
			t.Errorf("%s and %s: %t", tt.out.Name(), tt.err.Name(), same)
		}
	}
}
