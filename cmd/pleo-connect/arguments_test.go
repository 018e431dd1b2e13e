//go:build unix

package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
)

// misplaced are keys that people could give as an argument. The last ones cannot be recognised as keys.
var misplaced = map[string]string{
	"a usual key":       "pls_canary4f1d2c3b5a69788796a5b4c3d2e1f00f_1e2d3c4b5a69788796a5b4c3d2e1f00f",
	"capitals":          "canary-Q7WmZ2xR9tK4vB6nJ1sD8fG3hL5pC0yE",
	"base64":            "canaryQ7WmZ2xR9tK4vB6/nJ1sD8fG3hL5pC0yE2uA+w==",
	"an integration id": "canary0f1e2d3c4b5a69788796a5b4c3d2e1f00f",
	"words":             "canary-words-and-nothing-else",
	"odd characters":    "canary!x%y&z.1,2;3",
}

// everyCommand calls visit for every command, also those that cobra adds, with arguments that let it go as far
// as it can before it does something.
func everyCommand(s *site, visit func(cmd *cobra.Command, name, more []string)) {
	root := newApp(nil, host.Host{}).root(allCommands()...)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	unattended := []string{"--key-file", "-", "--accept-permissions", "--yes"}
	more := map[string][]string{
		"": unattended, "connect": unattended, "reconnect": unattended[:3], "disconnect": {"--yes"}, "status": {"--check"},
	}
	walk(root, func(cmd *cobra.Command) {
		name := nameOf(cmd)
		args := slices.Clone(more[strings.Join(name, " ")])
		if cmd.Flags().Lookup("api-base") != nil {
			args = append(args, "--api-base", s.api)
		}
		if cmd.Name() != "demo" && cmd.Name() != "sandbox" {
			args = append(args, "--store", s.store, "--identity", s.identity)
		}
		visit(cmd, name, args)
	})
}

// placesFor returns the arguments of a command with a key in each place where it can be.
func placesFor(cmd *cobra.Command, name, more []string, key string) map[string][]string {
	call := slices.Concat(name, more)
	out := map[string][]string{
		"an argument":             append(call[:len(call):len(call)], key),
		"the first argument":      slices.Concat(name, []string{key}, more),
		"the second argument":     slices.Concat(name, []string{bakery, key}, more),
		"before a second one":     slices.Concat(name, []string{key, bakery}, more),
		"before the command":      slices.Concat([]string{key}, call),
		"after --":                slices.Concat(call, []string{"--", key}),
		"a long flag":             slices.Concat(call, []string{"--" + key}),
		"a long flag with =":      slices.Concat(call, []string{"--" + key + "=x"}),
		"a long flag, first":      slices.Concat([]string{"--" + key}, call),
		"a short flag":            slices.Concat(call, []string{"-" + key}),
		"the flag of nothing":     slices.Concat(call, []string{"--=" + key}),
		"an unknown flag":         slices.Concat(call, []string{"--key=" + key}),
		"behind an unknown flag":  slices.Concat(call, []string{"--key", key}),
		"in the JSON flag":        slices.Concat(call, []string{"--json=" + key}),
		"help of it":              slices.Concat([]string{"help"}, name, []string{key}),
		"a flag behind --help":    slices.Concat(call, []string{"--help", "--" + key}),
		"a shorthand with a help": slices.Concat(call, []string{"-h" + key}),
	}
	flags := func(f *pflag.Flag) {
		out["--"+f.Name+"="] = slices.Concat(call, []string{"--" + f.Name + "=" + key})
		if f.NoOptDefVal == "" {
			out["--"+f.Name] = slices.Concat(call, []string{"--" + f.Name, key})
			out["--"+f.Name+" of it"] = slices.Concat(name, []string{"--" + f.Name, key}, more, []string{"--" + key})
		}
	}
	cmd.LocalFlags().VisitAll(flags)
	cmd.InheritedFlags().VisitAll(flags)
	if cmd.Name() == "exec" {
		for about, args := range map[string][]string{
			"COMPANY of a command": {key, "--", "no-such-command-here"}, "a command": {bakery, "--", key},
			"a flag behind COMPANY": {bakery, "--" + key, "--", "no-such-command-here"},
			"the value of one":      {bakery, "--integration", key, "--", "no-such-command-here"},
			"a command's argument":  {bakery, "--", "no-such-command-here", key},
		} {
			out[about] = slices.Concat(name, more, args)
		}
	}
	return out
}

