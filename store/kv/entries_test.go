package kv

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
	"pleo-connect/store/kv/kvtest"
)

func newRecord(key string) store.Record {
	return store.Record{
		Status: store.StatusActive, Env: "production", Origin: "https://external.pleo.io",
		Integration: store.Integration{ID: "contoso-ledger", Name: "Contoso Ledger"},
		CompanyID:   "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5", CompanyName: "Harbour Lane Bakery ApS",
		Scopes: []string{"companies:read"}, ValidatedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Key: pleoclient.NewKey(key),
	}
}

// TestVaultKeepsNoRetiredKey looks at every version that the engine has of a record.
func TestVaultKeepsNoRetiredKey(t *testing.T) {
	c := kvtest.Start(t)
	prefix := c.Prefix(t)
	records := store.NewRecords(entries{t.Context(), engine(t, c, 0, c.RootToken, c.KV+"/"+prefix), nil}, "test")
	r := newRecord("canary-one")
	for _, key := range []string{"canary-one", "canary-two", "canary-three"} {
		r.Key = pleoclient.NewKey(key)
		saved, err := records.Put(r)
		must(t, err)
		r.Generation = saved.Generation
	}
	path := c.KV + "/data/" + prefix + "/prod-contoso-ledger-" + r.CompanyID
	if got := keysIn(t, c, path); !slices.Equal(got, []string{"canary-two", "canary-three"}) {
		t.Errorf("before it is settled: %q", got)
	}
	must(t, records.Settle(r.Ref(), r.Generation))
	if got := keysIn(t, c, path); !slices.Equal(got, []string{"canary-three"}) {
		t.Errorf("settled: %q", got)
	}
	must(t, records.Forget(r.Ref(), r.Generation))
	if got := keysIn(t, c, path); got != nil {
		t.Errorf("removed: %q", got)
	}
	left, _ := c.Read(t, path)["data"].(map[string]any)
	if left["removed"] != true || left["format"] != 1.0 || left["removed_at"] == nil || len(left) != 4 {
		t.Errorf("what is left is %v", left)
	}
	must(t, records.Forget(r.Ref(), r.Generation))
}

