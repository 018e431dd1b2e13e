package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNoCoreFile looks at the limits of the running wizard.
func TestNoCoreFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard()
	x.see("Allow")
	limits := readFile(t, fmt.Sprintf("/proc/%d/limits", x.cmd.Process.Pid))
	for line := range strings.Lines(string(limits)) {
		rest, ok := strings.CutPrefix(line, "Max core file size")
		if f := strings.Fields(rest); ok && (f[0] != "0" || f[1] != "0") { // soft and hard
			t.Errorf("a core file may be written: %s", line)
		}
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// TestNobodyLooksInside: a process that hides itself belongs to root in /proc, whichever account runs it.
func TestNobodyLooksInside(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	cmd := exec.Command(filepath.Join(s.bin, "pleo-connect"), "sandbox")
	cmd.Dir, cmd.Env = "/", s.env()
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uint32(s.service.uid), Gid: uint32(s.service.gid)},
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(fmt.Sprintf("/proc/%d/mem", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid != 0 {
		t.Errorf("processes of account %d can look inside", uid)
	}
}
