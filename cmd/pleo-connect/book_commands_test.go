//go:build unix

package main

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
)

// notHere are the programs whose commands no test runs, and why.
var notHere = map[string]string{
	"sh":          "TestKeyNeedsAPipe runs a key into a pipe",
	"timedatectl": "sets the clock of the computer",
	"tmux":        "changes a terminal of a person",
	"systemctl":   "restarts a service of the computer",
	"find":        "searches the whole disk",
	"mount":       "changes the file systems of the computer",
	"systemd-run": "TestUnits and TestSystemd have the unit",
	"sudo":        "only root can become another account here",
	"(umask":      "TestRekeyOfLockedIdentity runs it with age at a terminal",
	"age":         "asks for a passphrase at a terminal",
	"age-keygen":  "prints an identity",
	"{cli}":       "the program of an engine, which is not here",
}

// These find the commands in a text of the book: what is behind "run: ", and what begins with our own name or is a
// command that the program makes.
var (
	behindRun = regexp.MustCompile(`\brun(?: as root)?: (.+)$`)
	ownName   = regexp.MustCompile(`(?:sudo )?(?:pleo-connect|\{program\})(?: (?:help|connect|reconnect|` +
		`disconnect|status|key|exec|recipient|add|remove|rekey|doctor|demo|sandbox|COMPANY|RECIPIENT|DIR|FILE|ID|` +
		`--[a-z-]+|\{(?:arguments|company|recipient)\}))*`)
	rawPath = regexp.MustCompile(`\{(?:path|dir|file|account|owner|name|reason|detail)\}`)
)

// bookCommands returns the commands in the book, as they are written there, with a place for each.
func bookCommands() map[string]string {
	out := map[string]string{}
	for _, s := range flowtest.Sentences(&flow.English) {
		text := string(s.Text)
		if found := behindRun.FindStringSubmatch(text); found != nil {
			command := found[1]
			if !strings.Contains(command, "{{") { // else the optional part begins before it
				command = strings.TrimSuffix(command, "}}")
			}
			out[command] = s.Place()
			text = strings.TrimSuffix(text, found[1])
		}
		for _, found := range ownName.FindAllString(text, -1) {
			out[found] = s.Place()
		}
	}
	return out
}

// TestBookCommands runs every command of the book as it is printed, with paths that need quotes, or says why not. Those
// that the program makes, {command}, are for TestPrintedCommands.
func TestBookCommands(t *testing.T) {
	t.Parallel()
	commands := bookCommands()
	if len(commands) < 3 {
		t.Errorf("only %d commands were found", len(commands))
	}
	for command, place := range commands {
		if rawPath.MatchString(command) {
			t.Errorf("%s: %q: a name in a command is one that a shell takes: {word}, {dirword}, {fileword}", place, command)
			continue
		}
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.asInBook(place, command)
		})
	}
}

// asInBook runs one command of the book.
func (s *site) asInBook(place, command string) {
	s.t.Helper()
	filled, path := s.filledCommand(command)
	if out, err := exec.Command("sh", "-n", "-c", filled).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: a shell does not read %q: %s", place, filled, out)
	}
	words := strings.Fields(command)
	if words[0] == "sudo" && os.Geteuid() == 0 {
		words, filled = words[1:], strings.TrimPrefix(filled, "sudo ")
		if words[0] == "-u" { // with an account, and then a command
			words = words[2:]
			_, filled, _ = strings.Cut(strings.TrimPrefix(filled, "-u "), " ")
		}
	}
	switch program := words[0]; program {
	case "pleo-connect", "{program}":
		s.ownCommand(place, filled)
	case "chmod", "chown", "rm", "mv", "cp", "mkdir", "ln":
		got := s.runs(exec.Command("sh", "-c", filled), nil)
		if got.code != 0 {
			s.t.Errorf("%s: %q: exit code %d: %s", place, filled, got.code, got.err)
		}
		if _, err := os.Lstat(path); program == "rm" && err == nil {
			s.t.Errorf("%s: %q leaves %s", place, filled, path)
		}
	default:
		if program != "{command}" && notHere[program] == "" {
			s.t.Errorf("%s: %q is run by no test, and notHere does not say why", place, command)
		}
	}
}

