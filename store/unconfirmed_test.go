package store

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

// sealedKeys returns the fingerprints of the keys in a file of the store, in the order in which they are stored.
func sealedKeys(t *testing.T, s *Store, path string) []string {
	t.Helper()
	var out []string
	for _, part := range strings.Split(string(unseal(t, s, path)), `key":"`)[1:] {
		key, _, _ := strings.Cut(part, `"`)
		out = append(out, pleoclient.NewKey(key).Fingerprint())
	}
	return out
}

// TestUnconfirmed goes through what an unconfirmed save can meet and what can follow it, with what a service gets and
// what was there before.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	keys := map[string]pleoclient.Key{"": {}, "a": newKey(), "b": newKey(), "c": newKey(), "d": newKey()}
	for _, tt := range []struct {
		steps  string // a letter is a key; ! makes it active, ? unconfirmed, - undoes
		usable string
		before string
	}{
		{"a?", "", ""},
		{"a? b?", "", ""},
		{"a? a", "", "a"},
		{"a? a a!", "a", "a"},
		{"a? b b!", "b", "b"},
		{"a? -", "", ""},
		{"a!", "a", "a"},
		{"a! b?", "a", "a"},
		{"a! b? c?", "a", "a"},
		{"a! b? c? -", "a", "a"},
		{"a! b? -", "a", "a"},
		{"a! b? - c?", "a", "a"},
		{"a! b? b", "a", "b"},
		{"a! b? b b!", "b", "b"},
		{"a! b! c? -", "b", "b"},
		{"a b?", "", "a"},
		{"a b? -", "", "a"},
		{"a! b c?", "a", "b"},
		{"a! b c? -", "a", "b"},
		{"a! b c? d? - b!", "b", "b"},
	} {
		s := newTestStore(t)
		r := newRecord(companyA)
		gone := false
		for i, step := range strings.Fields(tt.steps) {
			generation := r.Generation
			if step == "-" {
				before, ok := r.Confirmed()
				if gone = !ok; gone {
					must(t, s.Forget(r.Ref(), r.Generation))
					continue
				}
				before.Generation = r.Generation
				r = put(t, s, before)
				must(t, s.Settle(r.Ref(), r.Generation))
			} else {
				r = newRecord(companyA)
				r.Generation, r.Key, r.CompanyName = generation, keys[step[:1]], step
				r.ValidatedAt = r.ValidatedAt.Add(time.Duration(i) * time.Hour)
				r.Status, r.Unconfirmed = StatusPending, strings.HasSuffix(step, "?")
				if strings.HasSuffix(step, "!") {
					r.Status = StatusActive
				}
				r.Before = &Record{Key: newKey()} // ignored
				r = put(t, s, r)
			}
			if r.Generation != generation+1 {
				t.Errorf("%s, step %d: generation %d after %d", tt.steps, i, r.Generation, generation)
			}
		}
		if gone {
			if _, err := s.Get(crashRef); err != ErrNotFound {
				t.Errorf("%s: %v", tt.steps, err)
			}
			continue
		}
		got, err := s.Get(crashRef)
		must(t, err)
		if diff := cmp.Diff(r.Before, got.Before); diff != "" {
			t.Errorf("%s: what was there before was read back otherwise: %s", tt.steps, diff)
		}
		used, _ := got.Usable()
		before, _ := got.Confirmed()
		if !used.Equal(keys[tt.usable]) || !before.Key.Equal(keys[tt.before]) {
			t.Errorf("%s: in use %s, before %s", tt.steps, used.Fingerprint(), before.Key.Fingerprint())
		}
		if tt.before != "" && before.CompanyName[:1] != tt.before {
			t.Errorf("%s: of what was there before, the name is %s", tt.steps, before.CompanyName)
		}
		if last := strings.Fields(tt.steps); last[len(last)-1] == "-" { // the key that was dropped is nowhere
			replaced := ""
			if got.Previous != nil {
				replaced = got.Previous.Key.Fingerprint()
			}
			for _, path := range []string{s.live(prod + companyA), s.prev(prod + companyA)} {
				for _, f := range sealedKeys(t, s, path) {
					if f != used.Fingerprint() && f != before.Key.Fingerprint() && f != replaced {
						t.Errorf("%s: %s holds %s as well", tt.steps, path, f)
					}
				}
			}
		}
	}
}

// TestUnconfirmedIsPending: no service may use a key whose company has not been confirmed.
func TestUnconfirmedIsPending(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := newRecord(companyA)
	r.Unconfirmed = true
	if _, err := s.Put(r); err == nil {
		t.Error("an unconfirmed record was saved as active")
	}
}

// TestBeforeIsChecked: what was there before an unconfirmed save is held to the rules of a record.
func TestBeforeIsChecked(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	first := put(t, s, newRecord(companyA))
	first.Key, first.Status, first.Unconfirmed = newKey(), StatusPending, true
	put(t, s, first)
	live, prev := s.live(prod+companyA), s.prev(prod+companyA)
	must(t, os.Remove(prev))
	whole := string(unseal(t, s, live))
	head, nested, _ := strings.Cut(whole, `"before":{`)
	pending := `"pending_key":"` + first.Key.Reveal() + `","pending_fingerprint":"` + first.Key.Fingerprint() + `"`
	for about, change := range map[string][2]string{
		"no key":                {`"key":"`, `"key":"","x":"`},
		"another company":       {companyA, companyB},
		"another store":         {`"store_id":"`, `"store_id":"0`},
		"a newer generation":    {`"generation":1`, `"generation":2`},
		"an unknown status":     {`"status":"active"`, `"status":"done"`},
		"unconfirmed itself":    {`"status":"active"`, `"status":"pending","unconfirmed":true,` + pending},
		"with something before": {`"status":"active"`, `"status":"active","before":{}`},
	} {
		text := head + `"before":{` + strings.Replace(nested, change[0], change[1], 1)
		if text == whole {
			t.Fatalf("%s: nothing was changed", about)
		}
		reseal(t, s, live, []byte(text))
		if _, err := s.Get(crashRef); err == nil {
			t.Errorf("%s: read", about)
		}
	}
	for about, changes := range map[string][]string{
		"active":    {`"status":"pending"`, `"status":"active"`, pending + `,`, ``},
		"confirmed": {`"unconfirmed":true`, `"unconfirmed":false`},
	} {
		text := strings.NewReplacer(changes...).Replace(head)
		if strings.Contains(text, changes[0]) || strings.Contains(text, changes[len(changes)-2]) {
			t.Fatalf("%s: nothing was changed", about)
		}
		reseal(t, s, live, []byte(text+`"before":{`+nested))
		if _, err := s.Get(crashRef); err == nil {
			t.Errorf("the record itself is %s: read", about)
		}
	}
	reseal(t, s, live, []byte(whole))
	if r, err := s.Get(crashRef); err != nil || r.Before.Generation != 1 {
		t.Errorf("unchanged: %v", err)
	}
}
