//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/termtest"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// inside runs a command in this process, which costs a fraction of a program of its own.
func (s *site) inside(args ...string) result {
	s.t.Helper()
	var out, err bytes.Buffer
	a := newApp(args, host.Host{
		Environ: s.env(), Home: s.home, In: strings.NewReader(""), Out: &out, Err: &err, IntegrationFile: s.described,
	})
	code := a.execute(s.t.Context())
	s.found(keysIn(out.String()+err.String()), "the output")
	return result{code, out.String(), err.String()}
}

// candidateLine is a line of a list of connections: what one is called, what names it, or how many there are beside.
var candidateLine = regexp.MustCompile(
	`^  (.*:|[0-9a-f-]{36} --integration [a-z0-9-]+ --env (production|staging)|and [0-9]+ more; pleo-connect .*)\n$`)

// checkHarmless looks at what runs wrote, and at what a terminal makes of it.
func checkHarmless(t *testing.T, runs ...result) {
	t.Helper()
	written := ""
	for _, r := range runs {
		for line := range strings.Lines(r.err) {
			first, _, _ := strings.Cut(line, " ")
			ours := []string{"error:", "note:", "hint:", "warning:"}
			if !candidateLine.MatchString(line) && !slices.Contains(ours, first) {
				t.Errorf("a line of its own on standard error: %q", line)
			}
		}
		written += r.out + r.err
	}
	termtest.CheckLines(t, written, false)
	height := strings.Count(written, "\n") + 20
	termtest.CheckQuiet(t, termtest.After(120, height, strings.ReplaceAll(written, "\n", "\r\n")))
}

// checkJSON requires whole lines of JSON.
func checkJSON(t *testing.T, r result) {
	t.Helper()
	checkHarmless(t, r)
	for line := range strings.Lines(r.out) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %q", line)
		}
	}
}

// storable is as much of a hostile text as a record can hold.
func storable(text string) string { return strings.ToValidUTF8(text[:min(len(text), 5000)], "\ufffd") }

