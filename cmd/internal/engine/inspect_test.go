package engine

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
	"pleo-connect/store/storetest"
)

// largeStore is a store in memory that notes which entries are read.
type largeStore struct {
	Store
	memory  storetest.Memory
	refs    []store.Ref
	pending []store.Ref // by their markers
	mu      sync.Mutex  // guards read
	read    []string
}

func (s *largeStore) Place() string          { return "/store" }
func (s *largeStore) Concern() store.Concern { return "" }

func (s *largeStore) Probe() (store.Overview, error) {
	return store.Overview{Refs: s.refs, Pending: s.pending}, nil
}

// noting is the Memory of a largeStore.
type noting struct {
	*storetest.Memory
	s *largeStore
}

func (n noting) Get(name string) (store.Entry, error) {
	n.s.mu.Lock()
	n.s.read = append(n.s.read, name)
	n.s.mu.Unlock()
	return n.Memory.Get(name)
}

func (s *largeStore) noted() store.Records { return store.NewRecords(noting{&s.memory, s}, "") }

func (s *largeStore) Get(ref store.Ref) (store.Record, error) { return s.noted().Get(ref) }

func (s *largeStore) List() (iter.Seq2[store.Record, error], error) { return s.noted().List(), nil }

func (s *largeStore) Records(refs []store.Ref) (iter.Seq2[store.Record, error], error) {
	return s.noted().Read(refs), nil
}

// newLargeStore holds n connections of each of two integrations.
func newLargeStore(n int) *largeStore {
	s := &largeStore{}
	for _, integration := range []string{"a-other", "contoso-ledger"} {
		for i := range n {
			r := store.Record{
				Status: store.StatusActive, Env: flow.Production, Key: pleoclient.NewKey("canary-large"),
				Integration: store.Integration{ID: integration, Name: "Name"},
				Origin:      "https://external.pleo.io", CompanyID: companyNumber(i), CompanyName: fmt.Sprint("Company ", i),
			}
			s.save(r)
			s.refs = append(s.refs, r.Ref())
		}
	}
	return s
}

func (s *largeStore) save(r store.Record) {
	if _, err := store.NewRecords(&s.memory, "").Put(r); err != nil {
		panic(err)
	}
}

// change saves a connection that do has changed.
func (s *largeStore) change(ref store.Ref, do func(*store.Record)) {
	r, err := store.NewRecords(&s.memory, "").Get(ref)
	if err != nil {
		panic(err)
	}
	do(&r)
	s.save(r)
}

