package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
	"pleo-connect/store"
)

// scripted is a Pleo on the clock of a test. It answers each question with what the script returns.
type scripted struct {
	asked  []time.Time
	script func(question int) error
}

func (p *scripted) Introspect(ctx context.Context, _ pleoclient.Key) (pleoclient.Introspection, error) {
	p.asked = append(p.asked, time.Now())
	if ctx.Err() != nil {
		return pleoclient.Introspection{}, &pleoclient.Error{Kind: pleoclient.KindCanceled}
	}
	var err error
	if p.script != nil {
		err = p.script(len(p.asked))
	}
	return pleoclient.Introspection{AuthMethod: pleoclient.Safe(pleoclient.AuthMethodAPIKey)}, err
}

func (p *scripted) Installations(context.Context, pleoclient.Key) (pleoclient.Installations, error) {
	return nil, &pleoclient.Error{Kind: pleoclient.KindOffline}
}

// scriptedCheck prepares a check of one record in a store of its own. The record has just been validated, so nothing is
// written unless Pleo turns the key away.
func scriptedCheck(t *testing.T, p *scripted) (*Checker, store.Record) {
	t.Helper()
	st := newEngine(t).Store
	r, err := st.Put(store.Record{
		Status: store.StatusActive, Env: "production", Integration: dynamics, Origin: "https://external.pleo.io",
		CompanyID: string(testCompany), Key: firstKey, ValidatedAt: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return NewChecker(st, func(string) (Pleo, error) { return p, nil }, func(time.Duration) {}), r
}

// TestCheckPace asks 2,000 times. In no minute are there 500 questions.
func TestCheckPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p scripted
		c, r := scriptedCheck(t, &p)
		for range 2000 {
			if _, v, err := c.Check(t.Context(), r); v.Kind != "" || err != nil {
				t.Fatalf("%+v %v", v, err)
			}
		}
		for i := range len(p.asked) - 499 {
			if span := p.asked[i+499].Sub(p.asked[i]); span < time.Minute {
				t.Fatalf("500 questions in %v", span)
			}
		}
	})
}

// TestRateLimited waits as long as Pleo asks for, three times for a record, and then gives up, which says nothing about
// the key.
func TestRateLimited(t *testing.T) {
	t.Parallel()
	limited := func(d time.Duration) error {
		return &pleoclient.Error{Kind: pleoclient.KindRateLimited, Status: 429, RetryAfter: d}
	}
	for name, c := range map[string]struct {
		script    func(int) error
		spread    float64
		kind      pleoclient.Kind
		questions int
		took      time.Duration
	}{
		"once": {func(n int) error {
			if n > 1 {
				return nil
			}
			return limited(2 * time.Minute)
		}, 0, "", 2, 2 * time.Minute},
		"for ever": {func(int) error { return limited(30 * time.Second) },
			0, pleoclient.KindRateLimited, 4, 90 * time.Second},
		"spread": {func(int) error { return limited(40 * time.Second) },
			0.5, pleoclient.KindRateLimited, 4, 135 * time.Second},
		"without a say": {func(int) error { return limited(0) }, 0, pleoclient.KindRateLimited, 4, 65 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := scripted{script: c.script}
				ch, r := scriptedCheck(t, &p)
				ch.spread = c.spread
				began := time.Now()
				_, v, err := ch.Check(t.Context(), r)
				if v.Kind != c.kind || err != nil || len(p.asked) != c.questions || time.Since(began) != c.took {
					t.Errorf("%+v %v after %d questions and %v", v, err, len(p.asked), time.Since(began))
				}
				if got, err := ch.store.Get(r.Ref()); err != nil || got.Generation != r.Generation {
					t.Errorf("the record was changed: %v", err)
				}
			})
		})
	}
}