// filledCommand fills a command: every path is one that needs quotes and is there.
func (s *site) filledCommand(command string) (filled, path string) {
	s.t.Helper()
	me, err := user.Current()
	if err != nil {
		s.t.Fatal(err)
	}
	dir := filepath.Join(s.home, "it's a place", strings.Repeat("very ", 30)+"long")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		s.t.Fatal(err)
	}
	path = filepath.Join(dir, "$file")
	writeFile(s.t, path, nil, 0o600)
	beside := filepath.Join(s.home, "it's a place", "beside")
	writeFile(s.t, beside, nil, 0o600)
	v := flow.Values{
		Path: path, Dir: dir, File: path, Paths: pleoclient.ShellWord(dir) + " " + pleoclient.ShellWord(beside),
		Above:   pleoclient.ShellWord(dir),
		Account: me.Username, Owner: me.Username, Company: bakery, ID: bakery, Integration: dynamics,
		Environment: flow.Production, Command: "pleo-connect status", Mode: "0644", Vendor: "Contoso ERP",
		Program:   s.program(),
		Arguments: flow.Connection{Environment: flow.Production, Integration: dynamics, Company: bakery}.Arguments(),
	}
	switch program, _, _ := strings.Cut(command, " "); program {
	case "rm":
		v.Paths = pleoclient.ShellWords([]string{path, beside})
	case "mv":
		v.File = beside
	}
	return flow.Text(command).Fill(v), path
}

// ownCommands are how a command of this program is run to its end. Others are asked for their help, which a command or
// a flag that does not exist does not get.
var ownCommands = map[string]string{
	"pleo-connect status":                  "",
	"pleo-connect rekey":                   " --force-store",
	"pleo-connect reconnect " + bakery:     " --force-store --key-file - --accept-permissions",
	"pleo-connect disconnect " + bakery:    " --yes",
	"pleo-connect doctor":                  " --api-base $API --force-store",
	"pleo-connect reconnect":               " --force-store --key-file - --accept-permissions",
	"pleo-connect status --check":          " --force-store",
	"pleo-connect key " + bakery + " | wc": "",
}

func (s *site) ownCommand(place, command string) {
	s.t.Helper()
	more, known := ownCommands[strings.TrimPrefix(command, s.program()+" ")]
	if !known {
		more = " --help"
	} else {
		wantRun(s.t, "connect", s.headless(s.sim.Keys().Good, "--yes"), exitDone)
	}
	s.more = append(s.more, "API="+s.api, "PATH="+filepath.Dir(binary(s.t))+":"+os.Getenv("PATH"))
	got := s.runs(exec.Command("sh", "-c", command+more), strings.NewReader(s.sim.Keys().Replacement))
	if got.code != exitDone {
		s.t.Errorf("%s: %q: exit code %d: %s%s", place, command+more, got.code, got.out, got.err)
	}
}

// TestBookCommandsAreFound holds the finder to what it must find.
func TestBookCommandsAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"to replace it, run: pleo-connect reconnect {company}": "pleo-connect reconnect {company}",
		"run pleo-connect to connect":                          "pleo-connect",
		"run pleo-connect status to see what is connected":     "pleo-connect status",
		"run: sudo chown -R {accountword} {paths}":             "sudo chown -R {accountword} {paths}",
		"pleo-connect status lists what is connected":          "pleo-connect status",
		"run pleo-connect recipient add RECIPIENT again":       "pleo-connect recipient add RECIPIENT",
	} {
		var got []string
		if found := behindRun.FindStringSubmatch(text); found != nil {
			got = append(got, found[1])
		} else {
			got = ownName.FindAllString(text, -1)
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}
