//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// doctorFlags point the examination at the site.
func (s *site) doctorFlags(more ...string) []string {
	return append(s.places("doctor", "--api-base", s.api, "--force-store"), more...)
}

// doctor runs the examination of the site.
func (s *site) doctor(more ...string) result {
	s.t.Helper()
	return s.pipe("", s.doctorFlags(append(s.trust, more...)...)...)
}

// exam is one line of doctor --json.
type exam struct{ Event, Name, Status, Note, Remedy, Also, Kind string }

// exams runs the examination, and returns its lines by name and the last one.
func (s *site) exams(code int, more ...string) (lines map[string]exam, last exam) {
	s.t.Helper()
	r := s.doctor(append([]string{"--json"}, more...)...)
	if r.code != code || r.err != "" {
		s.t.Fatalf("exit code %d, want %d: %s%s", r.code, code, r.out, r.err)
	}
	lines = map[string]exam{}
	var order []string
	for line := range strings.Lines(r.out) {
		last = exam{}
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			s.t.Fatalf("%v in %q", err, line)
		}
		if last.Event == "exam" {
			lines[last.Name] = last
			order = append(order, last.Name)
		}
	}
	if want := "settings dns tcp proxy tls clock api key store terminal"; strings.Join(order, " ") != want {
		s.t.Errorf("looked at %v, want %s", order, want)
	}
	if last.Event != "result" {
		s.t.Errorf("the last line is %+v", last)
	}
	return lines, last
}

func TestDoctorInGoodOrder(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Good, nil)
	lines, last := s.exams(exitDone)
	for name, line := range lines {
		if line.Status != "ok" || line.Note == "" || line.Remedy != "" || line.Kind != "" {
			t.Errorf("%s: %+v", name, line)
		}
	}
	if last.Status != "ok" || last.Kind != "" {
		t.Errorf("the result is %+v", last)
	}
	r := s.doctor()
	if r.code != exitDone || !strings.HasSuffix(r.out, "\n✓ Everything looks good\n") ||
		strings.Count(r.out, "\n✓ ") != len(lines)+1 {
		t.Errorf("exit code %d: %s", r.code, r.out)
	}
}

// ill is one thing that is wrong, and what the doctor says about it.
type ill struct {
	make           func(*site)
	exam, kind     string
	code           int
	note, remedy   string
	also           string // the whole second remedy
	exact          bool   // note is the whole note
	still, skipped string // exams that are done all the same, and those that are not
}

const afterNetwork = "store terminal"

// front puts handler between the program and the simulated Pleo.
func (s *site) front(handler func(w http.ResponseWriter, r *http.Request, pleo http.Handler)) {
	s.t.Helper()
	target, _ := url.Parse(s.sim.APIBase())
	pleo := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r, pleo) }))
	s.t.Cleanup(server.Close)
	s.api = server.URL
}

// behindTLS puts the site behind a certificate that is not trusted, unless trusted.
func (s *site) behindTLS(trusted bool) {
	s.t.Helper()
	target, _ := url.Parse(s.sim.APIBase())
	server := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	s.t.Cleanup(server.Close)
	s.api = server.URL
	if trusted {
		file := filepath.Join(s.home, "ca.pem")
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		writeFile(s.t, file, text, 0o600)
		s.trust = []string{"--ca-file", file}
	}
}