// withHostileRecords saves one connection for each hostile text, every second with an address that cannot be asked, and
// one that may do less than it could.
func withHostileRecords(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	st := s.open()
	defer func() { _ = st.Close() }()
	base := store.Record{
		Status: store.StatusActive, Env: "production", Integration: store.Integration{ID: dynamics}, Origin: s.api,
		CompanyID: bakery, CompanyName: "Harbour Lane Bakery ApS",
		Key: pleoclient.NewKey(s.sim.Keys().Good), ValidatedAt: longAgo,
	}
	records := []store.Record{base}
	for i, h := range flowtest.Hostile {
		r, text := base, storable(h.Text)
		r.CompanyID, r.CompanyName, r.Scopes = filledID(i), text, []string{text}
		r.Rejection, r.RejectedAt = text, longAgo.Add(time.Hour)
		if i%2 == 0 {
			r.Origin = "https://" + text
		}
		records = append(records, r)
		records[0].Scopes = append(records[0].Scopes, storable(h.Text[:min(len(h.Text), 300)]))
	}
	for _, r := range records {
		if _, err := st.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestHostileRecords reads texts back from a store: in lines, in JSON, while Pleo is asked about all of them, and when
// they go.
func TestHostileRecords(t *testing.T) {
	t.Parallel()
	s := withHostileRecords(t)
	places := []string{"--store", s.store, "--identity", s.identity}
	lines := s.inside(append([]string{"status"}, places...)...)
	checkHarmless(t, lines)
	for i, h := range flowtest.Hostile {
		name := pleoclient.Safe(storable(h.Text)).String()
		row := "\n" + fit(name, companyColumns) + columnGap + fmt.Sprintf("%08x", i) + columnGap + dynamics
		if !strings.Contains(lines.out, row) {
			t.Errorf("%s: there is no row %q", h.Name, row)
		}
		alone := s.inside(append([]string{"status", filledID(i)}, places...)...)
		checkHarmless(t, alone)
		if want := "“" + words(name) + "”: rejected"; !strings.Contains(words(alone.out), want) {
			t.Errorf("%s: it does not begin with %q: %s", h.Name, want, alone.out)
		}
	}
	written := s.inside(append([]string{"status", "--json"}, places...)...)
	checkJSON(t, written)
	records := written.lines(t)
	if len(records) < len(flowtest.Hostile) {
		t.Fatalf("%d lines, exit code %d: %s", len(records), written.code, written.err)
	}
	for i, line := range records[:len(flowtest.Hostile)] {
		text := pleoclient.Safe(storable(flowtest.Hostile[i].Text)).String()
		if line.CompanyID != filledID(i) || line.CompanyName != text || line.Rejection != text {
			t.Errorf("%s: %+v", flowtest.Hostile[i].Name, line)
		}
	}
	asked := s.inside(append([]string{"status", "--check"}, places...)...)
	checkHarmless(t, asked)
	if !strings.Contains(asked.out, "no longer allowed") || !strings.Contains(asked.out, "address can't be used") {
		t.Errorf("asked, Pleo says:\n%s%s", asked.out, asked.err)
	}
	checkJSON(t, s.inside(append([]string{"status", "--check", "--json"}, places...)...))
	for i := range flowtest.Hostile {
		if i%5 > 0 { // a few are enough: all of them take the name from the same place
			continue
		}
		checkHarmless(t, s.inside(append([]string{"disconnect", filledID(i), "--yes"}, places...)...))
		checkJSON(t, s.inside(append([]string{"disconnect", filledID(i), "--yes", "--json"}, places...)...))
	}
}

// TestHostileRuns connects while Pleo puts a hostile text into the company's name, and then into another of its
// answers.
func TestHostileRuns(t *testing.T) {
	t.Parallel()
	const client = `{"data":{"authMethod":%s,"clientId":"x","scope":%s,"applicationName":%s,` +
		`"subjectURN":"urn:pleo:company:` + bakery + `"}}`
	const scopes = `"export-jobs:read export-jobs:write export-items:read companies:read"`
	const installed = `{"id":"` + bakery + `","applicationId":"` + bakery + `",` +
		`"resource":"urn:pleo:company:` + bakery + `","status":%s,"errorCode":%s,` +
		`"metadata":{},"createdAt":"","updatedAt":""}`
	const application = `"Microsoft Dynamics 365 Finance"`
	answer := func(path, body string, args ...any) pleosim.Fault {
		return lasting(pleosim.Reply("GET", path, http.StatusOK, "application/json", fmt.Sprintf(body, args...)))
	}
	places := []func(quoted, raw string) pleosim.Fault{
		func(q, _ string) pleosim.Fault {
			return answer("/v1/companies/"+bakery, `{"data":{"id":"`+bakery+`","name":%s,"address":{}}}`, q)
		},
		func(q, _ string) pleosim.Fault { return answer(introspect, client, q, scopes, application) },
		func(q, _ string) pleosim.Fault { return answer(introspect, client, `"API_KEY"`, scopes, q) },
		func(q, _ string) pleosim.Fault { return answer(introspect, client, `"API_KEY"`, q, application) },
		func(q, _ string) pleosim.Fault { return answer("/v1/installations/me", installed, q, q) },
		func(_, raw string) pleosim.Fault {
			return lasting(pleosim.Reply("GET", introspect, http.StatusBadRequest, "text/plain", raw))
		},
		func(_, raw string) pleosim.Fault {
			return lasting(pleosim.Reply("GET", introspect, http.StatusOK, raw, "x"))
		},
		func(_, raw string) pleosim.Fault {
			f := lasting(pleosim.Reply("GET", introspect, http.StatusFound, "", ""))
			f.Header.Set("Location", "https://"+raw)
			return f
		},
	}
	s := newSite(t)
	key := filepath.Join(s.home, "key.txt")
	writeFile(t, key, []byte(s.sim.Keys().Good), 0o600)
	for i, h := range flowtest.Hostile {
		quoted, err := json.Marshal(storable(h.Text))
		if err != nil {
			t.Fatal(err)
		}
		name := places[0](string(quoted), "")
		name.Times = 1
		s.sim.Inject(name)
		flags := s.flags("--key-file", key, "--accept-permissions", "--yes")
		want := pleoclient.Safe(storable(h.Text)).String()
		if i%2 == 0 {
			r := s.inside(append(flags, "--json")...)
			checkJSON(t, r)
			if got := r.last(t)["company_name"]; got != want {
				t.Errorf("%s: connected to %q", h.Name, got)
			}
		} else {
			r := s.inside(flags...)
			termtest.CheckLines(t, r.out+r.err, false)
			if !strings.Contains(words(r.out), "is connected to “"+words(want)+"” Back to Pleo") { // wrapped
				t.Errorf("%s: the receipt is\n%s%s", h.Name, r.out, r.err)
			}
		}
		other := newSite(t)
		other.sim.Inject(places[1+i%(len(places)-1)](string(quoted), storable(h.Text)))
		checkJSON(t, other.inside(other.flags("--key-file", key, "--accept-permissions", "--yes", "--json")...))
	}
}

// TestHostileNames: others choose the names of files and directories, of flags, accounts and programs.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i, h := range flowtest.Hostile {
		name := strings.NewReplacer("/", "_", "\x00", "").Replace(h.Text[:min(len(h.Text), 100)])
		dir := filepath.Join(s.home, fmt.Sprint(i), name)
		if err := os.MkdirAll(filepath.Join(dir, "full", name), 0o700); err != nil {
			t.Fatal(err)
		}
		integration := filepath.Join(dir, "file.toml")
		writeFile(t, integration, []byte("name = 'x'\n"+name+" = 'y'\n"), 0o600)
		var runs []result
		for _, args := range [][]string{
			// Not a store, and what is in its place.
			{"status", "--store", filepath.Join(dir, "full"), "--identity", filepath.Join(dir, "identity")},
			{"status", "--store", filepath.Join(dir, "store"), "--identity", filepath.Join(dir, "store", "identity")},
			{"connect", "--store", filepath.Join(dir, "store"), "--integration", filepath.Join(dir, name)},
			{"connect", "--store", filepath.Join(dir, "store"), "--integration", integration},
			{"connect", "--store", filepath.Join(dir, "store"), "--key-file", filepath.Join(dir, name),
				"--accept-permissions", "--yes"},
			{"status", "--store", filepath.Join(dir, "store"), "--check", "--ca-file", filepath.Join(dir, name)},
			{"status", "--" + name}, {"-" + name}, {name}, {"sandbox", "--listen", name},
			{"connect", "--api-base", "https://" + name},
		} {
			r := s.inside(args...)
			if runs = append(runs, r); r.code == exitDone && args[0] != "status" {
				t.Errorf("%s: %q: exit code %d: %q %q", h.Name, args, r.code, r.out, r.err)
			}
		}
		if checkHarmless(t, runs...); t.Failed() {
			t.Fatalf("%s: %+v", h.Name, runs)
		}
	}
}

