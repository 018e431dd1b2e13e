//go:build unix

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/pleoclient/pleosim"
)

const bikeShop = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93"

const (
	installationPath = "/v1/installations/me"
	traces           = "(disks and backups may keep traces of its file)"
	twoThings        = "Two things are left in Pleo: disconnect Microsoft Dynamics 365 Finance, under " +
		"Settings > Accounting, and delete the key that it had, under Settings > API Keys"
	oneThing = "One thing is left in Pleo: delete the key that Microsoft Dynamics 365 Finance had, under " +
		"Settings > API Keys"
)

// wrapped is a text as people get it.
func wrapped(text string) string {
	return strings.Join(console.Hang(console.MaxWidth, "", text), "\n") + "\n"
}

// disconnect runs the command for the bakery, without a terminal.
func (s *site) disconnect(more ...string) result {
	s.t.Helper()
	return s.pipe("", append(s.places("disconnect", bakery, "--yes"), more...)...)
}

// deletes returns the keys with which an installation was to be deleted.
func (s *site) deletes() (keys []string) {
	for _, r := range s.sim.Requests() {
		if r.Method == http.MethodDelete {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// installed reports an installation of the bakery in Pleo.
func (s *site) installed() bool {
	_, ok := s.sim.Installation(bakery)
	return ok
}

// TestDisconnect forgets one company of two. Of the other, nothing changes, here and in Pleo.
func TestDisconnect(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	file := s.record().File
	alone := s.files()
	if r := s.headless(s.sim.Keys().OtherCompany, "--company", bikeShop); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	others := strings.Replace(s.files(), alone, "", 1)

	got := s.disconnect()
	want := "Pleo: the installation is removed\nhere: the key is removed " + traces +
		"\n\n" + wrapped(oneThing)
	if got.code != exitDone || got.out != want || got.err != "" {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if s.installed() || len(s.deletes()) != 1 {
		t.Errorf("installed: %v; asked with %q", s.installed(), s.deletes())
	}
	for _, path := range []string{file, file + ".prev"} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
	if _, ok := s.sim.Installation(bikeShop); !ok || s.files() != others || others == "" {
		t.Error("the other company was touched")
	}
	if again := s.disconnect(); again.code != exitUsage || !strings.Contains(again.err, "is not connected on") ||
		len(s.deletes()) != 1 {
		t.Errorf("again: exit code %d: %s", again.code, again.err)
	}
}

// TestDisconnectJSON prints one object, whatever the end.
func TestDisconnectJSON(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	s.sim.Inject(pleosim.Reply("DELETE", installationPath, 502, "text/html", "<h1>Bad gateway</h1>"))
	common := map[string]string{
		"event": "result", "company_id": bakery,
		"company_name": "Harbour Lane Bakery ApS", "environment": "production",
		"integration_id": dynamics, "integration_name": "Microsoft Dynamics 365 Finance",
	}
	for _, want := range []map[string]string{
		{"status": "failed", "pleo": "unknown", "store": "kept"},
		{"status": "disconnected", "pleo": "removed", "store": "removed"},
	} {
		for name, value := range common {
			want[name] = value
		}
		r := s.disconnect("--json")
		var got map[string]string
		if err := json.Unmarshal([]byte(r.out), &got); err != nil {
			t.Fatalf("%v in %q", err, r.out)
		}
		if failed := want["status"] == "failed"; failed != (got["summary"] != "") || got["hint"] == "" ||
			failed != (r.code == exitNoAnswer) {
			t.Errorf("exit code %d: %v", r.code, got)
		}
		delete(got, "summary")
		delete(got, "hint")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	}
}

// TestDisconnectDenied: with a key that Pleo rejects or refuses, and with an answer that Pleo did not write, nothing
// goes. After that --forget removes the record alone. Other ends are tested in engine.
func TestDisconnectDenied(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html><h1>Blocked</h1>"
	for about, c := range map[string]struct {
		status             int
		mediaType, body    string
		challenge, outcome string
		code               int
	}{
		"401":                      {401, "", "", "", "not told, because it rejects the stored key", exitKey},
		"401, JSON":                {401, "application/json", "{}", `Bearer realm="pleo"`, "not told, because", exitKey},
		"403":                      {403, "application/json", "{}", "", "the installation is not removed", exitPermissions},
		"404, a page":              {404, "text/html", page, "", "it did not say", exitNoAnswer},
		"401, a page":              {401, "text/html", page, `Basic realm="intranet"`, "it did not say", exitNoAnswer},
		"401, Negotiate":           {401, "", "", "Negotiate", "it did not say", exitNoAnswer},
		"403, a page without type": {403, "", page, "", "it did not say", exitNoAnswer},
		"200, a page":              {200, "text/html", page, "", "it did not say", exitNoAnswer},
		"200, an empty page":       {200, "text/html", "", "", "it did not say", exitNoAnswer},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := connectedSite(t)
			before := s.files()
			f := pleosim.Reply("", "", c.status, c.mediaType, c.body)
			f.Times = pleosim.Always
			if c.challenge != "" {
				f.Header.Set("WWW-Authenticate", c.challenge)
			}
			s.sim.Inject(f)
			got := s.disconnect()
			if got.code != c.code || !strings.HasPrefix(got.out, "Pleo: "+c.outcome) ||
				!strings.HasSuffix(got.out, "here: the key is still saved\n") || s.files() != before ||
				c.status != 200 && !strings.Contains(got.err, forgetBakery) {
				t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
			}
			asked := len(s.sim.Requests())
			got = s.disconnect("--forget")
			want := "Pleo: not contacted\nhere: the key is removed " + traces + "\n\n" + wrapped(twoThings)
			said := strings.ReplaceAll(got.out, "\nAccounting", " Accounting")
			if got.code != exitDone || said != want || got.err != "" || s.files() != "" ||
				len(s.sim.Requests()) != asked {
				t.Errorf("forgotten with exit code %d: %s%s", got.code, got.out, got.err)
			}
		})
	}
}

// forgetBakery is the command that removes the record of the bakery alone.
const forgetBakery = "pleo-connect disconnect " + bakery + " --integration " + dynamics + " --env production --forget"

// TestForgetTheLost: a person who knows why a record is gone ends its report, and monitors are quiet again.
func TestForgetTheLost(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	s.put(bikeShop, s.sim.Keys().OtherCompany, nil)
	for _, suffix := range []string{"", ".prev"} {
		if err := os.Remove(s.record().File + suffix); err != nil {
			t.Fatal(err)
		}
	}
	got := s.disconnect()
	if got.code != exitStore || !strings.Contains(got.err, forgetBakery) {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.status("--warn-days", "9999999"); got.code != exitStore {
		t.Errorf("status: exit code %d: %s%s", got.code, got.out, got.err)
	}
	got = s.disconnect("--forget")
	if got.code != exitDone || !strings.HasPrefix(got.out, "Pleo: not contacted\nhere: the key was already gone") ||
		got.err != "" || len(s.deletes()) != 0 {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.status("--warn-days", "9999999"); got.code != exitDone {
		t.Errorf("status: exit code %d: %s%s", got.code, got.out, got.err)
	}
	got = s.disconnect("--forget")
	if got.code != exitUsage || !strings.Contains(got.err, "is not connected on this computer") {
		t.Errorf("again: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestForgetJSON: the result says that Pleo was left as it is, and what is to be done there.
func TestForgetJSON(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	var got map[string]string
	r := s.disconnect("--forget", "--json")
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.code != exitDone {
		t.Fatalf("exit code %d, %v: %s%s", r.code, err, r.out, r.err)
	}
	want := map[string]string{
		"event": "result", "status": "forgotten", "pleo": "not_asked", "store": "removed", "company_id": bakery,
		"company_name": "Harbour Lane Bakery ApS", "environment": "production", "hint": twoThings,
		"integration_id": dynamics, "integration_name": "Microsoft Dynamics 365 Finance",
	}
	if diff := cmp.Diff(want, got); diff != "" || !s.installed() || s.deletes() != nil {
		t.Errorf("installed: %v; result (-want +got):\n%s", s.installed(), diff)
	}
}

// TestDisconnectOffline: nothing is removed on either side, and the words say why.
func TestDisconnectOffline(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	for about, tt := range map[string]struct {
		more, env []string
		code      int
		says      string
	}{
		"no CA file":      {[]string{"--ca-file", "none.pem"}, nil, exitUsage, "the CA file does not exist"},
		"a broken proxy":  {nil, []string{"HTTPS_PROXY=://broken"}, exitNoAnswer, "HTTPS_PROXY"},
		"nobody confirms": {[]string{"--yes=false"}, nil, exitUsage, "add --yes"},
	} {
		s.more = tt.env
		if got := s.disconnect(tt.more...); got.code != tt.code || !strings.Contains(got.err, tt.says) ||
			got.out != "" {
			t.Errorf("%s: exit code %d: %s%s", about, got.code, got.out, got.err)
		}
	}
	s.more = nil
	if !s.installed() || s.deletes() != nil {
		t.Errorf("Pleo was asked with %q", s.deletes())
	}
	s.gone()
	got := s.disconnect()
	if got.code != exitNoAnswer || !strings.Contains(got.err, "refused the connection") ||
		got.out != "Pleo: the installation is not removed\nhere: the key is still saved\n" ||
		!strings.Contains(got.err, "nothing about the key, which is saved") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if s.files() != before {
		t.Error("the store was changed")
	}
}

// TestDisconnectFinishesLater: Pleo is done and the store is not. Both results are printed, and running it again
// finishes.
func TestDisconnectFinishesLater(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	allow := s.refuseChanges()
	got := s.disconnect()
	if got.code != exitStore || got.out != "Pleo: the installation is removed\nhere: the key is still saved\n" ||
		!strings.Contains(got.err, "error: removed in Pleo; still here: ") ||
		!strings.Contains(got.err, "run this again to finish") || s.files() != before {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	allow()
	got = s.disconnect()
	if got.code != exitDone || s.files() != "" ||
		!strings.HasPrefix(got.out, "Pleo: nothing was installed any more\nhere: the key is removed") {
		t.Errorf("again: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestDisconnectStopped while it waits for Pleo: nobody knows what Pleo did, so the key stays.
func TestDisconnectStopped(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	s.sim.Inject(pleosim.Hang("DELETE", installationPath))
	cmd, stderr := s.command(s.places("disconnect", bakery, "--yes")...)
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.arrived(1, "DELETE", installationPath)
	_ = cmd.Process.Signal(unix.SIGTERM)
	code := programCode(t, cmd, cmd.Wait())
	const open = "Pleo: it did not say, so the installation may be removed or not\nhere: the key is still saved\n"
	if code != 143 || out.String() != open ||
		!strings.Contains(stderr.String(), "hint: the key is kept") || s.files() != before {
		t.Errorf("exit code %d: %s%s", code, out.String(), stderr)
	}
	s.noKey(out.String(), stderr.String())
}

// TestDisconnectAsks for one word: nothing shorter will do.
func TestDisconnectAsks(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	ask := func() *terminal {
		x := start(t, s.env(), s.places("disconnect", bakery)...)
		x.see("Disconnect Microsoft Dynamics 365 Finance from “Harbour Lane Bakery ApS”,",
			"company id    "+bakery, s.record().Fingerprint,
			"Pleo at       "+s.sim.APIBase(), "Type disconnect to go on")
		return x
	}
	for about, keys := range map[string]string{
		"enter": enter, "yes": "yes" + enter, "half a word": "disc" + enter, "the end": "\x04", "interrupted": ctrlC,
	} {
		x := ask()
		x.send(keys)
		x.see("hint: nothing was changed")
		x.exit(exitInterrupted)
		if s.files() != before || s.deletes() != nil {
			t.Errorf("%s: the store was changed, or Pleo asked", about)
		}
	}
	x := ask()
	x.send("disconnect" + enter)
	x.see("Pleo: the installation is removed", "here: the key is removed", "Settings > API Keys")
	x.exit(exitDone)
	if s.files() != "" || s.installed() {
		t.Error("something is still there")
	}
	s.noKey(x.written())

	s = connectedSite(t)
	x = shell(t, s) // it would read what disconnect leaves behind
	x.write(binary(t) + " " + strings.Join(s.places("disconnect", bakery), " ") + "\n")
	x.see("Type disconnect to go on")
	x.write("no\rtouch " + s.tmp() + "/left\r")
	x.see("hint: nothing was changed")
	x.write("exit 7\n")
	x.exit(7)
	if _, err := os.Stat(s.tmp() + "/left"); err == nil {
		t.Error("the shell got a line that was pasted behind the answer")
	}

	x = start(t, s.env(), s.places("disconnect", bakery, "--json")...)
	x.see("error: nobody is there to confirm")
	x.exit(exitUsage)
}
