package host

import (
	"os/exec"
	"runtime"
	"time"

	"github.com/atotto/clipboard"

	"pleo-connect/flow"
)

// clipboardLimit ends the wait for a clipboard program that hangs without a display.
const clipboardLimit = 3 * time.Second

// Copy puts a link on the clipboard of this computer, or leaves it to the terminal. It is never called with a key.
func Copy(text string) flow.CopyWay {
	if clipboard.Unsupported {
		return flow.CopyByTerminal
	}
	done := make(chan error, 1)
	go func() { done <- clipboard.WriteAll(text) }()
	select {
	case err := <-done:
		if err == nil {
			return flow.CopiedLocally
		}
	case <-time.After(clipboardLimit):
	}
	return flow.CopyByTerminal
}

// Open starts the browser of this computer. It is called only on a key press, and never over SSH.
func Open(url string) bool {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return false
	}
	go func() { _ = cmd.Wait() }() // reaps it; how the browser ends is not ours to know
	return true
}
