//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"pleo-connect/flow"
)

const heron = "canary-heron-passphrase"

// person has an identity that a passphrase locks, and that opens the store of a connected site.
type person struct {
	*site
	id   *age.X25519Identity
	file string
}

func newPerson(t *testing.T) person {
	t.Helper()
	s := connectedSite(t)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r := s.pipe("", "recipient", "add", id.Recipient().String(), "--store", s.store, "--identity", s.identity)
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	p := person{s, id, filepath.Join(s.home, "me.age")}
	writeFile(t, p.file, locked(t, id), 0o600)
	return p
}

// locked is what age -p writes, but cheap to open.
func locked(t *testing.T, id *age.X25519Identity) []byte {
	t.Helper()
	r, err := age.NewScryptRecipient(heron)
	if err != nil {
		t.Fatal(err)
	}
	r.SetWorkFactor(4)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(id.String() + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// status starts the command with the person's identity, on a terminal.
func (p person) status() *terminal {
	p.t.Helper()
	return start(p.t, p.env(), "status", "--store", p.store, "--identity", p.file)
}

// unseen requires that neither the passphrase nor the identity was written.
func (p person) unseen(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(text, heron) || strings.Contains(text, p.id.String()) ||
			strings.Contains(text, "AGE-SECRET-KEY-") {
			p.t.Error("the passphrase or the identity was shown")
		}
	}
	p.noKey(texts...)
}

func TestPassphraseIsAskedAtTheTerminal(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	x := p.status()
	x.see("Passphrase for " + p.file)
	x.send("canary-wrong" + enter)
	x.see("Unlocking…", "Wrong passphrase, try again.")
	x.until("a second question", func() bool { return strings.Count(x.text(), "Passphrase for ") == 2 })
	x.send(heron + enter)
	x.exit(exitDone)
	x.see("Harbour Lane Bakery ApS", flow.English.Protection(flow.ProtectedByPassphrase),
		"other recipient: "+p.id.Recipient().String()[:20])
	if strings.Contains(x.written(), "canary-wrong") {
		t.Error("the passphrase was echoed")
	}
	p.unseen(x.written())
}

// buildAge builds the age command of this module in a directory, and returns its path.
func buildAge(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "age")
	if out, err := exec.Command("go", "build", "-o", path, "filippo.io/age/cmd/age").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// TestRekeyOfLockedIdentity: the command of the hint unlocks the identity of the store with age, at a terminal, and
// replaces it where it is, so that the service continues.
func TestRekeyOfLockedIdentity(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	ids, err := age.ParseIdentities(bytes.NewReader(readFile(t, s.identity)))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, s.identity, locked(t, ids[0].(*age.X25519Identity)), 0o600)
	r := s.pipe("", "rekey", "--store", s.store, "--identity", s.identity)
	_, command, found := strings.Cut(r.err, "hint: if it's this one, run: ")
	if r.code != exitStore || !found {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	bin := filepath.Dir(buildAge(t, s.home))
	cmd := exec.Command("sh", "-c", command)
	cmd.Env = append(s.env(), "PLEO_CONNECT_STORE="+s.store,
		"PATH="+bin+":"+filepath.Dir(binary(t))+":"+os.Getenv("PATH"))
	x := startCommand(t, cmd)
	x.see("Enter passphrase")
	x.send(heron + enter)
	x.see("the key store has a new identity")
	x.exit(exitDone)
	s.active()
	if left, _ := filepath.Glob(s.identity + ".unlocked*"); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

// TestIdentityThatAgeLocked: the age command locks an identity at a terminal, as armour, and our program opens it.
func TestIdentityThatAgeLocked(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	plain := filepath.Join(p.home, "me.txt")
	writeFile(t, plain, []byte(p.id.String()+"\n"), 0o600)
	age := buildAge(t, p.home)
	lock := startCommand(t, exec.Command(age, "-p", "-a", "-o", p.file+".new", plain))
	for _, question := range []string{"Enter passphrase", "Confirm passphrase"} {
		lock.see(question)
		lock.send(heron + enter)
	}
	lock.exit(0)
	if err := os.Chmod(p.file+".new", 0o600); err != nil {
		t.Fatal(err)
	}
	p.file += ".new"
	x := p.status()
	x.see("Passphrase for ")
	x.send(heron + enter)
	x.exit(exitDone)
	x.see("Harbour Lane Bakery ApS")
}

func TestWrongPassphraseThreeTimes(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	x := p.status()
	for n := 1; n <= 3; n++ {
		x.until("the next question", func() bool { return strings.Count(x.text(), "Passphrase for ") == n })
		x.send("canary-wrong" + enter)
	}
	x.exit(exitStore)
	x.see("error: wrong passphrase for", "hint: ")
}

// TestPassphraseComesBeforeTheFirstScreen: one question, on the normal screen, and none while the wizard draws.
func TestPassphraseComesBeforeTheFirstScreen(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	p.identity = p.file
	x := p.wizard()
	x.see("Passphrase for ")
	if strings.Contains(x.written(), "\x1b[?1049h") {
		t.Error("asked in the middle of the wizard")
	}
	x.send(heron + enter)
	toKey(x)
	x.paste(p.sim.Keys().OtherCompany)
	x.see("Is this the right company?", "enter confirm")
	x.send(enter)
	finish(x)
	if n := strings.Count(x.written(), "Passphrase for "); n != 1 {
		t.Errorf("asked %d times", n)
	}
	r := p.pipe("", "status", "--json", "--store", p.store,
		"--identity", filepath.Join(p.home, "config", "identity.txt"))
	if r.code != exitDone || strings.Count(r.out, p.id.Recipient().String()) != 2 {
		t.Errorf("the service reads exit code %d: %s%s", r.code, r.out, r.err)
	}
	p.unseen(x.written(), r.out, r.err)
}

// TestPassphraseQuestionIsLeft: Ctrl+C, the end of the input and a signal leave the terminal as before, with the echo
// on.
func TestPassphraseQuestionIsLeft(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	for about, c := range map[string]struct {
		leave func(x *terminal)
		code  int
	}{
		"ctrl+c":  {func(x *terminal) { x.send("canary-ha" + ctrlC) }, exitInterrupted},
		"ctrl+d":  {func(x *terminal) { x.send("\x04") }, exitInterrupted},
		"SIGTERM": {func(x *terminal) { _ = x.cmd.Process.Signal(unix.SIGTERM) }, 143},
	} {
		t.Run(about, func(t *testing.T) {
			x := p.status()
			x.see("Passphrase for ")
			x.until("no echo", func() bool { return x.termios().Lflag&unix.ECHO == 0 })
			c.leave(x)
			x.exit(c.code)
			x.see("error: no passphrase was entered", "hint: ")
		})
	}
}

// TestNobodyToAsk: without a terminal the words and the exit code say what to do.
func TestNobodyToAsk(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	r := p.pipe("", "status", "--store", p.store, "--identity", p.file)
	if r.code != exitStore || !strings.Contains(r.err, "there is no terminal to ask for it") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
	p.identity = p.file
	r = p.headless(p.sim.Keys().Good, "--yes")
	if r.code != exitStore || r.last(t)["kind"] != string(flow.KindIdentityLocked) {
		t.Errorf("exit code %d: %s", r.code, r.out)
	}
	x := p.wizard("--key-file", "none", "--accept-permissions", "--yes") // a terminal, and a run that asks no one
	x.exit(exitUsage)
	if strings.Contains(x.written(), "Passphrase for ") {
		t.Error("asked, although the run may ask nobody")
	}
}

func TestRekeyAndRecipients(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	places := []string{"--store", p.store, "--identity", p.identity}
	run := func(code int, says string, args ...string) result {
		t.Helper()
		r := p.pipe("", append(args, places...)...)
		if r.code != code || !strings.Contains(r.out+r.err, says) {
			t.Errorf("%v: exit code %d, want %d and %q: %s%s", args[:len(args)-1], r.code, code, says, r.out, r.err)
		}
		p.unseen(r.out, r.err)
		return r
	}
	old := readFile(t, p.identity)
	r := run(exitDone, "if someone may have read the old identity, replace each key", "rekey")
	for _, want := range []string{"older backups can't be opened with it", flow.CredentialCommand(p.identity)} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing: %s", want, r.out)
		}
	}
	if fresh, err := os.ReadFile(p.identity); err != nil || bytes.Equal(fresh, old) {
		t.Errorf("the identity is the same: %v", err)
	}
	p.active()
	me := p.id.Recipient().String()
	run(exitStore, " status to see all recipients", "recipient", "add", me)
	run(exitDone, me+" can no longer open", "recipient", "remove", me)
	run(exitUsage, "hint: this secret may now be in your shell history", "recipient", "add", p.id.String())
	run(exitUsage, "add, remove", "recipient", p.id.String())
	run(exitUsage, "not an age recipient", "recipient", "remove", "bakery")
	if r := run(exitDone, "active", "status"); strings.Contains(r.out, "other recipient") {
		t.Error("a removed recipient is shown")
	}
	if r := run(exitDone, "active", "status", "--json"); strings.Contains(r.out, "recipients") {
		t.Errorf("no recipients, and they are shown: %s", r.out)
	}
	p.damaged(run)
}