func companyNumber(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", i) }

// unfinished makes a connection one that was not activated.
func (s *largeStore) unfinished(ref store.Ref) {
	s.change(ref, func(r *store.Record) { r.Status = store.StatusPending })
	s.pending = append(s.pending, ref)
}

// approve makes a connection one whose permissions were allowed this long after the first.
func (s *largeStore) approve(ref store.Ref, name string, later time.Duration) {
	s.change(ref, func(r *store.Record) {
		r.ValidatedAt = testedAt.Add(later)
		r.Integration.Name = name
		r.Integration.Permissions = []store.Permission{{Scope: "companies:read"}}
	})
}

func (s *largeStore) inspect(company string) flow.StoreInspected {
	x := Engine{Store: s, Now: time.Now, Protection: byFile, Setup: flow.Setup{
		Integration: flow.Integration{ID: "contoso-ledger", Environment: flow.Production},
		Origin:      "https://external.pleo.io", Company: pleoclient.CompanyID(company),
	}}
	return x.inspectStore(flow.InspectStore{}).(flow.StoreInspected)
}

// TestInspectReadsAFew: of a large store, Review reads what it offers to continue, what it describes, and a few more.
// What it says of the others it knows by their names.
func TestInspectReadsAFew(t *testing.T) {
	t.Parallel()
	const n = 200
	s := newLargeStore(n)
	last := s.refs[2*n-2]
	s.unfinished(last)
	s.pending = append(s.pending, s.refs[2*n-1], store.Ref{Env: flow.Production, Integration: "contoso-ledger",
		CompanyID: companyNumber(n)}) // stale: one is active again, and one is gone
	out := s.inspect("")
	if most := maxInspected + flow.MaxOthers + 2; len(s.read) != most {
		t.Errorf("%d records were read of %d, want %d", len(s.read), 2*n, most)
	}
	if out.Connected != n-1 || len(out.Others) != n || out.Unfinished == nil ||
		string(out.Unfinished.Company.ID) != last.CompanyID {
		t.Errorf("%d connected, %d others, unfinished %+v", out.Connected, len(out.Others), out.Unfinished)
	}
	for i, o := range out.Others {
		if described := !o.Name.IsZero(); described != (i < flow.MaxOthers) {
			t.Errorf("other connection %d: %+v", i, o)
		}
	}
}

// TestInspectReadsTheNamedCompany and nothing else, but for what other integrations have with it.
func TestInspectReadsTheNamedCompany(t *testing.T) {
	t.Parallel()
	const n = 200
	s := newLargeStore(n)
	other, ours := s.refs[n-2], s.refs[2*n-2]
	s.unfinished(ours)
	s.pending = append(s.pending, s.refs[2*n-3]) // stale: it is active again
	out := s.inspect(ours.CompanyID)
	slices.Sort(s.read)
	want := []string{"prod-a-other-" + other.CompanyID, "prod-contoso-ledger-" + ours.CompanyID}
	if diff := cmp.Diff(want, s.read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if out.Connected != n-1 || out.Unfinished == nil || out.Others[0].CompanyName.String() != "Company 198" {
		t.Errorf("%d connected, unfinished %+v, first of the others %+v", out.Connected, out.Unfinished, out.Others[0])
	}
}

// TestInspectReadsASmallStore whole: what it says is then exact.
func TestInspectReadsASmallStore(t *testing.T) {
	t.Parallel()
	s := newLargeStore(maxInspected / 2)
	s.change(s.refs[maxInspected-1], func(r *store.Record) { r.Status = store.StatusPending }) // without a marker
	if out := s.inspect(""); len(s.read) != maxInspected || out.Connected != maxInspected/2-1 || out.Unfinished == nil {
		t.Errorf("%d read, %d connected, unfinished %+v", len(s.read), out.Connected, out.Unfinished)
	}
}

// TestInspectKnowsTheLastApproval of the company that was named, or of all if all were read. Otherwise a newer one may
// be in a record that was not read, and it says nothing.
func TestInspectKnowsTheLastApproval(t *testing.T) {
	t.Parallel()
	const n = 20
	s := newLargeStore(n)
	for i, ref := range s.refs[n:] {
		s.approve(ref, fmt.Sprint("Version ", i), time.Duration(i)*time.Hour)
	}
	last := s.refs[2*n-1].CompanyID
	if got := s.inspect("").Approved; got != nil {
		t.Errorf("of a few of many: %q", got.Name)
	}
	if got := s.inspect(last).Approved; got == nil || got.Name != "Version 19" {
		t.Errorf("of the company that was named: %+v", got)
	}
	s.refs = append(s.refs[:n:n], s.refs[2*n-maxInspected:]...)
	if got := s.inspect("").Approved; got == nil || got.Name != "Version 19" {
		t.Errorf("of all, beside many of another integration: %+v", got)
	}
}

// TestMakeHidesNoLoss: a check of a key that is rejected makes no store where one is gone, or may be. A save does.
func TestMakeHidesNoLoss(t *testing.T) {
	t.Parallel()
	for about, gone := range map[string][]string{"known": {"store"}, "in doubt": {"store", "seen"}} {
		x := newEngine(t)
		x.saved(t, save(firstKey, true, 0))
		for _, name := range gone {
			if err := os.RemoveAll(filepath.Join(x.Home, name)); err != nil {
				t.Fatal(err)
			}
		}
		warning := func() string {
			return x.Do(t.Context(), flow.InspectStore{}).(flow.StoreInspected).Warning.String()
		}
		before := warning()
		x.Do(t.Context(), flow.MakeStore{})
		if after := warning(); before == "" || after != before {
			t.Errorf("%s: %q, and before it %q", about, after, before)
		}
		x.saved(t, save(secondKey, true, 0))
	}
}

// BenchmarkInspect reads what Review needs.
func BenchmarkInspect(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint("records=", n), func(b *testing.B) {
			s := newLargeStore(n)
			b.ReportAllocs()
			for b.Loop() {
				s.read = s.read[:0]
				s.inspect("")
			}
			b.ReportMetric(float64(len(s.read)), "reads/op")
		})
	}
}
