package flow

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// keyNames are short names of the lines about the key, for the table below.
var keyNames = map[KeyLine]string{
	KeyUnsaid: "-", KeyUnused: "none yet", KeyNothingHere: "none", KeyCurrent: "current", KeyNotSent: "not sent",
	KeyNotRejected: "not rejected", KeyInHand: "in hand", KeySaved: "saved", KeyLost: "lost", KeyMaybeSaved: "maybe",
	KeyUnusable: "unusable", KeyNotSaved: "not saved", KeyOldStays: "old stays", KeyAsked: "asked",
	KeyDiscarded: "discarded", KeyNotOverwritten: "not overwritten", KeySavedStays: "saved stays",
}

// moments are the states that matter for the key, each driven there as a person would.
func moments(t *testing.T) map[string]State {
	use := []Event{Allow{}, pasted(canary)}
	// to drives a wizard, and stops before the answer to the effect of that name, counted from 1.
	to := func(setup Setup, f *fake, effect string, nth int, person ...Event) State {
		s, effects := Begin(setup)
		for {
			for len(effects) > 0 {
				if nameOf(effects[0]) == effect {
					if nth--; nth == 0 {
						return s
					}
				}
				var more []Effect
				s, more = Next(s, f.do(effects[0]))
				effects = append(effects[1:], more...)
			}
			if len(person) == 0 {
				t.Fatalf("%s was not asked for, at %s %+v", effect, s.Step, s.Problem)
			}
			s, effects = Next(s, person[0])
			person = person[1:]
		}
	}
	replacing, demo := testSetup(), testSetup()
	reconnects(&replacing)
	demo.Demo, demo.Simulated = true, true
	used := func() *fake {
		f := newFake()
		f.stored = inUse("export-jobs:read")
		return f
	}
	earlier := func() *fake { // a run before was cut off after the key was saved
		f := unconfirmed()
		f.inspected.Unfinished.Unconfirmed, f.stored.Unconfirmed = false, false
		return f
	}
	replaced := func() *fake { // and since then another key was saved
		f := unconfirmed()
		f.stored.SameKey = false
		return f
	}
	rejected := func() *fake { return newFake().failing("Introspect", pleoclient.KindKeyRejected) }
	lacking := func(f *fake) *fake {
		f.who.Scopes = nil
		return f
	}
	down := func() *fake { return newFake().failing("Install", pleoclient.KindBadRequest) }
	simulated := pasted(pleoclient.SimulatedKeyPrefix + "0123456789")
	return map[string]State{
		"review":                           drive(t, testSetup(), newFake()),
		"review, one is saved":             drive(t, testSetup(), earlier()),
		"review, replacing":                drive(t, replacing, used()),
		"review, pasted early":             drive(t, testSetup(), newFake(), pasted(canary)),
		"key":                              drive(t, testSetup(), newFake(), Allow{}),
		"check":                            to(testSetup(), newFake(), "Introspect", 1, use...),
		"check, again after it was turned": to(testSetup(), rejected(), "Introspect", 2, append(use, Retry{})...),
		"check, replacing":                 to(replacing, used(), "Introspect", 1, use...),
		"check, the saved one":             to(testSetup(), earlier(), "Introspect", 1, Resume{}),
		"check, loading the saved one":     to(testSetup(), earlier(), "LoadKey", 1, Resume{}),
		"check, in the demo":               to(demo, newFake(), "Introspect", 1, Allow{}, simulated),
		"confirm":                          drive(t, testSetup(), newFake(), use...),
		"confirm, one is in use":           drive(t, testSetup(), used(), use...),
		"confirm, the saved one":           drive(t, testSetup(), unconfirmed(), Resume{}),
		"confirm, the saved one, pasted":   drive(t, testSetup(), unconfirmed(), use...),
		"confirm, the saved one is gone":   drive(t, testSetup(), replaced(), Resume{}),
		"confirm, removing the saved one":  to(testSetup(), unconfirmed(), "Restore", 1, Resume{}, OtherKey{}),
		"confirm, hung up":                 to(testSetup(), newFake(), "Save", 1, append(use, HangUp{})...),
		"saving":                           to(testSetup(), newFake(), "Save", 1, append(use, Confirm{})...),
		"saving, replacing":                to(replacing, used(), "Save", 1, use...),
		"activating":                       to(testSetup(), newFake(), "Install", 1, append(use, Confirm{})...),
		"activating, replacing":            to(replacing, used(), "Install", 1, use...),
		"saving as active":                 to(testSetup(), newFake(), "Save", 2, append(use, Confirm{})...),
		"reading back":                     to(testSetup(), newFake(), "Verify", 1, append(use, Confirm{})...),
		"in the demo, activating":          to(demo, newFake(), "Install", 1, Allow{}, simulated, Confirm{}),
		"checking again what is saved": to(testSetup(), down(), "Introspect", 2,
			append(use, Confirm{}, Back{}, Back{}, pasted(canary))...),
		"checking another than is saved": to(testSetup(), down(), "Introspect", 2,
			append(use, Confirm{}, pasted(canary2))...),
		"key, rejected":           drive(t, testSetup(), rejected(), append(use, Edit{})...),
		"problem, lacking":        drive(t, testSetup(), lacking(newFake()), use...),
		"key, lacking, replacing": drive(t, replacing, lacking(used()), append(use, Edit{})...),
		"key, another than that": drive(t, testSetup(), lacking(newFake()), append(use, Edit{}, Back{},
			pasted(canary2))...),
		"key, after one was saved": drive(t, testSetup(), down(), append(use, Confirm{}, Back{}, OtherKey{})...),
	}
}

