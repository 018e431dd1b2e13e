//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
)

// office is a site whose program looks for the integration of its computer in a file of this test.
type office struct {
	*site
	program, file string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	notShort(t)
	o := &office{site: newPair(t), program: filepath.Join(t.TempDir(), "pleo-connect")}
	o.file = filepath.Join(t.TempDir(), "etc", "integration.toml") // not below the home, which is searched for keys
	o.described = o.file
	if err := os.Mkdir(filepath.Dir(o.file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := build(o.program, o.file); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) does(stdin string, args ...string) result {
	o.t.Helper()
	return o.runs(exec.Command(o.program, args...), strings.NewReader(stdin))
}

// connects returns the integration that is connected, with a key for it.
func (o *office) connects(integration string, more ...string) result {
	o.t.Helper()
	keys, _ := o.sim.KeysOf(integration)
	more = append(more, "--key-file", "-", "--accept-permissions", "--yes", "--json")
	r := o.does(keys.Good, o.flags(more...)...)
	if r.code != exitDone || r.last(o.t)["integration_id"] != integration {
		o.t.Errorf("%q connects no %s: exit code %d: %s%s", more, integration, r.code, r.out, r.err)
	}
	return r
}

// readers are the commands that take an integration from a file.
func (o *office) readers() map[string][]string {
	return map[string][]string{
		"connect": o.flags("--key-file", "-", "--accept-permissions", "--yes"),
		"doctor":  o.doctorFlags(),
		"sandbox": {"sandbox", "--listen", "192.0.2.1:1"}, // ends with that, if it gets so far
	}
}

// TestIntegrationOfThisComputer: a named file comes first, then that of this computer, then the built-in integration.
// A file of this computer that is wrong is never passed over. Commands that name a company need none.
func TestIntegrationOfThisComputer(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.connects(dynamics)

	writeFile(t, o.file, []byte(ledgerFile), 0o644)
	o.connects(ledger)
	named := o.describedIn("named.toml", strings.Replace(ledgerFile, ledger, "named-ledger", 1))
	keys, _ := o.sim.KeysOf(ledger)
	flags := o.flags("--integration", named, "--key-file", "-", "--accept-permissions", "--yes", "--json")
	r := o.does(keys.Good, flags...)
	if r.code != exitDone || r.last(t)["integration_id"] != "named-ledger" {
		t.Errorf("a named file: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if line := o.serves(o.program); line.IntegrationID != ledger {
		t.Errorf("the sandbox serves %s", line.IntegrationID)
	}
	x := startCommand(t, o.onTerminal("demo", "--pace", "0"))
	x.see("DEMO", "Canal Ledger would like permission to", "Read the chart of accounts", "Key store ready")
	x.send(ctrlC)
	x.exit(exitInterrupted)

	wrong := map[string]struct {
		prepare func()
		says    string
	}{
		"others can change it": {func() { writeFile(t, o.file, []byte(ledgerFile), 0o644); chmod(t, o.file, 0o666) },
			"other accounts can change the file"},
		"others can replace it": {func() {
			writeFile(t, o.file, []byte(ledgerFile), 0o644)
			chmod(t, filepath.Dir(o.file), 0o777)
		}, "other accounts can replace files in"},
		"it is a directory": {func() {
			if err := os.Mkdir(o.file, 0o755); err != nil {
				t.Fatal(err)
			}
		}, "not a regular file"},
		"it is a pipe": {func() {
			if err := unix.Mkfifo(o.file, 0o644); err != nil {
				t.Fatal(err)
			}
		}, "not a regular file"},
		"it leads nowhere": {func() {
			if err := os.Symlink("nowhere", o.file); err != nil {
				t.Fatal(err)
			}
		}, "there is no such file"},
	}
	before := o.files()
	for about, w := range wrong {
		o.removeAll(o.file)
		w.prepare()
		for name, args := range o.readers() {
			r := o.inside(args...)
			r.out = words(r.out) // doctor wraps what it says
			wantRun(t, about+", "+name, r, exitUsage, w.says)
		}
		chmod(t, filepath.Dir(o.file), 0o755)
	}
	o.removeAll(o.file)
	writeFile(t, o.file, []byte("name = 1\n"), 0o644)
	for name, args := range o.readers() {
		wantRun(t, "it is broken, "+name, o.does(o.sim.Keys().Good, args...), exitUsage, "integration.toml:1:8:")
	}
	x = startCommand(t, o.onTerminal("demo", "--pace", "0"))
	x.exit(exitUsage)
	x.seeText("integration.toml:1:8:")
	for _, args := range [][]string{
		o.about(four[1], "status"),
		o.about(four[1], "reconnect", "--force-store", "--key-file", "-", "--accept-permissions"),
		o.in([]string{"exec", bakery, "--integration", ledger, "--", "true"}),
	} {
		wantRun(t, args[0], o.does(keys.Good, args...), exitDone)
	}
	if o.files() != before {
		t.Error("something was connected")
	}

	if os.Geteuid() == 0 {
		return // who may enter every directory
	}
	chmod(t, filepath.Dir(o.file), 0)
	o.connects(dynamics)
	chmod(t, filepath.Dir(o.file), 0o755)
}

// onTerminal is the program for a terminal.
func (o *office) onTerminal(args ...string) *exec.Cmd {
	cmd := exec.Command(o.program, args...)
	cmd.Env = o.env()
	return cmd
}

// serves starts a sandbox and returns its line. It ends with the test.
func (s *site) serves(program string, more ...string) sandboxLine {
	s.t.Helper()
	cmd := exec.Command(program, append([]string{"sandbox"}, more...)...)
	cmd.Env = s.env()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var line sandboxLine
	if err := json.NewDecoder(bufio.NewReader(stdout)).Decode(&line); err != nil {
		s.t.Fatal(err)
	}
	return line
}

// oneScope is a file without an id and applications, for one permission.
const oneScope = `name = "Tide Table"
vendor = "Tide"
return_url = "https://tide.example/back"
return_hint = "Reports > Tides"
help_url = "https://tide.example/help"
[[permissions]]
scope = "tide:read"
title = "Read the tides"
`

// TestDemoFollowsAFile: the demo shows the integration of any file, in every scenario.
func TestDemoFollowsAFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file, scenario string
		shows          []string // on Review
		after          []string // the key
		code           int
	}{
		"the ledger": {file: ledgerFile, scenario: "good", shows: []string{"Canal Ledger would", "accounts:read"},
			after: []string{"Is this the right company?", "Harbour Lane Bakery ApS", ledger}},
		"another company": {file: ledgerFile, scenario: "other-company", shows: []string{"Canal Ledger would"},
			after: []string{"Is this the right company?", "Klitgaard Cykler ApS"}},
		"missing scopes": {file: ledgerFile, scenario: "missing-scopes", shows: []string{"Canal Ledger would"},
			after: []string{"accounts:read"}, code: exitPermissions},
		"one permission": {file: oneScope, scenario: "good", shows: []string{"Tide Table would", "Read the tides"},
			after: []string{"Is this the right company?", "tide-table"}},
		"without it": {file: oneScope, scenario: "missing-scopes", shows: []string{"Tide Table would"},
			after: []string{"tide:read"}, code: exitPermissions},
		"another application": {
			file: ledgerFile, scenario: "other-application", shows: []string{"Canal Ledger would"},
			after: []string{"another integration"}, code: exitKey,
		},
		"a key of too much": {file: oneScope, scenario: "more-scopes", shows: []string{"Tide Table would"},
			after: []string{"Is this the right company?", "users:read,", "vendors:write"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := start(t, s.env(), "demo", "--pace", "0",
				"--integration", s.describedIn("file.toml", tt.file), "--scenario", tt.scenario)
			x.see(append(tt.shows, "DEMO", "Allow", "Key store ready")...)
			x.send(enter)
			x.see("DEMO", "tab")
			x.send("\t")
			x.see(append(tt.after, "DEMO")...)
			if tt.code != exitDone {
				x.see("esc back")
				x.send("q")
				x.exit(tt.code)
				return
			}
			x.see("enter confirm")
			x.send(enter)
			x.see("enter finish")
			x.send(enter)
			x.exit(exitDone)
			x.see("DEMO: nothing was saved")
			if strings.Contains(x.written(), "tide.example/back") { // a page on the internet
				t.Error("the demo leads to the page of the vendor")
			}
			s.noKey(x.written())
		})
	}
}

// TestSandboxesApart: each sandbox has the keys of its integration, and refuses those of another.
func TestSandboxesApart(t *testing.T) {
	t.Parallel()
	s := newPair(t)
	file := s.describedIn("tide.toml", oneScope)
	lines := map[string]sandboxLine{}
	for _, of := range []string{s.integrationOf(four[1])[1], file} {
		lines[of] = s.serves(binary(t), "--integration", of)
	}
	for of, line := range lines {
		for from, other := range lines {
			s.api = line.APIBase
			r := s.headless(other.Keys.Good, "--yes", "--integration", of)
			switch {
			case of == from && (r.code != exitDone || r.last(t)["integration_id"] != line.IntegrationID):
				t.Errorf("%s: exit code %d: %s%s", line.IntegrationID, r.code, r.out, r.err)
			case of != from && (r.code != exitKey || r.last(t)["kind"] != "key_rejected"):
				t.Errorf("%s with a key of %s: exit code %d: %s%s",
					line.IntegrationID, other.IntegrationID, r.code, r.out, r.err)
			}
		}
	}
	for role, key := range keysByRole(lines[file].Keys) {
		if !strings.HasPrefix(key, pleosim.KeyPrefix) {
			t.Errorf("the key %q is not marked as simulated", role)
		}
	}
}