// documentedAs is what the help says of the exit codes.
var documentedAs = map[int]string{
	exitUsage:    "2 a setting, or a file it names, such as --ca-file, --integration or SSL_CERT_FILE",
	exitNoAnswer: "5 a proxy setting that can't be read, or the way to Pleo", exitKey: "3 or 4 a saved key",
	exitPermissions: "3 or 4 a saved key", exitConflict: "7 another company's key", exitStore: "6 the key store",
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	help := newDoctor(newApp(nil, host.Host{})).Long
	const beforeTLS, beforeAPI = "settings dns tcp proxy", "settings dns tcp proxy tls clock"
	for name, c := range map[string]ill{
		"proxy setting": {
			make: func(s *site) { s.more = []string{"HTTPS_PROXY=http://user:" + canaryKey + "@proxy.example:31 28"} },
			exam: "settings", kind: "proxy", code: exitNoAnswer,
			note: "HTTPS_PROXY is not a valid proxy address", exact: true, remedy: "HTTPS_PROXY",
			still: afterNetwork, skipped: "dns tcp proxy tls clock api key",
		},
		"CA file": {
			make: func(s *site) { s.trust = []string{"--ca-file", s.home} },
			exam: "settings", kind: "settings", code: exitUsage, note: "the CA file is a directory",
			remedy: "name a file in it", still: afterNetwork, skipped: "dns tcp proxy tls clock api key",
		},
		"certificates of a variable": {
			make: func(s *site) { s.more = []string{"SSL_CERT_FILE=" + filepath.Join(s.home, "none.pem")} },
			exam: "settings", kind: "settings", code: exitUsage, note: "none.pem", remedy: "correct or unset SSL_CERT_FILE",
			still: afterNetwork, skipped: "dns tcp proxy tls clock api key",
		},
		"environment": {
			make: func(s *site) { s.trust = []string{"--env", "test"} },
			exam: "settings", kind: "settings", code: exitUsage, note: "must be production or staging",
			remedy: "--env production", still: afterNetwork, skipped: "dns tcp proxy tls clock api key",
		},
		"less able key": {
			make: func(s *site) { s.put(bakery, s.sim.Keys().FewerScopes, nil) },
			exam: "key", kind: "fewer_permissions", code: exitPermissions, note: "0 of 1 accepted", remedy: "reconnect",
			still: beforeAPI + " api " + afterNetwork,
		},
		"another company's key": {
			make: func(s *site) { s.put(cycles, s.sim.Keys().Good, nil) },
			exam: "key", kind: "other_company", code: exitConflict, note: "0 of 1 accepted", remedy: "reconnect",
			still: beforeAPI + " api " + afterNetwork,
		},
		"integration file": {
			make: func(s *site) { s.trust = []string{"--integration", filepath.Join(s.home, "none.toml")} },
			exam: "settings", kind: "settings", code: exitUsage, note: "none.toml", remedy: "check the path",
			still: afterNetwork, skipped: "dns tcp proxy tls clock api key",
		},
		"name": {
			make: func(s *site) { s.api = "https://" + strings.Repeat("a", 64) + ".invalid" },
			exam: "dns", kind: "offline_dns", code: exitNoAnswer, note: "could not be found", remedy: "DNS settings",
			still: "settings " + afterNetwork, skipped: "tcp proxy tls clock api key",
		},
		"nobody listens": {
			make: (*site).gone,
			exam: "tcp", kind: "offline_refused", code: exitNoAnswer, note: "refused the connection",
			remedy: "check that no firewall blocks 127.0.0.1",
			still:  "settings dns " + afterNetwork, skipped: "proxy tls clock api key",
		},
		"issuer": {
			make: func(s *site) { s.behindTLS(false) },
			exam: "tls", kind: "tls_issuer", code: exitNoAnswer, note: "Acme Co", remedy: "--ca-file",
			still: beforeTLS + " " + afterNetwork, skipped: "clock api key",
		},
		"clock": {
			make: func(s *site) {
				s.front(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
					w.Header().Set("Date", time.Now().UTC().Add(-3*time.Hour-time.Minute).Format(http.TimeFormat))
					w.WriteHeader(http.StatusUnauthorized)
				})
			},
			exam: "clock", kind: "clock_wrong", code: exitNoAnswer, note: "this computer's clock is 3 hours ahead of Pleo's",
			remedy: "timedatectl", still: beforeTLS + " tls api " + afterNetwork,
		},
		"Pleo's trouble": {
			make: func(s *site) {
				s.sim.Inject(lasting(pleosim.Reply("", "", 503, "", "")))
			},
			exam: "api", kind: "pleo_trouble", code: exitNoAnswer, note: "Pleo is having problems", remedy: "try again",
			still: beforeAPI + " " + afterNetwork, skipped: "key",
		},
		"login page": {
			make: func(s *site) {
				s.front(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
					w.Header().Set("Content-Type", "text/html")
					_, _ = io.WriteString(w, "<html>sign in</html>")
				})
			},
			exam: "api", kind: "login_page", code: exitNoAnswer, note: "page", remedy: "sign in",
			still: beforeAPI + " " + afterNetwork, skipped: "key",
		},
		"revoked key": {
			make: func(s *site) {
				s.put(bakery, s.sim.Keys().Good, nil)
				s.put(cycles, s.sim.Keys().Revoked, nil)
			},
			exam: "key", kind: "key_rejected", code: exitKey,
			note:   "1 of 2 accepted; company " + cycles + " with " + dynamics + ": rejected",
			remedy: " reconnect " + cycles, still: beforeAPI + " api " + afterNetwork,
		},
		"two wrong keys: the first counts": {
			make: func(s *site) {
				s.put(bakery, s.sim.Keys().Revoked, nil)
				s.put(cycles, s.sim.Keys().Good, nil)
			},
			exam: "key", kind: "key_rejected", code: exitKey,
			note:   "0 of 2 accepted; company " + bakery + " with " + dynamics + ": rejected",
			remedy: " reconnect " + bakery, still: beforeAPI + " api " + afterNetwork,
		},
		"store": {
			make: func(s *site) {
				s.put(bakery, s.sim.Keys().Good, nil)
				if err := os.Chmod(s.store, 0o777); err != nil {
					s.t.Fatal(err)
				}
			},
			exam: "store", kind: "store_too_open", code: exitStore, note: "other accounts can read ",
			remedy: "run: chmod -R go-rwx ", also: "if others can sign in to this computer, replace the key afterwards",
			still: beforeAPI + " api terminal",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if says := documentedAs[c.code]; says == "" || !strings.Contains(help, says) {
				t.Errorf("the help does not say %q of the exit code %d", says, c.code)
			}
			s := newSite(t)
			c.make(s)
			lines, last := s.exams(c.code)
			got := lines[c.exam]
			if got.Status != "failed" || got.Kind != c.kind || !strings.Contains(got.Note, c.note) ||
				!strings.Contains(got.Remedy, c.remedy) || got.Also != c.also {
				t.Errorf("%s: %+v", c.exam, got)
			}
			if c.exact && got.Note != c.note {
				t.Errorf("%s: %q, want %q", c.exam, got.Note, c.note)
			}
			if last.Status != "failed" || last.Kind != c.kind {
				t.Errorf("the result is %+v", last)
			}
			for status, names := range map[string]string{"ok": c.still, "skipped": c.skipped} {
				for _, name := range strings.Fields(names) {
					if lines[name].Status != status {
						t.Errorf("%s is %+v, want %s", name, lines[name], status)
					}
				}
			}
			plain := s.doctor()
			text := strings.Join(strings.Fields(plain.out), " ")
			if plain.code != c.code ||
				!strings.Contains(text, strings.Join(strings.Fields(got.Note+" "+got.Remedy+" "+got.Also), " ")) {
				t.Errorf("the lines for people say something else: %s", plain.out)
			}
		})
	}
}

