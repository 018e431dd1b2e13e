package kv

import (
	"net/http"
	"testing"

	"pleo-connect/store/kv/kvtest"
)

// TestVaultNamespaces keeps a record in a namespace, and names one that is not there.
func TestVaultNamespaces(t *testing.T) {
	c := kvtest.Start(t)
	team := c.Prefix(t)
	made := c.Ask(t, c.Leader(t), c.RootToken, http.MethodPost, "sys/namespaces/"+team, nil)
	if made.Status == http.StatusNotFound {
		t.Skip("this engine has no namespaces, as Vault Community: BAO_BIN names an OpenBao, which has")
	}
	mount := map[string]any{"type": "kv", "options": map[string]string{"version": "2"}}
	c.Write(t, team+"/sys/mounts/own", mount)
	in := func(namespace string) *Store {
		client := engine(t, c, c.Standby(t), c.RootToken, "own/pleo", "BAO_NAMESPACE="+namespace)
		return NewStore(t.Context(), client, nil, "test")
	}
	_, err := in(team).Probe()
	must(t, err)
	r, err := in(team).Put(newRecord("canary-namespace"))
	must(t, err)
	if all := c.Read(t, team+"/own/data/pleo/prod-contoso-ledger-"+r.CompanyID); all == nil {
		t.Error("the record is not in the namespace")
	}
	for _, none := range []string{"nowhere", team + "/nowhere"} {
		if _, err := in(none).Probe(); row(err) != "store_engine_namespace" {
			t.Errorf("%s: %v", none, err)
		}
	}
	if _, err := in("").Probe(); row(err) != "store_engine_mount/missing" {
		t.Errorf("outside of it: %v", err)
	}
}

// TestVaultQuota allows one request an hour.
func TestVaultQuota(t *testing.T) {
	c := kvtest.Start(t)
	own := c.Prefix(t)
	c.Mount(t, own, "kv", map[string]string{"version": "2"})
	c.Write(t, "sys/quotas/rate-limit/"+own, map[string]any{"path": own, "rate": 1, "interval": "1h"})
	if err := engine(t, c, 0, c.RootToken, own+"/pleo").Prove(t.Context()); row(err) != "store_engine_quota/rate" {
		t.Error(err)
	}
}
