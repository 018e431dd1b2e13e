package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const enginePrefix = "/v1/secret/"

// memoryEngine is an engine with KV version 2 at secret, in memory. It leaves requests unanswered on demand.
type memoryEngine struct {
	*httptest.Server
	mu       sync.Mutex
	silent   func(method, path string) bool
	held     chan string // what was left unanswered
	versions map[string][]any
}

// newEngineSite is newSite with its keys in such an engine.
func newEngineSite(t *testing.T) (*site, *memoryEngine) {
	t.Helper()
	e := &memoryEngine{held: make(chan string, 100), versions: map[string][]any{}}
	e.Server = httptest.NewServer(e)
	s := newSite(t)
	t.Cleanup(e.CloseClientConnections)
	t.Cleanup(func() { go e.Close() })
	s.store, s.inVault = "openbao:secret/pleo", true
	s.more = []string{"BAO_ADDR=" + e.URL, "BAO_TOKEN=canary-token"}
	return s, e
}

// hush makes the engine leave requests unanswered from the next one on for which silent is true.
func (e *memoryEngine) hush(silent func(method, path string) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.silent = silent
}

// saves reports whether a request saves a connection, reads one, or lists them.
func saves(method, path string) bool {
	return method == http.MethodPost && strings.HasPrefix(path, "data/") && !strings.HasSuffix(path, "/preflight")
}

func reads(method, path string) bool {
	return method == http.MethodGet && strings.HasPrefix(path, "data/") && !strings.HasSuffix(path, "/preflight")
}

func probes(_, path string) bool { return strings.HasSuffix(path, "/preflight") }

func destroys(_, path string) bool { return strings.HasPrefix(path, "destroy/") && !probes("", path) }

// second returns a function that is true from the second time on that another is.
func second(is func(method, path string) bool) func(method, path string) bool {
	n := 0
	return func(method, path string) bool {
		if is(method, path) {
			n++
		}
		return n == 2
	}
}

// waits waits until a request is left unanswered.
func (e *memoryEngine) waits(t *testing.T) {
	t.Helper()
	select {
	case <-e.held:
	case <-time.After(time.Minute):
		t.Fatal("the engine was not asked")
	}
}

// interrupt starts a command, interrupts it while it waits for the engine, and requires that it says something.
func (e *memoryEngine) interrupt(t *testing.T, cmd *exec.Cmd, out *bytes.Buffer, says ...string) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e.waits(t)
	_ = cmd.Process.Signal(unix.SIGINT)
	_ = cmd.Wait()
	e.wasLeft(t)
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	for _, want := range says {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
}

// wasLeft requires that nothing was asked after the run was told to end.
func (e *memoryEngine) wasLeft(t *testing.T) {
	t.Helper()
	select {
	case path := <-e.held:
		t.Errorf("the engine was still asked for %s", path)
	default:
	}
}

func (e *memoryEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, enginePrefix)
	e.mu.Lock()
	silent := e.silent != nil && e.silent(r.Method, path)
	if silent {
		e.silent = func(string, string) bool { return true }
	}
	e.mu.Unlock()
	if silent {
		e.held <- path
		<-r.Context().Done()
		return
	}
	status, answer := e.answer(r, path, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

type object = map[string]any

func (e *memoryEngine) answer(r *http.Request, path string, body []byte) (int, object) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kind, name, _ := strings.Cut(path, "/")
	said := struct {
		Options  struct{ CAS int }
		Data     any
		Versions []int
	}{}
	_ = json.Unmarshal(body, &said)
	all := e.versions[name]
	switch {
	case strings.HasSuffix(path, "/sys/health"):
		return http.StatusOK, object{"initialized": true, "sealed": false, "standby": false, "version": "2.4.0"}
	case strings.Contains(path, "/sys/internal/ui/mounts/"):
		return http.StatusOK, object{"data": object{"path": "secret/", "type": "kv", "options": object{"version": "2"}}}
	case kind == "metadata" && r.URL.Query().Has("list"):
		var keys []string
		for name := range e.versions {
			keys = append(keys, strings.TrimPrefix(name, "pleo/"))
		}
		return http.StatusOK, object{"data": object{"keys": slices.Sorted(slices.Values(keys))}}
	case kind == "data" && r.Method == http.MethodPost && said.Options.CAS != len(all):
		return http.StatusBadRequest,
			object{"errors": []string{"check-and-set parameter did not match the current version"}}
	case kind == "data" && r.Method == http.MethodPost:
		e.versions[name] = append(all, said.Data)
		return http.StatusOK, object{"data": object{"version": len(all) + 1, "deletion_time": ""}}
	case kind == "data" && len(all) == 0:
		return http.StatusNotFound, object{"errors": []string{}}
	case kind == "data":
		newest := all[len(all)-1]
		about := object{"version": len(all), "destroyed": newest == nil}
		status := http.StatusOK
		if newest == nil {
			status = http.StatusNotFound
		}
		return status, object{"data": object{"data": newest, "metadata": about}}
	case kind == "destroy":
		for _, n := range said.Versions {
			if 0 < n && n <= len(all) {
				all[n-1] = nil
			}
		}
	}
	return http.StatusOK, object{"data": object{}}
}