// TestDoctorThroughAProxy: the name and the connection are those of the proxy, whose login is not printed.
func TestDoctorThroughAProxy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behindTLS(true)
	target := strings.TrimPrefix(s.api, "https://")
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connectTo(w, r, target)
	}))
	defer proxy.Close()
	host := strings.TrimPrefix(proxy.URL, "http://")
	s.api = "https://example.com" // the name in the certificate of net/http/httptest
	s.more = []string{"HTTPS_PROXY=http://admin:" + canaryKey + "@" + host}
	lines, _ := s.exams(exitDone)
	for name, want := range map[string]string{
		"settings": "through proxy " + host, "tcp": host,
		"proxy": host + " lets example.com through", "tls": "TLS 1.3, issued by O=Acme Co",
	} {
		if !strings.Contains(lines[name].Note, want) {
			t.Errorf("%s: %+v, want %s", name, lines[name], want)
		}
	}
}

// TestDoctorNamesAnIgnoredProxy: ALL_PROXY is for other programs. What is in it is not shown.
func TestDoctorNamesAnIgnoredProxy(t *testing.T) {
	t.Parallel()
	const variable = "http://admin:" + canaryKey + "@proxy.example:3128"
	for about, tt := range map[string]struct {
		environment []string
		named       string
	}{
		"alone":             {[]string{"ALL_PROXY=" + variable}, "ALL_PROXY is not used"},
		"in lower case":     {[]string{"all_proxy=" + variable}, "all_proxy is not used"},
		"beside one for us": {[]string{"ALL_PROXY=" + variable, "HTTPS_PROXY=http://proxy.example:3128"}, ""},
		"in mixed case":     {[]string{"ALL_PROXY=" + variable, "https_proxy=http://proxy.example:3128"}, ""},
		"beside exceptions": {[]string{"ALL_PROXY=" + variable, "NO_PROXY=pleo.io"}, "ALL_PROXY is not used"},
		"empty":             {[]string{"ALL_PROXY="}, ""},
	} {
		s := newSite(t)
		s.more = tt.environment
		lines, _ := s.exams(exitDone)
		got := lines["settings"]
		if named := got.Status == "note" && strings.HasSuffix(got.Note, tt.named) &&
			strings.Contains(got.Remedy, "HTTPS_PROXY"); named != (tt.named != "") {
			t.Errorf("%s: %+v", about, got)
		}
		if strings.Contains(got.Note+got.Remedy, "proxy.example") {
			t.Errorf("%s: the proxy is shown: %+v", about, got)
		}
	}
}

