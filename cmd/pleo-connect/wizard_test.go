//go:build unix

package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// toKey brings a fresh wizard to the key field.
func toKey(x *terminal) {
	x.t.Helper()
	x.see("Allow", "Pleo is reachable", "Key store ready")
	x.send(enter)
	x.see("Get your key from Pleo")
}

// confirmAndFinish takes the company and leaves at the end.
func confirmAndFinish(x *terminal) {
	x.t.Helper()
	confirm(x)
	finish(x)
}

// finish leaves the last screen, which too wants a fresh press.
func finish(x *terminal) {
	x.t.Helper()
	x.see("Connected to ", "https://app.pleo.io", "enter finish")
	x.send(enter)
	x.exit(0)
}

// confirm waits for the button to take keys: it wants a fresh press.
func confirm(x *terminal) {
	x.t.Helper()
	x.see("Is this the right company?", "Harbour Lane Bakery ApS", bakery, "enter confirm")
	x.send(enter)
}

// confirmed brings a fresh wizard past the company.
func confirmed(s *site, x *terminal) {
	s.t.Helper()
	toKey(x)
	x.paste(s.sim.Keys().Good)
	confirm(x)
}

// TestEnterBehindAPaste: an Enter that comes as soon as the company is in sight does not count, and is reported, even
// if the paste was so recent that it may belong to it.
func TestEnterBehindAPaste(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.paste(s.sim.Keys().Good)
	x.see("Is this the right company?")
	x.write(enter)
	x.see("Check the company, then press Enter again")
	confirmAndFinish(x)
	s.active()
}

func TestWizardByPaste(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.paste(s.sim.Keys().Good + "\n")
	confirmAndFinish(x)
	s.active()
	x.see("\nhttps://app.pleo.io ")                                                                 // alone on its line
	if text := x.written(); !strings.Contains(text, "is connected to “Harbour Lane Bakery ApS”") || // may be out of sight
		!strings.Contains(text, s.record().Fingerprint) {
		t.Errorf("the receipt is\n%s", censored(text))
	}
	s.noKey(x.written())
}

func TestWizardByTyping(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.typeText(s.sim.Keys().Good)
	x.see("••••")
	x.send(enter)
	confirmAndFinish(x)
	s.connectedBy(x)
}

func TestWizardWrongKeyThenRight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.paste("https://app.pleo.io/settings/api-keys")
	x.see("web address")
	x.paste(s.sim.Keys().Revoked)
	x.see("Pleo rejected the key", "This key was not saved, and nothing changed in Pleo.", "made elsewhere")
	x.send("e")
	x.see("Get your key from Pleo")
	x.paste(s.sim.Keys().Good)
	confirmAndFinish(x)
	s.connectedBy(x)
}

func TestWizardSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key   func(pleosim.Keys) string
		words []string
		code  int
	}{
		"missing scopes": {func(k pleosim.Keys) string { return k.MissingScopes },
			[]string{"export-jobs:write", "export-items:read"}, exitPermissions},
		"other application": {func(k pleosim.Keys) string { return k.OtherApplication },
			[]string{"another integration", "Contoso Books"}, exitKey},
		"organisation": {func(k pleosim.Keys) string { return k.Organisation },
			[]string{"key is for an organisation"}, exitKey},
		"staging": {func(k pleosim.Keys) string { return k.Staging }, []string{"rejected", "production"}, exitKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.atKey()
			x.paste(c.key(s.sim.Keys()))
			x.see(c.words...)
			x.see("esc back")
			x.send("q")
			x.exit(c.code)
			s.noConnection()
			s.noKey(x.written())
		})
	}
}

func TestWizardWithoutTheName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.paste(s.sim.Keys().NoCompanyScope)
	x.see("Is this the right company?", "it couldn't be read", "enter confirm")
	x.send(enter)
	finish(x)
	s.noKey(x.written())
}

func TestWizardCancel(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.wizard()
	x.see("Allow", "Key store ready")
	x.send(left)
	x.send(enter)
	x.exit(exitInterrupted)
	s.nothing()
	if strings.Contains(x.text(), "connected to") {
		t.Errorf("a cancelled run says:\n%s", x.text())
	}
}

func TestWizardBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.send(esc)
	x.see("would like permission to")
	x.send(enter)
	x.see("Get your key from Pleo")
	x.paste(s.sim.Keys().Good)
	x.see("Is this the right company?", "enter confirm")
	x.send(esc)
	x.see("Get your key from Pleo", "••••") // the key is still there
	x.send(enter)
	confirmAndFinish(x)
	s.connectedBy(x)
}

