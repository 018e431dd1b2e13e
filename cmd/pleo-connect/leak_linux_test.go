package main

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
)

// path is one way through the program with a key. It looks while the key is in hand, and leaves nothing running.
type path struct {
	about string
	walk  func(x *leakSite)
}

// TestNoLeak takes every path, and then looks for the key in everything that the program wrote, sent and left behind,
// and in what others could see of it in the meantime.
func TestNoLeak(t *testing.T) {
	t.Parallel()
	if pattern := corePattern(t); !corePatternIsLocal(pattern) {
		t.Logf("core files do not stay in the directory of the process, so none is searched: core_pattern is %q",
			pattern)
	}
	var failed atomic.Int32
	for _, paths := range [][]path{
		happyPaths(), refusedPaths(), problemPaths(), storePaths(), endingPaths(), unattendedPaths(), commandPaths(),
	} {
		for _, p := range paths {
			t.Run(p.about, func(t *testing.T) {
				t.Parallel()
				if failed.Load() > 10 {
					t.Skip("ten paths have failed already, and so has this test: each may have waited for minutes")
				}
				x := newLeakSite(t)
				defer func() { // also when a state never comes: a leak may be the reason
					if t.Skipped() {
						return
					}
					x.nowhere()
					if t.Failed() {
						failed.Add(1)
					}
				}()
				p.walk(x)
			})
		}
	}
}

// atKey brings a wizard to the key field.
func (x *leakSite) atKey(more ...string) *terminal {
	x.t.Helper()
	tty := x.wizard(more...)
	toKey(tty)
	return tty
}

// atLine does so line by line.
func (x *leakSite) atLine() *terminal {
	x.t.Helper()
	x.term = "dumb"
	tty := x.wizard()
	tty.see("allow or cancel")
	tty.send("allow\r")
	tty.see("Enter alone goes back")
	return tty
}

// atConfirm brings a wizard with the good key to the question about the company.
func (x *leakSite) atConfirm(more ...string) *terminal {
	x.t.Helper()
	tty := x.atKey(more...)
	tty.paste(x.sim.Keys().Good)
	tty.see("Is this the right company?", "enter confirm")
	return tty
}

// cutAndResumed cuts a wizard off at the question about the company, and brings the next one to it.
func (x *leakSite) cutAndResumed(tty *terminal) *terminal {
	x.t.Helper()
	x.hangUp(tty)
	x.ends(tty, anyCode)
	tty = x.wizard()
	tty.see("Continue", "Pleo is reachable", "Key store ready")
	tty.send(enter)
	tty.see("Is this the right company?", "enter confirm")
	return tty
}

// lookAndFinish continues from there to the end.
func (x *leakSite) lookAndFinish(tty *terminal) {
	x.t.Helper()
	tty.see("Is this the right company?", "enter confirm")
	x.look(tty.cmd.Process.Pid)
	confirmAndFinish(tty)
	x.ends(tty, exitDone)
}

// lookAndLeave leaves the program where it is.
func (x *leakSite) lookAndLeave(tty *terminal) {
	x.t.Helper()
	x.look(tty.cmd.Process.Pid)
	tty.send(ctrlC)
	x.ends(tty, exitInterrupted)
}

