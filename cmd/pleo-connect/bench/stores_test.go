package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	sealing "filippo.io/age"
)

// TestMultiply: each copy is named for a company of its own, in its text too, and can be opened.
func TestMultiply(t *testing.T) {
	t.Parallel()
	const company, third = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5", "00000002-0000-4000-8000-000000000002"
	home := t.TempDir()
	identity, err := sealing.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal([]byte(company+" and "+company), identity.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"store/installations/prod-x-" + company + ".age": string(sealed),
		"config/identity.txt":                            identity.String() + "\n",
		"config/seen/1/prod-x-" + company + ".json":      "{}",
	} {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := multiply(home, 3); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]int{"store/installations/*": 3, "config/seen/1/*": 3} {
		if found, _ := filepath.Glob(filepath.Join(home, pattern)); len(found) != want {
			t.Errorf("%s: %q, want %d", pattern, found, want)
		}
	}
	last, err := os.ReadFile(filepath.Join(home, "store/installations/prod-x-"+third+".age"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := sealing.Decrypt(bytes.NewReader(last), identity)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(plain); err != nil || string(text) != third+" and "+third {
		t.Errorf("the last record holds %q: %v", text, err)
	}
}