func TestWizardResize(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.atKey()
	x.send("typed")
	x.see("••••")
	x.size(30, 8)
	x.see("40x12")
	x.size(40, 12)
	x.see("Get your key from Pleo", "••••")
	x.size(160, 50)
	x.see("Choose Microsoft Dynamics 365 Finance", "••••")
	x.paste(s.sim.Keys().Good)
	x.see("Is this the right company?")
	x.size(80, 24)
	confirmAndFinish(x)
	s.active()
}

func TestWizardCtrlC(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	for name, at := range map[string]func(*site, *terminal){
		"review":  func(_ *site, x *terminal) { x.see("Allow") },
		"key":     func(_ *site, x *terminal) { toKey(x); x.send("abc"); x.see("••••") },
		"check":   func(s *site, x *terminal) { toKey(x); x.paste(s.sim.Keys().Good); x.see("Checking your key with Pleo") },
		"problem": func(s *site, x *terminal) { toKey(x); x.paste(s.sim.Keys().Revoked); x.see("rejected", "esc back") },
		"confirm": func(s *site, x *terminal) { toKey(x); x.paste(s.sim.Keys().Good); x.see("Is this the right company?") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			if name == "check" {
				s.sim.Inject(pleosim.Delay("GET", "/v1/installations/me", gate))
			}
			x := s.wizard()
			at(s, x)
			x.send(ctrlC)
			x.exit(exitInterrupted)
			why, next := "error: stopped before the connection was active", "hint: run the same command again to continue"
			note := "note: your key was not saved; you'll need it again"
			switch name {
			case "review", "key":
				note = "note: nothing was saved"
			case "problem": // what was read there
				why, next = "error: Pleo rejected the key", "hint: it may be mistyped, revoked or made elsewhere"
				note = "note: this key was not saved, and nothing changed in Pleo"
			}
			x.see(why, note, next)
			if s.noConnection(); name == "review" || name == "key" {
				s.nothing()
			}
			s.noKey(x.written())
		})
	}
}

// TestWizardCtrlCDuringActivation: the key is on the disk by then, and the program says so.
func TestWizardCtrlCDuringActivation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(pleosim.Hang("POST", "/v1/installations/me"))
	x := s.wizard()
	confirmed(s, x)
	x.see("✓ Key saved, encrypted")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	x.see("note: your key is saved", "hint: run the same command again to continue")
	if r := s.record(); r.Status != store.StatusPending {
		t.Errorf("the record is %q", r.Status)
	}
	s.noKey(x.written())
}

func TestWizardSignals(t *testing.T) {
	t.Parallel()
	for term, atKey := range map[string]func(*terminal){
		"xterm": toKey,
		"dumb":  func(x *terminal) { x.see("allow or cancel"); x.send("allow\r"); x.see("Enter alone goes back") },
	} {
		for _, sig := range []unix.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP} {
			t.Run(term+" "+unix.SignalName(sig), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				s.term = term
				x := s.wizard()
				atKey(x)
				x.signal(sig)
				x.exit(128 + int(sig))
				s.nothing()
			})
		}
	}
}

// TestWizardResumes stops between the save and the activation, and continues without the key.
func TestWizardResumes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(pleosim.Reply("POST", "/v1/installations/me", 503, "text/html", "<h1>down</h1>"))
	x := s.wizard()
	confirmed(s, x)
	x.see("Pleo is having problems", "Your key is saved.", "esc back")
	x.send("q")
	x.exit(exitNoAnswer)
	if r := s.record(); r.Status != store.StatusPending {
		t.Fatalf("the record is %q", r.Status)
	}
	s.noKey(x.written())

	x = s.wizard()
	x.see("was saved just now but not", "press Enter to finish", "Harbour Lane Bakery ApS", "Continue")
	x.send(enter)
	finish(x)
	s.connectedBy(x)
}

// TestWizardAsksPleoBeforeTwice loses the answer of a creation that Pleo carried out. Nothing has to be done about it.
func TestWizardAsksPleoBeforeTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sim.Inject(pleosim.Committed(pleosim.Cut("POST", "/v1/installations/me")))
	x := s.wizard()
	confirmed(s, x)
	finish(x)
	s.active()
	posts := 0
	for _, r := range s.sim.Requests() {
		if r.Method == "POST" {
			posts++
		}
	}
	if posts != 1 {
		t.Errorf("%d creations were sent", posts)
	}
}

func TestWizardTellsBeforeAKeyIsMade(t *testing.T) {
	t.Parallel()
	t.Run("no Pleo", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.gone()
		x := s.wizard()
		x.see("refused the connection", "No key has been used yet.")
		x.quitFault()
		x.exit(exitNoAnswer)
	})
	t.Run("no store", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		file := filepath.Join(s.home, "file")
		writeFile(t, file, nil, 0o600)
		s.store = filepath.Join(file, "store")
		x := s.wizard()
		x.see("is not a", "directory", "No key has been used yet.")
		x.quitFault()
		x.exit(exitStore)
	})
}