// keysIn returns the keys in all versions of an entry, the oldest first.
func keysIn(t *testing.T, c *kvtest.Cluster, path string) (keys []string) {
	for n := range 8 {
		data, _ := c.Read(t, fmt.Sprintf("%s?version=%d", path, n+1))["data"].(map[string]any)
		if key, ok := data["key"].(string); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// TestForeignEntries meets objects that are none of ours. They are neither read nor replaced.
func TestForeignEntries(t *testing.T) {
	t.Parallel()
	const (
		name   = "prod-contoso-ledger-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
		armour = `-----BEGIN AGE ENCRYPTED FILE-----\nx\n-----END AGE ENCRYPTED FILE-----`
	)
	for object, want := range map[string]string{
		`{}`:                       "store_engine_entry/foreign",
		`{"password":"canary"}`:    "store_engine_entry/foreign",
		`{"format":"1"}`:           "store_engine_entry/foreign",
		`{"format":1}`:             "store_engine_entry/foreign",
		`{"format":1,"age":7}`:     "store_damaged/entry",
		`{"format":2,"age":["x"]}`: "store_engine_entry/newer",
		`{"format":1,"age":"x"}`:   "store_damaged/entry",
		`{"removed":true}`:         "store_engine_entry/foreign",
		`{"format":2,"x":"y"}`:     "store_engine_entry/newer",
		`{"format":1,"removed":1}`: "store_damaged/entry",

		`{"format":1,"age":"-----BEGIN AGE ENCRYPTED FILE-----\nx"}`: "store_damaged/entry",
		`{"format":"1","company_id":7,"fingerprint":"x"}`:            "store_damaged/entry",
		`{"format":1,"generation":1,"key":7}`:                        "store_damaged/entry",
		`{"format":1,"generation":1,"key":"canary"}`:                 "store_other_record/entry",
		`{"format":1,"generation":1,"file_id":"x","store_id":"x"}`:   "store_other_record/entry",

		`{"format":1,"age":"` + armour + `"}`: "store_engine_entry/sealed",
	} {
		f := newFake(t, map[string][]reply{
			"GET secret/data/pleo/" + name: {{status: 200, body: version(3, object)}},
			list:                           {{status: 200, body: `{"data":{"keys":["` + name + `"]}}`}},
		})
		e := (entries{t.Context(), client(t, f.URL), nil})
		_, err := e.Get(name)
		if row(err) != want {
			t.Errorf("%s: %v", object, err)
		}
		ref, _ := store.RefOf(name)
		if err := store.NewRecords(e, "test").Forget(ref, 3); row(err) != want {
			t.Errorf("%s: removing: %v", object, err)
		}
		all, err := e.List()
		if err != nil || len(all) != 1 || all[0].Name != name || all[0].Err != nil {
			t.Errorf("%s: listing: %v, %v", object, all, err)
		}
		for _, r := range f.asked {
			if r.Method != "GET" {
				t.Errorf("%s: %s %s", object, r.Method, r.URL.Path)
			}
		}
	}
}

// TestForeignNames lists names that lead elsewhere, and asks for none of them.
func TestForeignNames(t *testing.T) {
	t.Parallel()
	f := newFake(t, map[string][]reply{
		list: {{status: 200, body: `{"data":{"keys":["..","a b","a%2fb","a?x","folder/","` + probe + `"]}}`}},
	})
	all, err := (entries{t.Context(), client(t, f.URL), nil}).List()
	must(t, err)
	if len(all) != 4 {
		t.Errorf("%v", all)
	}
	for _, l := range all {
		if row(l.Err) != "store_engine_entry" {
			t.Errorf("%q: %v", l.Name, l.Err)
		}
	}
	for _, r := range f.asked {
		if strings.Contains(r.URL.Path, "/data/") {
			t.Errorf("asked for %s", r.URL)
		}
	}
}

// TestVaultRefusedRemoval has policies that lack one of the rights a removal needs. The record stays as it is, and so
// does what its entry keeps.
func TestVaultRefusedRemoval(t *testing.T) {
	t.Parallel()
	c := kvtest.Start(t)
	for lacks, want := range map[string]string{
		"data": "store_engine_denied/remove", "metadata": "store_engine_denied/remove",
		"destroy": "store_engine_denied/destroy",
	} {
		prefix := c.Prefix(t)
		path := c.KV + "/" + prefix
		rules := fmt.Sprintf("path %q { capabilities = [\"read\"] }\n", c.KV+"/data/"+prefix+"/*")
		for _, may := range []string{"data", "metadata", "destroy"} {
			if may != lacks {
				rules += fmt.Sprintf("path %q { capabilities = [\"create\", \"read\", \"update\"] }\n",
					c.KV+"/"+may+"/"+prefix+"/prod-*")
			}
		}
		c.Policy(t, prefix, rules)
		records := store.NewRecords(entries{t.Context(), engine(t, c, 0, c.RootToken, path), nil}, "test")
		r, err := records.Put(newRecord("canary-refused"))
		must(t, err)
		weak := engine(t, c, 0, c.Token(t, time.Hour, prefix), path)
		err = store.NewRecords(entries{t.Context(), weak, nil}, "test").Forget(r.Ref(), r.Generation)
		if row(err) != want || errors.Is(err, store.ErrUnsure) {
			t.Errorf("without %s: %v", lacks, err)
		}
		if got, err := records.Get(r.Ref()); err != nil || !got.Key.Equal(r.Key) || got.Generation != r.Generation {
			t.Errorf("without %s: %v is there, %v", lacks, got.Generation, err)
		}
		about := c.Read(t, c.KV+"/metadata/"+prefix+"/prod-contoso-ledger-"+r.CompanyID)
		if about["max_versions"] != float64(maxVersions) {
			t.Errorf("without %s: %v versions are kept", lacks, about["max_versions"])
		}
		must(t, records.Forget(r.Ref(), r.Generation))
	}
}

// TestVaultDeletedByHand: what someone deleted with the engine's own program is not begun anew, and comes back with
// undelete only until it is removed.
func TestVaultDeletedByHand(t *testing.T) {
	t.Parallel()
	c := kvtest.Start(t)
	prefix := c.Prefix(t)
	records := store.NewRecords(entries{t.Context(), engine(t, c, 0, c.RootToken, c.KV+"/"+prefix), nil}, "test")
	r, err := records.Put(newRecord("canary-by-hand"))
	must(t, err)
	r, err = records.Put(r)
	must(t, err)
	name := prefix + "/prod-contoso-ledger-" + r.CompanyID
	c.Write(t, c.KV+"/delete/"+name, map[string]any{"versions": []int{2}})
	must(t, records.Forget(r.Ref(), r.Generation))
	c.Write(t, c.KV+"/undelete/"+name, map[string]any{"versions": []int{1, 2}})
	if _, err := records.Get(r.Ref()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after undelete: %v", err)
	}
	if r, err = records.Put(newRecord("canary-anew")); err != nil || r.Generation <= 2 {
		t.Errorf("generation %d, %v", r.Generation, err)
	}
}

// TestUncertain loses the answers to a save, and then cannot look: what is known about it is said.
func TestUncertain(t *testing.T) {
	t.Parallel()
	r := newRecord("canary-uncertain")
	at := "secret/data/pleo/prod-contoso-ledger-" + r.CompanyID
	f := newFake(t, map[string][]reply{
		"GET " + at:  {{status: 404, body: none}, page(504)},
		"POST " + at: {page(502)},
		"POST secret/metadata/pleo/prod-contoso-ledger-" + r.CompanyID: {{status: 204}},
	})
	_, err := NewStore(t.Context(), client(t, f.URL), nil, "test").Put(r)
	var e *store.Error
	if !errors.As(err, &e) || e.Kind != store.KindEngineUncertain || e.Reason != "HTTP 502" {
		t.Errorf("%+v", err)
	}
}

// TestReadsOnce counts what is read: each entry once for a list, those that fit for names, and one alone for itself.
func TestReadsOnce(t *testing.T) {
	t.Parallel()
	const first, second, gone = "prod-contoso-ledger-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5",
		"prod-contoso-ledger-9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93",
		"stg-contoso-ledger-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	f := newFake(t, map[string][]reply{
		list: {{status: 200, body: fmt.Sprintf(`{"data":{"keys":[%q,%q,%q]}}`, first, second, gone)}},

		"GET secret/data/pleo/" + first:  {{status: 200, body: version(3, `{"format":9}`)}},
		"GET secret/data/pleo/" + second: {{status: 200, body: version(3, `{"format":9}`)}},
		"GET secret/data/pleo/" + gone:   {{status: 200, body: version(3, `{"format":1,"removed":true}`)}},
	})
	s := NewStore(t.Context(), client(t, f.URL), nil, "test")
	asked := func(do func()) (lists, reads int) {
		before := len(f.requests())
		do()
		for _, r := range f.requests()[before:] {
			if strings.Contains(r.URL.Path, "/metadata/") {
				lists++
			}
			if strings.Contains(r.URL.Path, "/data/") {
				reads++
			}
		}
		return lists, reads
	}
	company := func(ref store.Ref) bool { return ref.CompanyID[0] == '9' }
	ref, _ := store.RefOf(first)
	for name, test := range map[string]struct {
		do           func()
		lists, reads int
	}{
		"a list": {func() {
			all, err := s.List()
			must(t, err)
			n := 0
			for _, err := range all {
				if n++; row(err) != "store_engine_entry/newer" {
					t.Error(err)
				}
			}
			if n != 2 {
				t.Errorf("%d records", n)
			}
		}, 1, 3},
		"names": {func() {
			if refs, err := s.Refs(company); err != nil || len(refs) != 1 || refs[0].CompanyID[0] != '9' {
				t.Errorf("%v, %v", refs, err)
			}
		}, 1, 1},
		"one": {func() { _, _ = s.Get(ref) }, 0, 1},
	} {
		if lists, reads := asked(test.do); lists != test.lists || reads != test.reads {
			t.Errorf("%s: listed %d times, and read %d entries", name, lists, reads)
		}
	}
}

