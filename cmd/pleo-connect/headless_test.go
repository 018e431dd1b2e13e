//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
)

// result is a run without a terminal.
type result struct {
	code     int
	out, err string
}

// last returns the last JSON line.
func (r result) last(t *testing.T) map[string]string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil {
		t.Fatalf("exit code %d: %v in %q (standard error %q)", r.code, err, r.out, r.err)
	}
	got := map[string]string{}
	for name, value := range line {
		got[name] = strings.Trim(fmt.Sprint(value), "[]") // of a list, the words
	}
	return got
}

// pipe runs the program with text on its standard input and no terminal anywhere.
func (s *site) pipe(stdin string, args ...string) result {
	s.t.Helper()
	return s.run(strings.NewReader(stdin), args...)
}

func (s *site) run(stdin io.Reader, args ...string) result {
	s.t.Helper()
	return s.runs(exec.Command(binary(s.t), args...), stdin)
}

// runs is run for a program that may be wrapped.
func (s *site) runs(cmd *exec.Cmd, stdin io.Reader) result {
	s.t.Helper()
	cmd.Env = s.env()
	cmd.Stdin = stdin
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true} // no /dev/tty either
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	code := programCode(s.t, cmd, cmd.Run())
	s.noKey(out.String(), err.String(), strings.Join(cmd.Args, "\x00"))
	return result{code, out.String(), err.String()}
}

// programCode returns the exit code of a program that has run and whose end was reported as err. It fails the test when
// the program was not started, and logs the signal that ended it, whose code is -1.
func programCode(t *testing.T, cmd *exec.Cmd, err error) int {
	t.Helper()
	if cmd.ProcessState == nil {
		t.Fatalf("%s was not started: %v", cmd.Path, err)
	}
	if !cmd.ProcessState.Exited() {
		t.Logf("%s ended with %v", cmd.Path, cmd.ProcessState)
	}
	return cmd.ProcessState.ExitCode()
}

// headless connects with a key on standard input.
func (s *site) headless(key string, more ...string) result {
	s.t.Helper()
	return s.pipe(key, s.flags(append([]string{"--key-file", "-", "--accept-permissions", "--json"}, more...)...)...)
}

func TestHeadless(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.headless(s.sim.Keys().Good+"\n", "--yes")
	if r.code != 0 {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	got := r.last(t)
	if got["installation_id"] == "" {
		t.Error("no installation id")
	}
	delete(got, "installation_id")
	want := map[string]string{
		"event": "result", "status": "active", "company_id": bakery, "company_name": "Harbour Lane Bakery ApS",
		"integration_id": dynamics, "environment": "production", "fingerprint": s.record().Fingerprint,
		"return_url": "https://app.pleo.io",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("result (-want +got):\n" + diff)
	}
	for line := range strings.Lines(r.out) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %q", line)
		}
	}
	s.active()

	again := s.headless(s.sim.Keys().Good, "--company", bakery)
	if again.code != 0 || s.record().Generation != 2 ||
		!strings.Contains(again.out, "this key was already connected; nothing changed") {
		t.Errorf("the same key again: exit code %d, generation %d", again.code, s.record().Generation)
	}
}

func TestHeadlessFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key  func(pleosim.Keys) string
		more []string
		sim  func(*pleosim.Server)
		code int
		kind string
	}{
		"revoked": {key: func(k pleosim.Keys) string { return k.Revoked }, code: exitKey, kind: "key_rejected"},
		"staging": {key: func(k pleosim.Keys) string { return k.Staging }, code: exitKey, kind: "key_rejected"},
		"missing scopes": {key: func(k pleosim.Keys) string { return k.MissingScopes },
			code: exitPermissions, kind: "permissions_missing"},
		"other application": {key: func(k pleosim.Keys) string { return k.OtherApplication },
			code: exitKey, kind: "other_application"},
		"organisation": {key: func(k pleosim.Keys) string { return k.Organisation },
			code: exitKey, kind: "organisation_key"},
		"other company": {more: []string{"--company", "00000000-0000-4000-8000-000000000000"},
			code: exitConflict, kind: "other_company"},
		"no key":    {key: func(pleosim.Keys) string { return "\n" }, code: exitKey, kind: "not_a_key"},
		"shortened": {key: func(pleosim.Keys) string { return "pls_ab…9f" }, code: exitKey, kind: "key_shortened"},
		"Pleo is down": {sim: func(s *pleosim.Server) { // more of these are in TestNetworkFaultsAfterTheKey
			s.Inject(lasting(pleosim.Reply("", "", 503, "text/html", "<h1>down</h1>")))
		}, code: exitNoAnswer, kind: "pleo_trouble"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			key := s.sim.Keys().Good
			if c.key != nil {
				key = c.key(s.sim.Keys())
			}
			if c.sim != nil {
				c.sim(s.sim)
			}
			r := s.headless(key, append([]string{"--yes"}, c.more...)...)
			if r.code != c.code {
				t.Fatalf("exit code %d, want %d\n%s%s", r.code, c.code, r.out, r.err)
			}
			got := r.last(t)
			if got["event"] != "result" || got["status"] != "failed" || got["kind"] != c.kind || got["summary"] == "" ||
				got["hint"] == "" {
				t.Errorf("result %v", got)
			}
			if !strings.HasPrefix(lastError(r.err), "error: "+got["summary"]) {
				t.Errorf("standard error %q", r.err)
			}
			s.noConnection()
		})
	}
}

