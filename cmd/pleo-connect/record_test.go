//go:build unix

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// change rewrites the record of the bakery in one environment; without a record there, a new one is made from the one
// in production.
func (s *site) change(env string, edit func(*store.Record)) store.Record {
	s.t.Helper()
	st := s.open()
	defer func() { _ = st.Close() }()
	r, err := st.Get(store.Ref{Env: env, Integration: dynamics, CompanyID: bakery})
	if err != nil {
		r = s.record()
		r.Env, r.Generation = env, 0
	}
	edit(&r)
	r, err = st.Put(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// places are the flags that name the store of this site.
func (s *site) places(args ...string) []string {
	if s.inVault {
		return append(args, "--store", s.store)
	}
	return append(args, "--store", s.store, "--identity", s.identity)
}

// program is how the printed commands begin in a run that got the key store from flags.
func (s *site) program() string {
	return "pleo-connect --store " + pleoclient.ShellWord(s.store) + " --identity " + pleoclient.ShellWord(s.identity)
}

// commands are those that look one company up, each in a form that would change nothing but for its own work.
var commands = map[string][]string{
	"key":        {"key", bakery},
	"exec":       {"exec", bakery, "true"},
	"disconnect": {"disconnect", bakery, "--yes"},
	"reconnect":  {"reconnect", bakery, "--key-file", "-", "--accept-permissions"},
}

// named returns a command with other words for the company.
func named(command []string, company ...string) []string {
	out := append([]string{command[0]}, company...)
	return append(out, command[2:]...)
}

// in puts the flags that name the store before the company.
func (s *site) in(args []string) []string { return append(s.places(), args...) }

// noName is what a command says about a word that is not an id: people's commands take it for a name.
func noName(command string) string {
	if command == "key" || command == "exec" {
		return "that is not a company ID"
	}
	return "no company with that ID or name is connected on this computer"
}

// TestWhichRecord: every command finds the same record, or refuses in the same words, and nothing is touched.
func TestWhichRecord(t *testing.T) {
	t.Parallel()
	walk(newApp(nil, host.Host{}).root(allCommands()...), func(cmd *cobra.Command) {
		if commands[cmd.Name()] == nil && strings.Contains(cmd.Use, "COMPANY") && cmd.Name() != "status" {
			t.Errorf("%s is not among the commands of this test", cmd.Name())
		}
	})
	s := connectedSite(t)
	before, asked := s.files(), len(s.sim.Requests())
	for name, command := range commands {
		for about, tt := range map[string]struct {
			company []string
			code    int
			says    string
		}{
			"no id":          {[]string{"../../etc/passwd"}, exitUsage, noName(name)},
			"braces":         {[]string{"{" + bakery + "}"}, exitUsage, noName(name)},
			"empty":          {[]string{" "}, exitUsage, "the name of the company is empty"},
			"no environment": {[]string{"--env", "test", bakery}, exitUsage, "--env must be production or staging"},
			"demo":           {[]string{"--env", "demo", bakery}, exitUsage, "--env must be production or staging"},
			"other env": {[]string{"--env", "staging", bakery}, exitUsage,
				"company " + bakery + " is not connected in staging on this computer"},
			"other company": {[]string{cycles}, exitUsage,
				"company " + cycles + " is not connected on this computer"},
		} {
			got := s.pipe("", s.in(named(command, tt.company...))...)
			if got.code != tt.code || !strings.Contains(got.err, "error: "+tt.says) ||
				!strings.Contains(got.err, "hint: ") || got.out != "" {
				t.Errorf("%s, %s: exit code %d: %s%s", name, about, got.code, got.out, got.err)
			}
		}
		other := newSite(t)
		if got := other.pipe("", other.in(command)...); got.code != exitStore ||
			!strings.Contains(got.err, "there is no key store in "+other.store) {
			t.Errorf("%s without a store: exit code %d: %s", name, got.code, got.err)
		}
		if _, err := os.Stat(other.store); err == nil {
			t.Errorf("%s made a store", name)
		}
	}
	if s.files() != before || len(s.sim.Requests()) != asked {
		t.Error("something was changed, or Pleo was asked")
	}
}

// TestTwoEnvironments: one company may be connected twice, and then a command needs to know which is meant.
func TestTwoEnvironments(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	s.change("staging", func(r *store.Record) { r.Key = pleoclient.NewKey(s.sim.Keys().Staging) })
	for name, command := range commands {
		got := s.pipe("", s.in(command)...)
		if got.code != exitUsage || !strings.Contains(got.err, "\n  "+bakery+" --integration "+dynamics+" --env staging") {
			t.Errorf("%s: exit code %d: %s", name, got.code, got.err)
		}
	}
	for env, want := range map[string]string{"production": s.sim.Keys().Good, "staging": s.sim.Keys().Staging} {
		if got := s.keyOut(s.places("key", bakery, "--env", env)...); got.out != want+"\n" {
			t.Errorf("%s: another key; %s", env, got.err)
		}
	}
	// What is damaged in one environment does not matter in the other.
	staging := strings.Replace(s.record().File, "prod-", "stg-", 1)
	writeFile(t, staging, []byte("damaged"), 0o600)
	if got := s.keyOut(s.places("key", bakery, "--env", "production")...); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
	if got := s.keyOut(s.places("key", bakery)...); got.code != exitUsage || got.out != "" ||
		!strings.Contains(got.err, "2 connections match that company") {
		t.Errorf("which one is not known, exit code %d: %s", got.code, got.err)
	}
}
