//go:build unix

package main

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// ledger is the integration of another vendor, beside the built-in one.
const ledger = "canal-ledger"

const ledgerFile = `id = "canal-ledger"
name = "Canal Ledger"
vendor = "Canal Software"
applications = ["Canal Ledger"]
return_url = "https://ledger.example/pleo"
return_hint = "Settings > Banks"
help_url = "https://ledger.example/help"

[[permissions]]
scope = "accounts:read"
title = "Read the chart of accounts"

[[permissions]]
scope = "companies:read"
title = "Read the company's name"
required = false
`

// served are the integrations of a Pleo that knows both, and each of them again: with other keys, and the same
// installations.
var served = func() []pleosim.Integration {
	two := []pleosim.Integration{pleosim.BuiltIn(), {
		ID: ledger, Name: "Canal Ledger", Application: "Canal Ledger",
		Scopes: []string{"accounts:read", "companies:read"}, Optional: []string{"companies:read"},
	}}
	out := slices.Clone(two)
	for _, i := range two {
		i.ID += again
		out = append(out, i)
	}
	return out
}()

const again = "-again"

// four are the connections of two integrations with two companies.
var four = []flow.Connection{
	{Environment: flow.Production, Integration: dynamics, Company: bakery},
	{Environment: flow.Production, Integration: ledger, Company: bakery},
	{Environment: flow.Production, Integration: dynamics, Company: cycles},
	{Environment: flow.Production, Integration: ledger, Company: cycles},
}

// newPair is a site with both integrations in Pleo.
func newPair(t *testing.T) *site {
	t.Helper()
	return newSiteWith(t, pleosim.Options{Integrations: served})
}

// describedIn writes an integration file.
func (s *site) describedIn(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	writeFile(s.t, path, []byte(text), 0o600)
	return path
}

// integrationOf are the flags that name the integration of a connection by its file.
func (s *site) integrationOf(c flow.Connection) []string {
	if c.Integration != ledger {
		return nil
	}
	return []string{"--integration", s.describedIn("ledger.toml", ledgerFile)}
}

// keysOf returns two keys of a connection.
func (s *site) keysOf(c flow.Connection) (first, second string) {
	s.t.Helper()
	of := func(id string) string {
		keys, ok := s.sim.KeysOf(id)
		if !ok {
			s.t.Fatalf("%s is not served", id)
		}
		if c.Company == bakery {
			return keys.Good
		}
		return keys.OtherCompany
	}
	return of(c.Integration), of(c.Integration + again)
}

func refOf(c flow.Connection) store.Ref {
	return store.Ref{Env: c.Environment, Integration: c.Integration, CompanyID: string(c.Company)}
}

// about returns a command about one connection, as this program prints it.
func (s *site) about(c flow.Connection, command string, more ...string) []string {
	return append(s.places(append([]string{command}, strings.Fields(c.Arguments())...)...), more...)
}

// got reads the record of a connection.
func (s *site) got(c flow.Connection) store.Record {
	s.t.Helper()
	st := s.open()
	defer func() { _ = st.Close() }()
	r, err := st.Get(refOf(c))
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// kept is all that is kept of a connection: the files of its record, the marks of those, and its installation in Pleo.
func (s *site) kept(c flow.Connection) string {
	s.t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), "prod-"+c.Integration+"-"+string(c.Company)) {
			out.WriteString(path + "\x00" + string(readFile(s.t, path)) + "\x00")
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	status, _ := s.sim.InstallationOf(c.Integration, string(c.Company))
	return out.String() + status
}

// only does something about one connection, and requires that all the others stay as they are, to the byte, and that
// Pleo is asked with keys of this one alone.
func (s *site) only(about string, c flow.Connection, do func()) {
	s.t.Helper()
	before, asked := map[flow.Connection]string{}, len(s.sim.Requests())
	for _, other := range four {
		before[other] = s.kept(other)
	}
	do()
	delete(before, c)
	for other, kept := range before {
		if s.kept(other) != kept {
			s.t.Errorf("%s: %s changed %s", about, c.Arguments(), other.Arguments())
		}
	}
	names := map[string]bool{"": true}
	for _, id := range []string{c.Integration, c.Integration + again} {
		role := "good"
		if c.Company != bakery {
			role = "other_company"
		}
		names[strings.TrimPrefix(id+" "+role, dynamics+" ")] = true
	}
	for _, r := range s.sim.Requests()[asked:] {
		if !names[r.Key] {
			s.t.Errorf("%s: %s: %s %s was asked with the key %q", about, c.Arguments(), r.Method, r.Path, r.Key)
		}
	}
}

