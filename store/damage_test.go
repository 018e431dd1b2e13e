package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

// altered gives other bytes for some files, without the disk. A nil value is a file that is not there.
type altered struct {
	fsys
	files map[string][]byte
}

func (a *altered) read(path string, check fileCheck) ([]byte, error) {
	data, ok := a.files[path]
	switch {
	case !ok:
		return a.fsys.read(path, check)
	case data == nil:
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(data), nil
}

// damages yields every beginning of whole, whole with every bit flipped in turn, and a few more ways to lose it.
func damages(whole []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for n := range whole {
			if !yield(fmt.Sprint("cut at ", n), whole[:n:n]) {
				return
			}
		}
		for bit := range 8 * len(whole) {
			flipped := bytes.Clone(whole)
			flipped[bit/8] ^= 1 << (bit % 8)
			if !yield(fmt.Sprint("bit ", bit), flipped) {
				return
			}
		}
		_ = yield("zeros", make([]byte, len(whole))) && yield("an added zero", append(bytes.Clone(whole), 0)) &&
			yield("an added line end", append(bytes.Clone(whole), '\n')) && yield("twice", slices.Concat(whole, whole))
	}
}

// TestEveryCutAndBitOfARecord: damage is never taken for a record. Alone it is an error, and with the version before it
// that one comes back, and says so.
func TestEveryCutAndBitOfARecord(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first, second := putTwice(t, s, companyA)
	prev := s.prev(prod + companyA)
	whole, before := readFile(t, second.File), readFile(t, prev)
	layer := &altered{s.fs, map[string][]byte{
		s.markPath(prod + companyA): readFile(t, s.markPath(prod+companyA)),
	}}
	s.fs = layer
	tried := 0
	for about, data := range damages(whole) {
		if tried++; !sampled(tried) {
			continue
		}
		layer.files[second.File], layer.files[prev] = data, nil
		if _, err := s.Get(second.Ref()); kindOf(err) != KindDamaged {
			t.Errorf("alone, %s: %v", about, err)
		}
		layer.files[prev] = before
		got, err := s.Get(second.Ref())
		if err != nil || !got.FromPrevious || got.RolledBack || got.Generation != 1 || !got.Key.Equal(first.Key) {
			t.Errorf("%s: generation %d, from previous %v, error %v", about, got.Generation, got.FromPrevious, err)
		}
	}
	if tried < 9*len(whole) {
		t.Errorf("only %d damages of %d bytes", tried, len(whole))
	}
}

// TestEveryCutAndBitOfTheSettings: the copy is enough, and two damaged files are an error.
func TestEveryCutAndBitOfTheSettings(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	settings, copied := s.in(settingsName), s.in(settingsPrevName)
	whole, id := readFile(t, settings), s.settings.StoreID
	layer := &altered{s.fs, map[string][]byte{}}
	s.fs = layer
	tried := 0
	for about, data := range damages(whole) {
		if tried++; !sampled(tried) {
			continue
		}
		layer.files[settings], layer.files[copied] = data, whole
		if k, err := s.readSettings(s.ids); err != nil || k.settings.StoreID != id {
			t.Errorf("%s: %v", about, err)
		}
		layer.files[settings], layer.files[copied] = data, data
		if _, err := s.readSettings(s.ids); kindOf(err) != KindDamaged && kindOf(err) != KindIdentityDamaged {
			t.Errorf("both, %s: %v", about, err)
		}
	}
}

