package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestEveryThreadChangesItsAccount looks at the running wizard: no thread keeps a right, a group or the account of
// root, and other processes of the service cannot look inside.
func TestEveryThreadChangesItsAccount(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	x := s.wizard("--integration", s.integrationFor(serviceName))
	x.see("Key store ready", "Allow")
	process := fmt.Sprintf("/proc/%d", x.cmd.Process.Pid)
	threads, err := filepath.Glob(process + "/task/*/status")
	if err != nil || len(threads) < 2 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	want := map[string]string{
		"Uid":    fmt.Sprintf("%[1]d %[1]d %[1]d %[1]d", s.service.uid),
		"Gid":    fmt.Sprintf("%[1]d %[1]d %[1]d %[1]d", s.service.gid),
		"Groups": strings.Join(s.service.groups, " "),
		"CapPrm": "0000000000000000",
		"CapEff": "0000000000000000",
	}
	for _, thread := range threads {
		status := readFile(t, thread)
		for line := range strings.Lines(string(status)) {
			name, value, _ := strings.Cut(line, ":")
			if expected, ok := want[name]; ok && strings.Join(strings.Fields(value), " ") != expected {
				t.Errorf("%s: %s", thread, line)
			}
		}
	}
	info, err := os.Stat(process + "/environ") // root's while the process hides itself
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid != 0 {
		t.Errorf("processes of account %d can look inside", uid)
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// TestRootLeavesForGood: where the kernel leaves a process its rights when it changes its account, the change is
// refused.
func TestRootLeavesForGood(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("needs the setpriv command, of util-linux")
	}
	s.give(s.service)
	args := []string{"--securebits", "+no_setuid_fixup", binary(t), "status", "--store", s.store, "--identity", s.identity}
	r := s.runs(exec.Command(setpriv, args...), strings.NewReader(""))
	if r.code != exitStore || !strings.Contains(r.err, "belongs to daemon, and pleo-connect would stay root") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}
