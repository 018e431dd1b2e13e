package store

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

// TestAddAndRemoveRecipient: all on the list can open every file, the versions before included; no one else can open
// any.
func TestAddAndRemoveRecipient(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	putTwice(t, s, companyA)
	own, me, recovery := s.ids[0], freshIdentity(t), freshIdentity(t)
	before := plainTexts(t, s)
	var steps []int
	must(t, s.AddRecipient(me.Recipient().String(), func(done, total int) error {
		steps = append(steps, done, total)
		return nil
	}))
	must(t, s.AddRecipient(" "+recovery.Recipient().String()+"\n", nil))
	if diff := cmp.Diff([]int{0, 2, 1, 2}, steps); diff != "" {
		t.Errorf("progress:\n%s", diff)
	}
	put(t, s, newRecord(companyB))
	for about, id := range map[string]*identity{"own": own, "me": me, "recovery": recovery} {
		wantOpened(t, s, about, id, true)
	}
	want := []string{me.Recipient().String(), recovery.Recipient().String()}
	if diff := cmp.Diff(want, create(t, cfg).Recipients()); diff != "" {
		t.Errorf("recipients:\n%s", diff)
	}
	must(t, s.RemoveRecipient(me.Recipient().String(), nil))
	wantOpened(t, s, "own", own, true)
	wantOpened(t, s, "removed", me, false)
	wantOpened(t, s, "recovery", recovery, true)
	after := plainTexts(t, s)
	delete(after, prod+companyB+recordSuffix)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error("what is inside the records changed")
	}
	if s.Unfinished() != "" {
		t.Errorf("%q is said to be unfinished", s.Unfinished())
	}
}

// TestExtraIdentityWrites: a person who opens the store with an identity of their own writes for all recipients, the
// service included.
func TestExtraIdentityWrites(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	putTwice(t, s, companyA)
	me := freshIdentity(t)
	must(t, s.AddRecipient(me.Recipient().String(), nil))
	mine := cfg
	mine.Identity = identityFile(t, me.String())
	their := create(t, mine)
	r := put(t, their, newRecord(companyB))
	wantOpened(t, s, "the service", s.ids[0], true)
	got, err := s.Get(r.Ref())
	must(t, err)
	if !got.Key.Equal(r.Key) {
		t.Error("the service reads another key")
	}
	if err := their.RemoveRecipient(me.Recipient().String(), nil); !errors.Is(err, ErrRecipientInUse) {
		t.Errorf("removed itself: %v", err)
	}
	_, err = Rekey(mine, nil)
	wantKind(t, err, KindIdentityDamaged)
}

func TestRecipientRefusals(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	putTwice(t, s, companyA)
	me := freshIdentity(t).Recipient().String()
	must(t, s.AddRecipient(me, nil))
	before := readFile(t, s.in(settingsName))
	own, other := s.ids.own(), freshIdentity(t).Recipient().String()
	for about, c := range map[string]struct{ got, want error }{
		"known":        {s.AddRecipient(me, nil), ErrRecipientKnown},
		"add own":      {s.AddRecipient(own, nil), ErrRecipientOwn},
		"remove own":   {s.RemoveRecipient(own, nil), ErrRecipientOwn},
		"remove other": {s.RemoveRecipient(other, nil), ErrRecipientUnknown},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v", about, c.got)
		}
	}
	if !bytes.Equal(before, readFile(t, s.in(settingsName))) {
		t.Error("the settings were written")
	}
	k := s.current()
	k.settings.Recipients = k.recipients()
	for len(k.settings.Recipients) <= maxExtra {
		k.settings.Recipients = append(k.settings.Recipients, freshIdentity(t).Recipient().String())
	}
	must(t, s.writeSettings(k))
	if err := s.AddRecipient(other, nil); !errors.Is(err, ErrRecipientMany) ||
		!strings.Contains(err.Error(), strconv.Itoa(maxExtra)) {
		t.Errorf("one too many: %v", err)
	}
}

