//go:build unix

package host

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// killedDemo makes what a demo leaves that was killed.
func killedDemo(t *testing.T, temp string) string {
	t.Helper()
	path, err := os.MkdirTemp(temp, demoPrefix)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, demoLock))
	write(t, filepath.Join(path, "store", "installations", "record.age"))
	return path
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKilledDemosAreRemoved: a new demo removes what killed ones left, and nothing that is not certainly one of those.
func TestKilledDemosAreRemoved(t *testing.T) {
	t.Parallel()
	temp, elsewhere := t.TempDir(), t.TempDir()
	h := Host{Temp: temp}
	running, err := h.NewDemoDir()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(running.Path, "store", "record.age"))
	killed := killedDemo(t, temp)
	stays := map[string]string{"a running demo": filepath.Join(running.Path, "store", "record.age")}
	keep := func(about, path string) { stays[about] = path }

	other := killedDemo(t, elsewhere)
	keep("what a link leads to", filepath.Join(other, "store"))
	link(t, other, filepath.Join(temp, demoPrefix+"link"))
	inside := filepath.Join(temp, "pleo-connect")
	if err := os.Rename(killedDemo(t, temp), inside); err != nil {
		t.Fatal(err)
	}
	keep("another name", filepath.Join(inside, "store"))
	link(t, "pleo-connect", filepath.Join(temp, demoPrefix+"link-inside"))

	linked := killedDemo(t, temp)
	link(t, filepath.Join(elsewhere, "kept"), filepath.Join(linked, "store", "link"))
	write(t, filepath.Join(elsewhere, "kept", "file"))
	keep("what a link in one leads to", filepath.Join(elsewhere, "kept", "file"))

	unlocked := filepath.Join(temp, demoPrefix+"no-lock")
	write(t, filepath.Join(unlocked, "lock")) // as a key store has it
	keep("one without our lock", filepath.Join(unlocked, "lock"))
	lockLink := filepath.Join(temp, demoPrefix+"lock-link")
	write(t, filepath.Join(lockLink, "file"))
	link(t, filepath.Join(other, demoLock), filepath.Join(lockLink, demoLock))
	keep("one whose lock is a link", filepath.Join(lockLink, "file"))
	open := killedDemo(t, temp)
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	keep("one that others can read", filepath.Join(open, "store"))
	file := filepath.Join(temp, demoPrefix+"file")
	write(t, file)
	keep("a file", file)
	if os.Geteuid() == 0 {
		theirs := killedDemo(t, temp)
		if err := os.Chown(theirs, 12345, 12345); err != nil {
			t.Fatal(err)
		}
		keep("that of another account", filepath.Join(theirs, "store"))
		lock := killedDemo(t, temp)
		if err := os.Chown(filepath.Join(lock, demoLock), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		keep("one with the lock of another account", filepath.Join(lock, "store"))
	}

	if os.Geteuid() != 0 { // whom no mode keeps out
		stuck := killedDemo(t, temp)
		if err := os.Chmod(filepath.Join(stuck, "store"), 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(stuck, "store"), 0o700) })
		keep("the lock of one that cannot be removed, for the next try", filepath.Join(stuck, demoLock))
	}

	next, err := h.NewDemoDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{killed, linked} {
		if _, err := os.Lstat(gone); err == nil {
			t.Error("a killed demo left something")
		}
	}
	for about, path := range stays {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s was removed", about)
		}
	}
	for _, d := range []DemoDir{next, running} {
		if err := d.Remove(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(d.Path); err == nil {
			t.Error("a demo left its directory")
		}
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

// TestDemosBeginAtOnce: none takes another that has just begun for a killed one.
func TestDemosBeginAtOnce(t *testing.T) {
	t.Parallel()
	h := Host{Temp: t.TempDir()}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 60 {
				d, err := h.NewDemoDir()
				if err != nil {
					t.Error(err)
					return
				}
				h.removeKilledDemos()
				if _, err := os.Lstat(filepath.Join(d.Path, demoLock)); err != nil {
					t.Error("a running demo lost its directory")
				}
				if err := d.Remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if left, err := os.ReadDir(h.Temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
