package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

func rekey(t testing.TB, cfg Config) {
	t.Helper()
	_, err := Rekey(cfg, nil)
	must(t, err)
}

// wantGone requires that nothing below both places holds the old identity, or opens with it.
func wantGone(t testing.TB, cfg Config, old *identity) {
	t.Helper()
	s := create(t, cfg)
	wantOpened(t, s, "the old identity", old, false)
	for _, rel := range files(t, tempRoot(cfg)) {
		path := filepath.Join(tempRoot(cfg), rel)
		if info, err := os.Lstat(path); err != nil || info.IsDir() {
			continue
		}
		data := readFile(t, path)
		for i, secret := range []string{old.String(), old.Recipient().String(), s.ids[0].Recipient().String()} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds secret %d", rel, i)
			}
		}
		if bytes.Contains(data, []byte(s.ids[0].String())) && path != s.identity {
			t.Errorf("%s holds the new identity", rel)
		}
	}
}

// TestRekey: the new identity opens everything, the old one nothing, and what is inside is the same to the byte.
// TestRecordsAreNotMounted: without the directory of the records, a change of who can open the store is refused before
// it begins, and so is a save. Nothing makes another one.
func TestRecordsAreNotMounted(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	away := s.in("away")
	must(t, os.Rename(s.installations(), away))
	identity, settings := readFile(t, cfg.Identity), readFile(t, s.in(settingsName))
	before := files(t, tempRoot(cfg))
	other, err := newIdentity()
	must(t, err)
	for about, try := range map[string]func() error{
		"rekey": func() error { _, err := Rekey(cfg, nil); return err },
		"add":   func() error { return s.AddRecipient(other.Recipient().String(), nil) },
		"probe": func() error { return probe(cfg) },
	} {
		if err := try(); rowOf(err) != caseRecordsGone {
			t.Errorf("%s: %v", about, err)
		}
	}
	if diff := cmp.Diff(before, files(t, tempRoot(cfg))); diff != "" {
		t.Errorf("files changed:\n%s", diff)
	}
	if !bytes.Equal(identity, readFile(t, cfg.Identity)) || !bytes.Equal(settings, readFile(t, s.in(settingsName))) {
		t.Error("a change was begun")
	}
	must(t, os.Rename(away, s.installations()))
	_, err = Rekey(cfg, nil)
	must(t, err)
	_, err = s.Get(r.Ref())
	must(t, err)
}

func TestRekey(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	_, r := putTwice(t, s, companyA)
	old, me := s.ids[0], freshIdentity(t)
	must(t, s.AddRecipient(me.Recipient().String(), nil))
	before := plainTexts(t, s)
	for range 2 {
		resumed, err := Rekey(cfg, nil)
		must(t, err)
		if resumed {
			t.Error("there was nothing to finish")
		}
	}
	after := create(t, cfg)
	wantGone(t, cfg, old)
	wantOpened(t, after, "new", after.ids[0], true)
	wantOpened(t, after, "extra", me, true)
	if diff := cmp.Diff(before, plainTexts(t, after)); diff != "" {
		t.Error("what is inside the records changed")
	}
	if got := after.Recipients(); len(got) != 1 || got[0] != me.Recipient().String() || len(after.ids) != 1 {
		t.Errorf("recipients %v, %d identities", got, len(after.ids))
	}
	if got, err := after.Get(r.Ref()); err != nil || got.RolledBack || got.Generation != r.Generation {
		t.Errorf("generation %d: %v", got.Generation, err)
	}
}

// TestRekeyOfAnOlderStore: its settings name no recipients, and their unknown members survive.
func TestRekeyOfAnOlderStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	_, r := putTwice(t, s, companyA)
	older := `{"format":1,"store_id":"` + s.settings.StoreID +
		`","created_at":"2026-01-02T03:04:05Z","writer":"x","later":[1]}`
	reseal(t, s, s.in(settingsName), []byte(older))
	must(t, os.Remove(s.in(settingsPrevName)))
	if got := create(t, cfg).Recipients(); len(got) != 0 {
		t.Errorf("recipients %v", got)
	}
	rekey(t, cfg)
	checkInterrupted(t, cfg, r)
	wantGone(t, cfg, s.ids[0])
	after := create(t, cfg)
	if plain := unseal(t, after, after.in(settingsName)); !bytes.Contains(plain, []byte(`"later":[1]`)) {
		t.Error("a member that we do not know is lost")
	}
}

