package pleoclient_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

type scopes = []pleoclient.Scope

func TestParseScopes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]scopes{
		"":                                     nil,
		" \t\n":                                nil,
		"export-jobs:read":                     {"export-jobs:read"},
		" b:read  a:read\tc:write\n":           {"b:read", "a:read", "c:write"},
		"a:read b:read a:read":                 {"a:read", "b:read"},
		"something-new not_a_scope":            {"something-new", "not_a_scope"},
		"a:\x1b[2Jread \u202eb:read c:\u200b":  {"a:\ufffd[2Jread", "\ufffdb:read", "c:\ufffd"},
		"a:read\u00a0b:read":                   {"a:read", "b:read"},
		"A:read a:read tag-group:read b:read,": {"A:read", "a:read", "tag-group:read", "b:read,"},
	} {
		if diff := cmp.Diff(want, pleoclient.ParseScopes(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestSameScope(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b pleoclient.Scope
		want bool
	}{
		{"export-jobs:read", "export-jobs:read", true},
		{"export-jobs:read", "Export-Jobs:READ", true},
		{"tag-group:read", "tag-groups:read", true},
		{"tag-groups:write", "tag-group:write", true},
		{"tag-group:read", "tag-groups:write", false},
		{"export-jobs:read", "export-jobs:write", false}, // writing does not include reading
		{"export-job:read", "export-jobs:read", false},
		{"export-jobs", "export-jobs:read", false},
		{"export-jobs:read", "export-jobs:read:all", false},
		{"", "export-jobs:read", false},
	}
	for _, tt := range tests {
		if got := tt.a.Same(tt.b); got != tt.want || tt.b.Same(tt.a) != tt.want {
			t.Errorf("%q and %q: got %v", tt.a, tt.b, got)
		}
	}
}

func TestMissingScopes(t *testing.T) {
	t.Parallel()
	wanted := scopes{"export-jobs:read", "tag-groups:read", "export-items:read"}
	tests := []struct {
		name            string
		granted, missed scopes
	}{
		{"all and more", scopes{"other:read", "export-items:read", "tag-group:read", "export-jobs:read"}, nil},
		{"one", scopes{"export-items:read", "export-jobs:read"}, scopes{"tag-groups:read"}},
		{"in the order they are wanted", scopes{"tag-groups:read"}, scopes{"export-jobs:read", "export-items:read"}},
		{"only the other direction", scopes{"export-jobs:write", "tag-groups:read", "export-items:read"}, scopes{"export-jobs:read"}},
		{"none granted", nil, wanted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.missed, pleoclient.MissingScopes(wanted, tt.granted)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseCompanyID(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5":   true,
		"4B0C7F1E-52D8-4C39-8E6A-1F7D90B3A2C5":   true,
		"":                                       false,
		"../../etc/cron.d/x":                     false,
		"CON":                                    false,
		"{4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5}": false,
		"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n": false,
		" 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5":  false,
		"4b0c7f1e52d84c398e6a1f7d90b3a2c5":       false,
		"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2cg":   false,
		"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5-x": false,
		"４b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5":   false, // full-width 4
	} {
		id, got := pleoclient.ParseCompanyID(text)
		if got != ok || ok && id != harbourLane {
			t.Errorf("%q: got %q, %v", text, id, got)
		}
	}
}
