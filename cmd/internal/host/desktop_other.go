//go:build unix && !linux && !darwin

package host

// findProcess knows no process here.
func findProcess(int) (process, bool) { return process{}, false }

// isPseudoTerminal is not asked for here.
func isPseudoTerminal(uint64) bool { return false }