// holds requires an active connection with a key, here and in Pleo.
func (s *site) holds(c flow.Connection, key string) {
	s.t.Helper()
	r := s.got(c)
	status, _ := s.sim.InstallationOf(c.Integration, string(c.Company))
	if r.Status != store.StatusActive || r.Key.Reveal() != key || status != "ACTIVATED" {
		s.t.Errorf("%s: the record is %q with %s, the installation %q", c.Arguments(), r.Status, r.Fingerprint, status)
	}
}

// connects makes one of the four connections without a terminal.
func (s *site) connects(c flow.Connection) {
	s.t.Helper()
	key, _ := s.keysOf(c)
	if r := s.headless(key, append(s.integrationOf(c), "--company", string(c.Company))...); r.code != exitDone {
		s.t.Fatalf("%s: exit code %d: %s%s", c.Arguments(), r.code, r.out, r.err)
	}
}

// savedFour has all four connections, as four wizards leave them here. In Pleo, nothing is installed.
func savedFour(t *testing.T) *site {
	t.Helper()
	s := newPair(t)
	st := s.open()
	defer func() { _ = st.Close() }()
	for _, c := range four {
		if _, err := st.Put(s.recordFor(c)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// recordFor returns a connection as a wizard saves it.
func (s *site) recordFor(c flow.Connection) store.Record {
	s.t.Helper()
	described, name := integration.Default(), "Harbour Lane Bakery ApS"
	if c.Integration == ledger {
		var err error
		if described, err = integration.Load(s.describedIn("ledger.toml", ledgerFile)); err != nil {
			s.t.Fatal(err)
		}
	}
	if c.Company == cycles {
		name = "Klitgaard Cykler ApS"
	}
	key, _ := s.keysOf(c)
	r := store.Record{
		Status: store.StatusActive, Env: c.Environment, Integration: integration.ForRecord(described), Origin: s.api,
		CompanyID: string(c.Company), CompanyName: name, Key: pleoclient.NewKey(key), ValidatedAt: longAgo,
	}
	for _, p := range described.Permissions {
		r.Scopes = append(r.Scopes, string(p.Scope))
	}
	return r
}

// edit saves a record again after change has seen it.
func (s *site) edit(c flow.Connection, change func(*store.Record)) store.Record {
	s.t.Helper()
	r := s.got(c)
	change(&r)
	st := s.open()
	defer func() { _ = st.Close() }()
	r, err := st.Put(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// TestFourConnections takes two integrations with two companies through everything that can be done with one of them:
// the other three never change.
func TestFourConnections(t *testing.T) {
	t.Parallel()
	s := newPair(t)
	s.only("connect", four[0], func() { s.connects(four[0]) })
	s.only("connect on the full screen", four[1], func() {
		x := s.wizard(s.integrationOf(four[1])...)
		x.see("Canal Ledger would like permission to", "accounts:read", "Read the chart of accounts",
			"“Harbour Lane Bakery ApS” also has a connection to", "("+dynamics+") on this computer")
		toKey(x)
		x.see("Choose Canal Ledger")
		key, _ := s.keysOf(four[1])
		x.paste(key)
		x.see("Is this the right company?", "also here", "Microsoft Dynamics 365 Finance ("+dynamics, "enter confirm")
		x.send(enter)
		x.see("Connected to ", "https://ledger.example/pleo", "enter finish")
		x.send(enter)
		x.exit(exitDone)
		s.noKey(x.written())
	})
	s.only("connect line by line", four[2], func() {
		x := s.wizard("--plain")
		x.see("Canal Ledger (canal-ledger)", "Type allow or cancel:")
		x.send("allow" + enter)
		x.see("Enter alone goes back")
		key, _ := s.keysOf(four[2])
		x.paste(key)
		x.see("Is this the right company?", "Klitgaard Cykler ApS", "or back:")
		x.send("yes" + enter)
		x.exit(exitDone)
		s.noKey(x.written())
	})
	s.only("connect", four[3], func() { s.connects(four[3]) })
	for _, c := range four {
		key, _ := s.keysOf(c)
		s.holds(c, key)
	}
	s.eachIsRead()

	for _, c := range four {
		s.only("reconnect", c, func() { s.reconnects(c) })
	}
	if r := s.pipe("", s.places("rekey")...); r.code != exitDone {
		t.Errorf("rekey: exit code %d: %s%s", r.code, r.out, r.err)
	}
	for _, c := range four {
		_, key := s.keysOf(c)
		s.holds(c, key)
	}

	for i, c := range four {
		more, installed := []string{"--yes", "--json"}, false
		if i%2 == 1 {
			more, installed = append(more, "--forget"), true
		}
		s.only("disconnect", c, func() {
			got := s.pipe("", s.about(c, "disconnect", more...)...)
			if got.code != exitDone || got.last(t)["integration_id"] != c.Integration ||
				got.last(t)["company_id"] != string(c.Company) {
				t.Errorf("disconnect %s: exit code %d: %s%s", c.Arguments(), got.code, got.out, got.err)
			}
		})
		if _, ok := s.sim.InstallationOf(c.Integration, string(c.Company)); ok != installed {
			t.Errorf("%s: installed: %v", c.Arguments(), ok)
		}
		if left := s.status("--json"); len(left.lines(t)) != len(four)-1-i || left.code != exitDone {
			t.Errorf("after %s, exit code %d: %s%s", c.Arguments(), left.code, left.out, left.err)
		}
	}
}

// eachIsRead reads every connection by key, exec and status.
func (s *site) eachIsRead() {
	s.t.Helper()
	for _, c := range four {
		key, _ := s.keysOf(c)
		s.only("reading", c, func() {
			if got := s.keyOut(s.about(c, "key")...); got.out != key+"\n" || got.code != exitDone || got.err != "" {
				s.t.Errorf("key %s: exit code %d, another key; %s", c.Arguments(), got.code, got.err)
			}
			// Without --env, as a person writes it.
			args := s.in([]string{"exec", "--integration", c.Integration, string(c.Company), "--", "env"})
			got := s.keyOut(args...)
			for _, want := range []string{keyVariable + "=" + key, companyVariable + "=" + string(c.Company)} {
				if !slices.Contains(strings.Split(got.out, "\n"), want) {
					s.t.Errorf("exec %s: exit code %d, not the environment that is wanted; %s", c.Arguments(), got.code, got.err)
				}
			}
			r := s.got(c)
			line := s.pipe("", s.about(c, "status", "--json")...).first(s.t)
			if connectionOf(line) != c || line.IntegrationName != r.Integration.Name ||
				line.Fingerprint != r.Fingerprint || line.File != r.File {
				s.t.Errorf("status %s: %+v", c.Arguments(), line)
			}
			text := s.pipe("", s.about(c, "status")...)
			wantRun(s.t, "status", text, exitDone, r.Fingerprint, r.Integration.Name+" ("+c.Integration+")")
			if strings.Count(text.out, "\n  fingerprint ") != 1 {
				s.t.Errorf("status %s: more than one: %s", c.Arguments(), text.out)
			}
		})
	}
	if lines := s.status("--json").lines(s.t); len(lines) != len(four) {
		s.t.Errorf("%d connections: %+v", len(lines), lines)
	}
}

// reconnects gives a connection its second key, without a file and without a terminal.
func (s *site) reconnects(c flow.Connection) {
	s.t.Helper()
	_, key := s.keysOf(c)
	got := s.pipe(key, s.about(c, "reconnect", "--force-store", "--key-file", "-", "--accept-permissions", "--json")...)
	back := map[string]string{dynamics: "https://app.pleo.io", ledger: "https://ledger.example/pleo"}[c.Integration]
	last := got.last(s.t)
	if got.code != exitDone || last["return_url"] != back || last["integration_id"] != c.Integration {
		s.t.Errorf("reconnect %s: exit code %d: %s%s", c.Arguments(), got.code, got.out, got.err)
	}
	if strings.Contains(got.out, "changed since") {
		s.t.Errorf("reconnect %s tells of a change: %s", c.Arguments(), got.out)
	}
	s.holds(c, key)
}

// TestOneOfFourIsBad: the fault of one connection is reported only with that one.
func TestOneOfFourIsBad(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		spoil func(s *site, c flow.Connection)
		run   []string
		code  int
		says  func(statusLine) string
		want  string
	}{
		"a key is revoked": {
			spoil: func(s *site, c flow.Connection) {
				keys, _ := s.sim.KeysOf(c.Integration)
				s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.Revoked) })
			},
			run: []string{"--check"}, code: exitKey, says: func(l statusLine) string { return l.Check },
			want: "key_rejected",
		},
		"a backup is put back": {
			spoil: func(s *site, c flow.Connection) {
				old := readFile(t, s.got(c).File)
				r := s.edit(c, func(r *store.Record) { _, key := s.keysOf(c); r.Key = pleoclient.NewKey(key) })
				writeFile(t, r.File, old, 0o600)
				s.remove(r.File + ".prev")
			},
			code: exitDone, says: func(l statusLine) string { return l.Warning }, want: "this is an older copy",
		},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			for _, bad := range four[1:3] {
				s := savedFour(t)
				s.only(about, bad, func() { tt.spoil(s, bad) })
				got := s.status(append(tt.run, "--json")...)
				lines := got.lines(t)
				if len(lines) != len(four) || got.code != tt.code {
					t.Fatalf("exit code %d: %s%s", got.code, got.out, got.err)
				}
				for _, line := range lines {
					is := line.CompanyID == string(bad.Company) && line.IntegrationID == bad.Integration
					if is != strings.Contains(tt.says(line), tt.want) {
						t.Errorf("%s is bad, and of %s with %s is said: %q", bad.Arguments(), line.CompanyID,
							line.IntegrationID, tt.says(line))
					}
					if is && tt.run == nil && !strings.Contains(line.Warning, s.program()+" reconnect "+bad.Arguments()) {
						t.Errorf("the command is not of %s: %s", bad.Arguments(), line.Warning)
					}
				}
				if tt.run == nil {
					continue
				}
				for _, c := range four { // the mark is in that record alone
					if r := s.got(c); r.RejectedAt.IsZero() == (c == bad) {
						t.Errorf("%s is bad, and %s: rejected at %s", bad.Arguments(), c.Arguments(), r.RejectedAt)
					}
				}
			}
		})
	}
}