func lastError(text string) string {
	if i := strings.LastIndex(text, "error: "); i >= 0 {
		return text[i:]
	}
	return text
}

// TestHeadlessLosesAnAnswer: Pleo carries out what was asked for, and its answer is lost. It is asked what it has, and
// the run ends well without a person. Between two writes there is always that question.
func TestHeadlessLosesAnAnswer(t *testing.T) {
	t.Parallel()
	const path = "/v1/installations/me"
	for name, fault := range map[string]pleosim.Fault{
		"hang": pleosim.Hang("", path), // until the client has waited for its time, 10 s
		"cut":  pleosim.Cut("", path),
		"500":  pleosim.Reply("", path, 500, "text/html", "<h1>sorry</h1>"),
	} {
		fault = pleosim.Committed(fault)
		t.Run("PUT, "+name, func(t *testing.T) {
			t.Parallel()
			s, fault := connectedSite(t), fault
			before := len(s.askedAbout(path))
			fault.Method = "PUT"
			s.sim.Inject(fault)
			if r := s.reconnect(s.sim.Keys().Replacement); r.code != exitDone || r.last(t)["status"] != "active" {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			// It was active before, so its state does not show whether the update was carried out.
			if diff := cmp.Diff([]string{"GET", "PUT", "GET", "PUT", "GET"}, s.askedAbout(path)[before:]); diff != "" {
				t.Error("(-want +got):\n" + diff)
			}
		})
		if name == "hang" { // a POST that waits so long is in TestUndocumented of engine
			continue
		}
		t.Run("POST, "+name, func(t *testing.T) {
			t.Parallel()
			s, fault := newSite(t), fault
			fault.Method = "POST"
			s.sim.Inject(fault)
			if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone || r.last(t)["status"] != "active" {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			s.active()
			if diff := cmp.Diff([]string{"GET", "POST", "GET"}, s.askedAbout(path)); diff != "" {
				t.Error("(-want +got):\n" + diff)
			}
		})
	}
}

// askedAbout are the methods of all requests to a path, in order.
func (s *site) askedAbout(path string) []string {
	var out []string
	for _, r := range s.sim.Requests() {
		if r.Path == path {
			out = append(out, r.Method)
		}
	}
	return out
}

func TestHeadlessResumes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(pleosim.Reply("POST", "/v1/installations/me", 502, "", ""))
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitNoAnswer {
		t.Fatalf("exit code %d", r.code)
	}
	if r := s.pipe("", "status", "--store", s.store, "--identity", s.identity, "--json"); r.code != 0 ||
		r.last(t)["status"] != "pending" {
		t.Errorf("status %d %s", r.code, r.out)
	}
	r := s.pipe("", s.flags("--accept-permissions", "--yes", "--json")...)
	if r.code != 0 || r.last(t)["status"] != "active" {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if !strings.Contains(r.out, "was saved just now but not activated; finishing that now") {
		t.Errorf("it goes on without a word: %s", r.out)
	}
	s.active()
}

// TestHeadlessSignal stops a run that waits for a key on a pipe that stays open.
func TestHeadlessSignal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmd := exec.Command(binary(t), s.flags("--key-file", "-", "--accept-permissions", "--yes")...)
	cmd.Env = s.env()
	in, stdin, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close(); _ = stdin.Close() }()
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &out
	if _, err := io.WriteString(stdin, s.sim.Keys().Good[:30]); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	emptied(t, in) // it runs, and reads
	if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit code %d: %s", code, out.String())
	}
	s.nothing()
}

// emptied waits until nothing is left in a pipe.
func emptied(t *testing.T, pipe *os.File) {
	t.Helper()
	poll(t, "a reader of standard input", func() bool {
		n, err := unix.IoctlGetInt(int(pipe.Fd()), fionread)
		return err != nil || n == 0
	})
}

// poll waits for a state that is not announced.
func poll(t *testing.T, what string, is func() bool) {
	t.Helper()
	pollShowing(t, what, func() string { return "" }, is)
}