// TestALongWait ends the questions to an address at once, and says until when.
func TestALongWait(t *testing.T) {
	t.Parallel()
	for _, kind := range []pleoclient.Kind{pleoclient.KindRateLimited, pleoclient.KindPleoTrouble} {
		p := scripted{script: func(int) error {
			return &pleoclient.Error{Kind: kind, RetryAfter: 24 * time.Hour, RetryAt: testedAt}
		}}
		c, r := scriptedCheck(t, &p)
		for n := range 3 {
			_, v, err := c.Check(t.Context(), r)
			why := v.Words(&flow.English, r)
			if v.Kind != kind || err != nil || !strings.Contains(why.Summary+why.Hint, "2 March 2026, 09:15 UTC") ||
				strings.HasPrefix(why.Summary, "not checked: ") != (n > 0) {
				t.Errorf("%d: %+v %v: %+v", n, v, err, why)
			}
		}
		if len(p.asked) != 1 {
			t.Errorf("%s: asked %d times", kind, len(p.asked))
		}
	}
}

// TestEachRunHasItsSpread: computers that began together do not wait for the same time.
func TestEachRunHasItsSpread(t *testing.T) {
	t.Parallel()
	checks := map[float64]bool{}
	for range 3 {
		checks[NewChecker(nil, nil, nil).spread] = true
	}
	if len(checks) != 3 {
		t.Errorf("checks wait by %v", checks)
	}
}

// TestSilence does not wait for every question when nothing is answered, but continues as soon as something is.
func TestSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := scripted{script: func(n int) error {
			if n == maxSilent {
				return &pleoclient.Error{Kind: pleoclient.KindPleoTrouble, Status: 502} // an answer, of a kind
			}
			return &pleoclient.Error{Kind: pleoclient.KindTimeout}
		}}
		c, r := scriptedCheck(t, &p)
		for range 5 * maxSilent {
			if _, v, _ := c.Check(t.Context(), r); v.Class() != flow.ClassNoAnswer {
				t.Fatalf("%+v", v)
			}
		}
		if len(p.asked) != 2*maxSilent {
			t.Errorf("asked %d times", len(p.asked))
		}
		_, v, _ := c.Check(t.Context(), r)
		const quiet = "not checked, because Pleo stopped answering: "
		if got := v.Words(&flow.English, r).Summary; !strings.HasPrefix(got, quiet) {
			t.Errorf("said %q", got)
		}
	})
}

// TestSilentKinds: what came from Pleo, or from a server in its place, is an answer. Everything else that says nothing
// about a key is silence, and so is a rate limit.
func TestSilentKinds(t *testing.T) {
	t.Parallel()
	silence := []flow.Kind{
		pleoclient.KindDNS, pleoclient.KindRefused, pleoclient.KindTimeout, pleoclient.KindOffline,
		pleoclient.KindProxy, pleoclient.KindProxyLogin, pleoclient.KindTLS, pleoclient.KindTLSDates,
		pleoclient.KindTLSEarly, pleoclient.KindTLSName, pleoclient.KindTLSIssue, pleoclient.KindRateLimited,
	}
	for _, kind := range source.Problems[flow.Kind](t) {
		switch kind {
		case pleoclient.KindCanceled, flow.KindClock, flow.KindNotActivated:
			continue // no question of a check ends so and continues
		}
		c := NewChecker(nil, nil, nil)
		for range 3 {
			c.listen("https://external.pleo.io", verdictOf(flow.Fault{Kind: pleoclient.KindDNS}))
		}
		c.listen("https://external.pleo.io", verdictOf(flow.Fault{Kind: kind}))
		want := 0
		if slices.Contains(silence, kind) {
			want = 4
		}
		if got := c.silent["https://external.pleo.io"].count; got != want {
			t.Errorf("%s: silent for %d questions, want %d", kind, got, want)
		}
	}
}

// TestCheckLeft: a question that was left open leaves no verdict.
func TestCheckLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := scripted{script: func(int) error {
			return &pleoclient.Error{Kind: pleoclient.KindRateLimited, RetryAfter: time.Minute}
		}}
		c, r := scriptedCheck(t, &p)
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		began := time.Now()
		if _, v, err := c.Check(ctx, r); !v.Canceled() || err != nil || time.Since(began) != time.Second {
			t.Errorf("%+v %v after %v", v, err, time.Since(began))
		}
	})
}

