//go:build unix

package host

import (
	"os"

	"golang.org/x/sys/unix"
)

// stdin returns standard input, and hides it from the libraries: one of them would ask the terminal for its colours
// before it prints help, and wait for the answer.
func stdin() *os.File {
	f := os.Stdin
	os.Stdin = nil
	return f
}

// RestoreUmask restores the umask that the process was started with.
func (h Host) RestoreUmask() { unix.Umask(h.umask) }