// connectTo is a proxy that opens one way.
func connectTo(w http.ResponseWriter, r *http.Request, target string) {
	login := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	if _, password, ok := login.BasicAuth(); !ok || password != canaryKey {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	far, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer far.Close()
	near, read, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(far, read); _ = far.Close() }()
	_, _ = io.Copy(near, far)
}

// TestDoctorIsFitForSupport: no key (each run is searched for that), no identity, no recipient, and no name of a
// company unless it is asked for.
func TestDoctorIsFitForSupport(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Revoked, nil)
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	add := []string{"recipient", "add", other.Recipient().String()}
	if r := s.pipe("", s.places(append(add, "--force-store")...)...); r.code != exitDone {
		t.Fatal(r.err)
	}
	identity := readFile(t, s.identity)
	for _, form := range [][]string{nil, {"--json"}} {
		r := s.doctor(form...)
		if strings.Contains(r.out+r.err, "Harbour Lane") || strings.Contains(r.out+r.err, "age1") ||
			strings.Contains(r.out+r.err, "AGE-SECRET") {
			t.Errorf("%v: it tells too much: %s%s", form, r.out, r.err)
		}
		for line := range strings.Lines(string(identity)) {
			if line = strings.TrimSpace(line); len(line) > 20 && strings.Contains(r.out+r.err, line) {
				t.Errorf("%v: a line of the identity file is in it", form)
			}
		}
		if !strings.Contains(strings.Join(strings.Fields(r.out), " "), "1 more recipient can open it") {
			t.Errorf("%v: it does not tell that another identity opens the store: %s", form, r.out)
		}
		if named := s.doctor(append(form, "--company-names")...); !strings.Contains(named.out, "Harbour Lane Bakery") {
			t.Errorf("%v: the name was asked for: %s", form, named.out)
		}
	}
}