// quitFault leaves Review with a problem, whose buttons do not lead to the key field.
func (x *terminal) quitFault() {
	x.t.Helper()
	x.see("▐ Try again ▌", "enter confirm")
	x.send(left)
	x.see("▐ Quit ▌")
	x.send(left) // past Allow
	x.until("another button", func() bool { return !strings.Contains(x.text(), "▐ Quit ▌") })
	if text := x.text(); strings.Contains(text, "▐ Allow ▌") {
		x.t.Errorf("Allow can be chosen:\n%s", text)
	}
	x.send(right)
	x.see("▐ Quit ▌")
	x.send(enter)
}

func TestWizardLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.term = "dumb"
	x := s.wizard()
	x.size(80, 50) // for the whole receipt
	x.see("would like permission to", "allow or cancel")
	x.send("allow\r")
	x.see("Enter alone goes back")
	x.send(s.sim.Keys().Good + "\r")
	x.see("ok: Key accepted", "Is this the right company?", "or back:")
	x.send("yes\r")
	x.see("is connected to “Harbour Lane Bakery ApS”")
	x.exit(0)
	s.connectedBy(x)
	if strings.Contains(x.written(), "\x1b[?1049h") {
		t.Error("the line face used the alternate screen")
	}
}

// toDone brings a wizard with this environment to its last screen.
func toDone(s *site, env []string) *terminal {
	s.t.Helper()
	x := start(s.t, env, s.flags()...)
	confirmed(s, x)
	x.see("Connected to ", "enter finish")
	return x
}

// TestCopyOverSSH: the terminal is asked, and no browser is offered.
func TestCopyOverSSH(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := toDone(s, s.env())
	x.send("c")
	x.see("ink sent to your terminal")
	want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte("https://app.pleo.io"))
	x.until("the link by OSC 52", func() bool { return strings.Contains(x.written(), want) })
	if strings.Contains(x.text(), "open link") {
		t.Error("a browser is offered over SSH")
	}
	if strings.Contains(x.text(), "tmux") {
		t.Error("tmux is named outside of it")
	}
	x.send("o")
	finish(x)
	s.noKey(x.written())
}

// TestCopyInTmux names the setting that tmux needs. No tmux is run for that.
func TestCopyInTmux(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := toDone(s, append(s.env(), "TMUX=/invented/tmux-0/default,1,0"))
	x.send("c")
	x.see("ink sent to tmux", "tmux set -g set-clipboard")
	finish(x)
}

// TestWizardInASCII: without a UTF-8 locale nothing else is written, on both interfaces and in the receipt.
func TestWizardInASCII(t *testing.T) {
	t.Parallel()
	for _, face := range []string{"xterm", "dumb"} {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.term = face
			x := start(t, append(s.env(), "LANG=C"), s.flags("--company", bakery)...)
			x.see("llow", "Pleo is reachable")
			x.send(map[string]string{"xterm": enter, "dumb": "allow\r"}[face])
			x.see("Get your key from Pleo")
			if face == "xterm" {
				x.paste(s.sim.Keys().Good)
				finish(x)
			} else {
				x.see("Enter alone goes back")
				x.send(s.sim.Keys().Good + "\r")
				x.exit(0)
			}
			x.until("the receipt", func() bool { // root's is longer than the screen
				return strings.Contains(x.written(), "is connected to \"Harbour Lane Bakery ApS\"")
			})
			for _, r := range x.written() {
				if r > 0x7e {
					t.Fatalf("%q was written", r)
				}
			}
		})
	}
}

// TestNoProgramStarts puts programs on PATH that report when they are run: merely importing a library must not run
// tmux, and neither Ctrl+V nor the copying of the link on Key may touch the clipboard of this computer, which is not the
// person's.
func TestNoProgramStarts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dir, mark := t.TempDir(), filepath.Join(s.home, "ran")
	for _, name := range []string{
		"tmux", "xclip", "xsel", "wl-copy", "wl-paste", "termux-clipboard-get", "pbpaste", "clip.exe", "powershell.exe",
	} {
		script := "#!/bin/sh\necho " + name + " >> " + mark + "\n" // PATH has nothing else
		writeFile(t, filepath.Join(dir, name), []byte(script), 0o755)
	}
	env := append(s.env(), "PATH="+dir, "TMUX=/tmp/tmux-0/default,1,0", "DISPLAY=:0", "WAYLAND_DISPLAY=wayland-0")
	x := start(t, env, s.flags()...)
	toKey(x)
	x.send("\x16")
	x.see("Paste with Ctrl+Shift+V")
	x.send("c")
	x.see("ink sent to tmux")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	if ran, err := os.ReadFile(mark); err == nil {
		t.Errorf("run: %s", ran)
	}
}