// TestSettingsAndCopyAreLost: a store whose settings and copy are lost together is still a store. It must not look like
// one that was never made, or a key would be taken for it.
func TestSettingsAndCopyAreLost(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		settings, copied []byte // nil: missing
		want             Kind
	}{
		"both damaged":              {[]byte("x"), []byte("x"), caseSettings},
		"too large and damaged":     {make([]byte, maxFileBytes+1), []byte("x"), caseSettingsLarge},
		"locked and damaged":        {[]byte(passphraseHeader), []byte("x"), caseSettingsLock},
		"damaged, no copy":          {[]byte("x"), nil, caseSettings},
		"missing, and copy damaged": {nil, []byte("x"), caseSettingsGone},
		"missing, and copy large":   {nil, make([]byte, maxFileBytes+1), caseSettingsGone},
		"both missing":              {nil, nil, caseSettingsGone},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			r := put(t, s, newRecord(companyA))
			for name, data := range map[string][]byte{settingsName: tt.settings, settingsPrevName: tt.copied} {
				must(t, os.Remove(s.in(name)))
				if data != nil {
					writeFile(t, s.in(name), data)
				}
			}
			for name, try := range map[string]func() error{
				"open":   func() error { _, err := Open(cfg); return err },
				"create": func() error { _, err := Create(cfg); return err },
				"probe":  func() error { return probe(cfg) },
			} {
				if err := try(); rowOf(err) != tt.want {
					t.Errorf("%s: %v", name, err)
				}
			}
			if _, err := os.Lstat(r.File); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSizes: the limit holds for what the file system says, and for a file that grows after it said so.
func TestSizes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(tempDir(t), "f")
	d := disk{euid: os.Geteuid()}
	for size, want := range map[int]Kind{maxFileBytes: "", maxFileBytes + 1: KindTooLarge} {
		writeFile(t, path, make([]byte, size))
		info, err := os.Lstat(path)
		must(t, err)
		if err := checkPlain(path, info); kindOf(err) != want {
			t.Errorf("%d bytes on the disk: %v", size, err)
		}
		data, err := d.read(path, func(string, fs.FileInfo, int) error { return nil })
		if kindOf(err) != want || len(data) > maxFileBytes+1 {
			t.Errorf("%d bytes that were not foreseen: %d, %v", size, len(data), err)
		}
	}
	must(t, os.Truncate(path, 4*maxFileBytes))
	if data, _ := d.read(path, func(string, fs.FileInfo, int) error { return nil }); len(data) > maxFileBytes+1 {
		t.Errorf("%d bytes were read", len(data))
	}
}

func TestSavingRepairs(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first, second := putTwice(t, s, companyA)
	before := readFile(t, s.prev(prod+companyA))
	must(t, os.Remove(second.File))
	got, err := s.Get(second.Ref())
	must(t, err)
	if !got.FromPrevious || !got.Key.Equal(first.Key) {
		t.Fatalf("only .prev is left, and Get returned generation %d, from previous %v", got.Generation,
			got.FromPrevious)
	}
	writeFile(t, second.File, []byte("damaged"))
	got.Key = newKey()
	repaired := put(t, s, got)
	if repaired.FromPrevious || repaired.Generation != 3 {
		t.Errorf("repaired to generation %d, from previous %v", repaired.Generation, repaired.FromPrevious)
	}
	if !bytes.Equal(before, readFile(t, s.prev(prod+companyA))) {
		t.Error("the damaged file replaced the good version before it")
	}
}

// TestRemovalOfBoth: a command removes both versions only if both are lost. The identity is never part of it.
func TestRemovalOfBoth(t *testing.T) {
	t.Parallel()
	live := fail(caseBroken, "/srv/a.age")
	for other, want := range map[*Error]int{
		fail(caseBroken, "/srv/a.age.prev"):  2,
		fail(KindIdentityDamaged, "/srv/id"): 0,
		fail(caseReadError, "/srv/a.prev"):   0,
	} {
		var got *Error
		if errors.As(withPrevious(live, other), &got); len(got.Paths) != want {
			t.Errorf("%s: %q", other.Kind, got.Paths)
		}
	}
}

func TestBothDamaged(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	_, second := putTwice(t, s, companyA)
	for _, path := range []string{second.File, s.prev(prod + companyA)} {
		writeFile(t, path, []byte("damaged"))
	}
	_, err := s.Get(second.Ref())
	wantKind(t, err, KindDamaged)
	_, err = s.Put(second)
	wantKind(t, err, KindDamaged)
	must(t, os.Remove(second.File))
	_, err = s.Get(second.Ref())
	wantKind(t, err, KindDamaged)
}