// TestDoctorChangesNothing: a verdict about a key is printed and not saved.
func TestDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Revoked, nil)
	before := s.files()
	s.exams(exitKey)
	if after := s.files(); after != before {
		t.Error("the records were changed")
	}
	fresh := newSite(t)
	fresh.exams(exitDone)
	fresh.nothing()
	if _, err := os.Stat(fresh.identity); err == nil {
		t.Error("an identity was left behind")
	}
}

// TestDoctorDoesNotAskForAPassphrase: what it would open stays closed, and it says so.
func TestDoctorDoesNotAskForAPassphrase(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Good, nil)
	identity := readFile(t, s.identity)
	ids, err := age.ParseIdentities(bytes.NewReader(identity))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, s.identity, locked(t, ids[0].(*age.X25519Identity)), 0o600)
	if err := os.Chmod(s.store, 0o777); err != nil { // what is behind the lock is not looked at
		t.Fatal(err)
	}
	lines, _ := s.exams(exitDone)
	if got := lines["store"]; got.Status != "note" || !strings.Contains(got.Note, "passphrase") {
		t.Errorf("store: %+v", got)
	}
	if got := lines["key"]; got.Status != "note" || len(s.sim.Requests()) != 2 { // the clock and the API
		t.Errorf("key: %+v, and %d requests", got, len(s.sim.Requests()))
	}
}

// TestDoctorAsksAboutTenKeys: a store may hold thousands.
func TestDoctorAsksAboutTenKeys(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 12 {
		s.put("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2"+string("0123456789abcdef"[i])+"0", s.sim.Keys().Good, nil)
	}
	// Another address, which its name does not say.
	s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.Origin = stagingAPI })
	// The one key belongs to the bakery alone.
	lines, _ := s.exams(exitConflict)
	if got := lines["key"].Note; !strings.HasPrefix(got, "0 of 10 accepted; 3 not checked") {
		t.Errorf("key: %s", got)
	}
}

// TestDoctorTicksLive: at a terminal each line appears while the next one is under way.
func TestDoctorTicksLive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gate := make(chan struct{})
	s.sim.Inject(pleosim.Delay("GET", introspect, gate))
	x := start(t, s.env(), s.doctorFlags()...)
	x.see("Settings", "DNS", "TLS certificate", "Clock …")
	if strings.Contains(x.text(), "Pleo   ") {
		t.Error("a line is there before its turn")
	}
	close(gate)
	x.see("✓ Pleo             answered in ", "xterm-256color, 80x24, UTF-8, over SSH", "Everything looks good")
	x.exit(0)
	x.until("the line about what is under way is gone", func() bool { return !strings.Contains(x.text(), "…") })
	s.noKey(x.written())
}

// TestDoctorInASmallTerminal breaks no word: the terminal would.
func TestDoctorInASmallTerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.gone()
	args := append([]string{"-c", `stty cols 40 && exec "$0" "$@"`, binary(t)}, s.doctorFlags()...)
	cmd := exec.Command("sh", args...)
	cmd.Env = s.env()
	x := startCommand(t, cmd)
	x.see("One thing needs attention")
	x.exit(exitNoAnswer)
	for line := range strings.Lines(x.text()) {
		if line = strings.TrimRight(line, " \n"); len(line) > 39 {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
}

// TestDoctorCannotTell says so as every command does.
func TestDoctorCannotTell(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	closed, err := os.Open(os.DevNull) // not for writing
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	var said bytes.Buffer
	cmd := exec.Command(binary(t), s.doctorFlags()...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), closed, &said
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitUnexpected ||
		!strings.Contains(said.String(), "error: can't write to standard output") {
		t.Errorf("%v: %s", err, said.String())
	}
}

func TestDoctorIsStopped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(lasting(pleosim.Hang("GET", introspect)))
	x := start(t, s.env(), s.doctorFlags()...)
	x.see("Clock …")
	x.send("\x03")
	x.exit(exitInterrupted)
	x.see("nothing was changed") // and not a word of a connection, which may well be active
	x.until("the line about what is under way is gone", func() bool { return !strings.Contains(x.text(), "…") })
}

