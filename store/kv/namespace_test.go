package kv

import (
	"errors"
	"testing"

	"pleo-connect/store"
	"pleo-connect/store/kv/kvtest"
)

// TestNamespace asks engines with namespaces and without, and sends nothing that writes to one that ignores ours.
func TestNamespace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		namespace string
		ignores   bool
		other     reply // of the mount in the namespace that isn't there
		want      string
	}{
		"none wanted":   {"", true, reply{}, ""},
		"one there":     {"team", false, reply{}, ""},
		"ignored":       {"team", true, reply{}, "store_engine_namespace/ignored"},
		"another token": {"team", true, reply{status: 403, body: badAuth}, ""},
		"nothing said":  {"team", true, reply{status: 404, body: none}, ""},
		"too often":     {"team", true, page(429), "store_engine_quota/rate"},
		"no engine":     {"team", true, page(404), "store_engine_unexpected"},
		"cut":           {"team", true, reply{cut: true}, "store_engine_down/cut"},
	} {
		answers := []reply{{status: 200, body: mounted}}
		if test.other.status > 0 || test.other.cut {
			answers = append(answers, test.other)
		}
		f := newFake(t, map[string][]reply{mounts: answers, post: {{status: 200, body: written(1)}}})
		f.ignores = test.ignores
		err := calls[post](t, client(t, f.URL, func(c *Config) { c.Namespace = test.namespace }))
		if row(err) != test.want || (f.count(post) > 0) != (err == nil) {
			t.Errorf("%s: %v, and %d writes", name, err, f.count(post))
		}
	}
}

// TestVaultNamespace asks for a namespace that the engine hasn't, in one of the two ways.
func TestVaultNamespace(t *testing.T) {
	t.Parallel()
	c := kvtest.Start(t)
	kv := engine(t, c, 0, c.RootToken, c.KV+"/"+c.Prefix(t))
	kv.config.Namespace = "team-that-is-not-there"
	err := kv.Prove(t.Context())
	var e *store.Error
	if !errors.As(err, &e) || e.Kind != store.KindEngineNamespace || e.Name != kv.config.Namespace {
		t.Errorf("%v", err)
	}
}
