package kv

import (
	"errors"
	"testing"

	"pleo-connect/store"
)

// TestDeletedByHand: an entry whose newest version has no contents, and is no removal of ours, is lost.
func TestDeletedByHand(t *testing.T) {
	t.Parallel()
	const name = "prod-contoso-ledger-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	const deleted = `{"data":{"data":null,"metadata":{"deletion_time":"2026-03-04T05:06:07Z","version":3}}}`
	ref, _ := store.RefOf(name)
	f := newFake(t, map[string][]reply{
		"GET secret/data/pleo/" + name: {{status: 404, body: deleted}},
		list:                           {{status: 200, body: `{"data":{"keys":["` + name + `"]}}`}},
	})
	s := NewStore(t.Context(), client(t, f.URL), nil, "test")
	isLost := func(err error) bool {
		var lost *store.LostError
		return errors.As(err, &lost) && lost.Ref == ref && errors.Is(err, store.ErrNotFound)
	}
	if _, err := s.Get(ref); !isLost(err) {
		t.Errorf("reading: %v", err)
	}
	if refs, err := s.Refs(nil); err != nil || len(refs) != 1 {
		t.Errorf("names: %v, %v", refs, err)
	}
	all, err := s.List()
	must(t, err)
	n := 0
	for _, err := range all {
		if n++; !isLost(err) {
			t.Errorf("listing: %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d are listed", n)
	}
}

// TestEmptyPrefix: a prefix below which nothing ever was is no store. One that was proved is, and so is one that can't
// be listed.
func TestEmptyPrefix(t *testing.T) {
	t.Parallel()
	for about, test := range map[string]struct {
		answer reply
		empty  bool
		want   string
	}{
		"nothing":  {reply{status: 404, body: none}, true, ""},
		"proved":   {reply{status: 200, body: `{"data":{"keys":["` + probe + `"]}}`}, false, ""},
		"denied":   {reply{status: 403, body: denied}, false, ""},
		"no Vault": {page(404), false, unexpected},
	} {
		f := newFake(t, map[string][]reply{list: {test.answer}})
		c, err := NewStore(t.Context(), client(t, f.URL), nil, "test").Condition()
		if c.Empty != test.empty || row(err) != test.want {
			t.Errorf("%s: %+v, %v", about, c, err)
		}
	}
}
