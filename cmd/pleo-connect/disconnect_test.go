//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

const bikeShop = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93"

const (
	installationPath = "/v1/installations/me"
	traces           = "(disks and backups may keep traces of its file)"
)

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
		"\n\nOne thing is left: delete the key itself in Pleo, under Settings > API Keys\n"
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
	if again := s.disconnect(); again.code != exitStore || !strings.Contains(again.err, "is not connected here") ||
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
	}
	for _, want := range []map[string]string{
		{"status": "failed", "pleo": "kept", "store": "kept"},
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

// TestDisconnectFaults: the record goes only when Pleo has nothing left that this key could remove. Everything else
// leaves every byte in its place, and running it again finishes.
func TestDisconnectFaults(t *testing.T) {
	t.Parallel()
	reply := func(status int, header ...string) pleosim.Fault {
		f := pleosim.Fault{
			Method: http.MethodDelete, Path: installationPath,
			Ending: pleosim.EndReply, Status: status, Header: http.Header{},
		}
		for i := 0; i < len(header); i += 2 {
			f.Header.Set(header[i], header[i+1])
		}
		return f
	}
	page := pleosim.Reply("DELETE", installationPath, 200, "text/html", "<h1>sign in</h1>")
	const (
		notRemoved = "Pleo: the installation is not removed\n"
		open       = "Pleo: no answer, so the installation may be removed or not\n"
		kept       = "here: the key is still saved\n"
	)
	for name, tt := range map[string]struct {
		fault pleosim.Fault
		code  int
		out   string
		says  string
	}{
		"200": {reply(200), exitDone, "Pleo: the installation is removed\n", ""},
		"202": {reply(202), exitDone, "Pleo: the installation is removed\n", ""},
		"404": {reply(404), exitDone, "Pleo: nothing was installed any more\nhere: the key is removed", ""},
		"401": {reply(401), exitKey, "Pleo: not told, because it rejects the stored key\nhere: the key is removed",
			"Settings > API Keys"},
		"400":        {reply(400), exitNoAnswer, notRemoved + kept, "did not accept the request"},
		"403":        {reply(403), exitPermissions, notRemoved + kept, "Settings > Accounting"},
		"409":        {reply(409), exitNoAnswer, notRemoved + kept, "did not accept the request"},
		"429":        {reply(429, "Retry-After", "7"), exitNoAnswer, notRemoved + kept, "slow down"},
		"500":        {reply(500), exitNoAnswer, notRemoved + kept, "Pleo has a problem"},
		"502":        {reply(502), exitNoAnswer, notRemoved + kept, "Pleo has a problem"},
		"503":        {reply(503), exitNoAnswer, notRemoved + kept, "Pleo has a problem"},
		"login page": {page, exitNoAnswer, notRemoved + kept, "a login page answered"},
		"redirect": {reply(307, "Location", "https://portal.example/"), exitNoAnswer, notRemoved + kept,
			"portal.example"},
		"cut": {pleosim.Cut("DELETE", installationPath), exitNoAnswer, open + kept, "there is no connection"},
		"cut too late": {pleosim.Committed(pleosim.Cut("DELETE", installationPath)), exitNoAnswer, open + kept,
			"there is no connection"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := connectedSite(t)
			before := s.files()
			s.sim.Inject(tt.fault)
			got := s.disconnect()
			if got.code != tt.code || !strings.HasPrefix(got.out, tt.out) || !strings.Contains(got.err, tt.says) ||
				strings.Contains(got.err, "no key was used yet") {
				t.Errorf("exit code %d, want %d: %s%s", got.code, tt.code, got.out, got.err)
			}
			if len(s.deletes()) != 1 {
				t.Errorf("Pleo was asked with %q", s.deletes())
			}
			if !strings.Contains(tt.out, kept) {
				if s.files() != "" {
					t.Error("the record is still there")
				}
				return
			}
			if s.files() != before {
				t.Error("the store was changed")
			}
			if again := s.disconnect(); again.code != exitDone || s.files() != "" || s.installed() {
				t.Errorf("again: exit code %d: %s%s", again.code, again.out, again.err)
			}
		})
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
		!strings.Contains(got.err, "nothing about the key, which is saved") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if s.files() != before {
		t.Error("the store was changed")
	}
}

// TestDisconnectUsesTheKeyThatPleoKnows: the active one while a new one is pending, and the pending one when there is
// no other.
func TestDisconnectUsesTheKeyThatPleoKnows(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	s.change("production", func(r *store.Record) {
		r.Status, r.Key = store.StatusPending, pleoclient.NewKey(s.sim.Keys().Replacement)
	})
	if got := s.disconnect(); got.code != exitDone || s.files() != "" {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if diff := cmp.Diff([]string{"good"}, s.deletes()); diff != "" {
		t.Errorf("the keys (-want +got):\n%s", diff)
	}

	first := newSite(t)
	// The state is not asked for after that.
	first.sim.Inject(pleosim.Committed(pleosim.Reply("POST", installationPath, 401, "", "")))
	if r := first.headless(first.sim.Keys().Good, "--yes"); r.code != exitKey || !first.installed() {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	if got := first.disconnect(); got.code != exitDone || first.files() != "" || first.installed() {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// held starts a disconnect whose answer Pleo holds back, and returns when Pleo has been asked.
func (s *site) held(ending pleosim.Fault) (finish func() result, answer func(), signal func(os.Signal)) {
	s.t.Helper()
	gate := make(chan struct{})
	ending.Method, ending.Path, ending.Gate = http.MethodDelete, installationPath, gate
	s.sim.Inject(ending)
	cmd, stderr := s.command(s.places("disconnect", bakery, "--yes")...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := s.sim.Wait(ctx, func([]pleosim.Request) bool { return s.deletes() != nil }); err != nil {
		s.t.Fatal(err)
	}
	return func() result {
		text := new(strings.Builder)
		_, _ = bufio.NewReader(stdout).WriteTo(text)
		code := programCode(s.t, cmd, cmd.Wait())
		s.noKey(text.String(), stderr.String())
		return result{code, text.String(), stderr.String()}
	}, func() { close(gate) }, func(sig os.Signal) { _ = cmd.Process.Signal(sig) }
}

// TestDisconnectMeetsReconnect: what somebody else saved while Pleo was asked is not forgotten, because it may be a new
// key.
func TestDisconnectMeetsReconnect(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	finish, answer, _ := s.held(pleosim.Fault{})
	s.change("production", func(r *store.Record) { r.Key = pleoclient.NewKey(s.sim.Keys().Replacement) })
	saved := s.files()
	answer()
	got := finish()
	if got.code != exitConflict ||
		!strings.HasPrefix(got.out, "Pleo: the installation is removed\nhere: the key is still saved\n") ||
		!strings.Contains(got.err, "removed in Pleo; still here: somebody else changed this connection meanwhile, on ") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if s.files() != saved {
		t.Error("the new record was touched")
	}
}

// TestDisconnectFinishesLater: Pleo is done and the store is not. Both results are printed, and running it again
// finishes.
func TestDisconnectFinishesLater(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	finish, answer, _ := s.held(pleosim.Fault{})
	if err := os.Chmod(s.store, 0o777); err != nil { // refused, for root as well
		t.Fatal(err)
	}
	answer()
	got := finish()
	if got.code != exitStore ||
		!strings.HasPrefix(got.out, "Pleo: the installation is removed\nhere: the key is still saved\n") ||
		!strings.Contains(got.err, "error: removed in Pleo; still here: ") ||
		!strings.Contains(got.err, "run this again to finish") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if s.files() != before {
		t.Error("the store was changed")
	}
	if err := os.Chmod(s.store, 0o700); err != nil {
		t.Fatal(err)
	}
	got = s.disconnect()
	if got.code != exitDone ||
		!strings.HasPrefix(got.out, "Pleo: nothing was installed any more\nhere: the key is removed") ||
		s.files() != "" {
		t.Errorf("again: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestDisconnectStopped while it waits for Pleo: nobody knows what Pleo did, so the key stays.
func TestDisconnectStopped(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	finish, _, signal := s.held(pleosim.Fault{})
	signal(unix.SIGTERM)
	got := finish()
	if got.code != 143 || !strings.Contains(got.out, "may be removed or not\nhere: the key is still saved") ||
		!strings.Contains(got.err, "hint: the key is kept") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if s.files() != before {
		t.Error("the store was changed")
	}
}

// TestDisconnectAsks for one word: nothing shorter will do.
func TestDisconnectAsks(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	before := s.files()
	ask := func() *terminal {
		x := start(t, s.env(), s.places("disconnect", bakery)...)
		x.see("Disconnect “Harbour Lane Bakery ApS”, production?", "company id    "+bakery, s.record().Fingerprint,
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
	x = start(t, s.env(), s.places("disconnect", bakery, "--json")...)
	x.see("error: nobody is there to confirm")
	x.exit(exitUsage)
}