// TestKeyLine holds what is said of the key, at every moment and after every fault. The faults are: no answer from
// Pleo; Pleo rejects the key; the key store is full; a record is damaged; someone else changed the connection; the disk
// does not confirm; and the run is stopped, or left when a fault is on the screen.
func TestKeyLine(t *testing.T) {
	t.Parallel()
	type row struct {
		offline, left                string // no answer, and then the wizard is left
		rejected                     string
		damaged, damagedLeft         string
		conflict, conflictLeft       string
		uncertain, uncertainThenLeft string
		stopped                      string
	}
	want := map[string]row{
		"review":               {"none yet", "none", "", "none yet", "none", "none yet", "none", "none yet", "none", "none"},
		"review, one is saved": {"saved", "saved", "", "-", "-", "-", "-", "saved", "saved", "saved"},
		"review, replacing": {"current", "current", "", "none yet", "none", "none yet", "none", "current", "current",
			"current"},
		"review, pasted early": {"in hand", "lost", "", "in hand", "lost", "not overwritten", "lost", "in hand", "maybe",
			"lost"},
		"key": {"none yet", "none", "", "none yet", "none", "none yet", "none", "none yet", "none", "none"},

		"check": {"not rejected", "lost", "unusable", "in hand", "lost", "not overwritten", "lost", "in hand",
			"maybe", "lost"},
		"check, again after it was turned": {"in hand", "lost", "unusable", "in hand", "lost", "not overwritten", "lost",
			"in hand", "maybe", "lost"},
		"check, replacing": {"not rejected", "old stays", "old stays", "in hand", "lost", "not overwritten", "lost",
			"in hand", "maybe", "old stays"},
		"check, the saved one": {"saved", "saved", "saved stays", "in hand", "maybe", "not overwritten", "maybe",
			"saved", "saved", "saved"},
		"check, loading the saved one": {"saved", "saved", "", "-", "-", "-", "-", "saved", "saved", "saved"},
		"check, in the demo": {"not rejected", "-", "unusable", "in hand", "-", "not overwritten", "-",
			"in hand", "-", "-"},

		"confirm": {"not rejected", "lost", "", "in hand", "lost", "not overwritten", "lost", "in hand", "maybe",
			"lost"},
		"confirm, one is in use": {"not rejected", "old stays", "", "in hand", "lost", "not overwritten", "lost",
			"in hand", "maybe", "old stays"},
		"confirm, the saved one": {"saved", "saved", "", "in hand", "maybe", "not overwritten", "maybe", "saved",
			"saved", "saved"},
		"confirm, the saved one, pasted": {"saved", "saved", "", "in hand", "maybe", "not overwritten", "maybe",
			"saved", "saved", "saved"},
		"confirm, the saved one is gone": {"not rejected", "lost", "", "in hand", "lost", "not overwritten", "lost",
			"in hand", "maybe", "lost"},
		"confirm, removing the saved one": {"saved", "saved", "", "in hand", "maybe", "not overwritten", "maybe",
			"saved", "saved", "maybe"},
		"confirm, hung up": {"not rejected", "lost", "", "in hand", "lost", "not overwritten", "lost",
			"in hand", "maybe", "maybe"},

		"saving": {"not rejected", "lost", "", "in hand", "lost", "not overwritten", "lost", "in hand", "maybe",
			"maybe"},
		"saving, replacing": {"not rejected", "old stays", "", "in hand", "lost", "not overwritten", "lost",
			"in hand", "maybe", "maybe"},
		"activating": {"saved", "saved", "saved stays", "in hand", "maybe", "not overwritten", "maybe", "saved",
			"saved", "saved"},
		"activating, replacing": {"saved", "saved", "saved stays", "in hand", "maybe", "not overwritten", "maybe",
			"saved", "saved", "saved"},
		"saving as active": {"saved", "saved", "saved stays", "in hand", "maybe", "not overwritten", "maybe",
			"saved", "saved", "saved"},
		"reading back": {"saved", "saved", "saved stays", "in hand", "maybe", "not overwritten", "maybe", "saved",
			"saved", "saved"},
		"in the demo, activating": {"saved", "-", "saved stays", "in hand", "-", "not overwritten", "-",
			"saved", "-", "-"},

		"checking again what is saved": {"saved", "saved", "saved stays", "in hand", "maybe", "not overwritten",
			"maybe", "saved", "saved", "saved"},
		"checking another than is saved": {"not rejected", "lost", "not saved", "in hand", "lost",
			"not overwritten", "lost", "in hand", "maybe", "lost"},
		"key, rejected": {"in hand", "unusable", "", "in hand", "unusable", "not overwritten", "unusable", "in hand", "maybe",
			"unusable"},
		"problem, lacking": {"not rejected", "unusable", "", "in hand", "unusable", "not overwritten", "unusable",
			"in hand", "maybe", "unusable"},
		"key, lacking, replacing": {"not rejected", "old stays", "", "in hand", "old stays", "not overwritten",
			"old stays", "in hand", "maybe", "old stays"},
		"key, another than that": {"in hand", "lost", "", "in hand", "lost", "not overwritten", "lost", "in hand", "maybe",
			"lost"},
		"key, after one was saved": {"saved", "saved", "", "-", "-", "-", "-", "saved", "saved", "saved"},
	}
	all := moments(t)
	for name, s := range all {
		fault := func(k Kind) (now, left string) {
			p := s
			p.writing = false // it was the answer
			p, _ = p.fail(Fault{Kind: k})
			over, _ := Next(p, Leave{})
			return keyNames[p.Explain().Key], keyNames[over.ExplainOutcome().Key]
		}
		var got row
		got.offline, got.left = fault(pleoclient.KindDNS)
		if got.rejected, _ = fault(pleoclient.KindKeyRejected); want[name].rejected == "" {
			got.rejected = "" // there is no key, or it is not asked about
		}
		full, fullLeft := fault(KindStoreFull) // as without an answer, but it is not the key that it is about
		if alike := strings.Replace(got.offline, "not rejected", "in hand", 1); full != alike || fullLeft != got.left {
			t.Errorf("%s: with a full store %s, %s; want %s, %s", name, full, fullLeft, alike, got.left)
		}
		got.damaged, got.damagedLeft = fault(KindStoreDamaged)
		got.conflict, got.conflictLeft = fault(KindConflict)
		got.uncertain, got.uncertainThenLeft = fault(KindStoreUncertain)
		stopped, _ := Next(s, Interrupt{})
		got.stopped = keyNames[stopped.ExplainOutcome().Key]
		if got != want[name] {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want[name])
		}
		if stop := stopped.ExplainStop("hangup").Key; keyNames[stop] != got.stopped {
			t.Errorf("%s: stopped by a signal, %s, want %s", name, keyNames[stop], got.stopped)
		}
	}
	if len(all) != len(want) {
		t.Errorf("%d moments, %d rows", len(all), len(want))
	}
}