// TestRekeySurvivesFaults stops the change of identity at a sample of its operations: as a process that is killed
// there, and as a disk that fails once and then works again. The model disk tries all of them. Everything can be read
// and written in between, also by a store that was opened before; the next call finishes, and then the old identity
// opens nothing.
func TestRekeySurvivesFaults(t *testing.T) {
	t.Parallel()
	whole := newConfig(t)
	_, r := putTwice(t, create(t, whole), companyA)
	old, before := create(t, whole).ids[0], plainTexts(t, create(t, whole))
	for about, step := range map[string]int{"fault": 7, "kill": 3} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			resumed := 0
			for n := 1; ; n += step {
				cfg := copied(t, whole)
				opened, s := create(t, cfg), create(t, cfg)
				f := &faulty{fsys: unflushed{s.fs}, failAt: n, killed: about == "kill", err: syscall.EIO}
				s.fs = f
				_, err := s.rekey(nil)
				if f.failed == "" {
					must(t, err)
					break
				}
				opensWithTheFile(t, cfg)
				got, err := opened.Get(r.Ref())
				if err != nil || !got.Key.Equal(r.Key) {
					t.Fatalf("%s at %d, %s: opened before: %v", about, n, f.failed, err)
				}
				again, err := Rekey(cfg, nil)
				if err != nil {
					t.Fatalf("%s at %d, %s: again: %v", about, n, f.failed, err)
				}
				if again {
					resumed++
				}
				if diff := cmp.Diff(before, plainTexts(t, create(t, cfg))); diff != "" {
					t.Errorf("%s at %d, %s: what is inside the records changed", about, n, f.failed)
				}
				if held := create(t, cfg); len(held.ids) != 1 || held.Unfinished() != "" {
					t.Errorf("%s at %d, %s: %d identities, unfinished %q",
						about, n, f.failed, len(held.ids), held.Unfinished())
				}
				wantGone(t, cfg, old)
				put(t, opened, got)
			}
			if resumed*step < 40 {
				t.Errorf("only %d runs had something to finish", resumed)
			}
		})
	}
}

// opensWithTheFile: each single file opens with one of the identities in the file, as age would try them.
func opensWithTheFile(t *testing.T, cfg Config) {
	t.Helper()
	s, err := Open(cfg)
	must(t, err)
	for _, path := range everyFile(t, s) {
		if _, err := s.ids.open(readFile(t, path)); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

// TestWriteInTheMiddleOfRekey: between an interrupted change and its end, every command works.
func TestWriteInTheMiddleOfRekey(t *testing.T) {
	t.Parallel()
	stop := errors.New("stopped")
	for at := range 3 {
		cfg := newConfig(t)
		s := create(t, cfg)
		_, a := putTwice(t, s, companyA)
		b := put(t, s, newRecord(companyB))
		if _, err := Rekey(cfg, func(done, _ int) error {
			if done == at {
				return stop
			}
			return nil
		}); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		a = put(t, s, a)
		must(t, create(t, cfg).Forget(b.Ref(), b.Generation))
		must(t, probe(cfg))
		must(t, s.Settle(a.Ref(), a.Generation))
		if resumed, err := Rekey(cfg, nil); err != nil || !resumed {
			t.Errorf("resumed %t: %v", resumed, err)
		}
		checkInterrupted(t, cfg, a)
	}
}

// TestOpenStoreFollowsRekey: a service that opened the store before reads on and writes on, from several goroutines,
// and nothing that it writes is for an identity that is gone.
func TestOpenStoreFollowsRekey(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	writer, reader := create(t, cfg), create(t, cfg)
	old := writer.ids[0]
	_, r := putTwice(t, writer, companyA)
	me := freshIdentity(t)
	must(t, create(t, cfg).AddRecipient(me.Recipient().String(), nil))
	rekey(t, cfg)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got, err := reader.Get(r.Ref())
			if err != nil || !got.Key.Equal(r.Key) {
				t.Errorf("read: %v", err)
			}
		})
	}
	all.Wait()
	put(t, writer, r)
	put(t, writer, newRecord(companyB)) // no file that would not open shows it
	wantGone(t, cfg, old)
	wantOpened(t, writer, "extra", me, true)
	must(t, create(t, cfg).RemoveRecipient(me.Recipient().String(), nil))
	other := newRecord(companyB)
	other.Env = "staging"
	put(t, writer, other)
	wantOpened(t, writer, "removed", me, false)
}

// between runs once, after the first read of a file of this name.
type between struct {
	fsys
	name string
	run  func()
	once sync.Once
}

func (b *between) read(path string, check fileCheck) ([]byte, error) {
	data, err := b.fsys.read(path, check)
	if filepath.Base(path) == b.name {
		b.once.Do(b.run)
	}
	return data, err
}

