//go:build unix

package main

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pleo-connect/store/kv/kvtest"
)

// vaultSite is a customer's server whose keys are in an engine.
type vaultSite struct {
	*site
	cluster *kvtest.Cluster
	path    string // the mount and the prefix
	token   string
}

// newVaultSite is newSite with nothing at a path of the engine.
func newVaultSite(t *testing.T) vaultSite {
	t.Helper()
	c := kvtest.Start(t)
	v := vaultSite{newSite(t), c, c.KV + "/" + c.Prefix(t), c.RootToken}
	v.store, v.inVault = "openbao:"+v.path, true
	v.as(0, c.RootToken)
	return v
}

// as makes later runs reach a node with a token.
func (v *vaultSite) as(node int, token string) {
	v.token, v.more = token, v.cluster.Environ(node, token)
}

// elsewhere returns another server with the same engine and the same Pleo.
func (v vaultSite) elsewhere() vaultSite {
	other := *v.site
	other.home = v.t.TempDir()
	v.site = &other
	v.as(2, v.token)
	return v
}

// entry returns what lies at the path of the bakery.
func (v vaultSite) entry() map[string]any {
	v.t.Helper()
	mount, prefix, _ := strings.Cut(v.path, "/")
	data := v.cluster.Read(v.t, mount+"/data/"+prefix+"/prod-"+dynamics+"-"+bakery)
	object, _ := data["data"].(map[string]any)
	return object
}

// nowhere requires that a run wrote neither a key nor the token anywhere, and nothing but temporary files to this
// computer.
func (v vaultSite) nowhere(outputs ...string) {
	v.t.Helper()
	v.noKey(outputs...)
	for _, text := range outputs {
		if strings.Contains(text, v.token) {
			v.t.Error("the token is in the output")
		}
	}
	err := filepath.WalkDir(v.home, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			v.t.Errorf("there is a file %s", path)
		}
		return err
	})
	if err != nil {
		v.t.Error(err)
	}
}