func happyPaths() []path {
	return []path{
		{"pasted", func(x *leakSite) {
			tty := x.atKey()
			tty.paste(x.sim.Keys().Good + "\n")
			x.lookAndFinish(tty)
		}},
		{"wrapped", func(x *leakSite) {
			tty := x.atKey()
			key := x.sim.Keys().Good
			tty.paste(key[:40] + "\r\n    " + key[40:])
			tty.see("Is this the right company?", "enter confirm")
			x.lookAndFinish(tty)
		}},
		{"typed", func(x *leakSite) {
			tty := x.atKey()
			tty.typeText(x.sim.Keys().Good)
			tty.see("••••")
			x.look(tty.cmd.Process.Pid)
			tty.send(enter)
			x.lookAndFinish(tty)
		}},
		{"line by line", func(x *leakSite) {
			tty := x.atLine()
			tty.send(x.sim.Keys().Good + "\r")
			tty.see("Is this the right company?", "or back:")
			x.look(tty.cmd.Process.Pid)
			tty.send("yes\r")
			x.ends(tty, exitDone)
		}},
		{"dropped after the line was", func(x *leakSite) {
			x.connect()
			tty := x.atKey()
			tty.paste(x.sim.Keys().Replacement)
			tty.see("Is this the right company?", "enter confirm")
			tty = x.cutAndResumed(tty)
			tty.send("n")
			tty.see("he saved key was removed")
			x.lookAndLeave(tty)
		}},
		{"going on after an end half-way", func(x *leakSite) {
			x.sim.Inject(pleosim.Reply(http.MethodPost, installations, 503, "text/html", "<h1>down</h1>"))
			tty := x.atConfirm()
			tty.send(enter)
			tty.see("Pleo is having problems", "esc back")
			tty.send("q")
			x.ends(tty, exitNoAnswer)
			tty = x.wizard()
			tty.see("was saved", "Continue")
			tty.send(enter)
			tty.see("Connected to ", "enter finish")
			x.look(tty.cmd.Process.Pid)
			tty.send(enter)
			x.ends(tty, exitDone)
		}},
		{"in the demo", func(x *leakSite) {
			tty := x.onTerminal("demo", "--pace", "0")
			tty.see("Allow", "Key store ready")
			tty.send(enter)
			tty.see("tab")
			tty.paste(canaryKey)
			tty.see("your key was discarded")
			x.lookAndLeave(tty)
		}},
	}
}

// refusedPaths enter texts that are not keys but contain one, on both interfaces.
func refusedPaths() []path {
	var out []path
	for _, entry := range []struct {
		about string
		text  func(key string) string
		says  string
	}{
		{"with an invisible character", func(k string) string { return k[:40] + "\u200b" + k[40:] }, "nexpected character"},
		{"with a colon", func(k string) string { return k + ":" + k }, "nexpected character"},
		{"too long", func(k string) string { return strings.Repeat(k, 60) }, "too long to be a key"},
		{"as JSON", func(k string) string { return `{"apiKey": "` + k + `"}` }, "his is JSON"},
		{"in a command", func(k string) string { return `curl -u "` + k + `:" https://external.pleo.io` },
			"his is a command"},
		{"in a web address", func(k string) string { return "https://" + k + "@external.pleo.io/" },
			"his is a web address"},
		{"shortened", func(k string) string { return k[:50] + "…" + k[68:] }, "shortened key"},
		{"as a header", func(k string) string {
			return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(k+":"))
		}, "right company?"},
		{"twice", func(k string) string { return k + k }, "right company?"},
	} {
		out = append(out,
			path{entry.about, func(x *leakSite) {
				tty := x.atKey()
				tty.paste(entry.text(x.sim.Keys().Good))
				tty.see(entry.says)
				x.lookAndLeave(tty)
			}},
			path{entry.about + ", line by line", func(x *leakSite) {
				tty := x.atLine()
				tty.send(entry.text(x.sim.Keys().Good) + "\r")
				tty.see(entry.says)
				x.lookAndLeave(tty)
			}},
		)
	}
	return out
}

