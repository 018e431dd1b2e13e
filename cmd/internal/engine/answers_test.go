package engine

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// TestEveryAnswerHasAReason: what a kind decides about a stored key is said for each kind that the client reports.
func TestEveryAnswerHasAReason(t *testing.T) {
	t.Parallel()
	kinds := source.Kinds[flow.Kind](t, "pleoclient/error.go")
	for _, kind := range kinds {
		if answers.Get(kind).because == "" {
			t.Errorf("%q has no reason", kind)
		}
	}
	if len(answers.All()) != len(kinds) {
		t.Errorf("%d answers for %d kinds", len(answers.All()), len(kinds))
	}
}

// TestManyPermissions: as many as are understood can be saved and read back, also those that are cleaned.
func TestManyPermissions(t *testing.T) {
	t.Parallel()
	for name, letter := range map[string]string{"long": "x", "to be cleaned": "\x01"} {
		scope := strings.Repeat(letter, 60)
		x := newEngine(t)
		var list []string
		for i := range 1000 {
			list = append(list, fmt.Sprintf("%s%d", scope, i))
		}
		granted := pleoclient.ParseScopes(strings.Join(list, " "))
		e := save(firstKey, true, 0)
		e.Scopes = granted
		if stored := x.saved(t, e); len(stored.InUse.Scopes) != 1000 {
			t.Errorf("%s: %d were saved", name, len(stored.InUse.Scopes))
		}
	}
}

// cell is one answer to every request with a key, and what meets it.
type cell struct {
	status  int
	author  author
	command string
	stored  string
}

// author is the form of an answer, and whether Pleo may have written it.
type author struct {
	name, mediaType, body, challenge string
	stranger                         bool
}

const aPage = "<!DOCTYPE html><title>Blocked</title><h1>Your request was blocked</h1>"

var (
	statuses = []int{
		200, 201, 204, 302, 400, 401, 403, 404, 409, 418, 429, 500, 502, 504, 511,
	}
	authors = []author{
		{"bare", "", "", "", false},
		{"JSON", "application/json;charset=UTF-8", `{"type":"NO","message":"no"}`, "", false},
		{"JSON, Bearer", "application/json", "{}", `Bearer realm="pleo"`, false},
		{"text/json", "text/json", "{}", "", false},
		{"text", "text/plain", "no", "", false},
		{"page", "text/html; charset=utf-8", aPage, "", true},
		{"page without a type", "", aPage, "", true},
		{"page that calls itself JSON", "application/json", aPage, "", true},
		{"empty page", "text/html", "", "", true},
		{"XML", "application/xml", "<Error/>", "", true},
		{"image", "image/png", "\x89PNG\r\n\x1a\n", "", true},
		{"page, Basic", "text/html", aPage, `Basic realm="intranet"`, true},
		{"JSON, Basic", "application/json", "{}", `Basic realm="intranet"`, true},
		{"bare, Negotiate", "", "", "Negotiate", true},
		{"bare, Bearer and NTLM", "", "", `Bearer realm="pleo", NTLM`, true},
	}
	commands = map[string][]string{ // with what can be stored
		"check":      {"active", "without scopes", "pending", "rejected", "denied"},
		"disconnect": {"active", "without scopes", "pending"},
		"connect":    {"nothing", "active"},
		"doctor":     {"active"},
	}
)

// verdict is what a command makes of a cell.
type verdict struct {
	class flow.Class  // of the failure; 0: none
	mark  string      // of the record afterwards; "-": as before
	pleo  PleoOutcome // of a disconnect; only a removed installation removes the record
}

// verdictRules say what is right, and why. The first that fits decides.
var verdictRules = []struct {
	fits    func(cell) bool
	want    verdict
	because string
}{
	{func(c cell) bool { return c.command == "disconnect" && c.succeeds() }, verdict{0, "-", PleoRemoved},
		"Pleo says in its own form that the installation is removed"},
	{func(c cell) bool { return c.status/100 == 2 }, verdict{flow.ClassNoAnswer, "-", PleoOpen},
		"a success that describes nothing, or that is a web page, says nothing about the key"},
	{func(c cell) bool { return c.status/100 == 3 || c.status == 511 }, verdict{flow.ClassNoAnswer, "-", PleoOpen},
		"a redirect, or a network that wants a sign-in: something answered in place of Pleo"},
	{func(c cell) bool { return c.status == 429 }, verdict{flow.ClassNoAnswer, "-", PleoKept},
		"a request that comes too soon is not carried out"},
	{func(c cell) bool { return c.strange() }, verdict{flow.ClassNoAnswer, "-", PleoOpen},
		"Pleo may not have written it"},
	{func(c cell) bool { return c.status == 401 && c.command == "check" },
		verdict{flow.ClassKey, store.RejectedUnknown, ""}, "Pleo itself does not accept the key"},
	{func(c cell) bool { return c.status == 401 }, verdict{flow.ClassKey, "-", PleoRejected},
		"Pleo itself does not accept the key, and only a check marks it; nothing can be removed with it"},
	{func(c cell) bool { return c.status == 403 && c.command == "check" },
		verdict{flow.ClassPermissions, store.RejectedDenied, ""}, "Pleo itself knows the key, and denies the request"},
	{func(c cell) bool { return c.status == 403 }, verdict{flow.ClassPermissions, "-", PleoKept},
		"Pleo itself knows the key, and denies the request; only a check marks it"},
	{func(c cell) bool { return c.status == 404 }, verdict{flow.ClassNoAnswer, "-", PleoOpen},
		"Pleo does not describe the key either, so nothing is proven"},
	{func(c cell) bool { return c.status == 418 }, verdict{flow.ClassNoAnswer, "-", PleoOpen},
		"what Pleo never says cannot be understood"},
	{func(cell) bool { return true }, verdict{flow.ClassNoAnswer, "-", PleoKept},
		"trouble of Pleo's, and a request that does not fit, say nothing about a key"},
}

