package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func newTestSealer(t *testing.T, identity string) *Sealer {
	t.Helper()
	s, err := NewSealer(Config{Identity: identity})
	must(t, err)
	return s
}

// TestSealer: what it seals, it opens, and so does the age command. Nothing else does.
func TestSealer(t *testing.T) {
	t.Parallel()
	base := tempDir(t)
	path := filepath.Join(base, "config", "identity.txt")
	s := newTestSealer(t, path)
	must(t, s.Check())
	if left := files(t, base); len(left) != 1 {
		t.Errorf("Check left %q", left)
	}
	if _, err := s.Seal([]byte("x")); kindOf(err) != KindIdentityMissing {
		t.Errorf("sealed without an identity: %v", err)
	}
	must(t, s.Make())
	before := string(readFile(t, path))
	must(t, newTestSealer(t, path).Make())
	if string(readFile(t, path)) != before {
		t.Error("the identity was made again")
	}
	text, err := s.Seal([]byte("canary"))
	must(t, err)
	if strings.Contains(text, "canary") || !strings.HasPrefix(text, "-----BEGIN AGE ENCRYPTED FILE-----\n") {
		t.Errorf("sealed: %s", text)
	}
	plain, err := newTestSealer(t, path).Open("here", text)
	if must(t, err); string(plain) != "canary" {
		t.Errorf("opened: %q", plain)
	}
	other := newTestSealer(t, filepath.Join(base, "other", "identity.txt"))
	must(t, other.Make())
	if _, err := other.Open("here", text); rowOf(err) != caseOtherIdentity {
		t.Errorf("opened with another identity: %v", err)
	}
	for _, bad := range []string{"", "x", text[:len(text)/2], strings.Replace(text, "\nY", "\nZ", 1)} {
		if _, err := s.Open("here", bad); kindOf(err) != KindDamaged {
			t.Errorf("opened %q: %v", bad, err)
		}
	}
	age, err := exec.LookPath("age")
	if err != nil {
		t.Skip("there is no age command")
	}
	cmd := exec.Command(age, "-d", "-i", path)
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "canary" {
		t.Errorf("age: %v\n%s", err, out)
	}
}

// TestSealerRefuses an identity that others can read, before it seals anything with it.
func TestSealerRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(tempDir(t), "identity.txt")
	s := newTestSealer(t, path)
	must(t, s.Make())
	must(t, os.Chmod(path, 0o644))
	if _, err := s.Seal([]byte("x")); kindOf(err) != KindTooOpen {
		t.Errorf("sealed: %v", err)
	}
	if err := s.Check(); kindOf(err) != KindTooOpen {
		t.Errorf("checked: %v", err)
	}
	if _, err := NewSealer(Config{Identity: "identity.txt"}); err == nil {
		t.Error("a relative path was accepted")
	}
}
