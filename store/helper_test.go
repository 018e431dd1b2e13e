package store

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

const (
	companyA = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	companyB = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93"
)

// newKey returns an invented key that a scan can find.
func newKey() pleoclient.Key { return pleoclient.NewKey("canary-" + rand.Text()) }

// tempDir returns a private directory, regardless of the umask.
func tempDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o700))
	real, err := filepath.EvalSymlinks(dir)
	must(t, err)
	return real
}

// newConfig names places for a store that does not exist yet.
func newConfig(t testing.TB) Config {
	t.Helper()
	return configBelow(tempDir(t))
}

// configBelow names the places of a store below base.
const (
	ledger = "contoso-ledger"
	prod   = "prod-" + ledger + "-" // begins the name of a record
)

func configBelow(base string) Config {
	return Config{
		Dir:      filepath.Join(base, "data", "store"),
		Identity: filepath.Join(base, "config", "identity.txt"),
		Writer:   "pleo-connect/test",
		AnyPlace: true, // tests run in a temporary directory
	}
}

func newTestStore(t testing.TB) *Store {
	t.Helper()
	return create(t, newConfig(t))
}

func create(t testing.TB, cfg Config) *Store {
	t.Helper()
	s, err := Create(cfg)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newRecord(company string) Record {
	return Record{
		Status: StatusActive, Env: "production", Origin: "https://external.pleo.io",
		Integration: Integration{ID: ledger, Name: "Contoso Ledger"},
		CompanyID:   company, CompanyName: "Harbour Lane Bakery ApS", Scopes: []string{"companies:read"},
		Key: newKey(), ValidatedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

func put(t testing.TB, s *Store, r Record) Record {
	t.Helper()
	out, err := s.Put(r)
	must(t, err)
	return out
}

// putTwice leaves a live record of generation 2 and the one before it.
func putTwice(t testing.TB, s *Store, company string) (first, second Record) {
	t.Helper()
	first = put(t, s, newRecord(company))
	second = first
	second.Key = newKey()
	return first, put(t, s, second)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err error, want Kind) {
	t.Helper()
	if kindOf(err) != want {
		t.Fatalf("error %v has kind %q, want %q", err, kindOf(err), want)
	}
	var e *Error
	if errors.As(err, &e) && (texts()[e.row()] == "" || e.Path == "" || strings.HasSuffix(e.Error(), ".")) {
		t.Errorf("error %q of %q lacks a path or a text, or ends with a full stop", e, e.row())
	}
}

// rowOf returns the kind and the case of err, or "".
func rowOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.row()
	}
	return ""
}

// doubtText returns where and why, in one text.
func doubtText(d Doubt) string {
	if !d.Any() {
		return ""
	}
	return d.Path + " " + d.Case
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return data
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o600))
}

// files lists everything below dir, relative to it.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		out = append(out, rel)
		return err
	}))
	return out
}

// reseal encrypts plain under the name of a record, as any holder of the identity could.
func reseal(t testing.TB, s *Store, path string, plain []byte) {
	t.Helper()
	sealed, err := s.current().encrypt(plain)
	must(t, err)
	writeFile(t, path, sealed)
}

func unseal(t testing.TB, s *Store, path string) []byte {
	t.Helper()
	plain, err := s.ids.open(readFile(t, path))
	must(t, err)
	return plain
}

// tempRoot is the directory that holds both places of newConfig.
func tempRoot(cfg Config) string { return filepath.Dir(filepath.Dir(cfg.Identity)) }
