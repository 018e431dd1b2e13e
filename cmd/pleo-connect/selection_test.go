//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// The connections of selectionSite, by what the tables call them.
var alike = map[string]flow.Connection{
	"A":    four[0],
	"B":    four[1],
	"B'":   {Environment: flow.Staging, Integration: ledger, Company: bakery},
	"twin": {Environment: flow.Production, Integration: dynamics, Company: "4b0c9999-0000-4000-8000-000000000001"},
	"bike": four[3],
	"odd":  {Environment: flow.Production, Integration: dynamics, Company: "e0000000-0000-4000-8000-000000000002"},
}

// selectionSite has connections that are hard to distinguish: one company three times, another one with the same name
// and nearly the same id, and one whose name is the beginning of that id.
func selectionSite(t *testing.T) *site {
	t.Helper()
	s := newPair(t)
	st := s.open()
	defer func() { _ = st.Close() }()
	for _, c := range alike {
		if _, err := st.Put(s.recordAlike(c)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *site) recordAlike(c flow.Connection) store.Record {
	r := s.recordFor(c)
	if c == alike["odd"] {
		r.CompanyName = "4b0c"
	}
	return r
}

// means returns the arguments of connections, sorted.
func means(names ...string) []string {
	var out []string
	for _, name := range names {
		out = append(out, alike[name].Arguments())
	}
	slices.Sort(out)
	return out
}

// listed returns the candidates that a run printed for people, and requires that scripts get the same.
func (r result) listed(t *testing.T) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(r.err) {
		if arguments, ok := strings.CutPrefix(line, "  "); ok && strings.Contains(arguments, " --integration ") {
			out = append(out, strings.TrimSpace(arguments))
		}
	}
	slices.Sort(out)
	if r.out == "" {
		return out
	}
	var event failedEvent
	if err := json.Unmarshal([]byte(r.out), &event); err != nil {
		t.Errorf("%v in %s", err, r.out)
	}
	var scripts []string
	for _, c := range event.Candidates {
		scripts = append(scripts, connectionOf(statusLine{
			Environment: c.Environment, IntegrationID: c.IntegrationID, CompanyID: c.CompanyID,
		}).Arguments())
	}
	slices.Sort(scripts)
	if diff := cmp.Diff(out, scripts); diff != "" {
		t.Errorf("for people and for scripts (-people +scripts):\n%s", diff)
	}
	return out
}

// TestWhichCompany: an id counts in full or by its beginning, for people's commands a name as well. What can mean
// several connections is refused, and each line of the list means one.
func TestWhichCompany(t *testing.T) {
	t.Parallel()
	s := selectionSite(t)
	for _, tt := range []struct {
		args  []string
		ids   []string // what key and exec make of it; nil: they want an id
		names []string // what people's commands make of it
	}{
		{args: []string{strings.ToUpper(bakery)}, ids: means("A", "B", "B'"), names: means("A", "B", "B'")},
		{args: []string{bakery, "--integration", dynamics}, ids: means("A"), names: means("A")},
		{args: []string{bakery, "--integration", ledger}, ids: means("B", "B'"), names: means("B", "B'")},
		{args: []string{bakery, "--env", "production"}, ids: means("A", "B"), names: means("A", "B")},
		{args: []string{bakery, "--env", "staging"}, ids: means("B'"), names: means("B'")},
		{args: []string{"9D2F"}, ids: means("bike"), names: means("bike")},
		{args: []string{" 9d2f6a10-7c "}, ids: means("bike"), names: means("bike")},
		{args: []string{"4b0c9"}, ids: means("twin"), names: means("twin")},
		{args: []string{"4b0c"}, ids: means("A", "B", "B'", "twin"), names: means("A", "B", "B'", "twin", "odd")},
		{args: []string{"4B0C", "--integration", ledger, "--env", "staging"}, ids: means("B'"), names: means("B'")},
		{args: []string{"klitgaard CYKLER aps"}, names: means("bike")},
		{args: []string{"“Klitgaard Cykler ApS”"}, names: means("bike")},
		{args: []string{"Harbour Lane Bakery ApS"}, names: means("A", "B", "B'", "twin")},
		{args: []string{"harbour lane bakery aps", "--integration", dynamics}, names: means("A", "twin")},
		{args: []string{"Harbour Lane"}, names: []string{}}, // the whole name
	} {
		about := strings.Join(tt.args, " ")
		got := s.keyOut(s.places(append([]string{"key"}, tt.args...)...)...)
		switch {
		case tt.ids == nil:
			wantRun(t, about, got, exitUsage, "error: that is not a company ID")
		case len(tt.ids) == 1:
			if got.code != exitDone || got.out != s.keyLine(tt.ids[0]) {
				t.Errorf("%s: exit code %d, %d bytes: %s", about, got.code, len(got.out), got.err)
			}
		default:
			wantRun(t, about, got, exitUsage, fmt.Sprintf("error: %d connections match that company", len(tt.ids)))
			if diff := cmp.Diff(tt.ids, got.listed(t)); diff != "" || got.out != "" {
				t.Errorf("%s: candidates (-want +got):\n%s", about, diff)
			}
		}

		forget := s.inside(s.in(append(append([]string{"disconnect"}, tt.args...), "--forget", "--yes", "--json"))...)
		switch {
		case len(tt.names) == 0:
			wantRun(t, about, forget, exitUsage, "no company with that ID or name is connected")
		case len(tt.names) == 1:
			last := forget.last(t)
			gone := connectionOf(statusLine{
				Environment: last["environment"], IntegrationID: last["integration_id"], CompanyID: last["company_id"],
			})
			if forget.code != exitDone || gone.Arguments() != tt.names[0] {
				t.Errorf("%s: exit code %d: %s%s", about, forget.code, forget.out, forget.err)
				break
			}
			s.saves(gone)
		default:
			wantRun(t, about, forget, exitUsage, fmt.Sprintf("error: %d connections match that company", len(tt.names)))
			if diff := cmp.Diff(tt.names, forget.listed(t)); diff != "" {
				t.Errorf("%s: candidates (-want +got):\n%s", about, diff)
			}
			for _, line := range forget.listed(t) {
				r := s.inside(s.places(append([]string{"status", "--json"}, strings.Fields(line)...)...)...)
				if lines := r.lines(t); len(lines) != 1 || connectionOf(lines[0]).Arguments() != line {
					t.Errorf("%s, pasted back: %s%s", line, r.out, r.err)
				}
			}
		}

		// status shows all that one company has.
		status := s.inside(s.places(append([]string{"status", "--json"}, tt.args...)...)...)
		companies := map[string]bool{}
		for _, arguments := range tt.names {
			companies[strings.Fields(arguments)[0]] = true
		}
		if len(companies) != 1 {
			wantRun(t, "status "+about, status, exitUsage)
			continue
		}
		var shown []string
		for _, line := range status.lines(t) {
			shown = append(shown, connectionOf(line).Arguments())
		}
		slices.Sort(shown)
		if diff := cmp.Diff(tt.names, shown); diff != "" || status.code != exitDone {
			t.Errorf("status %s: exit code %d (-want +got):\n%s", about, status.code, diff)
		}
	}
}

func connectionOf(line statusLine) flow.Connection {
	return flow.Connection{
		Environment: line.Environment, Integration: line.IntegrationID, Company: pleoclient.CompanyID(line.CompanyID),
	}
}

// keyLine is what the command key prints for a connection.
func (s *site) keyLine(arguments string) string {
	for _, c := range alike {
		if c.Arguments() == arguments {
			key, _ := s.keysOf(c)
			return key + "\n"
		}
	}
	return ""
}

// saves puts back a connection that was removed.
func (s *site) saves(c flow.Connection) {
	s.t.Helper()
	st := s.open()
	defer func() { _ = st.Close() }()
	if _, err := st.Put(s.recordAlike(c)); err != nil {
		s.t.Fatal(err)
	}
}

// TestKeyDecryptsOneRecord: a service finds its record although all others are damaged, and everything that may be
// meant is listed without reading any.
func TestKeyDecryptsOneRecord(t *testing.T) {
	t.Parallel()
	s := selectionSite(t)
	for name, c := range alike {
		if name != "bike" {
			writeFile(t, s.got(c).File, []byte("damaged"), 0o600)
		}
	}
	for _, args := range [][]string{{"9d2f"}, {cycles}, {cycles, "--integration", ledger}} {
		if got := s.keyOut(s.places(append([]string{"key"}, args...)...)...); got.code != exitDone || got.err != "" {
			t.Errorf("key %q: exit code %d: %s", args, got.code, got.err)
		}
		if got := s.keyOut(s.in(slices.Concat([]string{"exec"}, args, []string{"--", "true"}))...); got.code != exitDone {
			t.Errorf("exec %q: exit code %d: %s", args, got.code, got.err)
		}
	}
	wantRun(t, "no such id", s.keyOut(s.places("key", "ffff")...), exitUsage,
		"no company with that ID or name is connected")
	got := s.keyOut(s.places("key", "4b0c")...)
	if diff := cmp.Diff(means("A", "B", "B'", "twin"), got.listed(t)); diff != "" || got.code != exitUsage ||
		strings.Contains(got.err, "not readable") {
		t.Errorf("exit code %d: %s (-want +got):\n%s", got.code, got.err, diff)
	}
	// A name cannot be looked for where it cannot be read, and one that was found is enough.
	wantRun(t, "no such name", s.status("Harbour Lane Bakery ApS"), exitStore, "damaged")
	wantRun(t, "a name", s.status("Klitgaard Cykler ApS"), exitDone, ": active on ")
}

// TestNoCompany: with one connection there is nothing to choose, and status never has to.
func TestNoCompany(t *testing.T) {
	t.Parallel()
	s := newPair(t)
	s.open()
	forget := []string{"disconnect", "--forget", "--yes", "--json"}
	reconnect := []string{"reconnect", "--key-file", "-", "--accept-permissions", "--json", "--force-store"}
	for _, command := range [][]string{forget, reconnect} {
		wantRun(t, "none", s.inside(s.places(command...)...), exitUsage, "error: nothing is connected on this computer")
	}
	for _, command := range []string{"key", "exec"} {
		wantRun(t, command, s.keyOut(s.places(command)...), exitUsage)
	}
	s.saves(four[1])
	_, key := s.keysOf(four[1])
	if r := s.pipe(key, s.places(reconnect...)...); r.code != exitDone || r.last(t)["integration_id"] != ledger {
		t.Errorf("reconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	wantRun(t, "other integration", s.inside(s.places(append(forget, "--integration", dynamics)...)...), exitUsage,
		"error: that integration is not connected on this computer")
	s.saves(four[2])
	for _, command := range [][]string{forget, reconnect} {
		r := s.inside(s.places(command...)...)
		wantRun(t, "several", r, exitUsage, "error: there are 2 connections on this computer")
		if diff := cmp.Diff([]string{four[1].Arguments(), four[2].Arguments()}, r.listed(t)); diff != "" {
			t.Errorf("%q: candidates (-want +got):\n%s", command, diff)
		}
		wantRun(t, "empty", s.inside(s.places(append(command, " ")...)...), exitUsage,
			"error: the name of the company is empty")
	}
	if lines := s.status("--json").lines(t); len(lines) != 2 {
		t.Errorf("status: %+v", lines)
	}
	wantRun(t, "status", s.status(""), exitUsage, "error: the name of the company is empty")
	for _, flag := range []string{"--company", "--key-file", "--integration", "--env"} { // an unset variable of a script
		args := append(slices.Clone(forget), flag, "")
		if flag == "--company" || flag == "--key-file" {
			args = []string{"connect", "--accept-permissions", "--yes", "--force-store", flag, ""}
		}
		wantRun(t, flag, s.inside(s.places(args...)...), exitUsage, "error: "+flag+" is empty")
	}
	r := s.inside(s.places(append(forget, "--integration", ledger)...)...)
	if r.code != exitDone || r.last(t)["integration_id"] != ledger {
		t.Errorf("disconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r = s.inside(s.places(forget...)...); r.code != exitDone || r.last(t)["company_id"] != string(four[2].Company) {
		t.Errorf("disconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestUnreadableCandidates: what is lost or damaged may also be meant, and is distinguished.
func TestUnreadableCandidates(t *testing.T) {
	t.Parallel()
	s := savedFour(t)
	s.remove(s.got(four[0]).File)
	writeFile(t, s.got(four[1]).File, []byte("damaged"), 0o600)
	r := s.pipe("", s.places("disconnect", "--forget", "--yes", "--json")...)
	if r.code != exitUsage || len(r.listed(t)) != len(four) {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	for _, line := range []string{
		"missing:\n  " + four[0].Arguments() + "\n", "can't be read:\n  " + four[1].Arguments() + "\n",
		"“Klitgaard Cykler ApS”, Microsoft Dynamics 365 Finance:\n  " + four[2].Arguments() + "\n",
	} {
		if !strings.Contains(r.err, "\n  "+line) {
			t.Errorf("there is no line %q: %s", line, r.err)
		}
	}
	forget := func(c flow.Connection) result {
		return s.inside(s.about(c, "disconnect", "--forget", "--yes", "--json")...)
	}
	s.only("forget", four[0], func() {
		wantRun(t, "lost", forget(four[0]), exitDone, `"status":"forgotten"`, `"store":"absent"`)
	})
	s.only("forget", four[1], func() { wantRun(t, "damaged", forget(four[1]), exitStore, "damaged") })
}

// TestChoice: at a terminal, a person is asked which one is meant, until the answer is one of them.
func TestChoice(t *testing.T) {
	t.Parallel()
	const question = "Its number, or Enter to cancel:"
	for command, after := range map[string]string{
		"disconnect": "Type disconnect to continue", "reconnect": "Canal Ledger would like permission to",
	} {
		ask := func(t *testing.T) (*site, *terminal) {
			t.Helper()
			s := savedFour(t)
			x := start(t, s.env(), s.places(command, "--force-store")...)
			x.see("Which connection?", "  4  ", question)
			x.seeText(bakery+", "+dynamics+", production", cycles+", "+ledger+", production")
			return s, x
		}
		t.Run(command+", a number", func(t *testing.T) {
			t.Parallel()
			s, x := ask(t)
			row, _, _ := strings.Cut(x.lineWith("“Klitgaard Cykler ApS”, Canal Ledger"), "“")
			for i, nonsense := range []string{"x", "0", "5", "-1", "1 2", "99999999999999999999", "٣"} {
				x.send(nonsense + enter)
				x.asked(question, i+2)
			}
			x.see("Enter a number from 1 to 4")
			s.only(command, four[3], func() {
				x.send(strings.TrimSpace(row) + enter)
				x.see(after)
				if command == "disconnect" {
					x.see(ledger, cycles)
				} else {
					x.see("New key for “Klitgaard Cykler ApS”")
				}
				x.send(ctrlC)
				x.exit(exitInterrupted)
			})
		})
		for about, c := range map[string]struct {
			keys, says string
		}{
			"Enter":  {enter, "error: cancelled"},
			"Ctrl+D": {"\x04", "error: cancelled"},
			"Ctrl+C": {ctrlC, "error: cancelled"},
		} {
			t.Run(command+", "+about, func(t *testing.T) {
				t.Parallel()
				s, x := ask(t)
				before := s.files()
				x.send(c.keys)
				x.exit(exitInterrupted)
				x.see("\n"+c.says, "\nhint: nothing was changed")
				if s.files() != before || len(s.sim.Requests()) > 0 {
					t.Error("something was changed, or Pleo was asked")
				}
			})
		}
		t.Run(command+", hung up", func(t *testing.T) {
			t.Parallel()
			s, x := ask(t)
			before := s.files()
			x.hangUp()
			x.gone(128 + int(unix.SIGHUP))
			if s.files() != before {
				t.Error("something was changed")
			}
		})
	}
}

// TestNamedInFullAndAbsent: a connection that is named in full and is not there is missed by every command.
func TestNamedInFullAndAbsent(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	absent := flow.Connection{Environment: flow.Production, Integration: ledger, Company: bakery}
	for command, more := range map[string][]string{
		"status": nil, "key": nil, "exec": {"--", "true"}, "disconnect": {"--yes"},
		"reconnect": {"--key-file", "-", "--accept-permissions"},
	} {
		got := s.pipe("", s.about(absent, command, more...)...)
		want := "error: company " + bakery + " has no connection to that integration in production"
		if got.code != exitUsage || !strings.Contains(got.err, want) || got.out != "" {
			t.Errorf("%s: exit code %d: %s%s", command, got.code, got.out, got.err)
		}
	}
	if got := s.status(bakery, "--integration", ledger, "--env", "production", "--check"); got.code != exitUsage {
		t.Errorf("status --check: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestSameKeyOfTwoIntegrations: a person who uses one key for two products is warned before one of them takes it along.
func TestSameKeyOfTwoIntegrations(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	renamed := "id = 'renamed-erp'\n" + strings.Replace(string(readFile(t, "../../integration.toml")), "\nid ", "\n# id ", 1)
	file := s.describedIn("renamed.toml", renamed)
	x := s.wizard("--integration", file)
	x.see("also has a connection to", dynamics)
	toKey(x)
	x.paste(s.sim.Keys().Good)
	x.seeWrapped("with this same key; create a separate key for it in Pleo")
	confirm(x)
	finish(x)
	got := s.pipe("", s.places("disconnect", bakery, "--integration", "renamed-erp", "--yes")...)
	want := "warning: the same key is used on this computer for Microsoft Dynamics 365 Finance (" + dynamics + ")"
	if got.code != exitDone || !strings.Contains(got.err, want) {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.disconnect(); got.code != exitDone || strings.Contains(got.err, "same key") {
		t.Errorf("alone: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestNamedCompanyInFull: status shows each connection of a company that is named in full, not as a row of the table.
func TestNamedCompanyInFull(t *testing.T) {
	t.Parallel()
	s := selectionSite(t)
	if all := s.inside(s.places("status")...); strings.Contains(all.out, "company ID") {
		t.Errorf("all connections are not a table:\n%s", all.out)
	}
	named := s.inside(s.places("status", bakery)...)
	if got := strings.Count(named.out, "company ID     "+bakery); named.code != exitDone || got != 3 {
		t.Errorf("exit code %d, %d of 3 connections are shown in full:\n%s%s", named.code, got, named.out, named.err)
	}
}
