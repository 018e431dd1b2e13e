package main

import "os"

// stdin returns standard input.
func stdin() *os.File { return os.Stdin }

// protectProcess does nothing: Windows has neither umask nor core files.
func protectProcess() (umask int) { return 0 }