// newerLedger is what the vendor of the ledger ships later: another name, one permission more, and one less.
var newerLedger = strings.NewReplacer(`name = "Canal Ledger"`, `name = "Canal Ledger Pro"`,
	`scope = "companies:read"`, `scope = "tax-codes:read"`, "Read the company's name", "Read the tax codes",
).Replace(ledgerFile)

// otherLedger is the same product under another id.
var otherLedger = strings.Replace(ledgerFile, ledger, "canal-ledger-2", 1)

// seeText waits until the text is on the screen, with any line breaks and bars inside it.
func (x *terminal) seeText(texts ...string) {
	x.t.Helper()
	for _, text := range texts {
		x.until(text, func() bool { return strings.Contains(unbroken(x.text()), unbroken(text)) })
	}
}

func unbroken(text string) string {
	return strings.NewReplacer(" ", "", "\n", "", "┃", "").Replace(text)
}

// TestReconnectSpeaksAsItWasApproved: without a file, the record says in whose name, for what, and where to.
func TestReconnectSpeaksAsItWasApproved(t *testing.T) {
	t.Parallel()
	const c = 1
	for face, run := range map[string]func(s *site, x *terminal, key string){
		"full screen": func(s *site, x *terminal, key string) {
			toKey(x)
			x.see("Choose Canal Ledger")
			x.paste(key)
			x.see("Connected to ", "Back to Canal Ledger: Settings > Banks", "https://ledger.example/pleo", "enter finish")
			x.send(enter)
		},
		"line by line": func(s *site, x *terminal, key string) {
			x.see("Type allow or cancel:")
			x.send("allow" + enter)
			x.see("Choose Canal Ledger", "Enter alone goes back")
			x.paste(key)
			x.until("the link", func() bool { // above the window: the receipt is long
				return strings.Contains(x.written(), "\nhttps://ledger.example/pleo\r\n")
			})
		},
	} {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			s := savedFour(t)
			_, key := s.keysOf(four[c])
			s.only("reconnect", four[c], func() {
				more := []string{"--force-store"}
				if face != "full screen" {
					more = append(more, "--plain")
				}
				x := start(t, s.env(), s.about(four[c], "reconnect", more...)...)
				x.see("Canal Ledger would like permission to", "accounts:read", "companies:read", "Key store ready",
					"stays in use until")
				for _, text := range []string{"Choose Microsoft", "export-jobs", "changed since"} {
					if strings.Contains(x.text(), text) {
						t.Errorf("it tells of %q:\n%s", text, x.text())
					}
				}
				run(s, x, key)
				x.exit(exitDone)
				x.until("the receipt", func() bool {
					return strings.Contains(x.written(), "Canal Ledger is connected to “Harbour Lane Bakery ApS”") &&
						strings.Contains(x.written(), "ack to Canal Ledger, Settings > Banks:")
				})
				s.noKey(x.written())
			})
			s.holds(four[c], key)
		})
	}
}

