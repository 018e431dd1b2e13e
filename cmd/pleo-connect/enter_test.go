//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/tui/plain"
)

// TestEnterStopsAtTheFirstError: a service that does not exist is not forgotten over the passphrase that comes after
// it.
func TestEnterStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	nobody := func(context.Context) (plain.Terminal, func(), bool) { return plain.Terminal{}, nil, false }
	a := newApp(nil, host.Host{Home: dir})
	a.places = placeFlags{store: filepath.Join(dir, "store"), identity: filepath.Join(dir, "i")}
	unknown := inputs{integration: flow.Integration{Service: flow.Service{User: "nobody-of-this-name"}}}
	for _, how := range []access{{}, {ask: nobody}, {create: true, ask: nobody}} {
		places, err := a.enter(t.Context(), unknown, how)
		var f flow.Fault
		if !errors.As(err, &f) || !strings.Contains(f.Error(), "nobody-of-this-name") {
			t.Errorf("create %t: %v", how.create, err)
		}
		if places.Dir != a.places.store || places.Identity != a.places.identity {
			t.Errorf("create %t: the places are %q and %q", how.create, places.Dir, places.Identity)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("create %t: something was made: %v, %v", how.create, entries, err)
		}
	}
}

// TestWhoIsAskedForThePassphrase: every command that opens the store at a terminal asks, once; not the doctor, which
// asks nothing, not rekey, which has no use for the answer, and no run with all answers in flags.
func TestWhoIsAskedForThePassphrase(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	key := filepath.Join(p.home, "new.key")
	writeFile(t, key, []byte(p.sim.Keys().Replacement), 0o600)
	api := []string{"--api-base", p.api}
	for _, c := range []struct {
		args  []string
		asked bool
		code  int
		says  string
	}{
		{args: []string{"status"}, asked: true},
		{args: []string{"disconnect", bakery}, asked: true},
		{args: []string{"exec", bakery, "true"}, asked: true},
		{args: []string{"reconnect", bakery}, asked: true},
		{args: []string{"recipient", "remove", p.id.Recipient().String()}, asked: true},
		{args: append([]string{"connect"}, api...), asked: true},
		{args: append([]string{"doctor"}, api...), says: "its identity has a passphrase, which doctor doesn't ask for"},
		{args: []string{"rekey"}, code: exitStore, says: "has a passphrase, so rekey can't replace it"},
		{args: append([]string{"connect", "--key-file", key, "--accept-permissions", "--yes"}, api...),
			code: exitStore, says: "there is no terminal to ask for it"},
		{args: []string{"reconnect", bakery, "--key-file", key, "--accept-permissions"},
			code: exitStore, says: "there is no terminal to ask for it"},
	} {
		t.Run(c.args[0]+" "+c.says, func(t *testing.T) {
			t.Parallel()
			places := []string{"--store", p.store, "--identity", p.file, "--force-store"}
			x := start(t, p.env(), append(places, c.args...)...)
			x.size(160, 50)
			if c.asked {
				x.see("Passphrase for ")
				x.send(ctrlC)
				x.exit(exitInterrupted)
				return
			}
			x.exit(c.code)
			flat := func() string { return strings.Join(strings.Fields(x.written()), " ") }
			x.until(c.says, func() bool { return strings.Contains(flat(), c.says) })
			if strings.Contains(flat(), "Passphrase for ") {
				t.Error("somebody was asked")
			}
		})
	}
}

// TestKeyAsksAtTheTerminal: also when its output is a pipe, as it has to be.
func TestKeyAsksAtTheTerminal(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	cmd := exec.Command("/bin/sh", "-c", `"$0" key "$@" | wc -l`, binary(t), bakery,
		"--store", p.store, "--identity", p.file)
	cmd.Env = p.env()
	x := startCommand(t, cmd)
	x.see("Passphrase for ")
	x.send(heron + enter)
	x.exit(exitDone)
	x.until("one line for the pipe", func() bool { return strings.HasSuffix(strings.TrimSpace(x.text()), "1") })
	p.unseen(x.written())
}
