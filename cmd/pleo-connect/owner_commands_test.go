//go:build unix

package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestCommandsOfRoot: what root starts becomes the account that the store belongs to, the command of exec too, for
// good. The service gets the same key by itself, and another account gets none.
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

// TestDoctorOfAnothersStore: root looks at the store as the account that it belongs to; any other account reads whose
// it is. Nothing is changed.
func TestDoctorOfAnothersStore(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	if r := s.connectFor(serviceName); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	integration := s.integrationFor(s.other.name)
	before := s.tree()
	if lines, _ := s.exams(exitDone); lines["store"].Status != "ok" || lines["key"].Note != "1 of 1 accepted" {
		t.Errorf("root: %+v %+v", lines["store"], lines["key"])
	}
	lines, _ := s.exams(exitStore, "--integration", integration)
	if got := lines["store"]; got.Kind != "store_wrong_owner" ||
		!strings.Contains(got.Note, "belongs to daemon") ||
		!strings.Contains(got.Remedy, "to use another key store for games") {
		t.Errorf("root, for another service: %+v", got)
	}
	if lines["key"].Status != "note" {
		t.Errorf("root, for another service: %+v", lines["key"])
	}
	r := s.as(s.other, "pleo-connect", nil, "doctor", "--json", "--api-base", s.api,
		"--store", s.store, "--identity", s.identity, "--force-store")
	if r.code != exitStore || !strings.Contains(r.out, `"name":"store","status":"failed"`) ||
		!strings.Contains(r.out, `"kind":"store_wrong_owner"`) {
		t.Errorf("another account: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if after := s.tree(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}
