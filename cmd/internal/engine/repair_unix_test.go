//go:build unix

package engine

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// repairPlaces are names that a shell could take for something else.
var repairPlaces = []string{"plain", "two  spaces", " around ", `it's "quoted"  $HOME;`, "é ü"}

// savedStore makes a store with one key, and an identity beside it, below a directory of a name.
func savedStore(t *testing.T, name string) (store.Config, store.Ref) {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err == nil {
		err = os.Chmod(base, 0o700)
	}
	base = filepath.Join(base, name)
	cfg := store.Config{
		Dir:      filepath.Join(base, "data", "store"),
		Identity: filepath.Join(base, "config", "pleo-connect", "identity.txt"), AnyPlace: true,
	}
	var s *store.Store
	if err == nil {
		s, err = store.Create(cfg)
	}
	ref := store.Ref{Env: "production", Integration: "contoso-ledger", CompanyID: string(testCompany)}
	if err == nil {
		_, err = s.Put(store.Record{
			Status: store.StatusActive, Env: ref.Env, Integration: store.Integration{ID: ref.Integration},
			CompanyID: ref.CompanyID, Key: pleoclient.NewKey("canary-repair-0123456789abcdef"),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return cfg, ref
}

// openAll gives everything below the directories of a store the modes of a copy without -p.
func openAll(t *testing.T, cfg store.Config, dir, file fs.FileMode) {
	t.Helper()
	for _, top := range []string{cfg.Dir, filepath.Dir(cfg.Identity)} {
		err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			mode := file
			if err == nil && e.IsDir() {
				mode = dir
			}
			return os.Chmod(path, mode)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// get reads the key as a service does.
func get(cfg store.Config, ref store.Ref) error {
	s, err := store.Open(cfg)
	if err == nil {
		_, err = s.Get(ref)
	}
	return err
}

// runHint runs the command that a hint ends with, as a person would who pastes it into a shell.
func runHint(t *testing.T, hint string) {
	t.Helper()
	command, ok := strings.CutPrefix(hint, "run: ")
	if !ok {
		t.Fatalf("no command: %q", hint)
	}
	command = strings.TrimPrefix(command, "sudo ") // this is root already, where it matters
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// TestRestoredWithoutModes: a copy that anyone can read is closed again with the one command of the hint, the store and
// the identity at once.
func TestRestoredWithoutModes(t *testing.T) {
	t.Parallel()
	for _, name := range repairPlaces {
		for _, modes := range [][2]fs.FileMode{{0o755, 0o644}, {0o775, 0o664}} {
			cfg, ref := savedStore(t, name)
			openAll(t, cfg, modes[0], modes[1])
			got := flow.English.Failure(faultOf(get(cfg, ref)))
			if got.Kind != flow.KindStoreOpen || !strings.Contains(got.Also, "replace the key afterwards") {
				t.Errorf("%q, %v: %+v", name, modes, got)
			}
			runHint(t, got.Hint)
			if err := get(cfg, ref); err != nil {
				t.Errorf("%q, %v, after %s: %v", name, modes, got.Hint, err)
			}
		}
	}
}

// TestOpenIdentityAlone: the same where only the identity file is open, and where no key was saved yet.
func TestOpenIdentityAlone(t *testing.T) {
	t.Parallel()
	cfg, ref := savedStore(t, "two  spaces")
	if err := os.Chmod(cfg.Identity, 0o644); err != nil {
		t.Fatal(err)
	}
	runHint(t, flow.English.Failure(faultOf(get(cfg, ref))).Hint)
	if err := get(cfg, ref); err != nil {
		t.Error(err)
	}

	empty := cfg
	empty.Dir = filepath.Join(filepath.Dir(cfg.Dir), "empty")
	if _, err := store.Create(empty); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(empty.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(empty)
	got := flow.English.Failure(faultOf(err))
	if got.Kind != flow.KindStoreOpen || got.Also != "" {
		t.Errorf("no key was saved: %+v", got)
	}
	runHint(t, got.Hint)
	if _, err := store.Open(empty); err != nil {
		t.Error(err)
	}
}

// TestDamagedRecordIsRemoved: when the version before a damaged record is also damaged, the one command of the hint
// removes both, and the company can be connected again.
func TestDamagedRecordIsRemoved(t *testing.T) {
	t.Parallel()
	for _, name := range repairPlaces {
		for _, data := range []string{"x", strings.Repeat("x", 2<<20), "age-encryption.org/v1\n-> scrypt x 18\n"} {
			cfg, ref := savedStore(t, name)
			s, err := store.Open(cfg)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Get(ref)
			if err == nil {
				r, err = s.Put(r)
			}
			for _, path := range []string{r.File, r.File + ".prev"} {
				if err == nil {
					err = os.WriteFile(path, []byte(data), 0o600)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			_, command, _ := strings.Cut(flow.English.Failure(faultOf(get(cfg, ref))).Hint, "first ")
			runHint(t, command)
			if err := get(cfg, ref); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q, after %s: %v", name, command, err)
			}
			r.Generation = 0
			if _, err := s.Put(r); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}

// TestLinkIsReplaced: the file behind a link takes its place, because it may be the newest copy. A link to nothing is
// removed, if the file is gone for good.
func TestLinkIsReplaced(t *testing.T) {
	t.Parallel()
	for _, name := range repairPlaces {
		cfg, ref := savedStore(t, name)
		record, err := filepath.Glob(filepath.Join(cfg.Dir, "installations", "*.age"))
		if err != nil || len(record) != 1 {
			t.Fatal(record, err)
		}
		away := filepath.Join(filepath.Dir(cfg.Dir), "$it's away")
		if err := os.Rename(record[0], away); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(away, record[0]); err != nil {
			t.Fatal(err)
		}
		_, command, _ := strings.Cut(flow.English.Failure(faultOf(get(cfg, ref))).Hint, ", ")
		runHint(t, command)
		if err := get(cfg, ref); err != nil {
			t.Errorf("%q, after %s: %v", name, command, err)
		}
		if err := errors.Join(os.Remove(record[0]), os.Symlink(away, record[0])); err != nil {
			t.Fatal(err)
		}
		_, command, _ = strings.Cut(flow.English.Failure(faultOf(get(cfg, ref))).Also, ", ")
		runHint(t, command)
		if _, err := os.Lstat(record[0]); err == nil {
			t.Errorf("%q: a link to nothing is still there", name)
		}
	}
}

// TestRestoredByAnotherAccount: the files of another account in our store are ours after one command.
func TestRestoredByAnotherAccount(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to give files away")
	}
	for _, name := range repairPlaces {
		cfg, ref := savedStore(t, name)
		for _, path := range []string{cfg.Identity, filepath.Join(cfg.Dir, "settings.age")} {
			if err := os.Chown(path, 54321, 54321); err != nil {
				t.Fatal(err)
			}
		}
		got := flow.English.Failure(faultOf(get(cfg, ref)))
		if got.Kind != flow.KindStoreOwner {
			t.Errorf("%q: %+v", name, got)
		}
		runHint(t, got.Hint)
		if err := get(cfg, ref); err != nil {
			t.Errorf("%q, after %s: %v", name, got.Hint, err)
		}
	}
}

// TestDirectoryAboveIsOpen: with a loose umask, a first run names the directory above, and does not say that a key may
// have been read.
func TestDirectoryAboveIsOpen(t *testing.T) {
	t.Parallel()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	above := filepath.Join(base, "two  spaces")
	if err := os.Mkdir(above, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(above, 0o775); err != nil { // regardless of the umask
		t.Fatal(err)
	}
	cfg := store.Config{
		Dir: filepath.Join(above, "store"), Identity: filepath.Join(above, "id", "identity.txt"), AnyPlace: true,
	}
	got := flow.English.Failure(faultOf(probe(cfg)))
	if got.Kind != flow.KindStoreOpen || got.Also != "" || strings.Contains(got.Summary+got.Hint, "replace") {
		t.Errorf("%+v", got)
	}
	runHint(t, got.Hint)
	if err := probe(cfg); err != nil {
		t.Errorf("after %s: %v", got.Hint, err)
	}
}

// TestOpenAboveAndBelow opens a store, its identity and directories above them in several ways: each time, the command
// of the first hint closes all of it.
func TestOpenAboveAndBelow(t *testing.T) {
	t.Parallel()
	open := func(paths ...string) error {
		var errs []error
		for _, path := range paths {
			errs = append(errs, os.Chmod(path, 0o777))
		}
		return errors.Join(errs...)
	}
	everything := func(top string) error {
		return filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Chmod(path, 0o777))
		})
	}
	for name, spoil := range map[string]func(base string, cfg store.Config) error{
		"nested": func(base string, cfg store.Config) error { return open(base, filepath.Dir(cfg.Dir)) },
		"both ways": func(base string, cfg store.Config) error {
			return open(filepath.Dir(cfg.Dir), filepath.Dir(filepath.Dir(cfg.Identity)))
		},
		"everything": func(base string, _ store.Config) error { return everything(base) },
		"all but the store": func(base string, cfg store.Config) error {
			return errors.Join(everything(base), os.Chmod(cfg.Dir, 0o700))
		},
		"above, and the identity": func(base string, cfg store.Config) error { return open(base, cfg.Identity) },
		"above, and where the identity is": func(base string, cfg store.Config) error {
			return open(base, filepath.Dir(cfg.Identity))
		},
		"the identity, not alone": func(base string, cfg store.Config) error {
			other := filepath.Join(filepath.Dir(cfg.Identity), "other")
			err := os.WriteFile(other, nil, 0o600)
			return errors.Join(err, open(other, filepath.Dir(cfg.Identity), cfg.Identity, cfg.Dir))
		},
	} {
		for _, place := range []string{"plain", "it's  two"} {
			cfg, ref := savedStore(t, place)
			base := filepath.Dir(filepath.Dir(cfg.Dir))
			if err := spoil(base, cfg); err != nil {
				t.Fatal(err)
			}
			got := flow.English.Failure(faultOf(get(cfg, ref)))
			if got.Kind != flow.KindStoreOpen {
				t.Errorf("%s: %+v", name, got)
			}
			runHint(t, got.Hint)
			if err := errors.Join(get(cfg, ref), probe(cfg)); err != nil {
				t.Errorf("%s, after %s: %v", name, got.Hint, err)
			}
		}
	}
}

// TestIdentityAmongFilesOfOthers: no advice closes a directory like /tmp, which others need.
func TestIdentityAmongFilesOfOthers(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to give a sticky directory to root")
	}
	cfg, ref := savedStore(t, "plain")
	dir := filepath.Dir(cfg.Identity)
	if err := os.Chmod(dir, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	got := flow.English.Failure(faultOf(get(cfg, ref)))
	if got.Kind != flow.KindStoreOpen || !strings.Contains(got.Hint, "--identity") || strings.Contains(got.Hint, "chmod") {
		t.Errorf("%+v", got)
	}
}

// TestNoHomeDirectory names the directory that does not exist, whichever of the places is below it.
func TestNoHomeDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	home := filepath.Join(dir, "nobody", "home")
	for _, cfg := range []store.Config{
		{Dir: filepath.Join(home, "store"), Identity: filepath.Join(dir, "id", "identity.txt")},
		{Dir: filepath.Join(dir, "store"), Identity: filepath.Join(home, "identity.txt")},
	} {
		cfg.Home, cfg.AnyPlace = home, true
		got := flow.English.Failure(faultOf(probe(cfg)))
		if got.Kind != flow.KindStoreNotWritable || got.Summary != "the home directory "+home+" does not exist" {
			t.Errorf("%+v", got)
		}
	}
}

func probe(cfg store.Config) error {
	_, err := store.Probe(cfg)
	return err
}
