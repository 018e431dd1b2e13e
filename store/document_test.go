package store

import (
	"encoding/json"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// TestKeyOfDocument: who reads only the member "key" uses the key that a service should use, whatever was saved, and
// finds none as long as there is none.
func TestKeyOfDocument(t *testing.T) {
	t.Parallel()
	keys := map[string]pleoclient.Key{"": {}, "a": newKey(), "b": newKey(), "c": newKey()}
	for _, tt := range []struct {
		steps                  string // a letter is a key; ! makes it active, ? unconfirmed
		key, pending, previous string
	}{
		{"a", "", "a", ""},
		{"a?", "", "a", ""},
		{"a b", "", "b", ""},
		{"a a!", "a", "", ""},
		{"a! b", "a", "b", ""},
		{"a! b?", "a", "b", ""},
		{"a! b c?", "a", "c", ""},
		{"a! a?", "a", "a", ""},
		{"a! b b!", "b", "", "a"},
		{"a! b b! b", "b", "b", "a"},
		{"a! b b! c", "b", "c", "a"},
		{"a! b b! b b!", "b", "", "a"},
		{"a! b b! c c!", "c", "", "b"},
	} {
		s := newTestStore(t)
		r := newRecord(companyA)
		for step := range strings.FieldsSeq(tt.steps) {
			r.Key, r.Status, r.Unconfirmed = keys[step[:1]], StatusPending, strings.HasSuffix(step, "?")
			if strings.HasSuffix(step, "!") {
				r.Status = StatusActive
			}
			newest := r.Key
			if r = put(t, s, r); !r.Key.Equal(newest) || r.Fingerprint != newest.Fingerprint() {
				t.Errorf("%s: the newest key is %s", tt.steps, r.Fingerprint)
			}
		}
		var got map[string]any
		must(t, json.Unmarshal(unseal(t, s, r.File), &got))
		previous, _ := got["previous"].(map[string]any)
		for name, is := range map[string]struct {
			member any
			key    string
		}{
			"key": {got["key"], tt.key}, "pending_key": {got["pending_key"], tt.pending},
			"key in previous": {previous["key"], tt.previous},
		} {
			text, there := is.member.(string)
			if there != (is.key != "") || text != keys[is.key].Reveal() {
				t.Errorf("%s: there is a %s: %t, or it isn't %q", tt.steps, name, there, is.key)
			}
		}
		if key, ok := r.Usable(); ok != (tt.key != "") || !key.Equal(keys[tt.key]) {
			t.Errorf("%s: a service gets %s (%t)", tt.steps, key.Fingerprint(), ok)
		}
	}
}

// TestPendingText changes the text of a pending record inside the ciphertext.
func TestPendingText(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first := put(t, s, newRecord(companyA))
	r := first
	r.Key, r.Status = newKey(), StatusPending
	r = put(t, s, r)
	writeFile(t, s.prev(prod+companyA), nil)
	plain := string(unseal(t, s, r.File))
	inUse := `"key":"` + first.Key.Reveal() + `","fingerprint":"` + first.Fingerprint + `",`
	pending := `"pending_key":"` + r.Key.Reveal() + `","pending_fingerprint":"` + r.Fingerprint + `",`
	for about, change := range map[string][2]string{
		"no pending key":            {pending, ``},
		"another pending key":       {r.Key.Reveal(), "canary-other"},
		"no pending fingerprint":    {`,"pending_fingerprint":"` + r.Fingerprint + `"`, ``},
		"another key":               {`"` + first.Key.Reveal() + `"`, `"canary-other"`},
		"a fingerprint of no key":   {`"key":"` + first.Key.Reveal() + `",`, ``},
		"a key without fingerprint": {`"fingerprint":"` + first.Fingerprint + `",`, ``},
		"a key before none": {
			inUse, `"previous":{"key":"canary-other","generation":1,"retired_at":"2026-03-04T05:06:07Z"},`,
		},
		"active with a pending key": {`"status":"pending"`, `"status":"active"`},
	} {
		text := strings.Replace(plain, change[0], change[1], 1)
		if text == plain {
			t.Fatalf("%s: nothing was changed", about)
		}
		reseal(t, s, r.File, []byte(text))
		if _, err := s.Get(r.Ref()); kindOf(err) != KindDamaged {
			t.Errorf("%s: %v", about, err)
		}
	}
	reseal(t, s, r.File, []byte(strings.Replace(plain, inUse, "", 1)))
	if got, err := s.Get(r.Ref()); err != nil || got.Previous != nil {
		t.Errorf("no key in use: %v", err)
	}
}
