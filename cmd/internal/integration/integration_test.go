package integration

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow"
)

const onePermission = `
[[permissions]]
scope = "export-jobs:read"
title = "See exports"
`

// write makes a file that only we can write to, in a directory of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "integration.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// said returns what people read about a fault: what is wrong, and what to do.
func said(err error) string {
	var fault flow.Fault
	if !errors.As(err, &fault) {
		return fmt.Sprint("no fault: ", err)
	}
	words := flow.English.Failure(fault)
	return words.Summary + "; " + words.Hint
}

func TestDefaultIntegrationIsTheExample(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../integration.toml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(write(t, string(document)))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Vendor = "Contoso ERP" // without a file, no vendor is named
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestExampleWithAllItOffers takes the comment signs from the lines that are commented out.
func TestExampleWithAllItOffers(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../integration.toml")
	if err != nil {
		t.Fatal(err)
	}
	signs := regexp.MustCompile(`(?m)^# (return_url|return_hint|help_url|surplus|\[service\]|user|restart)`)
	all := signs.ReplaceAll(document, []byte("$1"))
	got, err := parse(all)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Vendor = "Contoso ERP"
	want.ReturnURL, want.ReturnHint = "https://erp.contoso.example/pleo", "Setup > Bank and cards"
	want.HelpURL = "https://example.com/help"
	want.RefuseSurplus = true
	want.Service = flow.Service{User: "dynamics", Restart: "systemctl restart dynamics-pleo"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestIntegrationDefaults(t *testing.T) {
	t.Parallel()
	base := flow.Integration{
		ID: "x-4b68ab38", Name: "X", Environment: flow.Production, KeyKind: flow.Integrated,
		Permissions: []flow.Permission{{Scope: "export-jobs:read", Title: "See exports", Required: true}},
	}
	with := func(change func(*flow.Integration)) flow.Integration {
		i := base
		change(&i)
		return i
	}
	tests := []struct {
		name, document string
		want           flow.Integration
	}{
		{"least", "name = 'X'" + onePermission, base},
		{"Windows", "\ufeffname = 'X'\r\n[[permissions]]\r\nscope = 'export-jobs:read'\r\ntitle = 'See exports'\r\n",
			base},
		{"inline tables", `name = "X"` + "\n" +
			`permissions = [{scope = "export-jobs:read", title = "See exports", required = true}]`, base},
		{"escapes", `name = "\u0058"` + onePermission, base},
		{"staging", "name = 'X'\nenvironment = 'staging'" + onePermission, with(func(i *flow.Integration) {
			i.Environment = flow.Staging
		})},
		{"standalone", "name = 'X'\nkey_kind = 'standalone'" + onePermission,
			with(func(i *flow.Integration) { i.KeyKind = flow.Standalone })},
		{"links", "name = 'X'\nreturn_url = 'http://127.0.0.1:8080/back?x=1'\n" +
			"help_url = 'https://example.com/a'" + onePermission,
			with(func(i *flow.Integration) {
				i.ReturnURL, i.HelpURL = "http://127.0.0.1:8080/back?x=1", "https://example.com/a"
			})},
		{"back to Pleo", "name = 'X'\nreturn_url = 'https://app.pleo.io/'\nreturn_hint = 'Settings'" + onePermission,
			with(func(i *flow.Integration) { i.ReturnHint = "Settings" })},
		{"back to Pleo of another environment", "name = 'X'\nreturn_url = 'https://app.staging.pleo.io'" + onePermission,
			with(func(i *flow.Integration) { i.ReturnURL = "https://app.staging.pleo.io" })},
		{"back into Pleo", "name = 'X'\nreturn_url = 'https://app.pleo.io/settings/accounting'" + onePermission,
			with(func(i *flow.Integration) { i.ReturnURL = "https://app.pleo.io/settings/accounting" })},
		{"empty texts", "name = 'X'\nvendor = ''\nreturn_hint = ''\napplications = []" + onePermission,
			with(func(i *flow.Integration) { i.Applications = []string{} })},
		{"other scripts", "name = 'Ærø 株式会社'" + onePermission, with(func(i *flow.Integration) {
			i.ID, i.Name = "r-308785d1", "Ærø 株式会社"
		})},
		{"surplus told", "name = 'X'\nsurplus = 'tell'" + onePermission, base},
		{"surplus refused", "name = 'X'\nsurplus = 'refuse'" + onePermission,
			with(func(i *flow.Integration) { i.RefuseSurplus = true })},
		{"optional", "name = 'X'" + onePermission + "required = false", with(func(i *flow.Integration) {
			i.Permissions = []flow.Permission{{Scope: "export-jobs:read", Title: "See exports"}}
		})},
		{"dotted service", "name = 'X'\nservice.user = 'u'\nservice.restart = 'r'" + onePermission,
			with(func(i *flow.Integration) { i.Service = flow.Service{User: "u", Restart: "r"} })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Load(write(t, tt.document))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIntegrationFaults(t *testing.T) {
	t.Parallel()
	const (
		topKeys = "applications, environment, help_url, id, key_kind, name, permissions, return_hint, return_url, " +
			"service, surplus, vendor"
		again   = "; correct the file, then try again"
		noSpoof = " contains characters that can't be shown; " +
			"remove control characters, invisible characters and double spaces"
		noName   = `name is missing; add the integration's name as Pleo shows it, for example name = "Example ERP"`
		noLink   = " must be a complete address that starts with https://" + again
		noScope  = `scope is missing; spell it as Pleo does, for example scope = "export-jobs:read"`
		noTables = "permissions must be a list of tables, each starting with [[permissions]]" + again
		text     = " must be text in quotes" + again
		noTOML   = "the file is not valid TOML; correct this line, then try again"
		noEnv    = `2:15: environment must be "production" or "staging"` + again
		name     = "name = 'X'\n"
	)
	tests := []struct{ name, document, want string }{
		{"unknown key", "vendor = 'V'\n\nnmae = 'X'", `3:1: unknown key "nmae"; use one of: ` + topKeys},
		{"unknown key, other case", "Name = 'X'", `1:1: unknown key "Name"; use one of: ` + topKeys},
		{"hidden key", "\"na\\u200bme\" = 'X'", "1:1: unknown key \"na\ufffdme\"; use one of: " + topKeys},
		{"key with a dot", "'service.user' = 'X'", `1:1: unknown key "service.user"; use one of: ` + topKeys},
		{"unknown table", name + "[servce]\nuser = 'u'", `2:2: unknown key "servce"; use one of: ` + topKeys},
		{"unknown key of a permission", name + "[[permissions]]\n  scop = 'a:read'",
			`3:3: unknown key "scop"; use one of: required, scope, title`},
		{"unknown key in an inline table", name + "permissions = [{titel = 'æ', scope = 'a'}]",
			`2:17: unknown key "titel"; use one of: required, scope, title`},
		{"unknown key of the service", name + "[service]\nusr = 'u'",
			`3:1: unknown key "usr"; use one of: restart, user`},
		{"unknown dotted key", name + "service.usr = 'u'", `2:9: unknown key "usr"; use one of: restart, user`},
		{"key of a text", "name.first = 'X'", `1:6: unknown key "first" in name` + again},

		{"number for a text", "name = 1", "1:8: name" + text},
		{"date for a text", "name = 1979-05-27", "1:8: name" + text},
		{"table for a text", "[name]", "1:2: name" + text},
		{"text for a list", "applications = 'X'",
			`1:16: applications must be a list of texts, for example ["One", "Two"]` + again},
		{"number in a list", "applications = ['æ', 2]", "1:22: applications" + text},
		{"list in a list", "applications = ['a', ['b']]", "1:1: applications" + text},
		{"text for a flag", name + onePermission + "required = 'yes'",
			"6:12: required must be true or false, without quotes" + again},
		{"number for a scope", name + "[[permissions]]\nscope = 1", "3:9: scope" + text},
		{"one table for permissions", name + "[permissions]\nscope = 'a'", "2:2: " + noTables},
		{"number for permissions", name + "permissions = 3", "2:15: " + noTables},
		{"number for a permission", name + "permissions = [3]",
			"2:16: permissions must be a table that starts with [[permissions]]" + again},
		{"two services", name + "[[service]]\nuser = 'u'", "2:3: service must be a table that starts with [service]" + again},
		{"text for the service", name + "service = 'u'", "2:11: service must be a table that starts with [service]" + again},

		{"no value", "name =", "1:6: " + noTOML},
		{"no quotes", "name = Example", "1:8: " + noTOML},
		{"no end", "name = 'X", "1:9: " + noTOML},
		{"twice on a line", "name = 'æøå' x", "1:14: " + noTOML},
		{"not UTF-8", "name = '\xff'", "1:9: " + noTOML},
		{"twice", name + "# ø\nname = 'Y'", "3:8: name is already set on line 1; remove one of them"},
		{"twice, not at the beginning", name + "permissions = [{ title = 'æ', title = 'b' }]",
			"2:39: title is already set on line 2; remove one of them"},
		{"table twice", name + "[service]\n[service]", "3:2: service is already set on line 2; remove one of them"},
		{"table begun by a dotted key", name + "service.user = 'ø'\n[service]\nrestart = 'r'",
			"3:2: " + noTOML},
		{"list in two ways", name + "permissions = [{scope='a',title='T'}]" + onePermission,
			"3:3: permissions is already set on line 2; remove one of them"},

		{"hidden character", "name = 'X'\nvendor =  \"a\\u200bb\"", "2:11: vendor" + noSpoof},
		{"bidi override", "name = '\u202eX'", "1:8: name" + noSpoof},
		{"escape", `name = "\u001b[2J"`, "1:8: name" + noSpoof},
		{"line break", "name = '''a\nb'''", "1:8: name" + noSpoof},
		{"double space", "name = 'a  b'", "1:8: name" + noSpoof},
		{"hidden in a list", "applications = ['a', 'b\u200b']", "1:22: applications" + noSpoof},
		{"hidden in a command", name + "[service]\nrestart = \"a\\u009bb\"", "3:11: restart" + noSpoof},
		{"hidden in a title", name + "[[permissions]]\ntitle = '\u00ad'", "3:9: title" + noSpoof},

		{"comments alone", "# nothing yet\n", "1:1: " + noName},
		{"no name", "vendor = 'V'" + onePermission, "1:1: " + noName},
		{"empty name", "vendor = 'V'\nname = ''", "2:8: " + noName},
		{"environment", name + "environment = 'sandbox'", noEnv},
		{"empty environment", name + "environment = ''", noEnv},
		{"demo is no environment", name + "environment = 'demo'",
			noEnv},
		{"kind of key", name + "key_kind = 'oauth'", `2:12: key_kind must be "integrated" or "standalone"` + again},
		{"empty application", name + "applications = ['a', '']",
			"2:22: applications contains an empty name; remove it"},

		{"http", name + "return_url = 'http://app.pleo.io'", "2:14: return_url" + noLink},
		{"http on a host named like loopback", name + "return_url = 'http://127.0.0.1.example.com'",
			"2:14: return_url" + noLink},
		{"no scheme", name + "return_url = 'app.pleo.io'", "2:14: return_url" + noLink},
		{"empty link", name + "return_url = ''", "2:14: return_url" + noLink},
		{"program", name + "return_url = 'javascript:alert(1)'", "2:14: return_url" + noLink},
		{"file", name + "return_url = 'file:///etc/passwd'", "2:14: return_url" + noLink},
		{"user part", name + "return_url = 'https://app.pleo.io@example.com'", "2:14: return_url" + noLink},
		{"look-alike host", name + "return_url = 'https://app.plео.io'", "2:14: return_url" + noLink},
		{"space in a link", name + "return_url = 'https://app.pleo.io/a b'", "2:14: return_url" + noLink},
		{"quote in a link", name + `return_url = 'https://app.pleo.io/"x'`, "2:14: return_url" + noLink},
		{"no host", name + "return_url = 'https:///x'", "2:14: return_url" + noLink},
		{"help", name + "help_url = 'ftp://example.com'", "2:12: help_url" + noLink},
		{"empty help", name + "help_url = ''", "2:12: help_url" + noLink},

		{"surplus", name + "surplus = 'Refuse'",
			`2:11: surplus must be "tell" or "refuse"; choose what to do with a key that has more permissions`},
		{"empty surplus", name + "surplus = ''",
			`2:11: surplus must be "tell" or "refuse"; choose what to do with a key that has more permissions`},
		{"surplus as a flag", name + "surplus = true", "2:11: surplus" + text},

		{"no permissions", name,
			"1:1: permissions are missing; add at least one [[permissions]] with scope and title"},
		{"empty list of permissions", name + "permissions = []",
			"2:1: permissions are missing; add at least one [[permissions]] with scope and title"},
		{"no scope", name + "\n[[permissions]]\ntitle = 'T'", "3:3: " + noScope},
		{"empty scope", name + "[[permissions]]\nscope = ''\ntitle = 'T'", "3:9: " + noScope},
		{"two scopes in one", name + "[[permissions]]\nscope = 'a:read b:read'\ntitle = 'T'",
			"3:9: scope must not contain spaces; add one [[permissions]] per scope"},
		{"no title", name + onePermission + "[[permissions]]\nscope = 'a:read'",
			"6:3: title is missing; say in plain words what the integration does with a:read"},
		{"empty title", name + "[[permissions]]\nscope = 'a:read'\ntitle = ''",
			"4:9: title is missing; say in plain words what the integration does with a:read"},
		{"scope twice", name + onePermission + onePermission,
			"8:9: scope export-jobs:read is already used on line 4; remove one of them"},
		{"scope twice, spelt in two ways",
			name + "permissions = [{scope='tag-group:read',title='T'},{scope='tag-groups:read',title='T'}]",
			"2:58: scope tag-groups:read is already used on line 2; remove one of them"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, tt.document)
			got, err := Load(path)
			if err == nil {
				t.Fatalf("accepted as %+v", got)
			}
			if diff := cmp.Diff(path+":"+tt.want, said(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFileKeysFitTheFile: what the survey accepts, the strict decoder knows, and the other way round.
func TestFileKeysFitTheFile(t *testing.T) {
	t.Parallel()
	document := "id = 'x-1'\nname = 'X'\nvendor = 'V'\nenvironment = 'staging'\nkey_kind = 'standalone'\n" +
		"applications = ['A']\n" +
		"return_url = 'https://r.example'\nreturn_hint = 'R'\nhelp_url = 'https://h.example'\nsurplus = 'tell'\n" +
		onePermission + "required = true\n" + "[service]\nuser = 'u'\nrestart = 'r'\n"
	places, err := survey([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for path := range places {
		seen[anyElement(path)] = true
	}
	for key := range fileKeys.All() {
		if !seen[key] {
			t.Errorf("%s is in no document of this test", key)
		}
	}
	got, err := parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	want := flow.Integration{
		ID: "x-1", Name: "X", Vendor: "V", Environment: "staging", KeyKind: "standalone", Applications: []string{"A"},
		ReturnURL: "https://r.example", ReturnHint: "R", HelpURL: "https://h.example",
		Permissions: []flow.Permission{{Scope: "export-jobs:read", Title: "See exports", Required: true}},
		Service:     flow.Service{User: "u", Restart: "r"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestIntegrationFileSize(t *testing.T) {
	t.Parallel()
	fits := "name = 'X'" + onePermission
	fits += "#" + strings.Repeat("x", 64<<10-len(fits)-1)
	if _, err := Load(write(t, fits)); err != nil {
		t.Errorf("64 KiB: %v", err)
	}
	path := write(t, fits+"x")
	if _, err := Load(path); err == nil ||
		said(err) != path+": the file is larger than 64 KiB; check that it's the right one" {
		t.Errorf("one more: %v", err)
	}
}

func TestIntegrationFileIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing, empty := filepath.Join(dir, "none.toml"), write(t, "\ufeff\r\n")
	for path, want := range map[string]string{
		empty:   empty + ": the file is empty; check that it's the right one",
		missing: missing + ": there is no such file; check the path",
		dir:     dir + ": this is not a regular file; name the integration file itself",
	} {
		if _, err := Load(path); err == nil || said(err) != want {
			t.Errorf("got  %s\nwant %s", said(err), want)
		}
	}
}

func FuzzIntegration(f *testing.F) {
	for _, seed := range []string{
		"", "name = 'X'" + onePermission, "name = 'X'\npermissions = [{scope='a',title='b'},]\nservice.user='u'",
		"[[permissions]]\n[permissions.x]\n", "\ufeffname = \"\\u0058\"", "name = 'X'\nname = 'Y'", "[[[[",
		"a.b.c = {d = [1, {e = 2}]}", "'' = 1", "permissions = [[]]", "name = '\xff'", "[service]\n[[service]]",
		"[[permissions]]\nscope='a'\n[[permissions]]\nscope='A'", "x = [" + strings.Repeat("[", 500),
	} {
		f.Add([]byte(seed))
	}
	place := regexp.MustCompile(`^:[1-9][0-9]*:[1-9][0-9]*: [^\n]+$`)
	f.Fuzz(func(t *testing.T, document []byte) {
		got, err := parse(document)
		if err != nil {
			if !place.MatchString(err.Error()) {
				t.Errorf("no place, or several lines: %q", err)
			}
			return
		}
		if got.Name == "" || len(got.Permissions) == 0 || !isLink(flow.Setup{Integration: got}.ReturnLink()) {
			t.Errorf("accepted as %+v", got)
		}
	})
}
