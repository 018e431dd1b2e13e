package main

// protectProcess does nothing: Windows has neither umask nor core files.
func protectProcess() (umask int) { return 0 }