// TestRekeyWhileReading replaces the identity between any two reads of another process.
func TestRekeyWhileReading(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"identity.txt", settingsName, prod + companyA + recordSuffix} {
		cfg := newConfig(t)
		_, r := putTwice(t, create(t, cfg), companyA)
		s, err := newStore(cfg)
		must(t, err)
		s.fs = &between{fsys: s.fs, name: name, run: func() { rekey(t, cfg) }}
		must(t, s.open())
		if got, err := s.Get(r.Ref()); err != nil || !got.Key.Equal(r.Key) {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

// TestRekeyStopsAtDamage: with the old identity gone, a file that it could not read would be lost for good.
func TestRekeyStopsAtDamage(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		damage func(t *testing.T, s *Store)
		want   []Kind
	}{
		"live": {func(t *testing.T, s *Store) { writeFile(t, s.live(prod+companyA), []byte("damaged")) },
			[]Kind{KindDamaged}},
		"version before": {func(t *testing.T, s *Store) { writeFile(t, s.prev(prod+companyA), nil) },
			[]Kind{KindDamaged}},
		"two": {func(t *testing.T, s *Store) {
			writeFile(t, s.live(prod+companyA), []byte("damaged"))
			writeFile(t, filepath.Join(s.installations(), "copy of.age"), nil)
		}, []Kind{KindForeign, KindDamaged}},
		"newer": {func(t *testing.T, s *Store) { reseal(t, s, s.live(prod+companyA), []byte(`{"format":2}`)) },
			[]Kind{KindNewer}},
		"demo": {func(t *testing.T, s *Store) {
			writeFile(t, s.live("demo-"+ledger+"-"+companyA), readFile(t, s.live(prod+companyA)))
		}, []Kind{KindDemo}},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			putTwice(t, s, companyA)
			c.damage(t, s)
			identity, settings := readFile(t, cfg.Identity), readFile(t, s.in(settingsName))
			_, err := Rekey(cfg, nil)
			var got []Kind
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, one := range joined.Unwrap() {
					got = append(got, kindOf(one))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%v:\n%s", err, diff)
			}
			if !bytes.Equal(identity, readFile(t, cfg.Identity)) ||
				!bytes.Equal(settings, readFile(t, s.in(settingsName))) {
				t.Error("something was written")
			}
		})
	}
}

// TestRekeyKeepsOtherIdentities: a store that shares the identity would be lost, and what else is in the file is not
// ours.
func TestRekeyKeepsOtherIdentities(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	putTwice(t, s, companyA)
	otherConfig := cfg
	otherConfig.Dir += "-other"
	create(t, otherConfig) // holds nothing yet
	_, err := Rekey(cfg, nil)
	wantKind(t, err, KindIdentityShared)
	apart := cfg
	apart.Identity = identityFile(t, string(readFile(t, cfg.Identity)))
	rekey(t, apart) // as the error says
	create(t, otherConfig)

	foreign := freshIdentity(t)
	writeFile(t, apart.Identity, append(readFile(t, apart.Identity), foreign.String()+"\n"...))
	for range 2 {
		rekey(t, apart)
		if text := string(readFile(t, apart.Identity)); !strings.Contains(text, foreign.String()) ||
			strings.Count(text, "AGE-SECRET-KEY-") != 2 {
			t.Errorf("%d identities in the file, the foreign one among them: %t",
				strings.Count(text, "AGE-SECRET-KEY-"), strings.Contains(text, foreign.String()))
		}
	}
}

// TestRekeyNeedsTheIdentityFile: where that cannot be written, nothing else is.
func TestRekeyNeedsTheIdentityFile(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	putTwice(t, s, companyA)
	before := readFile(t, s.in(settingsName))
	s.fs = &readOnlyDir{s.fs, s.identityDir()}
	_, err := s.rekey(nil)
	wantKind(t, err, KindReadOnly)
	if !bytes.Equal(before, readFile(t, s.in(settingsName))) {
		t.Error("the settings were written")
	}
}

type readOnlyDir struct {
	fsys
	dir string
}

func (d *readOnlyDir) create(path string) (file, error) {
	if filepath.Dir(path) == d.dir {
		return nil, syscall.EROFS
	}
	return d.fsys.create(path)
}

// TestSettingsWithABadRecipient are damaged, and the copy takes their place.
func TestSettingsWithABadRecipient(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	_, r := putTwice(t, s, companyA)
	var read map[string]any
	must(t, json.Unmarshal(unseal(t, s, s.in(settingsName)), &read))
	read["recipients"] = []string{s.ids.own(), "age1canary"}
	plain, err := json.Marshal(read)
	must(t, err)
	reseal(t, s, s.in(settingsName), plain)
	checkInterrupted(t, cfg, r)
	reseal(t, s, s.in(settingsPrevName), plain)
	_, err = Open(cfg)
	wantKind(t, err, KindDamaged)
}
