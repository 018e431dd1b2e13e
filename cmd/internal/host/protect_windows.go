package host

import "os"

// stdin returns standard input.
func stdin() *os.File { return os.Stdin }

// protect does nothing: Windows has neither umask nor core files.
func protect() (umask int) { return 0 }
