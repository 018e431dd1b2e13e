//go:build linux && torture

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

var (
	// changing are the calls that change a file or directory; an open does so with one of these flags.
	changing = regexp.MustCompile(`^\d+ +(open|creat|mkdir|rename|unlink|rmdir|link|symlink|mknod|chmod|fchmodat|chown|` +
		`lchown|fchownat|truncate|utime|setxattr|lsetxattr)\w*\(`)
	writes = regexp.MustCompile(`O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE`)
	// pathIn matches a path, and the directory that it begins in as strace -y shows it.
	pathIn = regexp.MustCompile(`(?:<([^<>]*)>, )?"([^"]*)"`)
)

// TestDemoChangesNothingElse: below the home, in the places of the real key store and everywhere else, nothing is
// changed by a demo, and nothing is tried: only the directory of temporary files has what it saves.
func TestDemoChangesNothingElse(t *testing.T) {
	t.Parallel()
	needStrace(t)
	for about, run := range map[string]func(s *site, traced ...string){
		"in a terminal": func(s *site, traced ...string) {
			cmd := exec.Command("strace", append(traced, "demo", "--pace", "0")...)
			cmd.Env = s.env()
			x := startCommand(t, cmd)
			x.see("DEMO", "Allow", "Key store ready")
			x.send(enter)
			x.see("tab")
			x.send("\t")
			x.see("Is this the right company?", "enter confirm")
			x.send(enter)
			x.see("Connected to ", "enter finish")
			x.send(enter)
			x.exit(exitDone)
		},
		"in a browser": func(s *site, traced ...string) {
			w := s.startWebCommand(exec.Command("strace", append(traced, "demo", "--web", "--pace", "0")...))
			strace := w.cmd.Process.Pid // which itself takes no signal
			program := strings.Fields(string(readFile(s.t, fmt.Sprintf("/proc/%d/task/%d/children", strace, strace))))
			end := sync.OnceFunc(func() {
				if pid, err := strconv.Atoi(program[0]); err == nil {
					_ = unix.Kill(pid, unix.SIGINT)
				}
				<-w.ended
			})
			s.t.Cleanup(end)
			w.watch()
			w.see("DEMO", "Key store ready")
			w.press(enter, "enter confirm")
			w.see("Get your key from Pleo", "tab")
			w.post("\t", nil)
			w.see("Is this the right company?")
			w.press(enter, "enter confirm")
			w.see("Connected to")
			end()
		},
	} {
		t.Run(about, func(t *testing.T) {
			s := newSite(t)
			for _, name := range []string{"DATA", "CONFIG", "CACHE", "STATE", "RUNTIME"} {
				s.more = append(s.more, "XDG_"+name+"_HOME="+filepath.Join(s.home, name))
			}
			log := filepath.Join(t.TempDir(), "log")
			run(s, "-f", "-y", "-s", "0", "-o", log, "-e", "trace=file", "-e", "signal=none", binary(t))
			saved := false
			for line := range strings.Lines(string(readFile(t, log))) {
				if !changing.MatchString(line) || strings.Contains(line, "open") && !writes.MatchString(line) {
					continue
				}
				for _, m := range pathIn.FindAllStringSubmatch(line, -1) {
					path := m[2]
					if !filepath.IsAbs(path) {
						path = filepath.Join(m[1], path)
					}
					inside := strings.HasPrefix(path, s.tmp()+"/pleo-connect-demo-")
					saved = saved || inside && strings.Contains(path, "/store/installations/")
					if !inside && !strings.HasPrefix(path, "/dev/") && !strings.HasPrefix(path, "/proc/self/") {
						t.Errorf("the demo changes %s: %s", path, line)
					}
				}
			}
			s.nothingLeft()
			if !saved {
				t.Error("the log has no record that was saved")
			}
		})
	}
}
