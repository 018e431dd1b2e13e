package paint

import "os"

// notifyResized does nothing. On the console, Bubble Tea draws: it also sets the modes there, and reads the size.
func notifyResized(chan<- os.Signal) {}