// problemPaths paste a key with which something is wrong, or to which Pleo answers with everything but the truth.
func problemPaths() []path {
	type keys = pleosim.Keys
	type problem struct {
		about, says string
		code        int
		key         func(keys) string // nil: the good one
		spoil       func(x *leakSite) // after the program has met Pleo, and before the key comes
		more        []string
	}
	const jsonType = "application/json"
	always := func(f pleosim.Fault) func(*leakSite) {
		f.Times = pleosim.Always
		return func(x *leakSite) { x.sim.Inject(f) }
	}
	reply := func(status int, contentType, body string, header ...string) pleosim.Fault {
		f := pleosim.Reply(http.MethodGet, introspect, status, contentType, body)
		for i := 0; i < len(header); i += 2 {
			f.Header.Set(header[i], header[i+1])
		}
		return f
	}
	var out []path
	for _, p := range []problem{
		{"rejected", "Pleo rejected the key", exitKey, func(k keys) string { return k.Revoked }, nil, nil},
		{"of the other environment", "Pleo rejected the key", exitKey,
			func(k keys) string { return k.Staging }, nil, nil},
		{"permissions missing", "lacks", exitPermissions,
			func(k keys) string { return k.MissingScopes }, nil, nil},
		{"of another integration", "another integration", exitKey,
			func(k keys) string { return k.OtherApplication }, nil, nil},
		{"of an organisation", "for an organisation", exitKey, func(k keys) string { return k.Organisation }, nil, nil},
		{"of another company", "ou asked for", exitConflict, nil, nil, []string{"--company", bikes}},
		{"refused", "denied the request", exitPermissions,
			nil, always(pleosim.Reply(http.MethodGet, "", 403, jsonType, "{}")), nil},
		{"cut off", "an't connect to", exitNoAnswer, nil, always(pleosim.Cut(http.MethodGet, introspect)), nil},
		{"trouble at Pleo", "Pleo is having problems", exitNoAnswer,
			nil, always(reply(502, "text/html", "<h1>down</h1>")), nil},
		{"too many requests", "trying again in", exitNoAnswer,
			nil, always(reply(429, jsonType, "{}", "Retry-After", "100")), nil},
		{"a login page", "ign-in page answered", exitNoAnswer, nil, always(reply(200, "text/html", "<form>")), nil},
		{"half an answer", "an't connect to", exitNoAnswer,
			nil, always(reply(200, jsonType, `{"data":`, "Content-Length", "900")), nil},
		{"nonsense", "unexpected answer", exitNoAnswer, nil, always(reply(200, jsonType, `{"data":null}`)), nil},
		{"a redirect", "ign-in page answered", exitNoAnswer, nil, func(x *leakSite) {
			always(reply(307, "", "", "Location", x.elsewhere()))(x)
		}, nil},
		{"nobody there", "refused the connection", exitNoAnswer, nil, func(x *leakSite) {
			keepPort(x.t, x.api, func() error { x.front.CloseClientConnections(); x.front.Close(); return nil })
		}, nil},
		{"sent back", "did not accept the request", exitNoAnswer, nil, func(x *leakSite) {
			x.front.echo.Store(true)
		}, nil},
	} {
		out = append(out, path{p.about, func(x *leakSite) {
			tty := x.atKey(p.more...)
			key := x.sim.Keys().Good
			if p.key != nil {
				key = p.key(x.sim.Keys())
			}
			if p.spoil != nil {
				p.spoil(x)
			}
			tty.paste(key)
			tty.see(p.says, "esc back")
			x.look(tty.cmd.Process.Pid)
			tty.send("q")
			x.ends(tty, p.code)
		}})
	}
	return out
}

// elsewhere is the address of a server that must not be asked.
func (x *leakSite) elsewhere() string {
	x.t.Helper()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	x.t.Cleanup(func() {
		s.Close()
		if n := asked.Load(); n > 0 {
			x.t.Errorf("%d requests went where Pleo redirected to", n)
		}
	})
	return s.URL
}

// storePaths lose the store while the person looks at the company.
func storePaths() []path {
	losing := func(about, says string, code int, lose func(x *leakSite)) path {
		return path{about, func(x *leakSite) {
			if about != "saved by somebody else" && !mountSmall(x.site) {
				x.t.Skip("needs root, to mount a small file system")
			}
			tty := x.atConfirm()
			lose(x)
			tty.send(enter)
			tty.see(says, "esc back")
			x.look(tty.cmd.Process.Pid)
			tty.send("q")
			x.ends(tty, code)
		}}
	}
	return []path{
		losing("disk full", "no space left", exitStore, func(x *leakSite) {
			fillUp(x.t, filepath.Join(filepath.Dir(x.store), "filler"))
		}),
		losing("disk read-only", "read-only", exitStore, func(x *leakSite) {
			if err := unix.Mount("", filepath.Dir(x.store), "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
				x.t.Fatal(err)
			}
		}),
		losing("saved by somebody else", "omeone else changed", exitConflict, func(x *leakSite) {
			x.put(bakery, x.sim.Keys().Replacement, nil)
		}),
	}
}