// pollShowing shows what there is instead when the state never comes.
func pollShowing(t *testing.T, what string, instead func() string, is func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond) // a look may take a program that is started, as with tmux
	defer again.Stop()
	deadline := time.After(patience)
	for !is() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("never came: %s\n%s", what, instead())
		}
	}
}

// TestHeadlessTellsTheWarning of a store in a place that others copy.
func TestHeadlessTellsTheWarning(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := os.Mkdir(filepath.Join(s.home, ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := s.headless(s.sim.Keys().Good, "--yes")
	if r.code != exitDone || strings.Count(r.out, `{"event":"notice","text":"the key store is inside a git repository`) != 1 {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	status := func(more ...string) result {
		return s.pipe("", append([]string{"status", "--store", s.store, "--identity", s.identity}, more...)...)
	}
	if r := status(); r.code != exitStore || !strings.Contains(r.err, "there is no key store in "+s.store) {
		t.Errorf("empty: %d %s%s", r.code, r.out, r.err)
	}
	s.nothing()
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != 0 {
		t.Fatal(r)
	}
	r := status()
	if r.code != 0 || !strings.Contains(r.out, "“Harbour Lane Bakery ApS”: active on ") {
		t.Errorf("people: %d %s%s", r.code, r.out, r.err)
	}
	got := status("--json").last(t)
	delete(got, "validated_at")
	want := map[string]string{
		"company_id": bakery, "company_name": "Harbour Lane Bakery ApS", "environment": "production",
		"integration_id": dynamics, "integration_name": "Microsoft Dynamics 365 Finance", "status": "active",
		"fingerprint": s.record().Fingerprint,
		"file":        filepath.Join(s.store, "installations", "prod-"+dynamics+"-"+bakery+".age"), "protection": "file",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("status --json (-want +got):\n" + diff)
	}
	credentials := filepath.Join(s.home, "credentials")
	if err := os.Mkdir(credentials, 0o700); err != nil {
		t.Fatal(err)
	}
	identity := readFile(t, s.identity)
	writeFile(t, filepath.Join(credentials, "pleo-connect-identity"), identity, 0o400)
	s.more = []string{"CREDENTIALS_DIRECTORY=" + credentials}
	if r := s.pipe("", "status", "--store", s.store, "--json"); r.code != 0 || r.last(t)["protection"] != "systemd" {
		t.Errorf("with a credential: %d %s%s", r.code, r.out, r.err)
	}
	if r := status("00000000-0000-4000-8000-000000000000"); r.code != exitUsage ||
		!strings.Contains(r.err, "is not connected on this computer") {
		t.Errorf("unknown company: %d %s", r.code, r.err)
	}
	writeFile(t, want["file"], []byte("damaged"), 0o600)
	writeFile(t, want["file"]+".prev", []byte("damaged"), 0o600)
	if r := status(); r.code != exitStore || !strings.Contains(r.err, " is damaged") {
		t.Errorf("damaged: %d %s%s", r.code, r.out, r.err)
	}
}

// TestSandbox uses the sandbox as a developer of an integration does.
func TestSandbox(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmd := exec.Command(binary(t), "sandbox", "--listen", "127.0.0.1:0")
	cmd.Env = s.env()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var sandbox sandboxLine
	if err := json.Unmarshal(line, &sandbox); err != nil {
		t.Fatal(err)
	}
	for name, key := range keysByRole(sandbox.Keys) {
		if !strings.HasPrefix(key, pleosim.KeyPrefix) {
			t.Errorf("the key %q is not marked as simulated", name)
		}
	}
	r := s.pipe(sandbox.Keys.Good, "connect", "--key-file", "-", "--accept-permissions", "--yes", "--json",
		"--api-base", sandbox.APIBase, "--store", s.store, "--identity", s.identity, "--force-store")
	if r.code != 0 || r.last(t)["status"] != "active" {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	if err := cmd.Process.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d after an interrupt", code)
	}
}

// TestRealAge reads a record without us: with the age command of this module, and with the one of this system where
// there is one.
func TestRealAge(t *testing.T) {
	t.Parallel()
	ages := []string{buildAge(t, t.TempDir())}
	if installed, err := exec.LookPath("age"); err == nil {
		ages = append(ages, installed)
	}
	s := newSite(t)
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != 0 {
		t.Fatal(r)
	}
	for _, age := range ages {
		out, err := exec.Command(age, "-d", "-i", s.identity, s.record().File).Output()
		if err != nil {
			t.Fatal(err)
		}
		var record struct {
			Key, Status string
			CompanyID   string `json:"company_id"`
		}
		if err := json.Unmarshal(out, &record); err != nil {
			t.Fatal(err)
		}
		if record.Key != s.sim.Keys().Good || record.Status != "active" || record.CompanyID != bakery {
			t.Errorf("%s: status %q of company %q", age, record.Status, record.CompanyID)
		}
	}
}
