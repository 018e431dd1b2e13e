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
	keyRemoved       = "✓ this computer: the key was removed (backups may still contain it)\n"
	keyKept          = "· this computer: the key is still saved\n"
	twoThings        = "Two things left in Pleo: disconnect Microsoft Dynamics 365 Finance under " +
		"Settings > Accounting, and delete its key under Settings > API Keys"
	oneThing = "One thing left: delete the key in Pleo, under Settings > API Keys " +
		"(the one for Microsoft Dynamics 365 Finance)"
)

// leftToDo is what remains to be done in Pleo, as people get it.
func leftToDo(text string) string {
	rows := append(console.Wrap(console.MaxWidth, "! ", text), "https://app.pleo.io")
	return "\n" + strings.Join(rows, "\n") + "\n"
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
	want := "✓ Pleo: disconnected\n" + keyRemoved + leftToDo(oneThing)
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

// TestDisconnectJSON prints one object, no matter how it ends.
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
		{"status": "failed", "pleo": "unknown", "store": "kept", "key": "saved", "kind": "pleo_trouble",
			"detail": "a web page, status 502"},
		{"status": "disconnected", "pleo": "removed", "store": "removed", "key": "none", "left": oneThing},
	} {
		for name, value := range common {
			want[name] = value
		}
		r := s.disconnect("--json")
		var got map[string]string
		if err := json.Unmarshal([]byte(r.out), &got); err != nil {
			t.Fatalf("%v in %q", err, r.out)
		}
		if failed := want["status"] == "failed"; failed != (got["summary"] != "") || failed != (got["hint"] != "") ||
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

// TestDisconnectSaysTheKeyIsSaved: a run for a script that ends before anything happened knows where the key is.
func TestDisconnectSaysTheKeyIsSaved(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	for about, args := range map[string][]string{
		"without --yes": s.places("disconnect", bakery, "--json"),
		"no roots":      s.places("disconnect", bakery, "--json", "--yes", "--ca-file", "/nonexistent/roots.pem"),
	} {
		if got := s.pipe("", args...); got.code != exitUsage || got.last(t)["key"] != "saved" {
			t.Errorf("%s: exit code %d: %s%s", about, got.code, got.out, got.err)
		}
	}
	none := s.pipe("", s.places("disconnect", bikeShop, "--json")...)
	if none.code != exitUsage || none.last(t)["key"] != "none" {
		t.Errorf("no such key: exit code %d: %s", none.code, none.out)
	}
}

// TestDisconnectDenied: with a key that Pleo rejects or denies, and with an answer that Pleo did not write, nothing
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
		"401":                      {401, "", "", "", "not disconnected, because Pleo rejected the key", exitKey},
		"401, JSON":                {401, "application/json", "{}", `Bearer realm="pleo"`, "not disconnected, because", exitKey},
		"403":                      {403, "application/json", "{}", "", "not disconnected\n", exitPermissions},
		"404, a page":              {404, "text/html", page, "", "no clear answer", exitNoAnswer},
		"401, a page":              {401, "text/html", page, `Basic realm="intranet"`, "no clear answer", exitNoAnswer},
		"401, Negotiate":           {401, "", "", "Negotiate", "no clear answer", exitNoAnswer},
		"403, a page without type": {403, "", page, "", "no clear answer", exitNoAnswer},
		"200, a page":              {200, "text/html", page, "", "no clear answer", exitNoAnswer},
		"200, an empty page":       {200, "text/html", "", "", "no clear answer", exitNoAnswer},
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
			if got.code != c.code || !strings.Contains(got.out, " Pleo: "+c.outcome) ||
				!strings.HasSuffix(got.out, "\n"+keyKept) || s.files() != before ||
				c.status != 200 && !strings.Contains(got.err, forgetBakery) {
				t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
			}
			asked := len(s.sim.Requests())
			got = s.disconnect("--forget")
			want := "· Pleo: not contacted\n" + keyRemoved + leftToDo(twoThings)
			if got.code != exitDone || got.out != want || got.err != "" || s.files() != "" ||
				len(s.sim.Requests()) != asked {
				t.Errorf("forgotten with exit code %d: %s%s", got.code, got.out, got.err)
			}
		})
	}
}

// forgetBakery is the end of the command that removes the record of the bakery alone.
const forgetBakery = " disconnect " + bakery + " --integration " + dynamics + " --env production --forget"

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
	if got.code != exitDone ||
		!strings.HasPrefix(got.out, "· Pleo: not contacted\n✓ this computer: the key was already missing") ||
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
		"company_name": "Harbour Lane Bakery ApS", "environment": "production", "left": twoThings, "key": "none",
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
		got.out != "✗ Pleo: not disconnected\n"+keyKept ||
		!strings.Contains(got.err, "\nnote: the saved key was not rejected\n") {
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
	if got.code != exitStore || got.out != "✓ Pleo: disconnected\n"+keyKept+leftToDo(oneThing) ||
		!strings.Contains(got.err, "error: the key was not removed from this computer: ") ||
		!strings.Contains(got.err, "run this again to finish") || s.files() != before {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	allow()
	got = s.disconnect()
	if got.code != exitDone || s.files() != "" ||
		!strings.HasPrefix(got.out, "✓ Pleo: was already disconnected\n✓ this computer: the key was removed") {
		t.Errorf("again: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestDisconnectStopped while it waits for Pleo: it is unknown what Pleo did, so the key stays.
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
	const open = "? Pleo: no clear answer, so it may or may not be disconnected\n" + keyKept
	if code != 143 || out.String() != open ||
		!strings.Contains(stderr.String(), "hint: the key is still saved") || s.files() != before {
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
		x.see("Disconnect Microsoft Dynamics 365 Finance from “Harbour Lane Bakery ApS”",
			"(production)?",
			"company ID     "+bakery, s.record().Fingerprint,
			"Pleo at        "+s.sim.APIBase(), "Type disconnect to continue")
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
	x.see("Pleo: disconnected", "this computer: the key was removed", "Settings > API Keys")
	x.exit(exitDone)
	if s.files() != "" || s.installed() {
		t.Error("something is still there")
	}
	s.noKey(x.written())

	s = connectedSite(t)
	x = shell(t, s) // it would read what disconnect leaves behind
	x.write(binary(t) + " " + strings.Join(s.places("disconnect", bakery), " ") + "\n")
	x.see("Type disconnect to continue")
	x.write("no\rtouch " + s.tmp() + "/left\r")
	x.see("hint: nothing was changed")
	x.write("exit 7\n")
	x.exit(7)
	if _, err := os.Stat(s.tmp() + "/left"); err == nil {
		t.Error("the shell got a line that was pasted behind the answer")
	}

	x = start(t, s.env(), s.places("disconnect", bakery, "--json")...)
	x.see("error: disconnecting needs confirmation")
	x.exit(exitUsage)
}