// TestForeignRecord puts whole files, encrypted for our identity, where they do not belong. The version before is not a
// way around.
func TestForeignRecord(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	otherConfig := cfg
	otherConfig.Dir += "-other" // the same identity
	other := create(t, otherConfig)
	staging := newRecord(companyA)
	staging.Env = "staging"
	sources := map[string]struct {
		file string
		want Kind
	}{
		"another company":     {put(t, s, newRecord(companyB)).File, KindOtherRecord},
		"another environment": {put(t, s, staging).File, KindOtherRecord},
		"another store":       {put(t, other, newRecord(companyA)).File, KindOtherStore},
	}
	_, second := putTwice(t, s, companyA)
	for about, source := range sources {
		writeFile(t, second.File, readFile(t, source.file))
		_, err := s.Get(second.Ref())
		if kindOf(err) != source.want {
			t.Errorf("%s: %v", about, err)
		}
		_, err = s.Put(second)
		if kindOf(err) != source.want {
			t.Errorf("%s: Put: %v", about, err)
		}
	}
	must(t, os.Remove(second.File))
	writeFile(t, s.prev(prod+companyA), readFile(t, sources["another company"].file))
	_, err := s.Get(second.Ref())
	wantKind(t, err, KindOtherRecord)
}

// TestRecordText changes the text inside the ciphertext.
func TestRecordText(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	plain := string(unseal(t, s, r.File))
	fingerprint := r.Key.Fingerprint()
	for _, tt := range []struct {
		about, old, new string
		want            Kind
	}{
		{"nothing changed", "", "", ""},
		{"white space at the end", "}", "}\n", ""},
		{"unknown member", `{"format":1`, `{"format":1,"later":{"a":[1]}`, ""},
		{"duplicate name", `{"format":1`, `{"format":1,"key":"canary-other"`, KindDamaged},
		{"duplicate unknown name", `{"format":1`, `{"format":1,"x":1,"x":2`, KindDamaged},
		{"other letter case", `"company_id"`, `"COMPANY_ID"`, KindDamaged},
		{"newer format", `"format":1`, `"format":2`, KindNewer},
		{"newer format of another shape", `"format":1,"store_id":"` + s.settings.StoreID + `"`,
			`"format":9,"store_id":[]`, KindNewer},
		{"format is text", `"format":1`, `"format":"1"`, KindDamaged},
		{"format 1.0", `"format":1`, `"format":1.0`, KindDamaged},
		{"format -1", `"format":1`, `"format":-1`, KindDamaged},
		{"format 0", `"format":1`, `"format":0`, KindDamaged},
		{"huge format", `"format":1`, `"format":99999999999999999999`, KindDamaged},
		{"no format", `"format":1,`, ``, KindDamaged},
		{"null format", `"format":1`, `"format":null`, KindDamaged},
		{"other store", s.settings.StoreID, companyB, KindOtherStore},
		{"other file id", `"file_id":"prod-`, `"file_id":"stg-`, KindOtherRecord},
		{"other environment", `"env":"production"`, `"env":"staging"`, KindOtherRecord},
		{"demo", `"env":"production"`, `"env":"demo"`, KindOtherRecord},
		{"unknown environment", `"env":"production"`, `"env":"x"`, KindDamaged},
		{"other company", `"company_id":"` + companyA, `"company_id":"` + companyB, KindOtherRecord},
		{"generation 0", `"generation":1`, `"generation":0`, KindDamaged},
		{"huge generation", `"generation":1`, `"generation":18446744073709551615`, KindDamaged},
		{"unknown status", `"status":"active"`, `"status":"gone"`, KindDamaged},
		{"no key", r.Key.Reveal(), ``, KindDamaged},
		{"neither key nor fingerprint", `"key":"` + r.Key.Reveal() + `","fingerprint":"` + fingerprint,
			`"key":"","fingerprint":"` + pleoclient.Key{}.Fingerprint(), KindDamaged},
		{"key is null", `"` + r.Key.Reveal() + `"`, `null`, KindDamaged},
		{"key is a number", `"` + r.Key.Reveal() + `"`, `7`, KindDamaged},
		{"other key", r.Key.Reveal(), "canary-other", KindDamaged},
		{"other fingerprint", fingerprint, "SHA256:00000000", KindDamaged},
		{"empty previous", `{"format":1`, `{"format":1,"previous":{}`, KindDamaged},
		{"two values", plain, plain + plain, KindDamaged},
		{"null", plain, "null", KindDamaged},
		{"array", plain, "[]", KindDamaged},
		{"empty", plain, "", KindDamaged},
	} {
		reseal(t, s, r.File, []byte(strings.Replace(plain, tt.old, tt.new, 1)))
		_, err := s.Get(r.Ref())
		if kindOf(err) != tt.want || (tt.want == "") != (err == nil) {
			t.Errorf("%s: %v, want kind %q", tt.about, err, tt.want)
		}
	}
}

