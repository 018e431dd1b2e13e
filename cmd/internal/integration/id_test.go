package integration

import (
	"strings"
	"testing"

	"pleo-connect/store"
)

func TestIDFromName(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, want string }{
		{"Contoso Ledger", "contoso-ledger"},
		{"Microsoft Dynamics 365 Finance", "microsoft-dynamics-365-finance"},
		{"  A.B. (C) -- d/e  ", "a-b-c-d-e"},
		{"X", "x-HASH"},
		{"Ledger", "ledger"},
		{"Ledger+", "ledger-HASH"},
		{"Ledger#", "ledger-HASH"},
		{"--", "HASH"},
		{"会計", "HASH"},
		{"Bogføring", "bogf-ring-HASH"},
		{"bogfóring", "bogf-ring-HASH"},
		{strings.Repeat("long name ", 9), "long-name-long-name-long-name-l-HASH"},
		{strings.Repeat("0123456789", 4), "0123456789012345678901234567890123456789"},
	}
	seen := map[string]string{}
	for _, tt := range tests {
		got := idFrom(tt.name)
		if !store.IsIntegrationID(got) {
			t.Errorf("%q: %q is no id", tt.name, got)
		}
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q both get %q", tt.name, other, got)
		}
		seen[got] = tt.name
		if before, hashed := strings.CutSuffix(tt.want, "HASH"); hashed {
			if len(got) != len(before)+hashLength || !strings.HasPrefix(got, before) {
				t.Errorf("%q: %q, want a hash after %q", tt.name, got, before)
			}
		} else if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.name, got, tt.want)
		}
		if again := idFrom(tt.name); again != got {
			t.Errorf("%q: %q and then %q", tt.name, got, again)
		}
	}
}

func TestIDOfFile(t *testing.T) {
	t.Parallel()
	for id, fits := range map[string]bool{
		"abc": true, "a-1": true, "123": true, "a--b": true, strings.Repeat("a", 40): true,
		"": false, "ab": false, strings.Repeat("a", 41): false, "-ab": false, "ab-": false, "Abc": false, "a b": false,
		"a_b": false, "a.b": false, "../a": false, "bogføring": false, "a/b": false,
	} {
		got, err := parse([]byte("id = '" + id + "'\nname = 'X'" + onePermission))
		switch {
		case fits && (err != nil || got.ID != id):
			t.Errorf("%q: %q, %v", id, got.ID, err)
		case !fits && (err == nil || !strings.HasPrefix(err.Error(), ":1:6: id must have 3 to 40")):
			t.Errorf("%q: %v", id, err)
		}
	}
}