// TestNoArgumentIsPrinted gives a key in every place of every command: it is wrong use, nothing is done, and no line
// repeats the key, nor a part of it. Where it looks like one, a person reads what to do.
func TestNoArgumentIsPrinted(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	s.more = []string{"PLEO_CONNECT_STORE=" + s.store, "PLEO_CONNECT_IDENTITY=" + s.identity}
	before, asked := s.files(), len(s.sim.Requests())
	tried := 0
	everyCommand(s, func(cmd *cobra.Command, name, more []string) {
		for about, key := range misplaced {
			for where, args := range placesFor(cmd, name, more, key) {
				for _, json := range []bool{false, cmd.Flags().Lookup("json") != nil} {
					if json {
						args = append([]string{"--json"}, args...)
					}
					tried++
					r := s.inside(args...)
					place := strings.Join(name, " ") + ", " + about + ", " + where
					if repeats(r.out+r.err, key) {
						t.Errorf("%s: the key is printed", place)
					}
					if r.code != exitUsage && r.code != exitNotFound && !showsHelp(name, r) {
						t.Errorf("%s: exit code %d", place, r.code)
					}
				}
			}
		}
	})
	if tried < 1000 || s.files() != before || len(s.sim.Requests()) != asked {
		t.Errorf("%d tried; something was changed, or Pleo was asked", tried)
	}
}

// showsHelp reports a run of completion, which has no work of its own, or one that asked for help.
func showsHelp(name []string, r result) bool {
	return r.code == exitDone && strings.Contains(r.out, "USAGE") && len(name) == 1 && name[0] == "completion"
}

// repeats reports whether a text has a part of the key that is long enough to reveal something of it, in any letter
// case, and wrapped or not.
func repeats(text, key string) bool {
	const part = 8
	joined := strings.ToLower(strings.Join(strings.Fields(text), ""))
	key = strings.ToLower(key)
	for i := range len(key) - part + 1 {
		if strings.Contains(joined, key[i:i+part]) {
			return true
		}
	}
	return false
}

// TestPartsOfAnArgumentAreNoticed, so that the tests above can fail.
func TestPartsOfAnArgumentAreNoticed(t *testing.T) {
	t.Parallel()
	for about, key := range misplaced {
		for _, text := range []string{key, "x" + key[3:14], strings.ToUpper(key), key[:6] + "\n  " + key[6:]} {
			if !repeats(text, key) {
				t.Errorf("%s is not noticed", about)
			}
		}
	}
	if repeats("error: pleo-connect connect takes no arguments, only flags", misplaced["words"]) {
		t.Error("a sentence is taken for a key")
	}
}

// TestKeyAsArgument: who gives a key as an argument reads that it does not belong there, and what to do with it now.
func TestKeyAsArgument(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	s.more = []string{"PLEO_CONNECT_STORE=" + s.store, "PLEO_CONNECT_IDENTITY=" + s.identity}
	key := misplaced["a usual key"]
	for _, args := range [][]string{
		{key}, {"connect", key}, {"connect", "--", key}, {"--" + key}, {"-" + key}, {"connect", "--key", key},
		{"connect", "--api-key=" + key}, {"status", "--warn-days", key}, {"status", key}, {"disconnect", key, "--yes"},
		{"reconnect", key}, {"key", key}, {"exec", key, "--", "no-such-command-here"}, {"connect", "--key-file", key},
		{"--store", key}, {"--identity=" + key}, {"--company", key}, {"--env=" + key, "--json=" + key},
		{"--api-base", "https://" + key}, {"--integration", key}, {"doctor", "--ca-file", key}, {"help", key},
		{"demo", "--scenario", key}, {"sandbox", "--listen", key}, {"recipient", key}, {"recipient", "add", key},
		{"rekey", key}, {"status", "Bearer " + key}, {"status", "PLEO_API_KEY=" + key}, {"completion", "bash", key},
	} {
		r := s.inside(args...)
		if r.code != exitUsage || !strings.Contains(r.err, "looks like a key; don't pass keys as arguments") ||
			!strings.Contains(r.err, "replace the key in Pleo") {
			t.Errorf("%d arguments, %q: exit code %d", len(args), args[0][:min(8, len(args[0]))], r.code)
		}
	}
	// What a command starts is not ours to judge, and no age identity is a key of Pleo.
	for _, args := range [][]string{
		s.in([]string{"exec", bakery, "--", "no-such-command-here", key}),
		s.in([]string{"exec", bakery, "--wrong", "--", "no-such-command-here", key}),
		{"recipient", "add", "AGE-SECRET-KEY-1" + strings.Repeat("CANARY0", 8)},
		s.in([]string{"status", "4b0c7f1e-52d8-4c39-8e6a-1f7d"}),
		s.in([]string{"status", "--integration", "contoso0123456789abcdef"}),
	} {
		if r := s.inside(args...); strings.Contains(r.err, "looks like a key") {
			t.Errorf("%q: taken for a key of Pleo", args[:1])
		}
	}
}

