package kv

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"pleo-connect/store"
)

// TestUncertainSaysWhy: a save that may have worked keeps the reason of the engine, and a store that another context
// ends stays the same.
func TestUncertainSaysWhy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, uncertainSaysWhy)
}

func uncertainSaysWhy(t *testing.T) {
	r := newRecord("canary-one")
	name := "prod-contoso-ledger-" + r.CompanyID
	c := patient(t, map[string][]reply{
		"GET secret/data/pleo/" + name:      {{status: 404, body: none}},
		"POST secret/metadata/pleo/" + name: {{status: 204}},
		"POST secret/data/pleo/" + name:     {{status: 502, body: `{"errors":["bad gateway"]}`}},
	})
	s := NewStore(t.Context(), c, nil, "pleo-connect/test")
	_, err := s.Put(r)
	var e *store.Error
	if !errors.As(err, &e) || e.Kind != store.KindEngineUncertain || !strings.Contains(e.Reason, "502") {
		t.Errorf("the save: %#v", err)
	}
	if s.Within(t.Context()).Place() != s.Place() {
		t.Error("another context leads to another place")
	}
}