// damaged: every record that cannot be read is named, and nothing is changed.
func (p person) damaged(run func(code int, says string, args ...string) result) {
	p.t.Helper()
	before := readFile(p.t, p.identity)
	live := p.record().File
	whole := map[string][]byte{}
	for _, path := range []string{live, live + ".prev"} {
		whole[path] = readFile(p.t, path)
		if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	r := run(exitStore, "nothing was changed: some records can't be read", "rekey")
	if strings.Count(r.err, "error: "+live) != 2 {
		p.t.Errorf("not every damaged file is named: %s", r.err)
	}
	if after, err := os.ReadFile(p.identity); err != nil || !bytes.Equal(before, after) {
		p.t.Errorf("the identity was changed: %v", err)
	}
	for path, text := range whole {
		writeFile(p.t, path, text, 0o600)
	}
	p.more = append(p.more, "PATH="+filepath.Dir(binary(p.t))+":"+os.Getenv("PATH"))
	_, command, _ := strings.Cut(strings.TrimSpace(r.err), "named above, then run: ")
	if again := p.runs(exec.Command("sh", "-c", command), nil); again.code != exitDone {
		p.t.Errorf("%q as it was printed: exit code %d: %s", command, again.code, again.err)
	}
}

// TestRekeyOfACredential: systemd holds the identity, so the steps are printed instead.
func TestRekeyOfACredential(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	dir := filepath.Join(s.home, "credentials")
	text, err := os.ReadFile(s.identity)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, flow.CredentialName), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.more = []string{"CREDENTIALS_DIRECTORY=" + dir}
	r := s.pipe("", "rekey", "--store", s.store)
	if r.code != exitStore || !strings.Contains(r.err, "systemd-creds") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, flow.CredentialName)); err != nil || !bytes.Equal(text, after) {
		t.Errorf("the credential was changed: %v", err)
	}
}