// strange reports a sign of a stranger that comes through: a status without a body shows no page.
func (c cell) strange() bool {
	switch c.author.name {
	case "page without a type", "page that calls itself JSON":
		return c.status != http.StatusNoContent
	}
	return c.author.stranger || c.status == http.StatusGatewayTimeout
}

// succeeds reports a success in Pleo's form: empty, or an object that is none but an installation.
func (c cell) succeeds() bool {
	empty := c.status == http.StatusNoContent || c.author.body == "" || c.author.body == "{}"
	return c.status/100 == 2 && !c.strange() && empty && c.author.name != "text"
}

// TestWhoDecides is the matrix of status, author, command and record, over real HTTP and a real store: nothing that
// Pleo did not write marks a record, removes one, or is reported as a verdict of Pleo's. With -short, a command meets
// another third of the matrix with each record.
func TestWhoDecides(t *testing.T) {
	t.Parallel()
	met := map[string]int{}
	var mu sync.Mutex
	t.Run("command", func(t *testing.T) {
		for command, records := range commands {
			for n, stored := range records {
				t.Run(command+" "+stored, func(t *testing.T) {
					t.Parallel()
					s := newScene(t)
					for i, status := range statuses {
						for j, a := range authors {
							if testing.Short() && (n+i+j)%3 != 0 {
								continue
							}
							because := s.check(t, cell{status, a, command, stored})
							mu.Lock()
							met[because]++
							mu.Unlock()
						}
					}
				})
			}
		}
	})
	t.Logf("cells by reason: %v", met)
	if len(met) != len(verdictRules) {
		t.Errorf("%d of %d rules were met", len(met), len(verdictRules))
	}
}

// TestMarksHeal with the next good answer, in a check and in a wizard that has nothing else to save.
func TestMarksHeal(t *testing.T) {
	t.Parallel()
	heal := map[string]func(*testing.T, Engine, store.Record){
		"check": func(t *testing.T, x Engine, r store.Record) {
			if _, v, err := x.checker().Check(t.Context(), r); v.Kind != "" || err != nil {
				t.Errorf("%+v, %v", v, err)
			}
		},
		"connect": func(t *testing.T, x Engine, r store.Record) {
			s := play(t, x, flow.Allow{}, flow.Pasted(r.Key.Reveal()), flow.Confirm{})
			if s.Step != flow.StepDone || !strings.HasSuffix(s.Notice.Text, "and Pleo accepts it again") {
				t.Errorf("ends at %s, %+v, %q", s.Step, s.Problem, s.Notice.Text)
			}
		},
	}
	for _, mark := range []string{store.RejectedUnknown, store.RejectedDenied} {
		for name, heals := range heal {
			t.Run(mark+", "+name, func(t *testing.T) {
				t.Parallel()
				x, sim := simulated(t)
				key := sim.Keys().Good
				if s := play(t, x, flow.Allow{}, flow.Pasted(key), flow.Confirm{}); s.Step != flow.StepDone {
					t.Fatalf("ends at %s, %+v", s.Step, s.Problem)
				}
				r, err := x.get(testCompany)
				if err == nil {
					r.RejectedAt, r.Rejection = testedAt, mark
					r, err = x.Store.Put(r)
				}
				if err != nil {
					t.Fatal(err)
				}
				heals(t, x, r)
				if r, err = x.get(testCompany); err != nil || r.Rejection != "" || !r.RejectedAt.IsZero() || r.FromPrevious {
					t.Errorf("%q at %v, %v", r.Rejection, r.RejectedAt, err)
				}
			})
		}
	}
}

// scene is a server that answers every request with a key in one way.
type scene struct {
	Engine
	mu   sync.Mutex
	cell cell
}