func TestUnknownMembersAreKept(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	plain := string(unseal(t, s, r.File))
	reseal(t, s, r.File, []byte(strings.Replace(plain, `{`, `{"later":{"b":1.50,"a":"x"},`, 1)))
	r.CompanyName = "New Name"
	r = put(t, s, r)
	if got := string(unseal(t, s, r.File)); !strings.Contains(got, `"later":{"b":1.50,"a":"x"}`) {
		t.Errorf("the member that a newer version wrote is gone")
	}
}

func TestNewerRecordIsNotReplaced(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	_, r := putTwice(t, s, companyA) // the version before it is readable, and stays unused
	reseal(t, s, r.File, []byte(strings.Replace(string(unseal(t, s, r.File)), `"format":1`, `"format":2`, 1)))
	before := readFile(t, r.File)
	_, err := s.Put(r)
	wantKind(t, err, KindNewer)
	if !bytes.Equal(before, readFile(t, r.File)) {
		t.Error("the newer record was changed")
	}
}

func TestRollback(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first := put(t, s, newRecord(companyA))
	old := readFile(t, first.File)
	second := first
	second.Key = newKey()
	second = put(t, s, second)
	writeFile(t, first.File, old)

	got, err := s.Get(first.Ref())
	must(t, err)
	if !got.RolledBack || got.NewerSeen != 2 || got.NewerSeenAt.IsZero() || !got.Key.Equal(first.Key) {
		t.Errorf("an old copy came back without a warning: %v %d %v", got.RolledBack, got.NewerSeen, got.NewerSeenAt)
	}
	got = put(t, s, got)
	if got.RolledBack || got.Generation <= second.Generation {
		t.Errorf("after saving: rolled back %v, generation %d", got.RolledBack, got.Generation)
	}
}

// TestSeenCannotBreakTheStore damages the marks: they only cost the warning.
func TestSeenCannotBreakTheStore(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "null", "{", `{"generation":-1}`, strings.Repeat(" ", maxFileBytes+1)} {
		s := newTestStore(t)
		r := put(t, s, newRecord(companyA))
		writeFile(t, s.markPath(prod+companyA), []byte(text))
		r = put(t, s, r)
		got, err := s.Get(r.Ref())
		must(t, err)
		if diff := cmp.Diff(r, got); diff != "" || got.RolledBack {
			t.Errorf("marks %.10q: %s", text, diff)
		}
		if mark := s.readMark(prod + companyA); mark.Generation != 2 {
			t.Errorf("marks %.10q were not written again: %v", text, mark)
		}
	}
}

func TestHugeMark(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	path := s.markPath(prod + companyA)
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	writeFile(t, path, []byte(`{"generation":18446744073709551615,"at":"2026-01-01T00:00:00Z"}`))
	if r := put(t, s, newRecord(companyA)); r.Generation != 1 || !r.RolledBack {
		t.Errorf("generation %d, rolled back %v", r.Generation, r.RolledBack)
	}
}

func bothSettings(change func(*testing.T, *Store, string)) func(*testing.T, *Store) {
	return func(t *testing.T, s *Store) {
		change(t, s, s.in(settingsName))
		change(t, s, s.in(settingsPrevName))
	}
}

