package pleoclient_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
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

// TestParseScope refuses what ParseScopes would clean, and gives nothing of it away.
func TestParseScope(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"export-jobs:read": true, "something_new": true, strings.Repeat("x", 80): true,
		"": false, " a:read": false, "a:read b:read": false, "a:read\n": false, "a:\x1b[2J": false,
		"a:\u202eread": false, "a:\xff": false,
		strings.Repeat("x", 81): false,
	} {
		got, ok := pleoclient.ParseScope(text)
		if ok != want || ok != (string(got) == text && text != "") || !ok && got != "" {
			t.Errorf("%q: got %q, %v", text, got, ok)
		}
	}
}

// TestParsedIsSafe: everything that a constructor of a validated type accepts can be drawn as it is.
func TestParsedIsSafe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.String(), rapid.StringMatching(`[a-z-]{1,12}:(read|write).?`),
			rapid.StringMatching(`(?i).?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}.?`),
		).Draw(t, "text")
		scope, _ := pleoclient.ParseScope(text)
		company, _ := pleoclient.ParseCompanyID(text)
		installation, _ := pleoclient.ParseInstallationID(text)
		parsed := []string{string(scope), string(company), string(installation)}
		for _, s := range pleoclient.ParseScopes(text) {
			parsed = append(parsed, string(s))
		}
		var refused *pleoclient.KeyError
		if _, _, err := pleoclient.CleanKey(text); errors.As(err, &refused) {
			parsed = append(parsed, refused.Character.String(), string(refused.Character.Sort), string(refused.Looks))
		}
		for _, p := range parsed {
			if !pleoclient.IsSafe(p) || strings.ContainsRune(string(scope), ' ') {
				t.Errorf("%q let %q through", text, p)
			}
		}
	})
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
		{"only the other direction", scopes{"export-jobs:write", "tag-groups:read", "export-items:read"},
			scopes{"export-jobs:read"}},
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
		if got != ok || ok && id != harbourLane || !ok && id != "" {
			t.Errorf("%q: got %q, %v", text, id, got)
		}
	}
}

// scopesOf returns a list of n scopes of some bytes each, with the spaces between them.
func scopesOf(n, size int) string {
	var list []string
	for i := range n {
		name := fmt.Sprintf("x%d", i)
		list = append(list, name+strings.Repeat("y", size-1-len(name)))
	}
	return strings.Join(list, " ")
}

// TestHowManyScopes: a list that is longer than any that Pleo has is not read, however it is cut.
func TestHowManyScopes(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	repeated := strings.TrimSpace(strings.Repeat("a:read b:read ", 1000))
	for name, test := range map[string]struct {
		list string
		want int // 0: an answer that cannot be understood
	}{
		"1,000":           {scopesOf(1000, 8), 1000},
		"1,001":           {scopesOf(1001, 8), 0},
		"64 KiB":          {scopesOf(64, 1024) + "z", 64},
		"64 KiB and one":  {scopesOf(64, 1024) + "zz", 0},
		"the same two":    {repeated, 2},
		"nearly 1 MiB":    {scopesOf(90_000, 11), 0},
		"one of 64 KiB":   {strings.Repeat("x", 64<<10), 1},
		"as many as fit":  {strings.TrimSpace(strings.Repeat("x ", 32<<10)), 1},
		"spaces, 100,000": {"a:read" + strings.Repeat(" ", 100_000), 0},
	} {
		body := withText(t, goodClient, "scope", test.list)
		s.Inject(pleosim.Reply("GET", "/v1/introspect", 200, "application/json", body))
		who, err := c.Introspect(t.Context(), key)
		want := pleoclient.Kind("")
		if test.want == 0 {
			want = pleoclient.KindUnexpected
		}
		if wantKind(t, err, want); len(who.Scopes) != test.want {
			t.Errorf("%s: %d scopes, %v", name, len(who.Scopes), err)
		}
	}
}

// BenchmarkScopes reads and compares the longest list that is read, and one that is twice as long.
func BenchmarkScopes(b *testing.B) {
	for _, n := range []int{1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			list := scopesOf(n, 32)
			for b.Loop() {
				granted := pleoclient.ParseScopes(list)
				if pleoclient.MissingScopes(granted, granted) != nil {
					b.Fatal("some are missing")
				}
			}
		})
	}
}
