// Package early cleans the environment before any other package can act on it. It imports only os, so that it is
// initialised before the libraries that look at these variables:
//
//   - With TMUX set, merely importing Lip Gloss runs "tmux info" from PATH, even for --version and as root.
//   - With TERM set, the same import looks up the account and reads a file about the terminal. No one asks for what it
//     finds, so TERM says that there is nothing to find, until package host restores it.
//   - NO_COLOR counts when it is not empty, but a library that colours the help reads it as a boolean: "yes" would
//     have no effect.
//   - TEA_TRACE writes every input byte, even a pasted key, to a file. TEA_DEBUG writes a panic log into the working
//     directory.
package early

import "os"

// Environ is the whole environment at the start.
var Environ = os.Environ()

func init() {
	for _, name := range []string{"TMUX", "TEA_TRACE", "TEA_DEBUG"} {
		_ = os.Unsetenv(name) // cannot fail for a valid name
	}
	if os.Getenv("TERM") != "" {
		_ = os.Setenv("TERM", "dumb")
	}
	if os.Getenv("NO_COLOR") != "" {
		_ = os.Setenv("NO_COLOR", "1")
	}
}
