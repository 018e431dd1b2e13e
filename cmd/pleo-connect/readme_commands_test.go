//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
)

// fromReadme is how a command of the README is run.
type fromReadme struct {
	more  string // flags behind it: they lead to the simulated Pleo, or answer what a person would be asked
	input bool   // a new key on standard input
	code  int
	not   string // why it is not run
}

const (
	atTerminal = "a person answers it at a terminal"
	untilEnded = "runs until it is ended"
)

// readmeCommands are all commands in the README that begin pleo-connect or end in it, and some others.
var readmeCommands = map[string]fromReadme{
	"pleo-connect":                             {not: "the wizard: " + atTerminal},
	"TERM=vt220 pleo-connect":                  {not: "the wizard: " + atTerminal},
	"pleo-connect --help":                      {},
	"pleo-connect help exec":                   {},
	"pleo-connect status":                      {},
	"pleo-connect --store openbao:secret/pleo": {not: "the wizard: " + atTerminal},
	"bao kv get -mount=secret -field=key pleo/prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5": {
		not: "the program of an engine, which is not here",
	},
	"pleo-connect doctor":            {more: "--api-base $API --force-store"},
	"pleo-connect reconnect COMPANY": {more: "--force-store --key-file - --accept-permissions", input: true},
	"pleo-connect reconnect COMPANY --integration FILE": {
		more: "--force-store --key-file - --accept-permissions", input: true,
	},
	"pleo-connect disconnect COMPANY":          {more: "--yes"},
	"pleo-connect disconnect COMPANY --forget": {more: "--yes"},
	`printf %s "$KEY" | pleo-connect connect --key-file - --accept-permissions --yes --json`: {
		more: "--api-base $API --force-store",
	},
	"pleo-connect key COMPANY --integration ID --env production | your-program":   {},
	"pleo-connect exec COMPANY --integration ID --env production -- your-program": {},
	"pleo-connect recipient add age1…":                                            {more: "--force-store"},
	"pleo-connect recipient remove age1…": {
		more: "--force-store", code: exitStore, // it was never added
	},
	"pleo-connect rekey":                                {more: "--force-store"},
	"pleo-connect status --identity me.age":             {not: "asks for a passphrase: " + atTerminal},
	"age-keygen | age -p -o me.age && chmod 600 me.age": {not: "asks for a passphrase: " + atTerminal},
	"pleo-connect demo --web":                           {not: untilEnded + ": TestDemoWeb"},
	"pleo-connect demo --web --integration FILE":        {not: untilEnded + ": TestDemoWeb"},
	"pleo-connect demo --scenario missing-scopes":       {not: "the wizard: TestDemoScenario"},
	"pleo-connect sandbox":                              {not: untilEnded + ": TestSandbox"},
	"make build":                                        {not: "TestDocuments looks for the target"},
	"make demo":                                         {not: "TestDocuments looks for the target"},
	"mkdir -p -m 700 /etc/credstore.encrypted":          {not: "changes the computer, as root"},
	"systemd-creds encrypt --name=pleo-connect-identity /etc/pleo-connect/private/identity.txt " +
		"/etc/credstore.encrypted/pleo-connect-identity": {not: "changes the computer, as root; TestUnits has the unit"},
}

// TestReadmeCommands runs the commands of the README as they are printed, each on a computer with one connection.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	shown := commandsIn(fromRoot(t, "README.md"))
	for _, command := range shown {
		how, known := readmeCommands[command]
		switch {
		case !known:
			t.Errorf("the README shows %q, which this test does not run", command)
		case how.not == "":
			t.Run(command, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				wantRun(t, "connect", s.headless(s.sim.Keys().Good, "--yes"), exitDone)
				got := s.shown(command, how)
				if got.code != how.code {
					t.Errorf("exit code %d, want %d:\n%s%s", got.code, how.code, got.out, got.err)
				}
			})
		}
	}
	for command := range readmeCommands {
		if !slices.Contains(shown, command) {
			t.Errorf("the README does not show %q any more", command)
		}
	}
}

var (
	shellBlock  = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	inlineShell = regexp.MustCompile("`((?:TERM=\\S+ )?pleo-connect(?: [^`]*)?)`")
	comment     = regexp.MustCompile(`(?m)\s*# .*$`)
)

// commandsIn returns the commands in a page: those in blocks, without comments and in one line each, and those in
// sentences.
func commandsIn(page string) []string {
	var out []string
	for _, block := range shellBlock.FindAllStringSubmatch(page, -1) {
		text := strings.ReplaceAll(comment.ReplaceAllString(block[1], ""), "\\\n", "")
		for line := range strings.Lines(text) {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				out = append(out, line)
			}
		}
	}
	for _, found := range inlineShell.FindAllStringSubmatch(page, -1) {
		out = append(out, found[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// shown runs a command of the README in a shell.
func (s *site) shown(command string, how fromReadme) result {
	s.t.Helper()
	bin := s.t.TempDir()
	writeFile(s.t, filepath.Join(bin, "your-program"), []byte("#!/bin/sh\ncat >/dev/null\n"), 0o700)
	other, err := age.GenerateX25519Identity()
	if err != nil {
		s.t.Fatal(err)
	}
	file := s.describedIn("integration.toml", fromRoot(s.t, "integration.toml"))
	command = strings.NewReplacer("COMPANY", bakery, "--integration ID", "--integration "+dynamics,
		"--integration FILE", "--integration "+file, "age1…", other.Recipient().String()).Replace(command)
	s.more = append(s.more, "PLEO_CONNECT_STORE="+s.store, "PLEO_CONNECT_IDENTITY="+s.identity, "API="+s.api,
		"KEY="+s.sim.Keys().Good, "PATH="+bin+":"+filepath.Dir(binary(s.t))+":"+os.Getenv("PATH"))
	input := ""
	if how.input {
		input = s.sim.Keys().Replacement
	}
	return s.runs(exec.Command("sh", "-c", command+" "+how.more), strings.NewReader(input))
}