// TestReconnectWithANewerFile: Review says in what the file differs from what was approved, and the record is of the
// newer one afterwards.
func TestReconnectWithANewerFile(t *testing.T) {
	t.Parallel()
	c := four[1]
	differences := []flow.Fact{
		{Label: "new", Value: "Read the tax codes"}, {Label: "removed", Value: "Read the company's name"},
		{Label: "name was", Value: "Canal Ledger"},
	}
	written := func(between string) (out []string) {
		for _, d := range differences {
			out = append(out, d.Label+between+d.Value)
		}
		return out
	}
	for _, face := range []string{"full screen", "line by line", "headless"} {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			i := served[1]
			i.Scopes = append(i.Scopes, "tax-codes:read")
			s := newSiteWith(t, pleosim.Options{Integrations: []pleosim.Integration{served[0], i, served[2], served[3]}})
			st := s.open()
			for _, c := range four {
				if _, err := st.Put(s.recordFor(c)); err != nil {
					t.Fatal(err)
				}
			}
			_ = st.Close()
			key, _ := s.keysOf(c)
			file := s.describedIn("newer.toml", newerLedger)
			args := s.places("reconnect", bakery, "--force-store", "--integration", file)
			s.only("reconnect", c, func() {
				switch face {
				case "full screen":
					x := start(t, s.env(), args...)
					x.see("Canal Ledger Pro would like permission to")
					x.seeText(written(" ")...)
					toKey(x)
					x.paste(key)
					x.see("Connected to ", "enter finish")
					x.send(enter)
					x.exit(exitDone)
				case "line by line":
					x := start(t, s.env(), append(args, "--plain")...)
					x.see("Canal Ledger Pro would like permission to", "Type allow or cancel:")
					x.seeText(written(": ")...)
					x.send("allow" + enter)
					x.see("Enter alone goes back")
					x.paste(key)
					x.exit(exitDone)
				default:
					r := s.pipe(key, append(args, "--key-file", "-", "--accept-permissions", "--json")...)
					for _, d := range written(" ") {
						if !strings.Contains(r.out, `{"event":"notice","text":"changed since it was last allowed: `+d) {
							t.Errorf("no notice %q: exit code %d: %s%s", d, r.code, r.out, r.err)
						}
					}
				}
			})
			if r := s.got(c); r.Integration.Name != "Canal Ledger Pro" || r.Integration.ID != ledger {
				t.Errorf("the record is of %+v", r.Integration)
			}
		})
	}
}

