package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// remains are what a run that was cut off leaves on this computer and in Pleo.
type remains struct{ record, installation string }

var (
	nothingLeft     = remains{"", ""}
	unconfirmedLeft = remains{"unconfirmed", ""}
	pendingLeft     = remains{"pending", ""}
	activeLeft      = remains{"active", "ACTIVATED"}
)

// steps are those at which a line can drop, and what is there afterwards. Each waits for a state that nothing but a
// person, or Pleo, would end.
var steps = []struct {
	name string
	hold *pleosim.Fault // nil: a person is waited for
	keys []string       // by interface below: what a person does after the review
	see  [2]string      // on the full screen, line by line; empty: the line face has no such moment
	left remains
}{
	{"Review", nil, nil, [2]string{"Allow", "Type allow or cancel:"}, nothingLeft},
	{"Key", nil, []string{"allow"}, [2]string{"esc back", "Enter alone goes back"}, nothingLeft},
	{"Check", new(pleosim.Hang("GET", installations)), []string{"allow", "key"},
		[2]string{"Checking your key with Pleo", "Checking your key with Pleo"}, nothingLeft},
	{"Confirm", nil, []string{"allow", "key"}, [2]string{"Yes, connect", "or back:"}, unconfirmedLeft},
	{"Activate", new(pleosim.Hang("POST", installations)), []string{"allow", "key", "yes"},
		[2]string{"Key saved, encrypted", "Key saved, encrypted"}, pendingLeft},
	{"Done", nil, []string{"allow", "key", "yes"}, [2]string{"enter finish", ""}, activeLeft},
}

// accessible chooses the line face.
const accessible = "ACCESSIBLE=1"

// byLine reports whether the wizard asks line by line.
func (s *site) byLine() bool { return s.term == "dumb" || slices.Contains(s.more, accessible) }

// does plays one step of a person, in either interface.
func (s *site) does(x *terminal, what string) {
	s.t.Helper()
	full := !s.byLine()
	switch {
	case what == "key" && full:
		x.see("esc back")
		x.paste(s.sim.Keys().Good)
	case what == "key":
		x.see("Enter alone goes back")
		x.send(s.sim.Keys().Good + enter)
	case what == "allow" && full:
		x.see("Allow", "Pleo is reachable", "Key store ready")
		x.send(enter)
	case what == "allow":
		x.see("Type allow or cancel:")
		x.send("allow" + enter)
	case full:
		confirm(x)
	default:
		x.see("or back:")
		x.send("yes" + enter)
	}
}

// remains reads what is there.
func (s *site) remains() remains {
	s.t.Helper()
	var out remains
	out.installation, _ = s.sim.Installation(bakery)
	st, err := store.Open(store.Config{Dir: s.store, Identity: s.identity})
	if errors.Is(err, store.ErrNoStore) {
		return out
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	r, err := st.Get(store.Ref{Env: "production", Integration: dynamics, CompanyID: bakery})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return out
	case err != nil:
		s.t.Fatal(err)
	case r.Key.Reveal() != s.sim.Keys().Good:
		s.t.Errorf("the record has the key %s", r.Fingerprint)
	}
	if out.record = r.Status; r.Unconfirmed {
		out.record = "unconfirmed"
	}
	return out
}