// TestVaultKilledRemoval kills a computer before each request of a removal. The record is whole then, or no version
// holds a key any more; another computer removes the rest.
func TestVaultKilledRemoval(t *testing.T) {
	t.Parallel()
	c := kvtest.Start(t)
	for requests := 0; ; requests++ {
		prefix := c.Prefix(t)
		path := c.KV + "/" + prefix
		records := store.NewRecords(entries{t.Context(), engine(t, c, 0, c.RootToken, path), nil}, "test")
		r, err := records.Put(newRecord("canary-before"))
		must(t, err)
		r.Key = pleoclient.NewKey("canary-newest")
		r, err = records.Put(r)
		must(t, err)
		dying := engine(t, c, 0, c.RootToken, path)
		_, err = dying.Read(t.Context(), "another") // the node and the mount are known
		must(t, err)
		ctx, kill := context.WithCancel(t.Context())
		left := requests
		dying.transport.Proxy = func(*http.Request) (*url.URL, error) {
			if left--; left < 0 {
				kill()
			}
			return nil, ctx.Err()
		}
		done := store.NewRecords(entries{ctx, dying, nil}, "test").Forget(r.Ref(), r.Generation)
		kill()
		at := c.KV + "/data/" + prefix + "/prod-contoso-ledger-" + r.CompanyID
		got, err := records.Get(r.Ref())
		whole := err == nil && got.Key.Equal(r.Key) && got.Generation == r.Generation
		removed := errors.Is(err, store.ErrNotFound)
		keys := keysIn(t, c, at)
		both := slices.Equal(keys, []string{"canary-before", "canary-newest"})
		newest := slices.Equal(keys, []string{"canary-newest"})
		if whole != (both || newest) || whole && done == nil || removed != (keys == nil) || whole == removed {
			t.Errorf("after %d requests: %v, and there are %q; the removal said %v", requests, err, keys, done)
		}
		must(t, records.Forget(r.Ref(), r.Generation))
		if _, err := records.Get(r.Ref()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after %d requests and another removal: %v", requests, err)
		}
		object, _ := c.Read(t, at)["data"].(map[string]any)
		if keys := keysIn(t, c, at); keys != nil || object["removed"] != true || object["generation"] != 2.0 {
			t.Errorf("after %d requests and another removal, there are %q, and the newest is %v",
				requests, keys, object)
		}
		if done == nil {
			if requests < 4 {
				t.Errorf("a removal has only %d requests", requests)
			}
			return
		}
	}
}