// TestDoctorWithoutAnAnswer: what did not come names no time, and is not Pleo's.
func TestDoctorWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(lasting(pleosim.Cut("", "")))
	lines, _ := s.exams(exitNoAnswer)
	if got := lines["clock"]; got.Status != "note" || strings.Contains(got.Note, "Pleo's answer") {
		t.Errorf("clock: %+v", got)
	}
}

// TestDoctorFindsAnOlderVersion: the key is accepted, but it is not the one that was saved last.
func TestDoctorFindsAnOlderVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(bakery, s.sim.Keys().Good, nil)
	s.put(bakery, s.sim.Keys().Good, func(r *store.Record) { r.Generation = 1 })
	writeFile(t, s.record().File, []byte("damaged"), 0o600)
	lines, _ := s.exams(exitDone)
	got := lines["key"]
	if got.Status != "note" ||
		!strings.Contains(got.Remedy, "the latest version of this connection is missing or damaged") {
		t.Errorf("key: %+v", got)
	}
	if text := s.doctor().out; strings.Contains(text, "Everything looks good") {
		t.Errorf("that is not in order: %s", text)
	}
}

// TestDoctorOfADeniedKey: another key would be denied as well.
func TestDoctorOfADeniedKey(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.front(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusForbidden) })
	s.put(bakery, s.sim.Keys().Good, nil)
	lines, _ := s.exams(exitPermissions)
	if got := lines["key"]; !strings.Contains(got.Remedy, "ask the integration's vendor") ||
		strings.Contains(got.Remedy, "reconnect") {
		t.Errorf("key: %+v", got)
	}
}

// TestDoctorInTheWizard: d opens the examination over a problem, and esc goes back to it with the key in hand.
func TestDoctorInTheWizard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	trouble := pleosim.Reply("GET", introspect, 503, "", "")
	trouble.Times = 20
	x := s.atKey()
	s.sim.Inject(trouble)
	x.paste(s.sim.Keys().Good)
	x.see("Pleo is having problems", "d find the cause")
	x.send("d")
	x.see("One thing needs attention", "TCP connection", "same time as Pleo",
		"Pleo is having problems", "works, protected by", "check again")
	x.send("r")
	x.see("One thing needs attention")
	x.send("\x1b")
	x.see("Pleo is having problems", "d find the cause")
	for range 30 { // the fault wears off
		_, _ = http.Get(s.api + introspect)
	}
	x.send("r")
	confirmAndFinish(x)
	s.connectedBy(x)
}

// TestDoctorLineByLine: the same in the line face, also where nothing but ASCII is drawn.
func TestDoctorLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	trouble := pleosim.Reply("GET", introspect, 503, "", "")
	trouble.Times = 20
	x := start(t, append(s.env(), "LANG=C"), s.flags("--plain")...)
	x.see("Type allow or cancel:", "Pleo is reachable")
	x.send("allow\r")
	x.see("Enter alone goes back")
	s.sim.Inject(trouble)
	x.paste(s.sim.Keys().Good)
	x.see("Pleo is having problems", "Type retry, doctor, back or quit:")
	x.typeText("doctor\r")
	x.see("Looking for the cause", "ok: TCP connection", "failed: Pleo", "ASCII only, line by line",
		"One thing needs attention", "again or back:")
	for range 30 { // the fault wears off
		_, _ = http.Get(s.api + introspect)
	}
	x.typeText("again\r")
	x.see("No problem found", "again or back:")
	x.typeText("back\r")
	x.see("Type retry, doctor, back or quit:")
	x.typeText("retry\r")
	x.see("Is this right? Type yes, ")
	x.send("yes\r")
	x.exit(0)
	x.until("the receipt", func() bool { return strings.Contains(x.written(), "shows it as Connected:") })
	s.active()
	for _, r := range x.written() {
		if r > 0x7e {
			t.Fatalf("%q was written", r)
		}
	}
	s.noKey(x.written())
}

