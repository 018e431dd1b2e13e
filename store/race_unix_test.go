//go:build unix

package store

import (
	"syscall"
	"testing"
)

// TestStoppedProcess: a process that sleeps between reading and saving holds nothing. Others save in the meantime, and
// it learns of that when it wakes up.
func TestStoppedProcess(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	p := start(t, job{Do: "hold", Config: cfg, Ref: crashRef})
	p.line()
	p.line()
	must(t, p.cmd.Process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus
	_, err := syscall.Wait4(p.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
	must(t, err)
	if !status.Stopped() {
		t.Fatalf("the process is not stopped: %v", status)
	}
	s.locker.wait = lockPoll // one try
	put(t, s, r)
	must(t, p.cmd.Process.Signal(syscall.SIGCONT))
	must(t, p.in.Close())
	if p.number() != 1 {
		t.Error("the process that slept saved over what it had not read")
	}
}
