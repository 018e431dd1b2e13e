// Command echo is the floor of the bench: it prints a line in raw mode and then one character a key, without any
// library in between.
package main

import (
	"os"

	"golang.org/x/term"
)

func main() {
	fd := int(os.Stdin.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		panic(err)
	}
	defer func() { _ = term.Restore(fd, before) }()
	write("hello\r\nKey: ")
	for key := make([]byte, 64); ; {
		n, err := os.Stdin.Read(key)
		switch {
		case err != nil || key[0] == 'q' || key[0] == 3:
			return
		case key[0] == 21: // ctrl+u
			write("\r\x1b[KKey: ")
		default:
			for range n {
				write("*")
			}
		}
	}
}

func write(text string) { _, _ = os.Stdout.WriteString(text) }
