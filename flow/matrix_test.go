package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
)

// stations are the situations that differ in what events do: each step, each stage, each kind of problem
// that leads elsewhere.
func stations(t *testing.T) map[string]State {
	out := map[string]State{}
	add := func(name string, s State) { out[name] = s }

	begin, _ := Begin(testSetup())
	add("review, preflight running", begin)
	add("review", drive(t, testSetup(), newFake()))
	unfinished := newFake()
	unfinished.inspected.Unfinished = &Unfinished{Company: unfinished.company, SavedAt: testTime}
	add("review, unfinished", drive(t, testSetup(), unfinished))
	add("review, pasted", drive(t, testSetup(), newFake(), pasted(canary)))
	add("review, offline", drive(t, testSetup(), newFake().failing("Reach", pleoclient.KindDNS)))
	add("key", drive(t, testSetup(), newFake(), Allow{}))
	add("key, refused", drive(t, testSetup(), newFake(), Allow{}, Typed("abc")))
	checking, _ := Next(out["key"], pasted(canary))
	add("check", checking)
	confirm := drive(t, testSetup(), newFake(), Allow{}, pasted(canary))
	add("confirm", confirm)
	hungUp, _ := Next(confirm, HangUp{})
	add("confirm, saving before the end", hungUp)
	waiting := unconfirmed()
	add("review, unconfirmed", drive(t, testSetup(), waiting))
	resumed := drive(t, testSetup(), waiting, Resume{})
	add("confirm, unconfirmed", resumed)
	restoring, _ := Next(resumed, OtherKey{})
	add("confirm, restoring", restoring)

	f := newFake()
	s, effects := Next(confirm, Confirm{})
	for s.Step == StepActivate {
		add(fmt.Sprintf("activate, %s", s.Stage), s)
		s, effects = Next(s, f.do(effects[0]))
	}
	add("done", s)
	for _, kind := range []Kind{
		pleoclient.KindKeyRejected, pleoclient.KindDNS, KindPermissionsMissing, pleoclient.KindRateLimited,
	} {
		p, _ := checking.fail(Fault{Kind: kind})
		add("problem in check, "+string(kind), p)
	}
	p, _ := out["activate, install"].fail(Fault{Kind: pleoclient.KindPleoTrouble})
	add("problem in activate, pleo_trouble", p)
	p, _ = out["activate, save active"].fail(Fault{Kind: KindConflict})
	add("problem in activate, conflict", p)
	p, _ = out["review"].fail(Fault{Kind: KindStoreFull})
	add("problem in review, store_full", p)
	examined, _ := Next(out["problem in check, offline_dns"], Diagnose{})
	add("doctor over a problem", examined)
	examined, _ = Next(out["review, offline"], Diagnose{})
	add("doctor over review", examined)
	alone, _ := BeginDoctor(testSetup())
	add("doctor alone", alone)
	over, _ := Next(s, Leave{})
	add("over", over)
	return out
}

// everyEvent returns one of each event, as an answer to the current question of s.
func everyEvent(s State) []Event {
	q := s.question().Answer()
	pre := Question{s.Preflight.seq}.Answer()
	f := newFake()
	return []Event{
		Allow{}, Resume{}, Pasted(canary), Typed("abc"), Confirm{}, OtherKey{}, Retry{}, Edit{}, Back{},
		CopyLink{}, OpenLink{}, Diagnose{}, Leave{}, Interrupt{}, HangUp{},
		Reached{pre, Fault{}}, StoreInspected{Answer: pre}, StoreMade{q},
		KeyLoaded{q, pleoclient.NewKey(canary), Fault{}}, Introspected{q, f.who, Fault{}},
		InstallationFound{q, f.installations(), Fault{}},
		CompanyRead{q, f.company, Fault{}}, RecordFound{Answer: q}, Saved{q, Stored{Generation: 1}, Fault{}},
		Restored{q, Fault{}},
		Installed{q, Fault{}}, Verified{q, Fault{}}, Examined{q, ExamSettings, Finding{Mark: MarkDone}}, Ticked{q},
		Copied{q, CopiedLocally}, Opened{q, OpenDone},
	}
}

// TestEveryAnswer holds the list above to what is declared.
func TestEveryAnswer(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, ev := range everyEvent(State{}) {
		listed[nameOf(ev)] = true
	}
	for _, name := range source.Embedding(t, "flow/event.go", "Answer") {
		if !listed[name] {
			t.Errorf("%s is not in the matrix", name)
		}
	}
}

// TestMatrix prints what every event does at every station. A change of the machine shows up here as a changed line.
func TestMatrix(t *testing.T) {
	t.Parallel()
	all := stations(t)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		fmt.Fprintf(&b, "%s\n", name)
		for _, ev := range everyEvent(s) {
			if line := outcome(s, ev); line != "" {
				fmt.Fprintf(&b, "  %-18s %s\n", eventName(ev), line)
			}
		}
	}
	golden.Compare(t, "matrix.golden", b.String())
}

func eventName(ev Event) string {
	if e, ok := ev.(EnterKey); ok {
		if e.Refused != nil {
			return "EnterKey (no key)"
		}
		return "EnterKey"
	}
	return nameOf(ev)
}

// outcome returns the step and the effects, or "" when nothing changes.
func outcome(s State, ev Event) string {
	next, effects := Next(s, ev)
	var parts []string
	if next.Step != s.Step {
		parts = append(parts, "→ "+next.Step.String())
	} else if fmt.Sprintf("%+v", next) != fmt.Sprintf("%+v", s) {
		parts = append(parts, "stays, changed")
	}
	if next.Step == StepActivate && (s.Step != StepActivate || next.Stage != s.Stage) {
		parts = append(parts, "["+next.Stage.String()+"]")
	}
	for _, e := range effects {
		parts = append(parts, nameOf(e))
	}
	return strings.Join(parts, " ")
}

// TestStaleAnswers repeats every answer with an old number, everywhere.
func TestStaleAnswers(t *testing.T) {
	t.Parallel()
	for name, s := range stations(t) {
		old := s
		old.seq, old.Preflight.seq = s.seq-1, s.Preflight.seq-1
		for _, ev := range everyEvent(old) {
			if _, isAnswer := ev.(interface{ number() uint64 }); !isAnswer {
				continue
			}
			if what := outcome(s, ev); what != "" {
				t.Errorf("%s: a stale %s: %s", name, nameOf(ev), what)
			}
		}
	}
}

// TestEveryStateCanBeLeft looks for a way to the end from each station by the person's events alone.
func TestEveryStateCanBeLeft(t *testing.T) {
	t.Parallel()
	for name, s := range stations(t) {
		if left, _ := Next(s, Interrupt{}); left.Step != StepOver {
			t.Errorf("%s: Interrupt leads to %s", name, left.Step)
		}
	}
}
