package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func probe(cfg Config) error {
	_, err := Probe(cfg)
	return err
}

func TestProbeLeavesNothing(t *testing.T) {
	t.Parallel()
	for about, prepare := range map[string]func(t *testing.T, cfg Config){
		"nothing there":   func(*testing.T, Config) {},
		"empty directory": func(t *testing.T, cfg Config) { must(t, os.MkdirAll(cfg.Dir, 0o700)) },
		"identity only": func(t *testing.T, cfg Config) {
			other := cfg
			other.Dir += "-other"
			create(t, other)
		},
		"a store": func(t *testing.T, cfg Config) { put(t, create(t, cfg), newRecord(companyA)) },
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			prepare(t, cfg)
			before := files(t, tempRoot(cfg))
			must(t, probe(cfg))
			if diff := cmp.Diff(before, files(t, tempRoot(cfg))); diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
		})
	}
}

// TestProbeFindsFaults fails each operation of the preflight in turn. All of them count, and none leaves a file.
func TestProbeFindsFaults(t *testing.T) {
	t.Parallel()
	for about, prepare := range map[string]func(cfg Config){
		"new":      func(Config) {},
		"existing": func(cfg Config) { create(t, cfg) },
	} {
		for n := 1; ; n++ {
			cfg := newConfig(t)
			prepare(cfg)
			before := files(t, tempRoot(cfg))
			s, err := newStore(cfg)
			must(t, err)
			f := &faulty{fsys: s.fs, failAt: n, err: syscall.ENOSPC}
			s.fs = f
			o, err := s.probe()
			if f.failed == "" {
				must(t, err)
				break
			}
			if err == nil && (o.Loss.Doubt.Any() || strings.HasPrefix(f.failed, "list ") || f.failed == "read "+settingsName) {
				continue // it is in doubt what is lost; sweeping is a courtesy; and the settings have a copy
			}
			cleaning := strings.HasPrefix(f.failed, "remove lock") ||
				f.failed == "remove temp" && f.count == len(f.names) && err == nil
			if err == nil && !cleaning {
				t.Errorf("%s: fault at %d, %s: not found", about, n, f.failed)
			}
			if diff := cmp.Diff(before, files(t, tempRoot(cfg))); diff != "" && !strings.HasPrefix(f.failed, "remove") {
				t.Errorf("%s: fault at %d, %s left files:\n%s", about, n, f.failed, diff)
			}
		}
	}
}

// TestProbeTriesThePlaceOfMarkers: without a marker there is no pending save. A place that does not exist will be made.
func TestProbeTriesThePlaceOfMarkers(t *testing.T) {
	t.Parallel()
	for about, prepare := range map[string]func(s *Store) string{
		"it exists": func(s *Store) string { return s.pendingDir() },
		"it is missing": func(s *Store) string {
			must(t, os.Remove(s.pendingDir()))
			return s.dir
		},
	} {
		s := newTestStore(t)
		s.fs = &faulty{fsys: s.fs, failOn: "syncDir " + filepath.Base(prepare(s)), err: syscall.EROFS}
		if _, err := s.probe(); kindOf(err) != KindReadOnly {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func TestProbeNeedsTheLock(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	_ = hold(t, s.in(lockName))
	s.locker.wait = 50 * time.Millisecond
	_, err := s.probe()
	wantKind(t, err, KindLocked)
}

func TestProbeDuringFirstUse(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	done := make(chan error, 1)
	go func() {
		s, err := Create(cfg)
		if err == nil {
			_, err = s.Put(newRecord(companyA))
		}
		done <- err
	}()
	running := true
	for running {
		select {
		case err := <-done:
			must(t, err)
			running = false
		default:
			must(t, probe(cfg))
		}
	}
	if left := debris(t, cfg); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	stale := filepath.Join(s.installations(), tempPrefix+"STALE")
	fresh := filepath.Join(s.installations(), tempPrefix+"FRESH")
	identity := filepath.Join(s.identityDir(), tempPrefix+"STALE")
	theirs := filepath.Join(s.identityDir(), ".tmp-theirs")
	beside := filepath.Join(s.pendingDir(), tempPrefix+"STALE")
	for _, path := range []string{stale, fresh, identity, theirs, beside} {
		writeFile(t, path, []byte("x"))
		if path != fresh {
			old := time.Now().Add(-2 * staleTemp)
			must(t, os.Chtimes(path, old, old))
		}
	}
	_, err := s.probe()
	must(t, err)
	for path, want := range map[string]bool{
		stale: false, fresh: true, identity: false, theirs: true, beside: false,
	} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}
