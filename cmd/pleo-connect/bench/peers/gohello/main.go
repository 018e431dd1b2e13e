// Command gohello is the floor of every start: a program of Go that prints a word. With an argument it then waits for
// the end of its input, so that the bench can read how much memory it has.
package main

import "os"

func main() {
	_, _ = os.Stdout.WriteString("hello\n")
	if len(os.Args) > 1 {
		_, _ = os.Stdin.Read(make([]byte, 1))
	}
}
