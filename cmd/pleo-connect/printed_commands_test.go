//go:build unix

package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// printed are the commands about one connection in what the program wrote.
var printed = regexp.MustCompile(`pleo-connect(?: --(?:store|identity) \S+| --force-store)* ` +
	`(reconnect|disconnect|key|exec|status) [0-9a-f]{8}-[0-9a-f-]*` +
	`( --[a-z]+( [a-z0-9-]+)?)*`)

// TestPrintedCommands runs every kind of command that the program prints, as it is printed: it means the connection
// that it was printed for, although the same company is connected to another integration.
func TestPrintedCommands(t *testing.T) {
	t.Parallel()
	c := four[1]
	status := func(s *site, more ...string) result { return s.pipe("", s.about(c, "status", more...)...) }
	disconnect := func(status int, mediaType, body string) func(s *site, _ pleosim.Keys) result {
		return func(s *site, _ pleosim.Keys) result {
			s.sim.Inject(pleosim.Reply(http.MethodDelete, "", status, mediaType, body))
			return s.pipe("", s.about(c, "disconnect", "--yes")...)
		}
	}
	for about, tt := range map[string]struct {
		prints func(s *site, keys pleosim.Keys) result
		want   []string // the commands, in order
	}{
		"receipt": {func(s *site, keys pleosim.Keys) result {
			file := s.describedIn("ledger.toml", ledgerFile)
			return s.pipe(keys.Good,
				s.flags("--integration", file, "--key-file", "-", "--accept-permissions", "--yes", "--unit")...)
		}, []string{"key"}},
		"receipt with a credential": {func(s *site, keys pleosim.Keys) result {
			dir := filepath.Dir(s.identity)
			writeFile(s.t, filepath.Join(dir, flow.CredentialName), readFile(s.t, s.identity), 0o600)
			s.more = append(s.more, "CREDENTIALS_DIRECTORY="+dir)
			return s.pipe(keys.Good, append(s.flags("--key-file", "-", "--accept-permissions", "--yes", "--unit",
				"--identity", filepath.Join(dir, flow.CredentialName)), s.integrationOf(c)...)...)
		}, []string{"key", "status"}},
		"key of a connection that was never finished": {func(s *site, _ pleosim.Keys) result {
			s.removes(c)
			r := s.recordFor(c)
			r.Status = store.StatusPending
			s.save(r)
			return s.keyOut(s.about(c, "key")...)
		}, []string{"reconnect"}},
		"pending": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Status, r.Key = store.StatusPending, pleoclient.NewKey(keys.FewerScopes) })
			return status(s)
		}, []string{"reconnect"}},
		"key of one that is pending": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Status, r.Key = store.StatusPending, pleoclient.NewKey(keys.FewerScopes) })
			got := s.keyOut(s.about(c, "key")...)
			return result{got.code, "", got.err}
		}, []string{"reconnect"}},
		"rolled back": {func(s *site, keys pleosim.Keys) result {
			old := readFile(s.t, s.got(c).File)
			r := s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.FewerScopes) })
			writeFile(s.t, r.File, old, 0o600)
			s.remove(r.File + ".prev")
			return status(s)
		}, []string{"reconnect"}},
		"the version before": {func(s *site, keys pleosim.Keys) result {
			r := s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.FewerScopes) })
			writeFile(s.t, r.File, []byte("damaged"), 0o600)
			return status(s)
		}, []string{"reconnect"}},
		"rejected": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.Revoked) })
			return status(s, "--check")
		}, []string{"reconnect"}},
		"permissions taken away": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.FewerScopes) })
			return status(s, "--check")
		}, []string{"reconnect"}},
		"the key of another company": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.OtherCompany) })
			return status(s, "--check")
		}, []string{"reconnect"}},
		"doctor": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.Revoked) })
			return s.doctor(s.integrationOf(c)...)
		}, []string{"reconnect"}},
		"doctor, a long name": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) {
				r.Key, r.Integration.Vendor = pleoclient.NewKey(keys.FewerScopes), strings.Repeat("Canal Software ", 20)
			})
			return s.doctor(s.integrationOf(c)...)
		}, []string{"reconnect"}},
		"doctor, rolled back": {func(s *site, keys pleosim.Keys) result {
			old := readFile(s.t, s.got(c).File)
			r := s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.FewerScopes) })
			writeFile(s.t, r.File, old, 0o600)
			s.remove(r.File + ".prev")
			return s.doctor(s.integrationOf(c)...)
		}, []string{"reconnect"}},
		"doctor, the version before": {func(s *site, keys pleosim.Keys) result {
			r := s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.FewerScopes) })
			writeFile(s.t, r.File, []byte("damaged"), 0o600)
			return s.doctor(s.integrationOf(c)...)
		}, []string{"reconnect"}},
		"disconnect, denied": {disconnect(403, "application/json", "{}"), []string{"disconnect --forget"}},
		"disconnect, not proven": {func(s *site, keys pleosim.Keys) result {
			s.sim.Inject(pleosim.Reply(http.MethodGet, introspect, 404, "application/json", "{}"))
			return disconnect(404, "application/json", "{}")(s, keys)
		}, []string{"disconnect --forget"}},
		"disconnect, blocked": {
			disconnect(403, "text/html", "<h1>Blocked</h1>"), []string{"disconnect --forget"},
		},
		"disconnect, rejected": {func(s *site, keys pleosim.Keys) result {
			s.edit(c, func(r *store.Record) { r.Key = pleoclient.NewKey(keys.Revoked) })
			return s.pipe("", s.about(c, "disconnect", "--yes")...)
		}, []string{"disconnect --forget"}},
		"lost": {func(s *site, _ pleosim.Keys) result {
			s.remove(s.got(c).File)
			return status(s)
		}, []string{"disconnect --forget"}},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := savedFour(t)
			keys, _ := s.sim.KeysOf(c.Integration)
			out := tt.prints(s, keys)
			var want []string
			for _, words := range tt.want {
				command, flag, _ := strings.Cut(words, " ")
				program := s.program()
				if command == "key" || command == "status" { // of a unit, which has both in its environment
					program = "pleo-connect"
				}
				want = append(want, strings.TrimSpace(program+" "+command+" "+c.Arguments()+" "+flag))
			}
			got := slices.Compact(printed.FindAllString(out.out+"\n"+out.err, -1))
			forced := func(got, want string) bool { return strings.Replace(got, " --force-store", "", 1) == want }
			if !slices.EqualFunc(got, want, forced) {
				t.Fatalf("printed %q, want %q: exit code %d: %s%s", got, want, out.code, out.out, out.err)
			}
			for _, command := range got {
				s.only(command, c, func() { s.asPrinted(c, command) })
			}
		})
	}
}

