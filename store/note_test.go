package store

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNote: a note comes and goes without a store, and leaves no trace.
func TestNote(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	before := files(t, tempRoot(cfg))
	RemoveNote(cfg)
	if got := Note(cfg); got != nil {
		t.Errorf("before there is one: %q", got)
	}
	for _, want := range []string{"first", "second"} {
		must(t, LeaveNote(cfg, []byte(want)))
		if got := Note(cfg); string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	must(t, Probe(cfg)) // a new store may still be made
	if diff := cmp.Diff(append(before, "config", "config/identity.txt.note"), files(t, tempRoot(cfg))); diff != "" {
		t.Error("files with a note (-want +got):\n" + diff)
	}
	RemoveNote(cfg)
	if diff := cmp.Diff(before, files(t, tempRoot(cfg))); diff != "" {
		t.Error("files afterwards (-want +got):\n" + diff)
	}
}

// TestNoteBesideAStore: making, changing and opening a store leaves the note, and removing the note leaves the store.
func TestNoteBesideAStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	must(t, LeaveNote(cfg, []byte("a note")))
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	_, err := Rekey(cfg, nil)
	must(t, err)
	if got := Note(cfg); string(got) != "a note" {
		t.Errorf("got %q", got)
	}
	want := files(t, tempRoot(cfg))
	RemoveNote(cfg)
	got := append(files(t, tempRoot(cfg)), "config/identity.txt.note")
	slices.Sort(got)
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" {
		t.Error("files without the note (-want +got):\n" + diff)
	}
	if _, err := create(t, cfg).Get(r.Ref()); err != nil {
		t.Error(err)
	}
}

// TestNoteIsWhole fails each operation in turn: the note before stays, or none, and no other file.
func TestNoteIsWhole(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"", "before"} {
		for failAt := 1; ; failAt++ {
			cfg := newConfig(t)
			if before != "" {
				must(t, LeaveNote(cfg, []byte(before)))
			}
			want := files(t, tempRoot(cfg))
			s, err := newStore(cfg)
			must(t, err)
			broken := &faulty{fsys: s.fs, failAt: failAt, err: syscall.EIO}
			s.fs = broken
			err = s.leaveNote([]byte("after"))
			if broken.failed == "" {
				must(t, err)
				break
			}
			if err == nil || string(Note(cfg)) != before {
				t.Errorf("%s: the note is %q, %v", broken.failed, Note(cfg), err)
			}
			if diff := cmp.Diff(want, files(t, tempRoot(cfg))); diff != "" {
				t.Errorf("%s: files (-want +got):\n%s", broken.failed, diff)
			}
		}
	}
}

func TestNoteRefuses(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	if err := LeaveNote(cfg, make([]byte, maxNote+1)); err == nil {
		t.Error("a long note")
	}
	if os.Geteuid() == 0 {
		deep := cfg
		deep.Identity = filepath.Join(filepath.Dir(cfg.Identity), "below", "identity.txt")
		if err := LeaveNote(deep, []byte("x")); err == nil {
			t.Error("root made more than one directory")
		}
	}
	inside := cfg
	inside.Identity = filepath.Join(cfg.Dir, "identity.txt")
	if err := LeaveNote(inside, []byte("x")); err == nil {
		t.Error("an identity inside the store")
	}
	if got := files(t, tempRoot(cfg)); len(got) != 1 {
		t.Errorf("something was made: %q", got)
	}
}