// TestCutLine cuts the line at every step, in every way, and looks at what is there afterwards.
func TestCutLine(t *testing.T) {
	t.Parallel()
	type cut struct {
		name string
		over bool // SSH
		cut  func(x *terminal, r *sshServer)
		code int
		keep bool // an unconfirmed key
	}
	signal := func(sig unix.Signal) func(*terminal, *sshServer) {
		return func(x *terminal, _ *sshServer) { x.signal(sig) }
	}
	cuts := []cut{
		{"the terminal is closed", false, func(x *terminal, _ *sshServer) { x.hangUp() }, 129, true},
		{"the terminal is closed, SIGHUP ignored", false, func(x *terminal, _ *sshServer) { x.hangUp() }, 129, true},
		{"sshd is killed", true, func(_ *terminal, r *sshServer) { r.kill() }, 255, true},
		{"SIGHUP", false, signal(unix.SIGHUP), 129, true},
		{"SIGTERM", false, signal(unix.SIGTERM), 143, true},
		{"SIGQUIT", false, signal(unix.SIGQUIT), 131, true},
		{"SIGINT", false, signal(unix.SIGINT), 130, false},
		{"Ctrl+C", false, func(x *terminal, _ *sshServer) { x.send(ctrlC) }, 130, false},
	}
	for _, c := range cuts {
		for face, term := range []string{"xterm-256color", "dumb"} {
			for _, step := range steps {
				if step.see[face] == "" {
					continue
				}
				t.Run(c.name+", "+term+", "+step.name, func(t *testing.T) {
					t.Parallel()
					s := newSite(t)
					s.term = term
					if step.hold != nil {
						s.sim.Inject(*step.hold)
					}
					var r *sshServer
					var x *terminal
					switch {
					case c.over:
						r = s.overSSH(line{})
						x = r.wizard()
					case strings.HasSuffix(c.name, "SIGHUP ignored"):
						args := append([]string{"-c", `trap '' HUP; exec "$@"`, "sh", binary(t)}, s.flags()...)
						cmd := exec.Command("/bin/sh", args...)
						cmd.Env = s.env()
						x = startCommand(t, cmd)
					default:
						x = s.wizard()
					}
					for _, what := range step.keys {
						s.does(x, what)
					}
					x.see(step.see[face])
					if step.hold != nil {
						s.arrived(1, step.hold.Method, step.hold.Path)
					}
					want, code := step.left, c.code
					if want == unconfirmedLeft && !c.keep {
						want = nothingLeft
					}
					if want == activeLeft && c.name == "Ctrl+C" { // which is one more way to finish there
						code = exitDone
					}
					c.cut(x, r)
					x.gone(code)
					if c.over {
						poll(t, "the end of the wizard", func() bool { return r.process() == 0 })
					}
					if got := s.remains(); got != want {
						t.Errorf("left %+v, want %+v", got, want)
					}
					s.noKey(x.written())
				})
			}
		}
	}
}

