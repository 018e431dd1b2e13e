//go:build unix && !linux && !darwin

package host

// findProcess finds no process on this system.
func findProcess(int) (process, bool) { return process{}, false }

// isPseudoTerminal is not needed on this system.
func isPseudoTerminal(uint64) bool { return false }
