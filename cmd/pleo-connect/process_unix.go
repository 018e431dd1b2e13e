//go:build unix

package main

import "os"

// stdin takes standard input from the libraries: one of them would ask the terminal for its colours before it prints
// help, and wait for the answer.
func stdin() *os.File {
	f := os.Stdin
	os.Stdin = nil
	return f
}
