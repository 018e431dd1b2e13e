package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopyAndOpenAtHome: programs of this computer get the link. Their names here are those of Linux.
func TestCopyAndOpenAtHome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bin := t.TempDir()
	for name, script := range map[string]string{
		"xclip":    "#!/bin/sh\ncat > " + filepath.Join(s.home, "copied") + "\n",
		"xdg-open": "#!/bin/sh\necho \"$1\" > " + filepath.Join(s.home, "opened") + "\n",
	} {
		writeFile(t, filepath.Join(bin, name), []byte(script), 0o755)
	}
	x := toDone(s, []string{
		"HOME=" + s.home, "TMPDIR=" + s.tmp(), "PATH=" + bin + ":" + os.Getenv("PATH"), "TERM=xterm", "LANG=C.UTF-8",
	})
	x.send("c")
	x.see("link copied to the clipboard")
	x.send("o")
	x.see("opening in your browser")
	finish(x)
	for _, name := range []string{"copied", "opened"} {
		path := filepath.Join(s.home, name)
		poll(t, name, func() bool {
			text, err := os.ReadFile(path)
			return err == nil && strings.TrimSpace(string(text)) == "https://app.pleo.io"
		})
	}
}
