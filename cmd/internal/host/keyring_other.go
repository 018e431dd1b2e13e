//go:build !linux && !windows

package host

// leaveKeyring does nothing: only Linux has session keyrings.
func leaveKeyring() error { return nil }