// TestHostileStore lives in a directory with a hostile name: it is shown in a form that can be drawn, and scripts get
// it whole.
func TestHostileStore(t *testing.T) {
	t.Parallel()
	for i, name := range []string{
		"a\x1b]0;owned\ab", "a\nb\x1b[2J", "\u202egnihtemos\u009b8m", "株式会社 Ærø", strings.Repeat("\u0301", 90),
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.store = filepath.Join(s.home, name, "store")
			s.identity = filepath.Join(s.home, "other "+name, "identity.txt")
			key := filepath.Join(s.home, "key.txt")
			writeFile(t, key, []byte(s.sim.Keys().Good), 0o600)
			first := s.inside(s.flags("--key-file", key, "--accept-permissions", "--yes", "--json")...)
			checkJSON(t, first)
			if first.code != exitDone {
				t.Fatalf("exit code %d: %s%s", first.code, first.out, first.err)
			}
			for _, args := range [][]string{
				{"status"}, {"rekey"}, {"disconnect", bakery, "--yes", "--env", "staging"},
				{"recipient", "add", "age1x"},
			} {
				checkHarmless(t, s.inside(s.places(args...)...))
			}
			checkHarmless(t, s.inside(s.places("doctor", "--api-base", s.api)...))
			checkJSON(t, s.inside(s.places("doctor", "--api-base", s.api, "--json")...))
			again := s.inside(s.flags("--key-file", key, "--accept-permissions", "--yes")...)
			termtest.CheckLines(t, again.out+again.err, false)
			if !strings.Contains(again.out, "saved in") {
				t.Errorf("the receipt is\n%s%s", again.out, again.err)
			}
			status := s.inside(s.places("status", "--json")...)
			checkJSON(t, status)
			if got := status.first(t).File; got != s.record().File {
				t.Errorf("the file is %q, for scripts %q", s.record().File, got)
			}
			writeFile(t, s.record().File, []byte("damaged"), 0o600)
			checkHarmless(t, s.inside(s.places("status")...))
			if err := os.Chmod(s.store, 0o777); err != nil {
				t.Fatal(err)
			}
			checkHarmless(t, s.inside(s.places("status")...))
			checkHarmless(t, s.inside(s.places("rekey")...))
		})
	}
}