// ending is a way in which the program stops. Where its code is not fixed, it only has to end.
type ending struct {
	about string
	end   func(x *leakSite, tty *terminal)
	code  int
}

func endings() []ending {
	signal := func(s unix.Signal) func(*leakSite, *terminal) {
		return func(x *leakSite, tty *terminal) {
			if err := tty.cmd.Process.Signal(s); err != nil {
				x.t.Fatal(err)
			}
		}
	}
	return []ending{
		{"Ctrl+C", func(_ *leakSite, tty *terminal) { tty.send(ctrlC) }, exitInterrupted},
		{"SIGINT", signal(unix.SIGINT), 130},
		{"SIGTERM", signal(unix.SIGTERM), 143},
		{"SIGHUP", signal(unix.SIGHUP), 129},
		{"SIGQUIT", signal(unix.SIGQUIT), anyCode},
		{"SIGABRT", signal(unix.SIGABRT), anyCode},
		{"closed terminal", (*leakSite).hangUp, anyCode},
		{"SIGKILL", signal(unix.SIGKILL), anyCode},
	}
}

// hangUp closes the terminal, as closing its window does. What is written to it wakes our reader, which holds it open
// until then.
func (x *leakSite) hangUp(tty *terminal) {
	x.t.Helper()
	if err := tty.pty.Close(); err != nil {
		x.t.Fatal(err)
	}
	_, _ = tty.tty.WriteString("\n")
	_ = tty.tty.Close()
}

// endingPaths end the program in each way at each place where it has the key.
func endingPaths() []path {
	places := []struct {
		about string
		reach func(x *leakSite) (tty *terminal, release func())
	}{
		{"at the key field", func(x *leakSite) (*terminal, func()) {
			tty := x.atConfirm()
			tty.send(esc)
			tty.see("Get your key from Pleo", "••••")
			return tty, nil
		}},
		{"during the check", func(x *leakSite) (*terminal, func()) {
			x.sim.Inject(pleosim.Hang(http.MethodGet, installations))
			tty := x.atKey()
			tty.paste(x.sim.Keys().Good)
			tty.see("Checking your key with Pleo")
			x.arrived(1, http.MethodGet, installations)
			return tty, nil
		}},
		{"at the company", func(x *leakSite) (*terminal, func()) { return x.atConfirm(), nil }},
		{"at the company once more", func(x *leakSite) (*terminal, func()) {
			return x.cutAndResumed(x.atConfirm()), nil
		}},
		{"during the save", func(x *leakSite) (*terminal, func()) {
			x.put(bakery, x.sim.Keys().Replacement, nil)
			x.sim.Inject(pleosim.Hang(http.MethodPost, installations)) // the end may be noticed after the save
			tty := x.atConfirm()
			release := x.lock()
			tty.send(enter)
			tty.see("Activating the connection")
			return tty, release
		}},
		{"during the activation", func(x *leakSite) (*terminal, func()) {
			x.sim.Inject(pleosim.Hang(http.MethodPost, installations))
			tty := x.atConfirm()
			tty.send(enter)
			tty.see("✓ Key saved, encrypted")
			x.arrived(1, http.MethodPost, installations)
			return tty, nil
		}},
		{"line by line", func(x *leakSite) (*terminal, func()) {
			tty := x.atLine()
			tty.send(x.sim.Keys().Good + "\r")
			tty.see("Is this the right company?", "or back:")
			return tty, nil
		}},
	}
	var out []path
	for _, place := range places {
		for _, e := range endings() {
			out = append(out, path{e.about + " " + place.about, func(x *leakSite) {
				tty, release := place.reach(x)
				x.look(tty.cmd.Process.Pid)
				e.end(x, tty)
				if release != nil {
					release()
				}
				x.ends(tty, e.code)
			}})
		}
	}
	return out
}