func newScene(t *testing.T) *scene {
	s := &scene{Engine: newEngine(t)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	var err error
	if s.Client, err = pleoclient.New(server.URL, pleoclient.LoopbackOnly()); err != nil {
		t.Fatal(err)
	}
	s.Setup.Origin, s.Setup.Simulated = s.Client.Origin(), true
	return s
}

// ServeHTTP answers. Without a key, the server is a Pleo in order.
func (s *scene) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	c := s.cell
	s.mu.Unlock()
	if r.Header.Get("Authorization") == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header()["Content-Type"] = nil // nothing is guessed
	if c.author.mediaType != "" {
		w.Header().Set("Content-Type", c.author.mediaType)
	}
	if c.author.challenge != "" {
		w.Header().Set("WWW-Authenticate", c.author.challenge)
	}
	w.Header().Set("Retry-After", "86400") // so that the test does not wait
	w.WriteHeader(c.status)
	if c.status != http.StatusNoContent {
		_, _ = w.Write([]byte(c.author.body))
	}
}

// check has the command meet the cell, and returns the reason for what has to come of it.
func (s *scene) check(t *testing.T, c cell) (because string) {
	t.Helper()
	s.mu.Lock()
	s.cell = c
	s.mu.Unlock()
	rule := 0
	for !verdictRules[rule].fits(c) {
		rule++
	}
	want := verdictRules[rule].want
	before := s.put(t, c.stored)
	got, words := s.run(t, c.command, before)
	after, err := s.get(testCompany)
	if gone := err != nil; gone != (c.stored == "nothing" || got.pleo == PleoRemoved) {
		t.Errorf("%+v: the record is gone: %v", c, gone)
	}
	if got.mark = after.Rejection; want.mark == "-" && err == nil {
		want.mark = before.Rejection
	}
	if err != nil {
		got.mark = want.mark
	}
	if c.command != "disconnect" {
		want.pleo = ""
	}
	if got != want {
		t.Errorf("%+v: got %+v, want %+v", c, got, want)
	}
	if c.author.stranger && pleoSays(words) {
		t.Errorf("%+v: says %q", c, words)
	}
	return verdictRules[rule].because
}

// pleoSays reports words that have Pleo decide.
func pleoSays(words string) bool {
	for _, w := range []string{
		"Pleo rejects", "Pleo rejected", "Pleo knows", "Pleo denied", "does not list", "doesn't say",
	} {
		if strings.Contains(words, w) {
			return true
		}
	}
	return false
}

// put has the store hold one record, or none.
func (s *scene) put(t *testing.T, stored string) store.Record {
	t.Helper()
	old, err := s.get(testCompany)
	if stored == "nothing" {
		return store.Record{}
	}
	r := store.Record{
		Status: store.StatusActive, Env: s.Setup.Environment(), Integration: dynamics,
		Origin: s.Setup.Origin, CompanyID: string(testCompany), ValidatedAt: testedAt,
		Scopes: []string{"companies:read"}, Key: firstKey,
	}
	switch stored {
	case "without scopes":
		r.Scopes = nil
	case "pending":
		r.Status = store.StatusPending
	case "rejected", "denied":
		r.RejectedAt, r.Rejection = testedAt, stored
	}
	if err == nil {
		r.Generation = old.Generation
		if old.Status == r.Status && old.Rejection == r.Rejection && len(old.Scopes) == len(r.Scopes) {
			return old // as it should be
		}
	}
	if r, err = s.Store.Put(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// run returns what came of a command, and what it says to people.
func (s *scene) run(t *testing.T, command string, r store.Record) (verdict, string) {
	t.Helper()
	switch command {
	case "check":
		after, v, err := s.checker().Check(t.Context(), r)
		if err != nil {
			t.Error(err)
		}
		why := v.Words(&flow.English, after)
		return verdict{class: v.Class()}, why.Summary + "; " + why.Hint
	case "disconnect":
		got := s.Disconnect(t.Context(), r)
		if got.Failure == nil {
			return verdict{pleo: got.Pleo}, ""
		}
		return verdict{class: got.Failure.Class(), pleo: got.Pleo}, got.Failure.Summary + "; " + got.Failure.Hint
	case "doctor":
		f := s.keys(t.Context())
		return verdict{class: flow.ClassOf(f.Fault.Kind)}, f.Note.String() + "; " + f.Remedy.String()
	}
	state := play(t, s.Engine, flow.Allow{}, flow.Pasted(secondKey.Reveal()), flow.Confirm{})
	why := state.Explain()
	if state.Step != flow.StepProblem || !state.Key.Equal(secondKey) {
		t.Errorf("ends at %s, with the key: %v", state.Step, state.Key.Equal(secondKey))
	}
	unclear := state.Problem.Kind == pleoclient.KindIntercepted
	if unclear && why.Key != flow.KeyNotRejected && why.Key != flow.KeySaved {
		t.Errorf("says %q about the key", why.Note)
	}
	return verdict{class: flow.ClassOf(state.Problem.Kind)}, why.Summary + "; " + why.Hint
}