// What a person reads who no longer waits for a save or a removal.
const (
	uncertainSave    = "OpenBao did not confirm the save, which may have worked"
	uncertainRemoval = "OpenBao did not confirm the removal, which may have worked"
)

// TestSilentEngineAndWizard: a wizard that waits for an engine ends at once, by Ctrl+C and by signals, full screen and
// line by line. A save that is left ends as with Esc.
func TestSilentEngineAndWizard(t *testing.T) {
	t.Parallel()
	ctrlC := func(x *terminal) { x.send("\x03") }
	by := func(s unix.Signal) func(x *terminal) { return func(x *terminal) { x.signal(s) } }
	toConfirm := []string{"allow", "key"}
	activate := append(slices.Clone(toConfirm), "yes")
	const full, lines = "xterm-256color", "dumb"
	for name, c := range map[string]struct {
		silent func(method, path string) bool
		term   string
		steps  []string
		end    func(x *terminal)
		code   int
		says   string
	}{
		"save, ctrl+c":                {saves, full, activate, ctrlC, exitInterrupted, uncertainSave},
		"save, SIGTERM":               {saves, full, activate, by(unix.SIGTERM), 143, uncertainSave},
		"save, SIGHUP":                {saves, full, activate, by(unix.SIGHUP), 129, ""}, // no one reads
		"save, lines, ctrl+c":         {saves, lines, activate, ctrlC, exitInterrupted, uncertainSave},
		"save, lines, SIGTERM":        {saves, lines, activate, by(unix.SIGTERM), 143, uncertainSave},
		"settle, ctrl+c":              {destroys, full, activate, ctrlC, exitInterrupted, "saved key was read back"},
		"preflight, ctrl+c":           {probes, full, nil, ctrlC, exitInterrupted, "stopped"},
		"preflight, SIGTERM":          {probes, full, nil, by(unix.SIGTERM), 143, "stopped"},
		"preflight, lines, ctrl+c":    {probes, lines, nil, ctrlC, exitInterrupted, "stopped"},
		"a look, ctrl+c":              {reads, full, toConfirm, ctrlC, exitInterrupted, "stopped"},
		"a look, lines, ctrl+c":       {reads, lines, toConfirm, ctrlC, exitInterrupted, "stopped"},
		"the last save":               {saves, full, toConfirm, by(unix.SIGTERM), 143, uncertainSave},
		"the last save, line by line": {saves, lines, toConfirm, by(unix.SIGTERM), 143, uncertainSave},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, e := newEngineSite(t)
			e.hush(c.silent)
			s.term = c.term
			x := s.wizard()
			for _, step := range c.steps {
				s.does(x, step)
			}
			end := func() { c.end(x) }
			if strings.HasPrefix(name, "the last save") {
				x.see("Harbour Lane Bakery")
				x.see(map[bool]string{true: "or back:", false: "enter confirm"}[s.byLine()])
				end()
				end = func() {}
			}
			e.waits(t)
			end()
			x.exit(c.code)
			e.wasLeft(t)
			x.until(c.says, func() bool { return strings.Contains(x.text(), c.says) })
		})
	}
}