// TestDoctorBeforeTheApproval: a key that was pasted on Review outlives the examination, and is sent only after Allow.
func TestDoctorBeforeTheApproval(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.front(func(w http.ResponseWriter, r *http.Request, pleo http.Handler) {
		if r.Header.Get("Authorization") != "" {
			t.Error("a key was sent")
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	x := s.wizard()
	x.see("Pleo is having problems", "Key store ready")
	x.paste(s.sim.Keys().Good)
	x.see("ey received, ")
	x.send(enter)
	x.see("our key is ", "d find the cause")
	x.send("d")
	x.see("One thing needs attention", "not checked", "check again")
	x.send("?")
	x.see("check again", "any key")
	x.send("?")
	x.see("One thing needs attention")
	x.send("\x1b")
	x.see("our key is ")
	x.quitFault()
	x.exit(exitNoAnswer)
	s.nothing()
	s.noKey(x.written())
}

// TestDoctorOfASmallWindow: only the full screen needs a larger one.
func TestDoctorOfASmallWindow(t *testing.T) {
	t.Parallel()
	const remedy = "makethewindowatleast40x12" // the terminal breaks it anywhere
	for face, small := range map[string]bool{"": true, "--plain": false} {
		s := newSite(t)
		gate := make(chan struct{})
		s.sim.Inject(pleosim.Delay("GET", introspect, gate))
		x := start(t, s.env(), s.doctorFlags(strings.Fields(face)...)...)
		x.see("TLS certificate")
		x.size(39, 30)
		close(gate)
		x.exit(exitDone)
		if small {
			x.see("? Nothing failed, but see the notes")
		} else {
			x.see("Everything looks good")
		}
		if got := strings.Contains(strings.Join(strings.Fields(x.text()), ""), remedy); got != small {
			t.Errorf("%q: the size is small: %t\n%s", face, got, x.text())
		}
	}
}

// TestDoctorMeetsARateLimit: Pleo answers, and more questions would make it worse.
func TestDoctorMeetsARateLimit(t *testing.T) {
	t.Parallel()
	for _, seconds := range []string{"", "1", "120"} {
		s := newSite(t)
		short := pleosim.Reply("GET", introspect, 429, "", "")
		short.Header.Set("Retry-After", seconds)
		s.sim.Inject(lasting(short))
		lines, _ := s.exams(exitDone)
		if got := lines["api"]; got.Status != "note" || got.Note != "answered, but is limiting requests" || got.Remedy == "" {
			t.Errorf("after %q: %+v", seconds, got)
		}
	}
	s := newSite(t)
	tomorrow := pleosim.Reply("GET", introspect, 429, "", "")
	tomorrow.Header.Set("Retry-After", "86400")
	s.sim.Inject(lasting(tomorrow))
	lines, _ := s.exams(exitDone)
	until := regexp.MustCompile(` until \d+ [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC$`)
	if got := lines["api"]; !until.MatchString(got.Note) || got.Remedy != "try again after that" {
		t.Errorf("api: %+v", got)
	}
}

// TestDoctorIsStoppedInJSON: scripts wait for the last line.
func TestDoctorIsStoppedInJSON(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(lasting(pleosim.Hang("GET", introspect)))
	x := start(t, s.env(), s.doctorFlags("--json")...)
	if err := s.sim.Wait(t.Context(), func(r []pleosim.Request) bool { return len(r) == 1 }); err != nil {
		t.Fatal(err)
	}
	x.send("\x03")
	x.exit(exitInterrupted)
	x.see(`"event":"result","status":"failed","failed":0,"kind":"interrupted"`)
}