// unattendedPaths have no terminal. The program is looked at while Pleo is asked about the key.
func unattendedPaths() []path {
	begin := func(x *leakSite, stdin string, more ...string) (p *piped, goOn func()) {
		gate := make(chan struct{})
		x.sim.Inject(pleosim.Delay(http.MethodGet, installations, gate))
		p = x.piped(stdin, x.flags(append([]string{"--accept-permissions", "--yes", "--json"}, more...)...)...)
		x.arrived(1, http.MethodGet, installations)
		x.look(p.Process.Pid)
		return p, func() { close(gate) }
	}
	out := []path{
		{"from standard input", func(x *leakSite) {
			p, goOn := begin(x, x.sim.Keys().Good+"\n", "--key-file", "-")
			goOn()
			x.finish(p, exitDone)
		}},
		{"from a file", func(x *leakSite) {
			file := filepath.Join(x.t.TempDir(), "key") // outside of what is searched
			if err := os.WriteFile(file, []byte("PLEO_API_KEY='"+x.sim.Keys().Good+"'\n"), 0o600); err != nil {
				x.t.Fatal(err)
			}
			p, goOn := begin(x, "", "--key-file", file)
			goOn()
			x.finish(p, exitDone)
		}},
		{"from standard input, and no key", func(x *leakSite) {
			key := x.sim.Keys().Good
			args := x.flags("--accept-permissions", "--yes", "--json", "--key-file", "-")
			p := x.piped(key[:40]+"\u200b"+key[40:], args...)
			x.finish(p, exitKey)
			x.seen = append(x.seen, sight{"argv", strings.Join(p.Args, "\x00")})
		}},
	}
	for _, s := range []unix.Signal{unix.SIGTERM, unix.SIGQUIT, unix.SIGABRT, unix.SIGKILL} {
		out = append(out, path{unix.SignalName(s) + " without a terminal", func(x *leakSite) {
			p, _ := begin(x, x.sim.Keys().Good, "--key-file", "-")
			if err := p.Process.Signal(s); err != nil {
				x.t.Fatal(err)
			}
			x.finish(p, anyCode)
		}})
	}
	return out
}

// commandPaths use a key that is stored.
func commandPaths() []path {
	// held looks while Pleo thinks about a request of this kind.
	held := func(x *leakSite, method, path string, args ...string) {
		gate := make(chan struct{})
		x.sim.Inject(pleosim.Delay(method, path, gate))
		asked := len(x.sim.Requests())
		p := x.piped("", append(x.places(args...), x.trust...)...)
		x.arrivedSince(asked, 1, method, path)
		x.look(p.Process.Pid)
		close(gate)
		x.finish(p, exitDone)
	}
	connected := func(about string, walk func(x *leakSite)) path {
		return path{about, func(x *leakSite) { x.connect(); walk(x) }}
	}
	return []path{
		connected("reconnect", func(x *leakSite) {
			tty := x.onTerminal(append(x.places("reconnect", bakery, "--force-store"), x.trust...)...)
			tty.see("New key for", "Key store ready", "Pleo is reachable")
			tty.send(enter)
			tty.see("paste it here")
			tty.paste(x.sim.Keys().Replacement)
			tty.see("Connected to", "enter finish")
			x.look(tty.cmd.Process.Pid)
			tty.send(enter)
			x.ends(tty, exitDone)
		}),
		connected("disconnect", func(x *leakSite) {
			held(x, http.MethodDelete, installations, "disconnect", bakery, "--yes")
		}),
		connected("status --check", func(x *leakSite) { held(x, http.MethodGet, introspect, "status", "--check") }),
		connected("exec", func(x *leakSite) {
			tty := x.onTerminal(x.in([]string{"exec", bakery, "--", "sh", "-c", "echo ready; read x"})...)
			tty.see("ready")
			x.lookAt(tty.cmd.Process.Pid, "cmdline") // the environment is where the command wants it
			tty.send(enter)
			x.ends(tty, exitDone)
		}),
		connected("key", func(x *leakSite) {
			cmd := x.talkative(x.places("key", bakery)...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.StdoutPipe() // is where the reader wants it
			if err != nil {
				x.t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				x.t.Fatal(err)
			}
			key, _ := io.ReadAll(out)
			if err := cmd.Wait(); err != nil || len(keysIn(string(key))) == 0 {
				x.t.Errorf("no key: %v", err)
			}
			x.seen = append(x.seen, sight{"standard error", stderr.String()})
		}),
	}
}
