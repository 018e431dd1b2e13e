package store

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
)

const passphrase = "canary-lagoon-heron-slate"

// wrap locks text with the passphrase as age -p does, but cheaply unless a test wants it dear.
func wrap(t testing.TB, text string, factor int) []byte {
	t.Helper()
	r, err := age.NewScryptRecipient(passphrase)
	must(t, err)
	r.SetWorkFactor(factor)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	must(t, err)
	_, err = w.Write([]byte(text))
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

func armoured(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	_, err := w.Write(data)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

// answers gives one answer after the other, and counts how often it was asked.
type answers struct {
	texts []string
	asked atomic.Int32
}

func (a *answers) ask(string) ([]byte, error) {
	n := int(a.asked.Add(1))
	return []byte(a.texts[min(n, len(a.texts))-1]), nil
}

// lockedStore returns a store with a record, and the places of a person whose identity opens it and is locked.
func lockedStore(t testing.TB) (s *Store, r Record, mine Config, me *identity) {
	t.Helper()
	cfg := newConfig(t)
	s = create(t, cfg)
	_, r = putTwice(t, s, companyA)
	me = freshIdentity(t)
	must(t, s.AddRecipient(me.Recipient().String(), nil))
	cfg.Identity = identityFile(t, string(wrap(t, me.String()+"\n", 4)))
	return s, r, cfg, me
}

// TestPassphraseIsAskedOnce: many opens from many goroutines, and one question.
func TestPassphraseIsAskedOnce(t *testing.T) {
	t.Parallel()
	_, r, mine, _ := lockedStore(t)
	a := &answers{texts: []string{"canary-wrong", "", passphrase}}
	mine.Passphrase = AskPassphrase(a.ask)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			s, err := Open(mine)
			if err != nil {
				t.Errorf("%v", err)
				return
			}
			if got, err := s.Get(r.Ref()); err != nil || !got.Key.Equal(r.Key) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	must(t, Unlock(mine))
	must(t, probe(mine))
	s := create(t, mine)
	put(t, s, r)
	must(t, s.reload())
	if n := a.asked.Load(); n != 3 {
		t.Errorf("asked %d times, want 3: a wrong one, an empty one, the right one", n)
	}
	if text := fmt.Sprintf("%v %+v %#v %+v", mine, mine, mine, mine.Passphrase); strings.Contains(text, passphrase) ||
		strings.Contains(text, "AGE-SECRET") {
		t.Error("a printed Config shows a secret")
	}
}

// TestLockedIdentities: every way in which a file can be locked, and what each leads to.
func TestLockedIdentities(t *testing.T) {
	t.Parallel()
	_, r, mine, me := lockedStore(t)
	whole := wrap(t, "# a comment\n"+me.String()+"\n", 4)
	other := freshIdentity(t).String() + "\n"
	forSomebody, err := identities{me}.sealTo([]byte(me.String()), me.Recipient())
	must(t, err)
	for about, c := range map[string]struct {
		data []byte
		want Kind
		asks int32
	}{
		"binary":                {whole, "", 1},
		"armoured":              {armoured(t, whole), "", 1},
		"blank lines around":    {[]byte("\n\n" + string(armoured(t, whole)) + "\r\n\n"), "", 1},
		"two identities":        {wrap(t, other+me.String(), 4), "", 1},
		"another identity":      {wrap(t, other, 4), KindIdentityDamaged, 1},
		"nothing inside":        {wrap(t, "", 4), KindIdentityDamaged, 1},
		"no identity inside":    {wrap(t, "canary", 4), KindIdentityDamaged, 1},
		"plugin inside":         {wrap(t, "AGE-PLUGIN-CANARY-1QQQQ", 4), KindIdentityDamaged, 1},
		"locked twice":          {wrap(t, string(whole), 4), KindIdentityDamaged, 1},
		"cut short":             {whole[:len(whole)-1], KindIdentityDamaged, 1},
		"added byte":            {append(bytes.Clone(whole), 0), KindIdentityDamaged, 1},
		"text after the armour": {append(armoured(t, whole), "canary"...), KindIdentityDamaged, 1},
		"for a recipient":       {forSomebody, KindIdentityDamaged, 0},
		"another kind of lock": {bytes.Replace(whole, []byte("> scrypt "), []byte("> canary "), 1),
			KindIdentityDamaged, 0},
		"header only":            {[]byte(passphraseHeader), KindIdentityDamaged, 0},
		"work factor in words":   {bytes.Replace(whole, []byte(" 4\n"), []byte(" x\n"), 1), KindIdentityDamaged, 0},
		"work factor 22":         {bytes.Replace(whole, []byte(" 4\n"), []byte(" 22\n"), 1), KindIdentityDamaged, 0},
		"work factor 19":         {bytes.Replace(whole, []byte(" 4\n"), []byte(" 19\n"), 1), KindIdentityDamaged, 0},
		"larger than any file":   {append(bytes.Clone(whole), make([]byte, maxFileBytes)...), KindIdentityDamaged, 0},
		"work factor below zero": {bytes.Replace(whole, []byte(" 4\n"), []byte(" -4\n"), 1), KindIdentityDamaged, 0},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg, a := mine, &answers{texts: []string{passphrase}}
			cfg.Identity = identityFile(t, string(c.data))
			cfg.Passphrase = AskPassphrase(a.ask)
			s, err := Open(cfg)
			wantKind(t, err, c.want)
			if n := a.asked.Load(); n != c.asks {
				t.Errorf("asked %d times, want %d", n, c.asks)
			}
			if err != nil {
				noSecret(t, err, me)
				return
			}
			if _, err := s.Get(r.Ref()); err != nil {
				t.Error(err)
			}
		})
	}
}

