package kv

import (
	"errors"
	"strings"
	"testing"

	"pleo-connect/store"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Address{
		"openbao:secret/pleo":            {OpenBao, "secret/pleo"},
		"vault:secret/pleo":              {Vault, "secret/pleo"},
		"vault:Team-A/kv_2/apps/pleo.io": {Vault, "Team-A/kv_2/apps/pleo.io"},
		"vault:secret/s.service":         {Vault, "secret/s.service"},
	} {
		got, err := Parse(name)
		if err != nil || got != want || got.String() != name {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const canary = "canary-secret-4711"
	for name, want := range map[string]store.AddressError{
		"etcd:secret/pleo":        {Case: "scheme", Value: "etcd"},
		"s3://bucket/pleo":        {Case: "scheme", Value: "s3"},
		"https://vault.test/v1/x": {Case: "scheme", Value: "https"},
		"Vault:secret/pleo":       {Case: "scheme", Value: "Vault", Instead: "vault:secret/pleo"},
		"OPENBAO:secret/pleo":     {Case: "scheme", Value: "OPENBAO", Instead: "openbao:secret/pleo"},
		"bao:secret/pleo":         {Case: "scheme", Value: "bao", Instead: "openbao:secret/pleo"},

		"vault:":  {Case: "empty"},
		"vault: ": {Case: "empty"},

		"vault:secret":               {Case: "path", Instead: "vault:secret/pleo-connect"},
		"vault:secret/":              {Case: "path", Instead: "vault:secret/pleo-connect"},
		"vault:secret/pleo/":         {Case: "path", Instead: "vault:secret/pleo"},
		"vault:secret//pleo":         {Case: "path", Instead: "vault:secret/pleo"},
		"vault:/secret/pleo":         {Case: "mount", Instead: "vault:secret/pleo"},
		"vault:secret/data/pleo":     {Case: "path", Value: "data", Instead: "vault:secret/pleo"},
		"vault:secret/metadata/pleo": {Case: "path", Value: "metadata", Instead: "vault:secret/pleo"},
		"vault:secret/data":          {Case: "path", Value: "data", Instead: "vault:secret/pleo-connect"},

		"vault:secret/../sys":     {Case: "dots", Value: ".."},
		"vault:secret/./pleo":     {Case: "dots", Value: "."},
		"vault:secret/a..b":       {Case: "dots", Value: "a..b"},
		"vault:secret/%2e%2e/sys": {Case: "characters", Value: "%"},
		"vault:secret/a b":        {Case: "characters", Value: " "},
		"vault:secret/a\x1b[2J":   {Case: "characters", Value: "\x1b"},
		"vault:secret/a\nb":       {Case: "characters", Value: "\n"},
		"vault:secret/pleo?x":     {Case: "characters", Value: "?"},
		"vault:secret/pleo#key":   {Case: "characters", Value: "#"},
		"vault:secret/*":          {Case: "characters", Value: "*"},
		"vault:secret/+/pleo":     {Case: "characters", Value: "+"},
		"vault:secret\\pleo":      {Case: "characters", Value: "\\"},
		"vault:secret/ple\u00f6":  {Case: "characters", Value: "\u00f6"},
		"vault:secret/a\xffb":     {Case: "characters", Value: "\ufffd"},

		"vault:https://vault.test:8200/secret": {Case: "url"},
		"vault://secret/pleo":                  {Case: "url", Instead: "vault:secret/pleo"},

		"vault:root:" + canary + "@secret/pleo":                    {Case: "credentials"},
		"vault:secret/pleo@" + canary:                              {Case: "credentials"},
		"root:" + canary + "@vault.test/secret":                    {Case: "credentials"},
		"vault:secret/hvs." + canary:                               {Case: "credentials"},
		"vault:secret/pleo?token=hvs." + canary:                    {Case: "credentials"},
		"vault:s.canarysecret47110000000000/secret/pleo":           {Case: "credentials"},
		"hvs." + canary + ":secret/pleo":                           {Case: "credentials"},
		"vault:https://vault.test/v1/secret#hvb." + canary:         {Case: "credentials"},
		"vault:secret/" + strings.Repeat("long/", maxPath/5) + "x": {Case: "path"},
	} {
		got, err := Parse(name)
		var refused *store.AddressError
		if !errors.As(err, &refused) || got.Path != "" {
			t.Errorf("%q is %+v, %v", name, got, err)
			continue
		}
		meant := Engine("")
		switch scheme, _, _ := strings.Cut(strings.ToLower(name), ":"); scheme {
		case "vault":
			meant = Vault
		case "openbao", "bao":
			meant = OpenBao
		}
		if got.Engine != meant {
			t.Errorf("%q means %q, want %q", name, got.Engine, meant)
		}
		if meant == Vault && want.Instead == "" && want.Case != "credentials" {
			want.Instead = "vault:secret/pleo" // an example
		}
		if *refused != want {
			t.Errorf("%q:\n got %+v\nwant %+v", name, *refused, want)
		}
		if text := err.Error(); strings.Contains(text, canary) || strings.HasPrefix(text, " ") || text == "" {
			t.Errorf("%q: %q", name, text)
		}
		if refused.Instead != "" {
			if _, err := Parse(refused.Instead); err != nil {
				t.Errorf("%q: %q will not do either: %v", name, refused.Instead, err)
			}
		}
	}
}

func TestIsAddress(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"openbao:secret/pleo": true, "vault:": true, "VAULT:x": true, "etcd:x": true, "https://vault.test": true,
		"": false, "vault": false, "./vault:x": false, "/var/lib/pleo": false, `C:\pleo`: false, "C:/pleo": false,
		"c:pleo": false, "data/vault:x": false, ":x": false, "9p:x": false, "my store:x": false,
	} {
		if IsAddress(name) != want {
			t.Errorf("IsAddress(%q) = %v", name, !want)
		}
	}
}

// FuzzParse asserts that whatever is accepted is written again as it was read, and stays where it belongs in the URL of
// a request.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"openbao:secret/pleo", "vault:a/b/c", "vault:secret/../x", "vault:https://x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		a, err := Parse(name)
		if err != nil {
			if text := err.Error(); strings.ContainsAny(text, "\x1b\n") {
				t.Errorf("%q: %q", name, text)
			}
			return
		}
		if !IsAddress(name) || a.String() != name || len(strings.Split(a.Path, "/")) < 2 {
			t.Errorf("%q is %+v", name, a)
		}
		if strings.Contains(a.Path, "..") || strings.ContainsAny(a.Path, "%?#@ \\") || strings.Contains(a.Path, "//") {
			t.Errorf("%q leads elsewhere", name)
		}
	})
}
