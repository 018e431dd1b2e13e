package store

import (
	"bytes"
	"compress/zlib"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"
)

// vector is one of age's public test vectors: a good or a bad file, and what opens it.
type vector struct {
	name       string
	file       []byte
	identities []string
	expect     string
}

// vectors returns all of them. None at all is a failure: a test without seeds passes on nothing.
func vectors(tb testing.TB) []vector {
	tb.Helper()
	entries, err := fs.ReadDir(agetest.Vectors, ".")
	must(tb, err)
	var out []vector
	for _, e := range entries {
		text, err := fs.ReadFile(agetest.Vectors, e.Name())
		must(tb, err)
		out = append(out, parseVector(tb, e.Name(), text))
	}
	if len(out) < 100 {
		tb.Fatalf("only %d test vectors", len(out))
	}
	return out
}

// parseVector reads "name: value" lines, and behind an empty line the file.
func parseVector(tb testing.TB, name string, text []byte) vector {
	tb.Helper()
	head, file, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		tb.Fatalf("%s has no file", name)
	}
	v := vector{name: name, file: file}
	for line := range strings.Lines(string(head)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "identity":
			v.identities = append(v.identities, value)
		case "expect":
			v.expect = value
		case "compressed":
			v.file = inflate(tb, file)
		}
	}
	return v
}

func inflate(tb testing.TB, data []byte) []byte {
	tb.Helper()
	r, err := zlib.NewReader(bytes.NewReader(data))
	must(tb, err)
	out, err := io.ReadAll(r)
	must(tb, err)
	return out
}

// vectorIdentity is the identity that opens most of the good vectors.
func vectorIdentity(tb testing.TB) identities {
	tb.Helper()
	for _, v := range vectors(tb) {
		if v.name == "x25519" {
			ids, err := parseIdentities(v.name, []byte(v.identities[0]))
			must(tb, err)
			return ids
		}
	}
	tb.Fatal("no vector x25519")
	return nil
}

// TestVectorsAreNotRecords puts every test vector in the place of a record. All of them are an error, for little
// memory: a planted file must not make us derive a key from a passphrase. The test is not parallel because it
// counts what is allocated.
func TestVectorsAreNotRecords(t *testing.T) { //nolint:paralleltest // see above
	const most = 2 << 20
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	for _, v := range vectors(t) {
		writeFile(t, r.File, v.file)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := s.Get(r.Ref())
		runtime.ReadMemStats(&after)
		switch kindOf(err) {
		case KindDamaged, KindTooLarge, KindPassphrase:
		default:
			t.Errorf("%s: %v", v.name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%s took %d bytes of memory", v.name, used)
		}
	}
}

// TestVectorsWithTheirIdentities opens the vectors with what opens them. A good one at most turns out to be no record.
func TestVectorsWithTheirIdentities(t *testing.T) {
	t.Parallel()
	good := 0
	for _, v := range vectors(t) {
		ids, err := parseIdentities(v.name, []byte(strings.Join(v.identities, "\n")))
		if err != nil || len(v.file) > maxFileBytes {
			continue // for another kind of identity, or a file that is never read
		}
		plain, err := ids.open(v.file)
		armored := bytes.Contains(v.file, []byte("BEGIN AGE"))
		if (err == nil) != (v.expect == "success" && !armored) {
			t.Errorf("%s: %v, and it should be %s", v.name, err, v.expect)
		}
		if err != nil {
			continue
		}
		good++
		if _, err := decode(plain); err != errNotRecord { //nolint:errorlint // never wrapped
			t.Errorf("%s: its text is taken for a record: %v", v.name, err)
		}
	}
	if good < 5 {
		t.Errorf("only %d good vectors were opened", good)
	}
}

// TestVectorIdentities: of all identities that age knows, only its own plain kind opens a store.
func TestVectorIdentities(t *testing.T) {
	t.Parallel()
	plain, refused := 0, 0
	for _, v := range vectors(t) {
		for _, text := range v.identities {
			_, want := age.ParseX25519Identity(text)
			_, err := parseIdentities(v.name, []byte(text))
			if (err == nil) != (want == nil) {
				t.Errorf("%s: %v", v.name, err)
			}
			if err == nil {
				plain++
			} else {
				refused++
			}
		}
	}
	if plain == 0 || refused == 0 {
		t.Errorf("%d identities were accepted, %d refused", plain, refused)
	}
}
