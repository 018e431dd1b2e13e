//go:build unix

package main

import (
	"fmt"
	"testing"
)

// TestCommandsOfRoot: what root starts becomes the account that the store belongs to, the command of exec too, for good. The service
// gets the same key by itself, and another account gets none.
func TestCommandsOfRoot(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	if r := s.connectFor(serviceName); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	want := fmt.Sprintf("%d %d %s\n", s.service.uid, s.service.gid, s.sim.Keys().Good)
	script := []string{"exec", bakery, "sh", "-c", "echo $(id -u) $(id -g) $" + keyVariable}
	if got := s.keyOut(s.in(script)...); got.out != want || got.err != "" {
		t.Errorf("root: exit code %d: %s", got.code, got.err)
	}
	if got := s.as(s.service, "pleo-connect", nil, s.in(script)...); got.out != want {
		t.Errorf("the service: exit code %d: %s", got.code, got.err)
	}
	if got := s.as(s.other, "pleo-connect", nil, s.in(script)...); got.code != exitStore || got.out != "" {
		t.Errorf("another account: exit code %d: %s", got.code, got.err)
	}
	if got := s.keyOut(s.in([]string{"key", bakery})...); got.out != s.sim.Keys().Good+"\n" {
		t.Errorf("key: exit code %d: %s", got.code, got.err)
	}
	if got := s.disconnect(); got.code != exitDone || s.files() != "" || s.installed() {
		t.Errorf("disconnect: exit code %d: %s%s", got.code, got.out, got.err)
	}
	s.ownedBy(s.service)
}