func noSecret(t testing.TB, err error, me *identity) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	for i, secret := range []string{"canary", me.String(), me.Recipient().String(), "AGE-"} {
		if strings.Contains(text, secret) {
			t.Errorf("an error shows secret %d", i)
		}
	}
}

// TestWrongPassphrase: three tries, then its own words, and no more questions.
func TestWrongPassphrase(t *testing.T) {
	t.Parallel()
	_, _, mine, me := lockedStore(t)
	a := &answers{texts: []string{"canary-one", "canary-two"}}
	mine.Passphrase = AskPassphrase(a.ask)
	for range 2 {
		_, err := Open(mine)
		wantKind(t, err, KindWrongPassphrase)
		noSecret(t, err, me)
	}
	if n := a.asked.Load(); n != passphraseTries {
		t.Errorf("asked %d times", n)
	}
	stop := errors.New("interrupted")
	mine.Passphrase = AskPassphrase(func(string) ([]byte, error) { return nil, stop })
	if err := Unlock(mine); !errors.Is(err, stop) {
		t.Errorf("the error of the question: %v", err)
	}
}

// TestNobodyCanBeAsked: a locked identity is distinguished from a damaged one, and a changed one does not ask again.
func TestNobodyCanBeAsked(t *testing.T) {
	t.Parallel()
	_, _, mine, me := lockedStore(t)
	if !Locked(mine) || Locked(newConfig(t)) {
		t.Error("a locked file is not distinguished from one that is not there")
	}
	_, err := Open(mine)
	wantKind(t, err, KindIdentityLocked)
	wantKind(t, probe(mine), KindIdentityLocked)
	wantKind(t, Unlock(mine), KindIdentityLocked)
	_, err = Rekey(mine, nil)
	wantKind(t, err, KindIdentityLocked)
	a := &answers{texts: []string{passphrase}}
	mine.Passphrase = AskPassphrase(a.ask)
	s := create(t, mine)
	writeFile(t, mine.Identity, wrap(t, me.String(), 5))
	wantKind(t, s.reload(), KindIdentityLocked)
	if n := a.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestNewStoreNeedsAnOpenIdentity: a store that only a person can open would be no use to a service.
func TestNewStoreNeedsAnOpenIdentity(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.Identity = identityFile(t, string(wrap(t, freshIdentity(t).String(), 4)))
	a := &answers{texts: []string{passphrase}}
	cfg.Passphrase = AskPassphrase(a.ask)
	must(t, Unlock(cfg)) // there is nothing to open
	wantKind(t, probe(cfg), KindIdentityLocked)
	_, err := Create(cfg)
	wantKind(t, err, KindIdentityLocked)
	if rowOf(err) != caseFirst || a.asked.Load() != 0 {
		t.Errorf("asked %d times: %v", a.asked.Load(), err)
	}
	if _, err := Open(cfg); !errors.Is(err, ErrNoStore) {
		t.Errorf("a store was made: %v", err)
	}
}

// TestAgeReadsWithEveryIdentity: the age command opens a record with the identity of an extra
// recipient, plain and locked.
func TestAgeReadsWithEveryIdentity(t *testing.T) {
	t.Parallel()
	command := ageCommand(t)
	s, r, mine, me := lockedStore(t)
	want := string(unseal(t, s, r.File))
	out, err := exec.Command(command, "-d", "-i", identityFile(t, me.String()), r.File).Output()
	must(t, err)
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Error("age reads something else with the plain identity")
	}
	plain := filepath.Join(tempDir(t), "record")
	atTerminal(t, exec.Command(command, "-d", "-i", mine.Identity, "-o", plain, r.File))
	if diff := cmp.Diff(want, string(readFile(t, plain))); diff != "" {
		t.Error("age reads something else with the locked identity")
	}
}

// atTerminal runs the age command at a terminal and answers each of its questions with the passphrase.
func atTerminal(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	p, err := pty.Start(cmd)
	must(t, err)
	defer func() { _ = p.Close() }()
	var seen []byte
	buf := make([]byte, 1024)
	answered := 0
	for {
		n, err := p.Read(buf)
		seen = append(seen, buf[:n]...)
		asked := strings.Count(strings.ToLower(string(seen)), "passphrase")
		for answered < asked {
			_, _ = p.Write([]byte(passphrase + "\n"))
			answered++
		}
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, strings.ReplaceAll(string(seen), passphrase, "[passphrase]"))
	}
}