// TestKeyLineOfEveryKind: a kind of problem is spoken of as the one in the table above that means the same for the key.
func TestKeyLineOfEveryKind(t *testing.T) {
	t.Parallel()
	all := moments(t)
	for kind, r := range kinds.All() {
		like := pleoclient.KindDNS
		switch {
		case r.key == keyNone:
			like = KindSettings
		case r.key == keyJudged:
			like = pleoclient.KindKeyRejected
		case r.key == keyNotSent:
			like = pleoclient.KindNotAKey
		case r.key == keyOpen && losesKeys(kind):
			like = KindStoreDamaged
		case r.key == keyOpen && r.class == ClassStore && kind != KindStoreUncertain:
			like = KindStoreFull
		case r.key == keyOpen && kind != KindStoreUncertain:
		default:
			like = kind // in the table itself
		}
		for name, s := range all {
			got, _ := s.fail(Fault{Kind: kind})
			want, _ := s.fail(Fault{Kind: like})
			if got.Explain().Key != want.Explain().Key {
				t.Errorf("%s, %s: %s, but with %s: %s", name, kind, got.Explain().Note, like, want.Explain().Note)
			}
		}
	}
}

// TestNothingChangedInPleo: that is said only where nothing was sent that could change something.
func TestNothingChangedInPleo(t *testing.T) {
	t.Parallel()
	for name, s := range moments(t) {
		for kind := range kinds.All() {
			p, _ := s.fail(Fault{Kind: kind})
			if says := strings.Contains(p.Explain().Note, "nothing changed in Pleo"); says && s.sent {
				t.Errorf("%s, %s: %q", name, kind, p.Explain().Note)
			}
		}
	}
}

// TestKeyLinesHaveWords: each line is a sentence for screens, the same as a note, and a word for scripts.
func TestKeyLinesHaveWords(t *testing.T) {
	t.Parallel()
	for line := KeyUnused; int(line) < len(keyStates); line++ {
		w := English.Key.Get(line)
		if w.Note == "" || !strings.HasSuffix(string(w.Screen), ".") || line.State() == "" || keyNames[line] == "" {
			t.Errorf("line %d: %+v, %q", line, w, line.State())
		}
		if wording(t, "key line", string(w.Note)); w.Screen[0] < 'A' || w.Screen[0] > 'Z' {
			t.Errorf("%q", w.Screen)
		}
	}
	why := drive(t, testSetup(), newFake().failing("Reach", pleoclient.KindDNS)).PreflightProblem()
	if why.About != "No key has been used yet. Fix this before you create one: Pleo shows a key only once." {
		t.Errorf("on Review: %q", why.About)
	}
}