// TestBadOrigin sends nothing when a record names an address that cannot be one.
func TestBadOrigin(t *testing.T) {
	t.Parallel()
	var p scripted
	c, r := scriptedCheck(t, &p)
	c.connect = func(origin string) (Pleo, error) { return pleoclient.New(origin) }
	r.Origin = "http://external.pleo.io"
	_, v, err := c.Check(t.Context(), r)
	if why := v.Words(&flow.English, r); v.Class() != flow.ClassStore || err != nil ||
		why.Summary != "the saved address can't be used (http://external.pleo.io)" {
		t.Errorf("%+v %v: %+v", v, err, why)
	}
}

// TestNoWayToAnOrigin: a proxy setting that cannot be used says nothing about the address in a record.
func TestNoWayToAnOrigin(t *testing.T) {
	t.Parallel()
	var p scripted
	c, r := scriptedCheck(t, &p)
	c.connect = func(string) (Pleo, error) {
		return nil, flow.Fault{Kind: pleoclient.KindProxy, Detail: pleoclient.Safe("in HTTP_PROXY")}
	}
	_, v, err := c.Check(t.Context(), r)
	if v.Kind != pleoclient.KindProxy || !strings.Contains(v.Detail.String(), "in HTTP_PROXY") || err != nil {
		t.Errorf("%+v %v", v, err)
	}
}

// TestVerdictWords reads every verdict: lower-case or Pleo's name first, no full stop, and a way out unless nothing is
// wrong.
func TestVerdictWords(t *testing.T) {
	t.Parallel()
	r := store.Record{Integration: dynamics, CompanyID: string(testCompany), Key: firstKey}
	for _, kind := range source.Problems[flow.Kind](t) {
		if flow.ClassOf(kind) == flow.ClassKey &&
			kind != pleoclient.KindKeyRejected && kind != pleoclient.KindKeyMalformed {
			continue // about what a person enters
		}
		v := Verdict{
			Origin: "https://external.pleo.io", At: testedAt, lost: []pleoclient.Scope{"companies:read"},
			other: "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93",
		}
		v.Kind, v.Detail, v.Values = kind, pleoclient.Safe("a fact"), &flow.Values{N: 3, Unit: "minutes", Dir: "/srv", Engine: "OpenBao"}
		why := v.Words(&flow.English, r)
		marked, _ := v.marked(r)
		if why.Hint == "" && len(Warnings(&flow.English, marked)) == 0 {
			t.Errorf("%s: no way out of %q", kind, why.Summary)
		}
		if noAnswer := !kind.Answered() && v.Class() == flow.ClassNoAnswer; noAnswer && why.Key != flow.KeyAsked {
			t.Errorf("%s: says %q about the key", kind, why.Note)
		}
		for _, text := range []string{why.Summary, why.Note, why.Hint} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "{") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q", kind, text)
			}
		}
	}
}

// TestCheckOfAList: a key that introspect does not describe is judged by the entry of its company, and nothing is
// guessed.
func TestCheckOfAList(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]flow.Kind{
		"installed/object":       "",
		"installed/list":         "",
		"installed/among others": "",
		"installed/twice":        pleoclient.KindUnexpected,
		"installed/elsewhere":    flow.KindOtherCompany,
		"none/404":               pleoclient.KindNotFound,
		"none/data list":         pleoclient.KindNotFound,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, sim := simulated(t)
			if !strings.HasPrefix(name, "none/") {
				x.installBefore(t, sim)
			}
			for _, b := range pleosim.Undocumented() {
				if b.Name == name || b.Name == "introspect/403" {
					sim.Behave(b)
				}
			}
			r := store.Record{
				Origin: x.Client.Origin(), CompanyID: string(testCompany), Key: pleoclient.NewKey(sim.Keys().Good),
			}
			if v := x.checker().ask(t.Context(), r); v.Kind != want {
				t.Errorf("got %+v, want kind %q", v, want)
			}
		})
	}
}
