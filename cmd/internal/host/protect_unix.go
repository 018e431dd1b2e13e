//go:build unix

package host

import (
	"os"

	"golang.org/x/sys/unix"
)

// stdin takes standard input from the libraries: one of them would ask the terminal for its colours before it prints
// help, and wait for the answer.
func stdin() *os.File {
	f := os.Stdin
	os.Stdin = nil
	return f
}

// RestoreUmask gives the process the umask back that it was started with.
func (h Host) RestoreUmask() { unix.Umask(h.umask) }