// TestParseRecipient: a text that is not a recipient is named for what it is, and never quoted.
func TestParseRecipient(t *testing.T) {
	t.Parallel()
	id := freshIdentity(t)
	hybrid, err := age.GenerateHybridIdentity()
	must(t, err)
	for text, want := range map[string]string{
		id.String():                         "secret identity",
		strings.ToLower(id.String()):        "secret identity",
		"# created\n" + id.String():         "secret identity",
		hybrid.String():                     "secret identity",
		"AGE-PLUGIN-CANARY-1QQQQ":           "secret identity",
		hybrid.Recipient().String():         "post-quantum",
		"ssh-ed25519 AAAAC3Canary":          "SSH key",
		"age1canary1qqqqqq":                 "plugin",
		id.Recipient().String()[:40]:        "incomplete",
		id.Recipient().String() + " canary": "incomplete",
		"canary@example.com":                "not an age recipient",
		"":                                  "not an age recipient",
	} {
		_, err := ParseRecipient(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
		if err != nil && text != "" && strings.Contains(strings.ToLower(err.Error()), "canary") ||
			len(err.Error()) > 80 {
			t.Error("the error quotes what was pasted")
		}
	}
}

// TestRecipientSurvivesKills stops a change at a sample of its operations; the model disk tries them all. Everything
// can be read and written then, the list lacks no one, and the same call finishes.
func TestRecipientSurvivesKills(t *testing.T) {
	t.Parallel()
	for about, change := range map[string]func(s *Store, me string) error{
		"add":    func(s *Store, me string) error { return s.AddRecipient(me, nil) },
		"remove": func(s *Store, me string) error { return s.RemoveRecipient(me, nil) },
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			whole := newConfig(t)
			_, r := putTwice(t, create(t, whole), companyA)
			me := freshIdentity(t)
			if about == "remove" {
				must(t, create(t, whole).AddRecipient(me.Recipient().String(), nil))
			}
			for n := 1; ; n += 4 {
				cfg := copied(t, whole)
				s := create(t, cfg)
				f := &faulty{fsys: unflushed{s.fs}, failAt: n, killed: true, err: syscall.EIO}
				s.fs = f
				err := change(s, me.Recipient().String())
				if f.failed == "" {
					must(t, err)
					return
				}
				checkInterrupted(t, cfg, r)
				again := create(t, cfg)
				if err := change(again, me.Recipient().String()); err != nil && !recipientDone(err) {
					t.Errorf("killed at %d, %s: %v", n, f.failed, err)
				}
				wantOpened(t, again, "afterwards", me, about == "add")
				wantOpened(t, again, "own", again.ids[0], true)
				if got := create(t, cfg).Unfinished(); got != "" {
					t.Errorf("killed at %d, %s: %q is unfinished for ever", n, f.failed, got)
				}
			}
		})
	}
}

// recipientDone reports that nothing was left to finish.
func recipientDone(err error) bool {
	return errors.Is(err, ErrRecipientKnown) || errors.Is(err, ErrRecipientUnknown)
}

// checkInterrupted opens the store as a new process would, reads and lists the record r, and saves it.
func checkInterrupted(t *testing.T, cfg Config, r Record) {
	t.Helper()
	s, err := Open(cfg)
	must(t, err)
	got, err := s.Get(r.Ref())
	must(t, err)
	if !got.Key.Equal(r.Key) || got.FromPrevious || got.RolledBack {
		t.Errorf("read generation %d, from previous %t", got.Generation, got.FromPrevious)
	}
	listed := 0
	for _, err := range s.List() {
		must(t, err)
		listed++
	}
	if listed != 1 {
		t.Errorf("%d records are listed", listed)
	}
	if prev, err := s.loadFile(s.prev(prod+companyA), prod+companyA); err != nil || prev.doc == nil {
		t.Errorf("the version before: %v", err)
	}
	put(t, s, got)
}

// TestUnfinishedIsShown: while files may still be encrypted for those before, the store says so.
func TestUnfinishedIsShown(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	putTwice(t, s, companyA)
	stop := errors.New("stopped")
	halfway := func(done, _ int) error {
		if done == 1 {
			return stop
		}
		return nil
	}
	me := freshIdentity(t).Recipient().String()
	if err := s.AddRecipient(me, halfway); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if got := create(t, cfg); got.Unfinished() != "recipient" || len(got.Recipients()) != 1 {
		t.Errorf("unfinished %q, recipients %v", got.Unfinished(), got.Recipients())
	}
	must(t, create(t, cfg).AddRecipient(me, nil))
	if _, err := Rekey(cfg, halfway); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if got := create(t, cfg).Unfinished(); got != "rekey" {
		t.Errorf("unfinished %q", got)
	}
	if err := create(t, cfg).RemoveRecipient(me, nil); !errors.Is(err, ErrRekeyUnfinished) {
		t.Errorf("in the middle of another change: %v", err)
	}
}