// TestPrintedCheck runs what doctor prints where it did not ask about all keys: then all of them are checked.
func TestPrintedCheck(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 12 {
		s.put(bakery, s.sim.Keys().Good, func(r *store.Record) {
			r.Integration.ID, r.ValidatedAt = fmt.Sprintf("ledger-%d", i), time.Now()
		})
	}
	_, command, found := strings.Cut(strings.Join(strings.Fields(s.doctor().out), " "), " To check all, run: ")
	command, _, ended := strings.Cut(command, " ✓ ")
	if !found || !ended || !strings.HasSuffix(command, " status --check") {
		t.Fatalf("printed %q: %s", command, s.doctor().out)
	}
	s.more = append(s.more, "PATH="+filepath.Dir(binary(t))+":"+os.Getenv("PATH"))
	if got := s.runs(exec.Command("sh", "-c", command), nil); got.code != exitDone ||
		!strings.Contains(got.out, "\n✓ 12 accepted\n") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// removes forgets a connection.
func (s *site) removes(c flow.Connection) {
	s.t.Helper()
	wantRun(s.t, "forget", s.inside(s.about(c, "disconnect", "--forget", "--yes")...), exitDone)
}

// save saves a record that is new.
func (s *site) save(r store.Record) {
	s.t.Helper()
	st := s.open()
	defer func() { _ = st.Close() }()
	if _, err := st.Put(r); err != nil {
		s.t.Fatal(err)
	}
}

// asPrinted runs a command in a shell, as a person who copied it would, and requires that it is about one connection.
func (s *site) asPrinted(c flow.Connection, command string) {
	s.t.Helper()
	_, second := s.keysOf(c)
	s.more = append(s.more, "PATH="+filepath.Dir(binary(s.t))+":"+os.Getenv("PATH"))
	word := printed.FindStringSubmatch(command)[1]
	if word == "key" || word == "status" {
		s.more = append(s.more, "PLEO_CONNECT_STORE="+s.store, "PLEO_CONNECT_IDENTITY="+s.identity)
	}
	run := func(more string) result {
		s.t.Helper()
		return s.runs(exec.Command("sh", "-c", command+more), strings.NewReader(second))
	}
	is := map[string]string{
		"company_id": string(c.Company), "integration_id": c.Integration, "environment": c.Environment,
	}
	var got result
	switch word {
	case "key":
		sum := s.runs(exec.Command("sh", "-c", command+" | sha256sum"), nil)
		first, _ := s.keysOf(c)
		want := s.runs(exec.Command("sha256sum"), strings.NewReader(first+"\n"))
		if sum.out != want.out {
			s.t.Errorf("%s: another key; %s", command, sum.err)
		}
		return
	case "status":
		got = run(" --json")
		if len(got.lines(s.t)) != 1 {
			s.t.Errorf("%s shows more: %s", command, got.out)
		}
	case "reconnect":
		got = run(" --force-store --key-file - --accept-permissions --json")
	case "disconnect":
		got = run(" --yes --json")
	}
	last := got.last(s.t)
	for name, value := range is {
		if last[name] != value || got.code != exitDone {
			s.t.Errorf("%s: %s is %q, exit code %d: %s%s", command, name, last[name], got.code, got.out, got.err)
		}
	}
}

// TestCommandsAreMade: no other place writes a command about a connection. That of an example is exampleConnection.
func TestCommandsAreMade(t *testing.T) {
	t.Parallel()
	source.CheckHomes(t, []source.Home{{
		What: "a command about one connection", Files: "flow/unit.go", Instead: "Connection.Arguments, in a text of the book",
		Pattern: `pleo-connect (reconnect|disconnect|key|exec|status) " ?\+ ?[a-df-z]`,
	}},
		"cmd/pleo-connect", "cmd/internal/engine", "cmd/internal/host", "cmd/internal/console", "flow", "store")
}
