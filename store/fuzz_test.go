package store

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient/textfile"
)

// FuzzRecordText feeds decrypted text to the decoder. What it accepts survives a round, and no error quotes the text.
func FuzzRecordText(f *testing.F) {
	fileID := prod + companyA
	seed := newRecord(companyA).next(nil, newRecord(companyA).ValidatedAt)
	seed.StoreID, seed.FileID = companyB, fileID
	plain, err := seed.Encode()
	must(f, err)
	f.Add(plain)
	f.Add(bytes.Replace(plain, []byte(`{`), []byte(`{"later":[{"a":null}],`), 1))
	f.Add(bytes.Replace(plain, []byte(`{`), []byte(`{"key":"canary-twice",`), 1))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		d, err := decode(plain)
		if err != nil {
			if len(err.Error()) > 40 {
				t.Fatalf("%v", err)
			}
			return
		}
		if d.check(companyB, fileID) != nil {
			return
		}
		again, err := d.Encode()
		if err != nil {
			return // a time beyond the year 9999
		}
		back, err := decode(again)
		must(t, err)
		if diff := cmp.Diff(d.record(), back.record()); diff != "" {
			t.Fatalf("a record changed on rewrite:\n%s", diff)
		}
	})
}

// FuzzRecordOpen feeds file contents to the reader. Nothing that the identity did not seal is ever accepted.
func FuzzRecordOpen(f *testing.F) {
	id, err := newIdentity()
	must(f, err)
	ids := identities{id}
	sealed, err := ids.sealTo([]byte(`{"format":1}`), id.Recipient())
	must(f, err)
	f.Add(sealed)
	f.Add(sealed[:len(sealed)-1])
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Add([]byte("age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 22\n" +
		"pFZfOWHkZtpzvWqY4wvHzYTHxNDzJrnYBTOIOHyKSyQ\n--- bxl2\n"))
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\n"))
	for _, v := range vectors(f) {
		if len(v.file) <= maxFileBytes { // what is longer is never opened
			f.Add(v.file)
		}
	}
	public := vectorIdentity(f) // reaches the text of the good vectors
	f.Fuzz(func(t *testing.T, data []byte) {
		plain, err := ids.open(data)
		if err == nil && !bytes.Equal(data, sealed) {
			t.Fatalf("%d bytes were accepted as %q", len(data), plain)
		}
		plain, err = public.open(data)
		if want, wantErr := openWithAge(data, public[0]); (err == nil) != (wantErr == nil) ||
			err == nil && !bytes.Equal(plain, want) {
			t.Fatalf("%q, %v; age gives %q, %v", plain, err, want, wantErr)
		}
		if err == nil {
			if _, err = decode(plain); err == nil {
				t.Fatalf("%q was taken for a record", plain)
			}
		}
	})
}

// FuzzIdentityParse feeds text to the reader of identities. No error quotes it.
func FuzzIdentityParse(f *testing.F) {
	id, err := newIdentity()
	must(f, err)
	f.Add("# comment\n" + id.String() + "\n")
	f.Add(id.String() + "\n" + id.String())
	f.Add(strings.ToLower(id.String()))
	f.Add("AGE-SECRET-KEY-1CANARY")
	f.Add("AGE-PLUGIN-EVIL-1QQQQ")
	for _, v := range vectors(f) {
		f.Add(strings.Join(v.identities, "\n"))
	}
	f.Add("")
	dir := tempDir(f)
	f.Fuzz(func(t *testing.T, text string) {
		ids, err := parseIdentities(dir, []byte(text))
		if (err == nil) != (len(ids) > 0) {
			t.Fatalf("%d identities and %v", len(ids), err)
		}
		want := badIdentity(dir)
		if fault := textfile.CheckUTF8([]byte(text)); fault != nil {
			want = noText(dir, fault)
		}
		if err != nil && err.Error() != want.Error() {
			t.Fatalf("%v", err)
		}
	})
}
