//go:build unix

package store

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPlantedNotes: whatever lies in the place of a note is no note, nothing is waited for, and the next
// note takes its place.
func TestPlantedNotes(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		plant func(path string) error
		stays bool // a directory cannot be replaced by a file
	}{
		"a FIFO": {plant: func(path string) error { return unix.Mkfifo(path, 0o600) }},
		"a link": {plant: func(path string) error { return os.Symlink(path+".target", path) }},
		"a long one": {
			plant: func(path string) error { return os.WriteFile(path, make([]byte, 1<<20), 0o600) }},
		"a bit too long": {
			plant: func(path string) error { return os.WriteFile(path, make([]byte, maxNote+1), 0o600) }},
		"open to others":     {plant: func(path string) error { return os.WriteFile(path, []byte("x"), 0o640) }},
		"with a second name": {plant: func(path string) error { return os.Link(path+".target", path) }},
		"a directory":        {plant: func(path string) error { return os.Mkdir(path, 0o700) }, stays: true},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			path := cfg.Identity + noteSuffix
			must(t, os.Mkdir(filepath.Dir(path), dirMode))
			writeFile(t, path+".target", []byte("theirs"))
			must(t, tt.plant(path))
			if about == "open to others" {
				must(t, os.Chmod(path, 0o640))
			}
			if got := Note(cfg); got != nil {
				t.Errorf("read %d bytes", len(got))
			}
			if err := LeaveNote(cfg, []byte("ours")); (err != nil) != tt.stays {
				t.Errorf("leaving one: %v", err)
			}
			if got := string(readFile(t, path+".target")); got != "theirs" {
				t.Errorf("somebody else's file holds %q", got)
			}
			if got := Note(cfg); !tt.stays && string(got) != "ours" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestNoteInAnOpenDirectory: where others can replace files nothing is left, and nothing is taken away.
func TestNoteInAnOpenDirectory(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	must(t, LeaveNote(cfg, []byte("x")))
	must(t, os.Chmod(filepath.Dir(cfg.Identity), 0o770))
	wantKind(t, LeaveNote(cfg, []byte("y")), KindTooOpen)
	RemoveNote(cfg)
	if got := string(Note(cfg)); got != "x" {
		t.Errorf("got %q", got)
	}
}

// TestMakeForAfterANote: what root made for a note does not keep the account out.
func TestMakeForAfterANote(t *testing.T) {
	t.Parallel()
	needRoot(t)
	base := sharedDir(t)
	cfg := Config{
		Dir: filepath.Join(base, "store"), Identity: filepath.Join(base, "id", "identity.txt"), AnyPlace: true,
	}
	must(t, LeaveNote(cfg, []byte("root's")))
	wantOwner(t, cfg.Identity+noteSuffix, 0, fileMode)
	must(t, MakeFor(cfg, serviceUID, serviceUID))
	wantOwner(t, filepath.Dir(cfg.Identity), serviceUID, dirMode)
	wantNothing(t, cfg.Identity+noteSuffix)
	// The account's own is none of root's business.
	must(t, os.WriteFile(cfg.Identity+noteSuffix, []byte("x"), 0o600))
	must(t, os.Lchown(cfg.Identity+noteSuffix, serviceUID, serviceUID))
	must(t, MakeFor(cfg, serviceUID, serviceUID))
	RemoveNote(cfg)
	wantOwner(t, cfg.Identity+noteSuffix, serviceUID, fileMode)
	if got := Note(cfg); got != nil {
		t.Errorf("root reads %q", got)
	}
}
