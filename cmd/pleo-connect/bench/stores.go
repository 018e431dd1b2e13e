package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	sealing "filippo.io/age"
)

// manyRecords is how many connections a large customer's computer has.
const manyRecords = 10_000

// companyID is what tells a record from others: in its name and in its text.
var companyID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// stores are the homes of one build with a key store of one record, and with one of many.
type stores struct{ one, many string }

// makeStores connects the first company with the build itself, because only that knows its formats, and copies what it
// saved.
func (b *bench) makeStores(p program) (s stores, err error) {
	for _, home := range []*string{&s.one, &s.many} {
		*home = b.home()
		if err = errors.Join(os.MkdirAll(filepath.Join(*home, "tmp"), 0o700), b.connectFirst(p, *home)); err != nil {
			return s, err
		}
	}
	return s, multiply(s.many, manyRecords)
}

func (b *bench) connectFirst(p program, home string) error {
	at, err := b.at.another()
	if err != nil {
		return err
	}
	defer at.close()
	_, _, err = p.headless(home, at.pleo).run(home)
	return err
}

// multiply makes n of the one record in a home, each of a company of its own, and of what remembers it beside the
// identity. Nothing is flushed.
func multiply(home string, n int) error {
	record, identity, err := recordIn(home)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(identity)
	if err != nil {
		return err
	}
	opened, err := sealing.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return err
	}
	own, ok := opened[0].(*sealing.X25519Identity)
	if !ok {
		return fmt.Errorf("%s has an identity of another kind", identity)
	}
	sealed, err := os.ReadFile(record)
	if err != nil {
		return err
	}
	plain, err := sealing.Decrypt(bytes.NewReader(sealed), own)
	if err != nil {
		return err
	}
	document, err := io.ReadAll(plain)
	if err != nil {
		return err
	}
	first := companyID.FindString(filepath.Base(record))
	seen, err := filepath.Glob(filepath.Join(home, "config", "seen", "*", "*"+first+"*"))
	if err != nil || first == "" {
		return errors.Join(err, errors.New("the record is not named for its company"))
	}
	for i := 1; i < n; i++ {
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i)
		sealed, err := seal(bytes.ReplaceAll(document, []byte(first), []byte(id)), own.Recipient())
		if err == nil {
			err = os.WriteFile(strings.ReplaceAll(record, first, id), sealed, 0o600)
		}
		for _, file := range seen {
			err = errors.Join(err, copyFile(strings.ReplaceAll(file, first, id), file, 0o600))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func seal(text []byte, to sealing.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := sealing.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}

// recordIn returns the only record in the key store of a home, and the identity that opens it.
func recordIn(home string) (record, identity string, err error) {
	found, err := filepath.Glob(filepath.Join(home, "store", "installations", "*.age"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%d records in %s", len(found), home)
	}
	if err != nil {
		return "", "", err
	}
	return found[0], filepath.Join(home, "config", "identity.txt"), nil
}