// TestSettingsCopy: either file alone is enough, and a newer one is not worked around.
func TestSettingsCopy(t *testing.T) {
	t.Parallel()
	for _, name := range []string{settingsName, settingsPrevName} {
		for about, damage := range map[string]func(string) error{
			"gone": os.Remove, "empty": func(p string) error { return os.Truncate(p, 0) },
			"cut": func(p string) error { return os.Truncate(p, 99) },
		} {
			cfg := newConfig(t)
			s := create(t, cfg)
			r := put(t, s, newRecord(companyA))
			must(t, damage(s.in(name)))
			if got, err := create(t, cfg).Get(r.Ref()); err != nil || got.Generation != 1 {
				t.Errorf("%s %s: %v", name, about, err)
			}
		}
	}
	cfg := newConfig(t)
	s := create(t, cfg)
	reseal(t, s, s.in(settingsName), []byte(`{"format":2}`))
	_, err := Open(cfg)
	wantKind(t, err, KindNewer)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		change func(*testing.T, *Store)
		want   Kind
	}{
		"truncated": {bothSettings(func(t *testing.T, _ *Store, path string) {
			writeFile(t, path, readFile(t, path)[:150])
		}), KindDamaged},
		"newer": {bothSettings(func(t *testing.T, s *Store, path string) {
			reseal(t, s, path, []byte(`{"format":2}`))
		}), KindNewer},
		"no store id": {bothSettings(func(t *testing.T, s *Store, path string) {
			reseal(t, s, path, []byte(`{"format":1}`))
		}), KindDamaged},
		"missing": {bothSettings(func(t *testing.T, _ *Store, path string) { must(t, os.Remove(path)) }),
			KindDamaged},
		"no identity": {func(t *testing.T, s *Store) { must(t, os.Remove(s.identity)) }, KindIdentityMissing},
		"bad identity": {func(t *testing.T, s *Store) { writeFile(t, s.identity, []byte("AGE-SECRET-KEY-1CANARY\n")) },
			KindIdentityDamaged},
		"empty": {func(t *testing.T, s *Store) { writeFile(t, s.identity, nil) }, KindIdentityDamaged},
		"oversized identity": {func(t *testing.T, s *Store) {
			writeFile(t, s.identity, append(readFile(t, s.identity), bytes.Repeat([]byte("\n"), maxFileBytes)...))
		}, KindIdentityDamaged},
		"other identity": {func(t *testing.T, s *Store) {
			writeFile(t, s.identity, readFile(t, newTestStore(t).identity))
		}, KindIdentityDamaged},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			put(t, s, newRecord(companyA))
			tt.change(t, s)
			before := files(t, tempRoot(cfg))
			_, err := Open(cfg)
			wantKind(t, err, tt.want)
			_, err = Create(cfg)
			wantKind(t, err, tt.want)
			wantKind(t, probe(cfg), tt.want)
			if diff := cmp.Diff(before, files(t, tempRoot(cfg))); diff != "" {
				t.Errorf("files changed:\n%s", diff)
			}
			if strings.Contains(err.Error(), "CANARY") {
				t.Errorf("the error quotes the identity: %v", err)
			}
		})
	}
}

// TestTwoIdentities: one identity in the file is enough to open the store, and others beside it get no access.
func TestTwoIdentities(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	r := put(t, create(t, cfg), newRecord(companyA))
	fresh, err := newIdentity()
	must(t, err)
	writeFile(t, cfg.Identity, append(readFile(t, cfg.Identity), fresh.String()+"\n"...))
	s := create(t, cfg)
	r = put(t, s, r)
	if _, err := (identities{fresh}).open(readFile(t, r.File)); !errors.Is(err, errMismatch) {
		t.Errorf("an identity beside the store's own opens a record: %v", err)
	}
	r = put(t, create(t, cfg), r)
	hybrid := "AGE-SECRET-KEY-PQ-1" + strings.Repeat("Q", 58)
	writeFile(t, cfg.Identity, []byte(hybrid))
	_, err = Open(cfg)
	wantKind(t, err, KindIdentityDamaged)
}

// TestPassphraseFileIsRefused plants a file that costs memory and time to open: no passphrase kind is ever tried.
func TestPassphraseFileIsRefused(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	writeFile(t, r.File, []byte("age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 22\n"+
		"pFZfOWHkZtpzvWqY4wvHzYTHxNDzJrnYBTOIOHyKSyQ\n--- bxl2mGmxhM3U42Oa5CAMNpBA5oLCJbx+p8HCX4bMMF4\nbody"))
	_, err := s.Get(r.Ref())
	wantKind(t, err, KindPassphrase)
	if errors.Is(err, ErrNotFound) {
		t.Error("a planted file counts as no record")
	}
}