// TestVaultWizard goes from the first screen to the receipt, and reads the key as a service, an operator and another
// program do.
func TestVaultWizard(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	x := v.wizard()
	x.see("saved in OpenBao, readable to everyone its policies allow", "Key store ready")
	toKey(x)
	x.paste(v.sim.Keys().Good)
	confirm(x)
	finish(x)
	x.exit(exitDone)
	v.nowhere(x.written())
	if key := v.entry()["key"]; key != v.sim.Keys().Good {
		t.Error("the engine has no readable key")
	}
	if err := recordSchema(t).Validate(v.entry()); err != nil {
		t.Errorf("the entry is no record by the schema: %v", err)
	}
	other := v.elsewhere()
	if got := other.keyOut(other.places("key", bakery)...); got.code != exitDone || got.out != v.sim.Keys().Good+"\n" {
		t.Errorf("key: exit code %d: %s", got.code, got.err)
	}
	status := other.pipe("", other.places("status")...)
	for _, want := range []string{v.store, "OpenBao's policies and encryption; everyone they allow can"} {
		if status.code != exitDone || !strings.Contains(status.out, want) {
			t.Errorf("status, exit code %d, lacks %q:\n%s%s", status.code, want, status.out, status.err)
		}
	}
	if child := other.shellWith(other.places("exec", bakery), "sh", "-c", `test -n "$PLEO_API_KEY"`); child.code != exitDone {
		t.Errorf("exec: exit code %d: %s", child.code, child.err)
	}
	r := other.reconnectIn(v.sim.Keys().Replacement)
	if r.code != exitDone || v.entry()["key"] != v.sim.Keys().Replacement {
		t.Errorf("reconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	r = other.pipe("", other.places("disconnect", bakery, "--yes")...)
	if r.code != exitDone || v.entry()["removed"] != true || v.entry()["key"] != nil {
		t.Errorf("disconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	v.nothingInOldVersions()
	r = v.pipe("", v.places("status")...)
	if r.code != exitDone || strings.Contains(r.out, bakery) {
		t.Errorf("status after it: exit code %d: %s%s", r.code, r.out, r.err)
	}
	v.nowhere(status.out, r.out, r.err)
}

// nothingInOldVersions requires that no version before the newest of the bakery's entry can be read.
func (v vaultSite) nothingInOldVersions() {
	v.t.Helper()
	mount, prefix, _ := strings.Cut(v.path, "/")
	path := prefix + "/prod-" + dynamics + "-" + bakery
	versions, _ := v.cluster.Read(v.t, mount+"/metadata/"+path)["versions"].(map[string]any)
	newest := 0
	for n := range versions {
		newest = max(newest, atoi(v.t, n))
	}
	for n, about := range versions {
		if destroyed := about.(map[string]any)["destroyed"]; atoi(v.t, n) < newest && destroyed != true {
			v.t.Errorf("version %s of %d can still be read", n, newest)
		}
	}
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	var n int
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// reconnectIn gives the bakery a new key.
func (v vaultSite) reconnectIn(key string) result {
	v.t.Helper()
	return v.pipe(key, v.places("reconnect", bakery, "--key-file", "-", "--accept-permissions", "--json")...)
}

// shellWith runs a command of the program with another command after it.
func (v vaultSite) shellWith(args []string, command ...string) result {
	v.t.Helper()
	return v.pipe("", slices.Concat(args, []string{"--"}, command)...)
}

// TestVaultRotation destroys the version that held the key before, once the new one was read back. What workers read as
// key is the one before until Pleo has activated the new one.
func TestVaultRotation(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	old, replacement := v.sim.Keys().Good, v.sim.Keys().Replacement
	var mu sync.Mutex
	var met []map[string]any // the entry, as it was when Pleo was asked for something
	v.front(func(w http.ResponseWriter, r *http.Request, pleo http.Handler) {
		mu.Lock()
		met = append(met, v.entry())
		mu.Unlock()
		pleo.ServeHTTP(w, r)
	})
	if r := v.headless(old, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := v.reconnectIn(replacement); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	v.nothingInOldVersions()
	mu.Lock()
	defer mu.Unlock()
	pending := slices.DeleteFunc(met, func(e map[string]any) bool { return e["status"] != "pending" })
	if len(pending) < 2 {
		t.Fatalf("Pleo was asked %d times while a key was pending", len(pending))
	}
	connecting, replacing, replaced := pending[0], pending[len(pending)-1], v.entry()
	if connecting["key"] != nil || connecting["pending_key"] != old {
		t.Error("connecting: the first key can be used already, or is missing")
	}
	if replacing["key"] != old || replacing["pending_key"] != replacement || replacing["previous"] != nil {
		t.Error("replacing: the key is not the one in use, or the new one is missing")
	}
	if replaced["key"] != replacement || replaced["pending_key"] != nil {
		t.Error("replaced: the key is not the new one")
	}
	for _, e := range []map[string]any{connecting, replacing, replaced} {
		if err := recordSchema(t).Validate(e); err != nil {
			t.Errorf("it is %v: %v", e["status"], err)
		}
	}
	previous, _ := replaced["previous"].(map[string]any)
	if previous["key"] != old {
		t.Error("the key before is not in the document, where services that were not restarted need it")
	}
}

// TestVaultSealedForAge has the age command open what lies in the engine.
func TestVaultSealedForAge(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("age"); err != nil {
		t.Skip("the age command is not installed")
	}
	v := newVaultSite(t)
	if r := v.headless(v.sim.Keys().Good, "--identity", v.identity, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	text, _ := v.entry()["age"].(string)
	open := exec.Command("age", "-d", "-i", v.identity)
	open.Stdin = strings.NewReader(text)
	if plain, err := open.Output(); err != nil || !strings.Contains(string(plain), v.sim.Keys().Good) {
		t.Errorf("age doesn't open it: %v", err)
	}
}

// TestVaultSealed keeps the record sealed.
func TestVaultSealed(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	identity := []string{"--identity", v.identity}
	r := v.headless(v.sim.Keys().Good, append(identity, "--company", bakery)...)
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	v.noKey(r.out, r.err)
	e := v.entry()
	text, _ := e["age"].(string)
	if len(e) != 2 || text == "" {
		t.Fatalf("the entry has %d members", len(e))
	}
	got := v.keyOut(append(v.places("key", bakery), identity...)...)
	if got.code != exitDone || got.out != v.sim.Keys().Good+"\n" {
		t.Errorf("key: exit code %d: %s", got.code, got.err)
	}
	if r := v.headless(v.sim.Keys().OtherCompany, "--yes"); r.code != exitStore || r.last(t)["kind"] != "store_engine_entry" {
		t.Errorf("a readable record beside it: exit code %d: %s%s", r.code, r.out, r.err)
	}
	for about, c := range map[string]struct {
		more []string
		kind string
	}{
		"no identity":      {nil, "is encrypted with an identity"},
		"another identity": {[]string{"--identity", filepath.Join(v.home, "other.txt")}, "add --identity FILE"},
	} {
		r := v.pipe("", append(v.places("key", bakery), c.more...)...)
		if r.code != exitStore || !strings.Contains(r.err, c.kind) {
			t.Errorf("%s: exit code %d: %s", about, r.code, r.err)
		}
	}
	if _, err := os.Stat(filepath.Join(v.home, "other.txt")); err == nil {
		t.Error("reading made an identity")
	}
}

// TestVaultResumedElsewhere kills a wizard between the save and the activation. Another server goes on where it was.
func TestVaultResumedElsewhere(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	saved, over := make(chan struct{}), make(chan struct{})
	defer close(over)
	v.front(func(w http.ResponseWriter, r *http.Request, pleo http.Handler) {
		if r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/installations") {
			close(saved)
			<-over
			return
		}
		pleo.ServeHTTP(w, r)
	})
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := exec.CommandContext(ctx, binary(t), v.flags("--key-file", "-", "--accept-permissions", "--company", bakery)...)
	cmd.Env, cmd.Stdin = v.env(), strings.NewReader(v.sim.Keys().Good)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-saved
	kill()
	_ = cmd.Wait()
	if e := v.entry(); e["status"] != "pending" || e["key"] != nil || e["pending_key"] != v.sim.Keys().Good {
		t.Fatalf("the status is %v, there is a key: %t", e["status"], e["key"] != nil)
	}
	other := v.elsewhere()
	other.api = v.sim.APIBase()
	if got := other.keyOut(other.places("key", bakery)...); got.code == exitDone {
		t.Error("a key that is not active was given out")
	}
	if r := other.headless(v.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if v.entry()["status"] != "active" {
		t.Errorf("the status is %v", v.entry()["status"])
	}
}

// TestVaultRefusals: what the engine refuses has its kind, and nothing is said about the key. Nothing is lost either.
func TestVaultRefusals(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	c := v.cluster
	mount, prefix, _ := strings.Cut(v.path, "/")
	rules := func(data, metadata, destroy string) string {
		line := func(kind, capabilities string) string {
			return `path "` + mount + "/" + kind + "/" + prefix + `/*" { capabilities = [` + capabilities + "] }\n"
		}
		return line("data", data) + line("metadata", metadata) + line("destroy", destroy)
	}
	const all, some = `"create", "read", "update"`, `"create", "update", "list"`
	token := func(name, hcl string) string {
		c.Policy(t, prefix+name, hcl)
		return c.Token(t, time.Hour, prefix+name)
	}
	for about, is := range map[string]struct {
		store, token, env string
		code              int
		kind              string
	}{
		"all is allowed": {v.store, token("all", rules(all, some, `"update"`)), "", exitDone, ""},
		"no token":       {v.store, "", "", exitStore, "store_engine_token"},
		"a wrong token":  {v.store, "hvs.invented", "", exitStore, "store_engine_token"},
		"reading only": {v.store, token("read", rules(`"read"`, `"list", "read"`, `"deny"`)),
			"", exitStore, "store_engine_denied"},
		"no destroying": {v.store, token("keep", rules(all, some, `"deny"`)), "", exitStore, "store_engine_denied"},
		"no list": {v.store, token("list", rules(all, `"create", "update"`, `"update"`)),
			"", exitStore, "store_engine_denied"},
		"KV version 1":     {"openbao:" + c.KV1 + "/pleo", v.token, "", exitStore, "store_engine_mount"},
		"another engine":   {"openbao:" + c.Other + "/pleo", v.token, "", exitStore, "store_engine_mount"},
		"no mount":         {"vault:nowhere/pleo", v.token, "", exitStore, "store_engine_mount"},
		"nothing listens":  {v.store, v.token, "BAO_ADDR=https://127.0.0.1:9", exitStore, "store_engine_down"},
		"not trusted":      {v.store, v.token, "BAO_CACERT=", exitStore, "store_engine_tls"},
		"without TLS":      {v.store, v.token, "BAO_ADDR=http://vault.contoso.example:8200", exitUsage, "settings"},
		"no check":         {v.store, v.token, "VAULT_SKIP_VERIFY=1", exitUsage, "settings"},
		"an unknown name":  {"consul:secret/pleo", v.token, "", exitUsage, "settings"},
		"a path with dots": {"vault:secret/../pleo", v.token, "", exitUsage, "settings"},
		"a web address":    {"vault:https://127.0.0.1:8200/v1", v.token, "", exitUsage, "settings"},
	} {
		t.Run(about, func(t *testing.T) {
			s := *v.site
			s.t, s.store = t, is.store
			s.more = slices.DeleteFunc(c.Environ(0, is.token), func(line string) bool { return line == "BAO_TOKEN=" })
			s.more = append(s.more, is.env)
			r := s.headless(v.sim.Keys().Good, "--company", bakery)
			if r.code != is.code || is.kind != "" && r.last(t)["kind"] != is.kind {
				t.Errorf("exit code %d, want %d with %s: %s%s", r.code, is.code, is.kind, r.out, r.err)
			}
			for _, word := range []string{"rejected", "invalid key", "wrong key", is.token} {
				if word != "" && strings.Contains(r.out+r.err, word) {
					t.Errorf("%q is in\n%s%s", word, r.out, r.err)
				}
			}
			s.noKey(r.out, r.err)
		})
	}
}

// TestVaultKilledLeader: a save in the moment in which the active node is gone is saved by the next one, or said to be
// uncertain, and never lost.
func TestVaultKilledLeader(t *testing.T) {
	v := newVaultSite(t)
	if r := v.headless(v.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	leader := v.cluster.Leader(t)
	v.as((leader+1)%len(v.cluster.Addresses), v.token)
	killed := false
	v.front(func(w http.ResponseWriter, r *http.Request, pleo http.Handler) {
		if !killed && strings.Contains(r.URL.Path, "introspect") {
			killed = true
			v.cluster.Kill(t, leader)
		}
		pleo.ServeHTTP(w, r)
	})
	if r := v.reconnectIn(v.sim.Keys().Replacement); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if v.entry()["key"] != v.sim.Keys().Replacement {
		t.Error("the new key is not there")
	}
}

// TestVaultForFilesOnly: what is for files says so, and sends nothing.
func TestVaultForFilesOnly(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	v.as(0, "hvs.invented")
	for _, args := range [][]string{
		{"rekey"}, {"recipient", "add", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"},
		{"status", "--force-store"}, {"connect", "--as", "nobody", "--key-file", "-", "--accept-permissions", "--yes"},
	} {
		r := v.pipe("", v.places(args...)...)
		if r.code != exitUsage || !strings.Contains(r.err, "OpenBao") {
			t.Errorf("%s: exit code %d: %s", args, r.code, r.err)
		}
	}
}

// TestVaultWorker: a policy that allows one entry is enough for who names the connection in full, and a list of names
// for who leaves out a part of it. No other entry is read.
func TestVaultWorker(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	for _, key := range []string{v.sim.Keys().Good, v.sim.Keys().OtherCompany} {
		if r := v.headless(key, "--yes"); r.code != exitDone {
			t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
		}
	}
	mount, prefix, _ := strings.Cut(v.path, "/")
	entry := prefix + "/prod-" + dynamics + "-" + bakery
	line := func(path, capabilities string) string {
		return `path "` + mount + "/" + path + `" { capabilities = [` + capabilities + "] }\n"
	}
	with := func(name, policy string) vaultSite {
		v.cluster.Policy(t, prefix+name, policy)
		w := v.elsewhere()
		w.as(1, v.cluster.Token(t, time.Hour, prefix+name))
		return w
	}
	whole := []string{"--integration", dynamics, "--env", "production"}
	one := line("data/"+entry, `"read"`)
	for _, w := range []struct {
		vaultSite
		named []string
	}{
		{with("one", one), whole},
		{with("names", one+line("metadata/"+prefix+"/*", `"list"`)), nil},
	} {
		r := w.keyOut(w.places(slices.Concat([]string{"key", bakery}, w.named)...)...)
		if r.out != v.sim.Keys().Good+"\n" {
			t.Errorf("key: exit code %d: %s", r.code, r.err)
		}
		child := w.shellWith(w.places(slices.Concat([]string{"exec", bakery}, w.named)...),
			"sh", "-c", `test -n "$PLEO_API_KEY"`)
		if child.code != exitDone {
			t.Errorf("exec: exit code %d: %s", child.code, child.err)
		}
		r = w.pipe("", w.places(slices.Concat([]string{"status", bakery}, w.named)...)...)
		if r.code != exitDone || !strings.Contains(r.out, bakery) {
			t.Errorf("status: exit code %d: %s%s", r.code, r.out, r.err)
		}
	}
	w := with("writer", line("data/"+entry, `"create", "read", "update"`)+
		line("metadata/"+entry, `"create", "update"`)+line("destroy/"+entry, `"update"`))
	r := w.pipe("", w.places(slices.Concat([]string{"disconnect", bakery, "--yes"}, whole)...)...)
	if r.code != exitDone || v.entry()["removed"] != true {
		t.Errorf("disconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestVaultDamaged: an entry that is ours and can't be read is said to be damaged. It hides no other, status and doctor
// show it, and every command names what to do.
func TestVaultDamaged(t *testing.T) {
	t.Parallel()
	v := newVaultSite(t)
	if r := v.headless(v.sim.Keys().OtherCompany, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	mount, prefix, _ := strings.Cut(v.path, "/")
	name := "prod-" + dynamics + "-" + bakery
	at := mount + "/data/" + prefix + "/"
	v.cluster.Write(t, at+name, map[string]any{"data": map[string]any{"format": 1, "generation": 1, "status": 7}})
	const is, remedy = "is damaged", "run: bao kv delete "
	for about, r := range map[string]result{
		"key":        v.keyOut(v.places("key", bakery)...),
		"disconnect": v.pipe("", v.places("disconnect", bakery, "--yes")...),
		"connect":    v.headless(v.sim.Keys().Good, "--company", bakery),
		"status":     v.pipe("", v.places("status")...),
		"status one": v.pipe("", v.places("status", bakery)...),
		"JSON":       v.pipe("", v.places("status", "--json")...),
	} {
		all := about == "status" || about == "JSON"
		if r.code != exitStore || !strings.Contains(r.err, is) || !strings.Contains(r.err, remedy) ||
			all && !strings.Contains(r.out, "Klitgaard") {
			t.Errorf("%s: exit code %d: %s%s", about, r.code, r.out, r.err)
		}
	}
	offline := func() string { return v.pipe("", v.places("doctor", "--api-base", "http://127.0.0.1:9")...).out }
	if out := offline(); strings.Contains(out, "works") || !strings.Contains(out, is) {
		t.Errorf("doctor:\n%s", out)
	}
	// What the remedy does.
	a := v.cluster.Ask(t, v.cluster.Leader(t), v.cluster.RootToken, http.MethodDelete, at+name, nil)
	if a.Status != http.StatusNoContent {
		t.Fatalf("HTTP %d: %q", a.Status, a.Errors)
	}
	good := v.sim.Keys().Good
	if r := v.headless(good, "--company", bakery); r.code != exitDone || v.entry()["key"] != good {
		t.Errorf("connected again: exit code %d: %s%s", r.code, r.out, r.err)
	}
	v.cluster.Write(t, at+"notes", map[string]any{"data": map[string]any{"password": "canary"}})
	r := v.pipe("", v.places("status")...)
	if r.code != exitStore || !strings.Contains(r.err, "is not a connection") || strings.Contains(r.err, "delete") {
		t.Errorf("status, beside another secret: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if out := offline(); strings.Contains(out, "works") {
		t.Errorf("doctor, beside another secret:\n%s", out)
	}
	v.cluster.Write(t, at+name, map[string]any{"data": map[string]any{"password": "canary"}})
	r = v.headless(v.sim.Keys().Good, "--company", bakery)
	if r.code != exitStore || !strings.Contains(r.err, "not written by pleo-connect") ||
		!strings.Contains(r.err, "move it elsewhere, or delete it") {
		t.Errorf("another secret in its place: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestVaultSchema: the schema describes each form of an entry, member by member.
func TestVaultSchema(t *testing.T) {
	t.Parallel()
	schema := recordSchema(t)
	check := func(v vaultSite, form string) {
		t.Helper()
		e := v.entry()
		if err := schema.Validate(e); err != nil {
			t.Errorf("%s: %v", form, err)
		}
		def := schema.Schema().Defs[form]
		for _, member := range slices.Sorted(maps.Keys(e)) {
			if def.Properties[member] == nil {
				t.Errorf("%s: there is a member %s", form, member)
			}
		}
		for member := range def.Properties {
			if _, there := e[member]; !there && form != "connection" {
				t.Errorf("%s: there is no member %s", form, member)
			}
		}
	}
	v := newVaultSite(t)
	if r := v.headless(v.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	check(v, "connection")
	if r := v.pipe("", v.places("disconnect", bakery, "--yes")...); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	check(v, "removed")
	if r := v.headless(v.sim.Keys().Good, "--identity", v.identity, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	check(v, "sealed")
}