// TestReconnectWithAnotherProduct: a file of another id means another connection.
func TestReconnectWithAnotherProduct(t *testing.T) {
	t.Parallel()
	s := savedFour(t)
	before := s.files()
	r := s.pipe("", s.places("reconnect", bakery, "--integration", s.describedIn("other.toml", otherLedger),
		"--key-file", "-", "--accept-permissions")...)
	wantRun(t, "reconnect", r, exitUsage, "no connection to canal-ledger-2 was found on this computer")
	if s.files() != before || len(s.sim.Requests()) > 0 {
		t.Error("something was changed, or Pleo was asked")
	}
}

// TestTwoWizardsOfTwoIntegrations: two admins connect one company at once. Those of two integrations do not meet; of
// those of one integration, the first learns of the other, also while another integration is connected.
func TestTwoWizardsOfTwoIntegrations(t *testing.T) {
	t.Parallel()
	s := newPair(t)
	a, b := four[0], four[1]
	stopped := s.wizard(s.integrationOf(b)...)
	toKey(stopped)
	first, second := s.keysOf(b)
	stopped.paste(first)
	stopped.see("Is this the right company?", "enter confirm")
	if err := stopped.cmd.Process.Signal(unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.only("another integration", a, func() { s.connects(a) })
	if r := s.headless(second, append(s.integrationOf(b), "--yes")...); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	stopped.comeBack()
	s.only("the same integration", b, func() {
		stopped.send(enter)
		stopped.see("Someone else changed this connection", "Nothing was overwritten", "▐ Try again ▌", "enter confirm")
		s.holds(b, second)
		stopped.send("r")
		stopped.see("Is this the right company?", "also here", "("+dynamics, "enter confirm")
		stopped.send(enter)
		stopped.see("Connected to ", "enter finish")
		stopped.send(enter)
		stopped.exit(exitDone)
	})
	s.holds(b, first)

	// The other way round: nothing was changed of what this one saw.
	stopped = s.wizard(s.integrationOf(b)...)
	toKey(stopped)
	stopped.paste(second)
	stopped.see("Is this the right company?", "enter confirm")
	if err := stopped.cmd.Process.Signal(unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.only("another integration", a, func() { s.reconnects(a) })
	stopped.comeBack()
	s.only("connect", b, func() {
		stopped.send(enter)
		stopped.see("Connected to ", "enter finish")
		stopped.send(enter)
		stopped.exit(exitDone)
	})
	s.holds(b, second)
	s.noKey(stopped.written())
}

// TestRenamedProduct: the file of a product came with another id. A person who connects it again learns that the
// company is connected under the other id, on Review and before the confirmation, and that stays as it is.
func TestRenamedProduct(t *testing.T) {
	t.Parallel()
	for _, face := range []string{"full screen", "line by line", "headless"} {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			s := newPair(t)
			s.connects(four[1])
			file := s.describedIn("renamed.toml", otherLedger)
			_, key := s.keysOf(four[1]) // of the same application
			const review = "“Harbour Lane Bakery ApS” also has a connection to Canal Ledger (canal-ledger) on this " +
				"computer; " +
				"it is not affected"
			const confirm = "Canal Ledger (canal-ledger)"
			before, files := s.got(four[1]), s.kept(four[1])
			switch face {
			case "full screen":
				x := s.wizard("--integration", file)
				x.seeText(review)
				toKey(x)
				x.paste(key)
				x.see("Is this the right company?", "enter confirm")
				x.seeText(confirm)
				x.send(enter)
				x.see("Connected to ", "enter finish")
				x.send(enter)
				x.exit(exitDone)
			case "line by line":
				x := s.wizard("--integration", file, "--plain")
				x.see("Type allow or cancel:")
				x.seeText(review)
				x.send("allow" + enter)
				x.see("Enter alone goes back")
				x.paste(key)
				x.see("Is this the right company?", "or back:")
				x.seeText(confirm)
				x.send("yes" + enter)
				x.exit(exitDone)
			default:
				r := s.headless(key, "--integration", file, "--yes")
				wantRun(t, face, r, exitDone, `{"event":"notice","text":"`+review+`"}`)
			}
			if s.kept(four[1]) != files || !s.got(four[1]).Key.Equal(before.Key) {
				t.Error("the other connection was changed")
			}
			renamed := four[1]
			renamed.Integration = "canal-ledger-2"
			if r := s.got(renamed); r.Status != store.StatusActive || r.Key.Reveal() != key {
				t.Errorf("the record is %q, %s", r.Status, r.Fingerprint)
			}
			// For another company, this one is not mentioned.
			r := s.headless("", "--integration", file, "--company", cycles)
			if strings.Contains(r.out, "stays as it is") {
				t.Errorf("told for another company: %s", r.out)
			}
		})
	}
}