// TestKeyInVariable: a key in a variable that names a place is not printed, and no file gets its name.
func TestKeyInVariable(t *testing.T) {
	t.Parallel()
	key := misplaced["a usual key"]
	for _, name := range host.PlaceVariables {
		for _, value := range []string{key, "dir/" + key, "Bearer " + key} {
			s := newSite(t)
			s.more = []string{name + "=" + value}
			for _, args := range [][]string{{"status", "--json"}, {"doctor", "--api-base", s.api}, {"key", bakery}} {
				r := s.inside(args...)
				if r.code != exitUsage || repeats(r.out+r.err, key) ||
					!strings.Contains(r.out+r.err, flow.KeyInVariable(name).Error()) {
					t.Errorf("%s, %q: exit code %d", name, args[0], r.code)
				}
			}
		}
	}
}

// TestCompletionPrintsNoArgument runs the program: cobra writes what it can't complete past the console.
func TestCompletionPrintsNoArgument(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key := misplaced["a usual key"]
	for _, request := range []string{cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd} {
		for _, args := range [][]string{
			{"--" + key, ""}, {"--" + key}, {"--" + key + "="}, {"-" + key + "=", ""}, {"-" + key, ""}, {key, ""},
			{"status", "--" + key + "=x"}, {"status", "--warn-days", key, ""}, {"status", "--json=" + key, ""},
			{"help", key, ""}, {"completion", "bash", "--" + key, ""}, {},
		} {
			cmd := exec.Command(binary(t), append([]string{request}, args...)...)
			cmd.Env = s.env()
			written, _ := cmd.CombinedOutput()
			if repeats(string(written), key) {
				t.Errorf("%s with %d arguments: the key is printed", request, len(args))
			}
		}
	}
	for typed, want := range map[string]string{
		"sta": "status\t", "--no-co": "--no-color\t", "status --che": "--check\t", "status --store=": ":0\n",
		"status --store ": ":0\n", "help sta": "status\t", "help recipient a": "add\t", "completion ba": "bash\t",
	} {
		cmd := exec.Command(binary(t), append([]string{cobra.ShellCompRequestCmd}, strings.Split(typed, " ")...)...)
		cmd.Env = s.env()
		out, err := cmd.Output()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%q is completed as %q, %v", typed, out, err)
		}
	}
}

// TestPathThatIsPrinted: a path that is meant as one is shown, also when nothing is there.
func TestPathThatIsPrinted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	wantRun(t, "store", s.inside("status", bakery, "--store", s.home+"/none", "--identity", s.identity), exitStore,
		s.home+"/none")
	wantRun(t, "integration", s.inside("doctor", "--integration", s.home+"/none", "--api-base", s.api), exitUsage)
	wantRun(t, "word", s.inside("status", "--store", "none"), exitUsage, flow.NoSuchPath("--store").Error())
}

// TestEmptyFlags: an unset variable of a script does not mean what holds without the flag.
func TestEmptyFlags(t *testing.T) {
	t.Parallel()
	for command, flags := range map[string][]string{
		"connect": {
			"--ca-file", "--api-base", "--as", "--integration", "--env", "--company", "--key-file", "--store", "--identity",
		},
		"status":     {"--ca-file", "--integration", "--env", "--store", "--identity"},
		"disconnect": {"--ca-file", "--integration", "--env", "--store", "--identity"},
		"doctor":     {"--ca-file", "--api-base", "--store", "--identity"},
		"sandbox":    {"--listen", "--integration"},
		"demo":       {"--scenario", "--integration"},
	} {
		for _, flag := range flags {
			s := newSite(t)
			r := s.inside(command, flag+"=")
			if r.code != exitUsage || !strings.Contains(r.err, "error: "+flag+" is empty\n") {
				t.Errorf("%s %s=: exit code %d: %s%s", command, flag, r.code, r.out, r.err)
			}
			s.nothing()
		}
	}
}

// TestVersionAlone: only a lone --version needs no commands, so that one before a command is still wrong.
func TestVersionAlone(t *testing.T) {
	t.Parallel()
	for args, code := range map[string]int{"--version": exitDone, "--version status": exitUsage} {
		cmd := exec.Command(binary(t), strings.Fields(args)...)
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("%s: exit code %d, want %d: %s", args, got, code, out)
		}
	}
}