// kill ends every sshd of the connections, without a word to either side.
func (r *sshServer) kill() {
	r.t.Helper()
	r.mu.Lock()
	family := slices.Clone(r.servers)
	r.mu.Unlock()
	for i := 0; i < len(family); i++ {
		family = append(family, childrenOf(family[i])...)
	}
	for _, pid := range family {
		name, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
		if strings.HasPrefix(string(name), "sshd") {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
}

// childrenOf returns the processes that a process started.
func childrenOf(pid int) (out []int) {
	paths, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task/*/children"))
	for _, path := range paths {
		list, _ := os.ReadFile(path)
		for _, word := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(word); err == nil {
				out = append(out, child)
			}
		}
	}
	return out
}

// TestEndOfInputAtConfirm: Ctrl+D is the end of the input where lines are read.
func TestEndOfInputAtConfirm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.term = "dumb"
	x := s.wizard()
	s.does(x, "allow")
	s.does(x, "key")
	x.see("or back:")
	x.send("\x04")
	x.exit(exitInterrupted)
	x.see("your key is saved")
	if got := s.remains(); got != unconfirmedLeft {
		t.Errorf("left %+v", got)
	}
}

// cutAtConfirm leaves an unconfirmed record of the key.
func (s *site) cutAtConfirm(key string, more ...string) {
	s.t.Helper()
	x := start(s.t, s.env(), more...)
	toKey(x)
	x.paste(key)
	x.see("Yes, connect", "enter confirm")
	x.hangUp()
	x.gone(128 + int(unix.SIGHUP))
}

// TestNextStart: after a line was cut at Confirm, the next start checks the key again and asks the same question.
// Nothing but a person's Yes makes it active, and No brings back what was there before.
func TestNextStart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before bool
		yes    bool
	}{
		{"nothing before, yes", false, true}, {"nothing before, no", false, false},
		{"a key in use, yes", true, true}, {"a key in use, no", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			key := s.sim.Keys().Good
			if tt.before {
				s = connectedSite(t)
				key = s.sim.Keys().Replacement
			}
			s.cutAtConfirm(key, s.flags()...)
			asked := len(s.sim.Requests())
			x := s.wizard()
			x.see("was saved just now", "Continue", "Pleo is reachable", "Key store ready")
			x.send(enter)
			x.see("enter confirm · n other key", "Is this the right company?", bakery) // Review has an Enter as well
			s.arrivedSince(asked, 3, "GET", introspect)                                // the first two carry no key
			if tt.yes {
				confirm(x)
				finish(x)
				if r := s.record(); r.Status != store.StatusActive || r.Unconfirmed || r.Key.Reveal() != key {
					t.Errorf("the record is %q, fingerprint %s", r.Status, r.Fingerprint)
				}
				return
			}
			x.send("n")
			x.see("he saved key was removed", "Get your key from Pleo")
			if tt.before {
				s.active()
			} else if got := s.remains(); got != nothingLeft {
				t.Errorf("left %+v", got)
			}
			x.send("\x1b")
			x.see("Allow")
			if strings.Contains(x.text(), "Continue") {
				t.Errorf("offered again:\n%s", x.text())
			}
			x.send(ctrlC)
			x.exit(exitInterrupted)
			if got := s.status(); got.code != exitDone && !strings.Contains(got.err, "no key store") {
				t.Errorf("status: exit code %d: %s%s", got.code, got.out, got.err)
			}
		})
	}
}

// TestSecondWizardConfirmedFirst: a key is not saved over what another wizard saved in the meantime.
func TestSecondWizardConfirmedFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.atKey()
	first.paste(s.sim.Keys().Good)
	first.see("Yes, connect", "enter confirm")
	if r := s.headless(s.sim.Keys().Replacement, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	before := s.files()
	first.signal(unix.SIGTERM)
	first.exit(128 + int(unix.SIGTERM))
	first.see("the key could not be saved: someone else")
	if s.files() != before {
		t.Error("the store was changed")
	}
}

// TestRemovedMeanwhile: a wizard that continues with an unconfirmed key does not say that it is saved if another
// process removed it.
func TestRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.cutAtConfirm(s.sim.Keys().Good, s.flags()...)
	x := s.wizard()
	x.see("Continue", "Pleo is reachable", "Key store ready")
	x.send(enter)
	x.see("Yes, connect", "enter confirm")
	if r := s.disconnect(); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	x.signal(unix.SIGTERM)
	x.exit(128 + int(unix.SIGTERM))
	x.see("the key could not be saved: someone else")
	if got := s.remains(); got != nothingLeft {
		t.Errorf("left %+v", got)
	}
}

// TestUnconfirmedReconnect: a replacement that asks about fewer permissions is kept as well when the line drops there,
// and the key in use stays in use.
func TestUnconfirmedReconnect(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	old := s.record().Key
	s.cutAtConfirm(s.sim.Keys().FewerScopes, s.places("reconnect", bakery, "--force-store")...)
	r := s.record()
	if used, ok := r.Usable(); !r.Unconfirmed || !ok || !used.Equal(old) || r.Key.Reveal() != s.sim.Keys().FewerScopes {
		t.Errorf("unconfirmed %t, in use %s", r.Unconfirmed, used.Fingerprint())
	}
	x := start(t, s.env(), s.places("reconnect", bakery, "--force-store")...)
	x.see("was saved just now", "Pleo is reachable", "Key store ready")
	x.send(enter)
	x.see("enter confirm", "no longer", "companies:read", old.Fingerprint())
	x.send(enter)
	finish(x)
	if r := s.record(); r.Status != store.StatusActive || r.Key.Reveal() != s.sim.Keys().FewerScopes {
		t.Errorf("the record is %q", r.Status)
	}
}