// TestTmuxHostileNames: a real terminal is as it was, and shows what was written and nothing else.
func TestTmuxHostileNames(t *testing.T) {
	t.Parallel()
	s := withHostileRecords(t)
	want := s.pipe("", s.places("status")...).out
	m := s.tmuxRunning(80, 50, map[string]string{"set-clipboard": "on"}, s.places("status")...)
	m.see("protected by", "exit code 0, terminal as before")
	m.undisturbed()
	shown, _, _ := strings.Cut(m.text(), "exit code 0")
	got, lines := strings.Split(shown, "\n"), strings.Split(want, "\n")
	for i := range min(len(got), len(lines)) {
		if got, want := strings.TrimRight(got[i], " "), strings.TrimRight(lines[i], " "); got != want {
			t.Errorf("line %d: %q, was written as %q", i, got, want)
		}
	}
	if len(got) != len(lines) {
		t.Errorf("%d lines, %d were written", len(got), len(lines))
	}
}

// TestTmuxHostileWizard: the company that is confirmed has a hostile name, and the receipt contains it.
func TestTmuxHostileWizard(t *testing.T) {
	t.Parallel()
	for i, tail := range []string{
		"\x1b[2J\x1b]0;owned\a\x1b[?25l\x1b[4h\x1b]52;c;ZXZpbA==\a",
		"\u009b2J\u009d0;owned\u009c\u202egro\u200b" + strings.Repeat("\u0301", 50) + "\x9b?1049l",
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			name := strings.ToValidUTF8("Harbour Lane Bakery ApS"+tail, "\ufffd")
			body, err := json.Marshal(map[string]any{
				"data": map[string]any{"id": bakery, "name": name, "address": struct{}{}},
			})
			if err != nil {
				t.Fatal(err)
			}
			s.sim.Inject(lasting(pleosim.Reply("GET", "/v1/companies/"+bakery, http.StatusOK, "application/json", string(body))))
			m := s.inTmux(80, 24, map[string]string{"set-clipboard": "on"})
			m.toKey()
			m.paste(s.sim.Keys().Good, inBrackets)
			m.see("Is this the right company?", "“"+pleoclient.Safe(name).String()+"”", bakery)
			m.confirm()
			m.finish()
			_, last, _ := strings.Cut(pleoclient.Safe(name).String(), "Bakery ") // the headline is wrapped there
			m.see("is connected to “Harbour Lane Bakery", last+"”")
			m.undisturbed()
		})
	}
}

// undisturbed requires a window as tmux makes one, with the title that it had, and nothing copied.
func (m *tmux) undisturbed() {
	m.t.Helper()
	const flags = "other screen #{alternate_on}, cursor #{cursor_flag}, insert #{insert_flag}, " +
		"keys #{keypad_flag}#{keypad_cursor_flag}, mouse #{mouse_any_flag}, origin #{origin_flag}, " +
		"wrap #{wrap_flag}, region from #{scroll_region_upper}"
	const want = "other screen 0, cursor 1, insert 0, keys 00, mouse 0, origin 0, wrap 1, region from 0"
	if got := m.format(flags); got != want {
		m.t.Error(got)
	}
	if title := m.format("#{pane_title} #{window_name}"); strings.Contains(title, "owned") {
		m.t.Errorf("the title is %q", title)
	}
	if copied := m.do("list-buffers"); copied != "" {
		m.t.Errorf("copied: %q", copied)
	}
}
