package store

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// secretsOf lists every form in which the keys, the identity and the recipient must never be seen.
func secretsOf(s *Store, records ...Record) []string {
	var out []string
	add := func(secret string) {
		out = append(out, secret, base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
			base64.StdEncoding.EncodeToString([]byte(secret+":")))
	}
	for _, r := range records {
		add(r.Key.Reveal())
	}
	for _, id := range s.ids {
		add(id.String())
		add(id.Recipient().String())
	}
	return out
}

// TestNothingPlainHoldsASecret scans all files of both directories, the identity apart.
func TestNothingPlainHoldsASecret(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	first, second := putTwice(t, s, companyA)
	for _, rel := range files(t, tempRoot(cfg)) {
		path := filepath.Join(tempRoot(cfg), rel)
		if info, err := os.Lstat(path); err != nil || info.IsDir() {
			continue
		}
		data := readFile(t, path)
		for i, secret := range secretsOf(s, first, second) {
			if bytes.Contains(data, []byte(secret)) && (path != s.identity || secret != s.ids[0].String()) {
				t.Errorf("%s holds secret %d", rel, i)
			}
		}
		if !strings.HasSuffix(path, ".json") && bytes.Contains(data, []byte("Harbour Lane")) {
			t.Errorf("%s holds the company's name", rel)
		}
	}
}

// TestNoErrorHoldsASecret collects errors of all kinds, with everything that is wrong with a readable record.
func TestNoErrorHoldsASecret(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	plain := string(unseal(t, s, r.File))
	sealed, identity := readFile(t, r.File), readFile(t, s.identity)
	var errs []error
	note := func(err error) {
		if err == nil {
			t.Error("no error where one was wanted")
		}
		errs = append(errs, err)
	}
	for cut := 0; cut < len(plain); cut += 11 {
		reseal(t, s, r.File, []byte(plain[:cut]))
		_, err := s.Get(r.Ref())
		note(err)
	}
	reseal(t, s, r.File, []byte(strings.Replace(plain, `{`, `{"key":"`+r.Key.Reveal()+`",`, 1)))
	_, err := s.Get(r.Ref())
	note(err)
	bad := r
	bad.CompanyName = "\xff"
	_, err = s.Put(bad)
	note(err)
	bad.Status = r.Key.Reveal()
	_, err = s.Put(bad)
	note(err)
	writeFile(t, r.File, sealed)
	s.fs = &faulty{fsys: s.fs, failOn: "write temp", err: syscall.ENOSPC}
	_, err = s.Put(r)
	note(err)
	for cut := 0; cut < len(identity)-1; cut += 3 {
		writeFile(t, s.identity, append(bytes.Clone(identity[:cut]), 'x'))
		if _, err := s.loadIdentity(nil); err != nil {
			errs = append(errs, err)
		}
	}
	secrets := secretsOf(s, r)
	for _, err := range errs {
		text := fmt.Sprintf("%v %+v %#v %q", err, err, err, err)
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Fatal("an error shows a secret")
			}
		}
	}
	if text := fmt.Sprintf("%v %+v %#v", r, r, &r); strings.Contains(text, r.Key.Reveal()) {
		t.Error("a printed record shows its key")
	}
}
