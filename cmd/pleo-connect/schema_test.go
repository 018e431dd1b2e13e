package main

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/jsonschema-go/jsonschema"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

func recordSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	var schema jsonschema.Schema
	if err := json.Unmarshal([]byte(fromRoot(t, "cmd/pleo-connect/record.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

// TestSchema: a saved record has the form that the schema describes for programs in other languages, member by member,
// and the schema describes nothing else. TestVaultSchema meets the other forms.
func TestSchema(t *testing.T) {
	t.Parallel()
	resolved := recordSchema(t)
	schema := resolved.Schema()
	var described, met []string
	for name, def := range schema.Defs {
		for member, of := range def.Properties {
			if name != "sealed" && name != "removed" {
				described = append(described, name+"."+member)
			}
			if def := schema.Defs[strings.TrimPrefix(of.Ref, "#/$defs/")]; def != nil && of.Description == "" {
				of = def
			}
			if of.Description == "" {
				t.Errorf("%s.%s has no description", name, member)
			}
		}
	}
	for _, document := range savedDocuments(t) {
		if err := resolved.Validate(document); err != nil {
			t.Errorf("a saved record is none by the schema: %v", err)
		}
		met = append(met, membersOf("connection", document)...)
		for _, status := range []string{"active", "pending", "unknown"} {
			if status == document["status"] {
				continue
			}
			other := maps.Clone(document)
			other["status"] = status
			if resolved.Validate(other) == nil {
				t.Errorf("one that is %s is also right as %s by the schema", document["status"], status)
			}
		}
		for _, member := range []string{"key", "pending_key", "fingerprint", "pending_fingerprint", "status"} {
			if _, there := document[member]; !there {
				continue
			}
			other := maps.Clone(document)
			delete(other, member)
			if resolved.Validate(other) == nil {
				t.Errorf("one that is %s is also right without its %s by the schema", document["status"], member)
			}
		}
	}
	slices.Sort(described)
	slices.Sort(met)
	if met = slices.Compact(met); !slices.Equal(described, met) {
		t.Errorf("described: %v\nsaved:     %v", described, met)
	}
}

// membersOf returns the members of an object in a record, and of those in it.
func membersOf(name string, object map[string]any) []string {
	within := map[string]string{
		"integration": "integration", "permissions": "permission", "service": "service", "previous": "previous",
		"before": "connection",
	}
	var out []string
	for _, member := range slices.Sorted(maps.Keys(object)) {
		out = append(out, name+"."+member)
		values, several := object[member].([]any)
		if !several {
			values = []any{object[member]}
		}
		for _, value := range values {
			if inner, ok := value.(map[string]any); ok {
				out = append(out, membersOf(within[member], inner)...)
			}
		}
	}
	return out
}

// savedDocuments returns what a key store holds after each of several saves. Together they have every member.
func savedDocuments(t *testing.T) []map[string]any {
	t.Helper()
	dir := t.TempDir()
	cfg := store.Config{
		Dir: filepath.Join(dir, "store"), Identity: filepath.Join(dir, "private", "identity.txt"), AnyPlace: true,
		Writer: "pleo-connect/test",
	}
	st, err := store.Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	now := time.Now()
	r := store.Record{
		Env: "production", Origin: productionAPI, CompanyID: bakery, CompanyName: "Harbour Lane Bakery ApS",
		Scopes: []string{"export-jobs:read"}, ValidatedAt: now, RejectedAt: now, Rejection: store.RejectedDenied,
		Integration: store.Integration{
			ID: dynamics, Name: "Finance", Vendor: "Contoso", KeyKind: "integrated", Applications: []string{"Finance"},
			Permissions: []store.Permission{{Scope: "export-jobs:read", Title: "See exports", Required: true}},
			ReturnURL:   "https://app.pleo.io", ReturnHint: "Settings", HelpURL: "https://help.example", Surplus: "tell",
			Service: store.Service{User: "dynamics", Restart: "systemctl restart dynamics"},
		},
	}
	var out []map[string]any
	for _, save := range []struct {
		status, key string
		unconfirmed bool
	}{
		{store.StatusPending, "canary-first-key-of-the-schema", false},
		{store.StatusActive, "canary-first-key-of-the-schema", false},
		{store.StatusActive, "canary-second-key-of-the-schema", false},
		{store.StatusPending, "canary-third-key-of-the-schema", true},
	} {
		r.Status, r.Key, r.Unconfirmed = save.status, pleoclient.NewKey(save.key), save.unconfirmed
		if r, err = st.Put(r); err != nil {
			t.Fatal(err)
		}
		out = append(out, decrypted(t, cfg.Identity, r.File))
	}
	return out
}

// decrypted returns what a file of a key store holds.
func decrypted(t *testing.T, identity, file string) (document map[string]any) {
	t.Helper()
	text, err := os.Open(identity)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	ids, err := age.ParseIdentities(text)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	plain, err := age.Decrypt(sealed, ids...)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(whole, &document); err != nil {
		t.Fatal(err)
	}
	return document
}