// TestEngineTakesTheLastKey: a wizard that a signal ends on Confirm saves the key in the engine first.
func TestEngineTakesTheLastKey(t *testing.T) {
	t.Parallel()
	for _, term := range []string{"xterm-256color", "dumb"} {
		t.Run(term, func(t *testing.T) {
			t.Parallel()
			s, e := newEngineSite(t)
			s.term = term
			x := s.wizard()
			s.does(x, "allow")
			s.does(x, "key")
			x.see("Harbour Lane Bakery")
			x.see(map[bool]string{true: "or back:", false: "enter confirm"}[s.byLine()])
			x.signal(unix.SIGTERM)
			x.exit(143)
			e.mu.Lock()
			defer e.mu.Unlock()
			versions := e.versions["pleo/prod-"+dynamics+"-"+bakery]
			if len(versions) != 1 || versions[0].(object)["pending_key"] != s.sim.Keys().Good {
				t.Errorf("%d versions are saved:\n%s", len(versions), x.text())
			}
		})
	}
}

// TestSilentEngineAndSignals: a command that waits for an engine ends at once by a signal, with its code and in words
// that say what is known.
func TestSilentEngineAndSignals(t *testing.T) {
	t.Parallel()
	headless := []string{"connect", "--key-file", "-", "--accept-permissions", "--company", bakery, "--json"}
	for name, c := range map[string]struct {
		silent func(method, path string) bool
		args   []string
		says   []string
	}{
		"preflight": {probes, headless, []string{"stopped"}},
		"save":      {saves, headless, []string{uncertainSave, `"kind":"interrupted"`, `"key":"maybe_saved"`}},
		"destroying before a removal": {
			destroys, []string{"disconnect", bakery, "--yes"},
			[]string{"the key is still saved; run this again to finish"},
		},
		"destroying after it": {
			second(destroys), []string{"disconnect", bakery, "--yes"}, []string{uncertainRemoval},
		},
		"key":         {reads, []string{"key", bakery}, []string{"stopped"}},
		"exec":        {reads, []string{"exec", bakery, "--", "true"}, []string{"stopped"}},
		"status":      {reads, []string{"status"}, []string{"stopped"}},
		"status json": {reads, []string{"status", "--json"}, []string{"stopped"}},
		"check":       {reads, []string{"status", "--check"}, []string{"stopped"}},
		"doctor":      {probes, []string{"doctor"}, []string{"stopped"}},
		"reconnect":   {saves, append([]string{"reconnect", bakery}, headless[1:4]...), []string{uncertainSave}},
		"disconnect": {
			saves, []string{"disconnect", bakery, "--yes", "--json"},
			[]string{uncertainRemoval, `"kind":"interrupted"`, `"store":"unknown"`, `"key":"maybe_saved"`},
		},
		"disconnect reading": {reads, []string{"disconnect", bakery, "--yes"}, []string{"stopped"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, e := newEngineSite(t)
			key := s.sim.Keys().Good
			if c.args[0] != "connect" {
				if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
					t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
				}
				key = s.sim.Keys().Replacement
			}
			e.hush(c.silent)
			args := s.places(slices.Clone(c.args)...)
			if c.args[0] == "exec" {
				args = append([]string{"exec", "--store", s.store}, c.args[1:]...)
			}
			if slices.Contains([]string{"connect", "doctor", "reconnect"}, c.args[0]) {
				args = append(args, "--api-base", s.api)
			}
			cmd, out := s.command(args...)
			cmd.Stdin, cmd.Stdout = strings.NewReader(key), out
			e.interrupt(t, cmd, out, c.says...)
		})
	}
}

// TestSilentEngineAfterPleo: a disconnect that is told to end between its two halves says which one is done.
func TestSilentEngineAfterPleo(t *testing.T) {
	t.Parallel()
	s, e := newEngineSite(t)
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	e.hush(func(string, string) bool { return !s.installed() })
	cmd, out := s.command(s.places("disconnect", bakery, "--yes", "--json")...)
	cmd.Stdout = out
	e.interrupt(t, cmd, out, `"kind":"interrupted"`, `"pleo":"removed"`, `"key":"saved"`,
		"the key is still saved; run this again to finish")
}
