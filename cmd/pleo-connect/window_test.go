//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/early"
)

// windowVariable makes the test program what shows a window: it runs its arguments.
const windowVariable = "PLEO_CONNECT_TEST_WINDOW"

// inWindow returns the command that runs the program in a window that another program shows, for startCommand. To the
// program it looks as on a desktop: among its ancestors are that program, of this name, and what collects orphans, but
// not who runs the tests, who may sit anywhere. The window passes on what is open at descriptor 9.
func inWindow(t *testing.T, name string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shows := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, shows); err != nil {
		t.Fatal(err)
	}
	inherited := filepath.Join(t.TempDir(), "inherited")
	writeFile(t, inherited, nil, 0o600)
	const orphan = `exec 9<"$0" 5<&0; code=$( ("$@" 4>&1 <&5 >&5 2>&5 5<&- &) ); exit "$code"`
	cmd := exec.Command("/bin/sh", append([]string{"-c", orphan, inherited, shows, binary(t)}, args...)...)
	cmd.Env = append(env, windowVariable+"=1")
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true} // the terminal is for the session of the program
	return cmd
}

// showWindow runs a program as the leader of a session with a terminal, once the shell that started the window is gone.
// It writes the exit code of the program to descriptor 4.
func showWindow(program string, args []string) int {
	unix.CloseOnExec(4)
	ours, _ := unix.Getsid(0)
	for {
		if session, err := unix.Getsid(unix.Getppid()); err == nil && session != ours {
			break
		}
		runtime.Gosched()
	}
	cmd := exec.Command(program, args...)
	cmd.Env = slices.DeleteFunc(slices.Clone(early.Environ), func(v string) bool { // TERM has not come back here
		return strings.HasPrefix(v, windowVariable+"=")
	})
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	_ = cmd.Run()
	_, _ = fmt.Fprint(os.NewFile(4, "code"), cmd.ProcessState.ExitCode())
	return 0
}
