package flow

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// FuzzWalk plays random events and late, early and failing answers, and holds the promises of the package after each.
func FuzzWalk(f *testing.F) {
	f.Add([]byte{0, 1, 50, 51, 52, 53, 54, 55, 4, 50, 50, 50, 50, 50})
	f.Add([]byte{2, 0, 50, 60, 6, 50, 8, 1, 50, 50, 61, 70, 80, 90, 4, 100, 6, 50, 50})
	// to Install, a rate limit, back and confirmed again
	f.Add([]byte{72, 72, 0, 1, 72, 72, 72, 72, 4, 72, 93, 8, 4, 72, 72, 72, 72, 72, 72})
	// an early key, the stored one cannot be read, back and allowed
	f.Add([]byte{73, 1, 9, 61, 8, 8, 0})
	f.Add([]byte("a fixed walk that also leaves and comes back, to be sure that the seeds reach far"))
	f.Fuzz(func(t *testing.T, moves []byte) {
		if len(moves) > 400 {
			moves = moves[:400]
		}
		w := newWalk(t)
		for _, m := range moves {
			w.move(m)
			w.check()
		}
		w.end()
	})
}

// walk is one random run: the state, the effects that were not answered yet, and the answers that came before.
type walk struct {
	t    *testing.T
	fake *fake
	s    State
	open []Effect
	past []Event
	may  bool // make something: the permissions were allowed
	sent bool // an installation, after which Pleo has not said yet what it has
}

func newWalk(t *testing.T) *walk {
	w := &walk{t: t, fake: newFake()}
	w.fake.inspected.Unfinished = &Unfinished{Company: w.fake.company, SavedAt: testTime}
	w.s, w.open = Begin(testSetup())
	return w
}

var people = []Event{Allow{}, Pasted(canary), Pasted(canary2), Typed("abc"), Confirm{}, OtherKey{}, Retry{}, Edit{},
	Back{}, Resume{}, Diagnose{}, CopyLink{}, OpenLink{}}

var walkFaults = []Kind{"", "", "", pleoclient.KindKeyRejected, pleoclient.KindDNS, pleoclient.KindForbidden,
	pleoclient.KindBadRequest,
	pleoclient.KindRateLimited, KindStoreFull, KindConflict, pleoclient.KindNotFound, pleoclient.KindPleoTrouble}

// move plays one byte: a person's event, an answer to an open question, or an old answer again.
func (w *walk) move(m byte) {
	switch {
	case m < 50:
		w.step(people[int(m)%len(people)])
	case m < 230 && len(w.open) > 0:
		i := int(m) % len(w.open)
		e := w.open[i]
		w.open = append(append([]Effect{}, w.open[:i]...), w.open[i+1:]...)
		if kind := walkFaults[int(m)/3%len(walkFaults)]; kind != "" {
			w.fake.failing(nameOf(e), kind)
		}
		ev := w.fake.do(e)
		w.past = append(w.past, ev)
		w.step(ev)
	case len(w.past) > 0:
		ev := w.past[int(m)%len(w.past)]
		before, stale := fmt.Sprintf("%+v", w.s), w.s.Stale(ev)
		w.step(ev)
		if after := fmt.Sprintf("%+v", w.s); stale && before != after {
			w.t.Fatalf("a stale %s changed the state", nameOf(ev))
		}
	}
}

func (w *walk) step(ev Event) {
	before := w.s
	if found, ok := ev.(InstallationFound); ok && !w.s.Stale(ev) && (!found.Fault.Failed() ||
		found.Fault.Kind == pleoclient.KindBadRequest ||
		w.s.Step == StepCheck && found.Fault.Kind == pleoclient.KindForbidden) {
		w.sent = false
	}
	var effects []Effect
	w.s, effects = Next(w.s, ev)
	w.open = append(w.open, effects...)
	w.may = w.may || before.Step == StepReview && (ev == Allow{} || ev == Resume{})
	for _, e := range effects {
		w.allowed(before, e)
	}
	w.secret(ev, effects)
}

// allowed checks that no empty key is sent, that nothing is made before it is allowed, and an effect that writes: only
// with a validated key and a confirmed company, and into Pleo never twice without asking in between what it has.
func (w *walk) allowed(before State, e Effect) {
	switch e.(type) {
	case Introspect:
		if w.s.Key.IsZero() {
			w.t.Fatalf("an empty key is sent from %s", before.Step)
		}
	case MakeStore:
		if !w.may {
			w.t.Fatalf("the store is made from %s, and nothing was allowed", before.Step)
		}
	case Save, Install, Verify:
		if !w.s.validated || !w.s.confirmed {
			w.t.Fatalf("%s from %s without validation or confirmation", nameOf(e), before.Step)
		}
	}
	if _, ok := e.(Install); ok {
		if w.sent {
			w.t.Fatal("an installation is sent again before Pleo said what it has")
		}
		w.sent = true
	}
}

func (w *walk) check() {
	if w.s.Step == StepDone && (!w.s.validated || !w.s.confirmed || !w.s.Outcome.Active) {
		w.t.Fatal("done without a validated key and a confirmed company")
	}
	if w.s.Step == StepConfirm && (!w.s.validated || w.s.confirmed) {
		w.t.Fatal("the company is asked about without a validated key, or twice")
	}
	if w.s.Step == StepActivate && !w.s.confirmed {
		w.t.Fatal("activating without confirmation")
	}
	if w.s.Step == StepCheck && !slices.ContainsFunc(w.s.checkLines(),
		func(l Line) bool { return l.Mark == MarkBusy }) {
		w.t.Fatal("the check waits for an answer, and no line says so")
	}
	if w.s.Step == StepDoctor && !w.s.Doctor.Over() && !slices.ContainsFunc(w.s.examLines(),
		func(l Line) bool { return l.Mark == MarkBusy }) {
		w.t.Fatal("the examination waits for an answer, and no line says so")
	}
	if left, _ := Next(w.s, Interrupt{}); left.Step != StepOver {
		w.t.Fatalf("%s cannot be left", w.s.Step)
	}
	if w.s.Step == StepProblem && (w.s.Explain().Summary == "" || w.s.Explain().Hint == "") {
		w.t.Fatalf("no words for %s", w.s.Problem.Kind)
	}
}

// secret searches what was just made for the keys.
func (w *walk) secret(ev Event, effects []Effect) {
	noKey(w.t, fmt.Sprintf("%+v", w.s)+fmt.Sprintf("%+v %#v", ev, effects))
}

// end prints the last state in every way there is.
func (w *walk) end() {
	js, _ := json.Marshal([]any{w.s, w.open, w.past})
	text := string(js)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text += fmt.Sprintf(verb, w.s) + fmt.Sprintf(verb, w.past) + fmt.Sprintf(verb, w.open)
	}
	noKey(w.t, text+fmt.Sprint(w.s.Facts(), w.s.Receipt(), w.s.checkLines(), w.s.activateLines(), w.s.Title(),
		w.s.Explain(), w.s.Notice))
}

var secretForms = forms(canary, canary2)

func forms(keys ...string) []string {
	var out []string
	for _, key := range keys {
		out = append(out, key, base64.StdEncoding.EncodeToString([]byte(key)),
			base64.StdEncoding.EncodeToString([]byte(key+":")), fmt.Sprintf("%x", key))
	}
	return out
}

func noKey(t *testing.T, text string) {
	t.Helper()
	for _, form := range secretForms {
		if strings.Contains(text, form) {
			t.Fatal("a key is in a print")
		}
	}
}
