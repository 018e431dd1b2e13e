package store

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// populate puts n records of other companies into a store, without the care of Put: nothing of them is flushed.
func populate(tb testing.TB, s *Store, n int) {
	tb.Helper()
	for i := range n {
		r := newRecord(companyNumber(i))
		fileID, err := r.Ref().fileID()
		must(tb, err)
		sealed, err := s.seal(s.Records().next(fileID, r, Entry{}))
		must(tb, err)
		writeFile(tb, s.live(fileID), sealed)
	}
}

var sizes = []int{1, 100, 10_000}

// benchmark measures act on stores of all sizes; the record that act uses is one of them.
func benchmark(b *testing.B, act func(b *testing.B, s *Store, ref Ref)) {
	for _, n := range sizes {
		b.Run(fmt.Sprint("records=", n), func(b *testing.B) {
			s := newTestStore(b)
			populate(b, s, n)
			b.ReportAllocs()
			b.ResetTimer()
			act(b, s, Ref{"production", ledger, companyNumber(0)})
		})
	}
}

func BenchmarkGet(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store, ref Ref) {
		for b.Loop() {
			_, err := s.Get(ref)
			must(b, err)
		}
	})
}

func BenchmarkPut(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store, ref Ref) {
		r, err := s.Get(ref)
		must(b, err)
		for b.Loop() {
			r = put(b, s, r)
		}
	})
}

func BenchmarkList(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store, _ Ref) {
		for b.Loop() {
			for _, err := range s.List() {
				must(b, err)
			}
		}
	})
}

// operations returns what act asks of the disk.
func operations(t *testing.T, s *Store, act func(*Store) error) []string {
	t.Helper()
	f := &faulty{fsys: s.fs}
	s.fs = f
	must(t, act(s))
	s.fs = f.fsys
	return f.names
}

// TestCostsDoNotGrow: what one company costs does not depend on how many others there are, in either direction.
func TestCostsDoNotGrow(t *testing.T) {
	t.Parallel()
	const few, many = 1, 300
	acts := map[string]func(*Store) error{
		"Get": func(s *Store) error { _, err := s.Get(Ref{"production", ledger, companyNumber(0)}); return err },
		"Put": func(s *Store) error {
			r, err := s.Get(Ref{"production", ledger, companyNumber(0)})
			if err == nil {
				_, err = s.Put(r)
			}
			return err
		},
		"Settle": func(s *Store) error { return s.Settle(Ref{"production", ledger, companyNumber(0)}, 2) },
		"Open":   (*Store).open,
	}
	small, large := newTestStore(t), newTestStore(t)
	populate(t, small, few)
	populate(t, large, many)
	for _, about := range []string{"Get", "Put", "Settle", "Open"} {
		one, all := operations(t, small, acts[about]), operations(t, large, acts[about])
		if len(one) == 0 || len(one) != len(all) {
			t.Errorf("%s asks the disk %d times beside %d records and %d times beside %d",
				about, len(one), few, len(all), many)
		}
		if slices.Contains(all, "list "+installationsName) {
			t.Errorf("%s lists all records", about)
		}
	}
}

// TestListReadsAFewAhead: a core reads a few records ahead of the caller, so that ten thousand keys are never in memory
// at once.
func TestListReadsAFewAhead(t *testing.T) {
	t.Parallel()
	window := runtime.GOMAXPROCS(0) * (1 + maxAhead)
	all := 2*window + 10
	s := newTestStore(t)
	populate(t, s, all)
	f := &faulty{fsys: s.fs}
	s.fs = f
	got := 0
	for r, err := range s.List() {
		must(t, err)
		if r.CompanyID != companyNumber(got) {
			t.Errorf("record %d is that of company %s", got, r.CompanyID)
		}
		got++
		if read := f.recordsRead(); read > got+window {
			t.Errorf("%d records were read for the first %d, with a window of %d", read, got, window)
		}
	}
	if got != all || f.recordsRead() != all {
		t.Errorf("List gave %d records of %d and read %d", got, all, f.recordsRead())
	}
	for range s.List() {
		break
	}
	read := f.recordsRead()
	if read > all+1+window {
		t.Errorf("%d records were read for one", read-all)
	}
	runtime.Gosched()
	if again := f.recordsRead(); again != read {
		t.Errorf("%d records were read after the end", again-read)
	}
}

// TestCallsForThousands: a list of records asks the disk for each of them and its mark, once. What a start looks for it
// finds by names alone, also among records that were saved more than once.
func TestCallsForThousands(t *testing.T) {
	t.Parallel()
	const all = 30
	s := newTestStore(t)
	populate(t, s, all)
	for i := range all {
		r, err := s.Get(Ref{"production", ledger, companyNumber(i)})
		must(t, err)
		put(t, s, r)
	}
	calls := func(act func(*Store) error) (lists, others int) {
		for _, name := range operations(t, s, act) {
			if strings.HasPrefix(name, "list ") {
				lists++
			} else {
				others++
			}
		}
		return lists, others
	}
	list := func(s *Store) error {
		for _, err := range s.List() {
			must(t, err)
		}
		return nil
	}
	if lists, reads := calls(list); lists != 1 || reads != 2*all {
		t.Errorf("List lists %d directories and reads %d files of %d records", lists, reads, all)
	}
	if lists, reads := calls(func(s *Store) error { _, err := s.Refs(nil); return err }); lists != 1 || reads != 0 {
		t.Errorf("Refs lists %d directories and reads %d files", lists, reads)
	}
	loss := func(s *Store) error { wantLoss(t, s.Loss()); return nil }
	if lists, reads := calls(loss); lists != 3 || reads != 0 { // the marks, those of earlier stores, the records
		t.Errorf("Loss lists %d directories and reads %d files", lists, reads)
	}
	probed := map[string]int{}
	for _, name := range operations(t, s, func(s *Store) error {
		o, err := s.probe()
		if len(o.Refs) != all {
			t.Errorf("Probe sees %d records of %d", len(o.Refs), all)
		}
		wantLoss(t, o.Loss)
		return err
	}) {
		probed[name]++
	}
	for _, large := range []string{s.installations(), s.ownSeen()} {
		if n := probed["list "+filepath.Base(large)]; n != 1 {
			t.Errorf("Probe lists %s %d times", large, n)
		}
	}
}

// TestReadInOneCall: a file that has the size it is said to have costs one call.
func TestReadInOneCall(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2000, maxFileBytes} {
		calls := 0
		r := readerFunc(func(p []byte) (int, error) { calls++; return size, nil })
		if data, err := readAll(r, size); len(data) != size || err != nil || calls != 1 {
			t.Errorf("%d bytes of %d in %d calls: %v", len(data), size, calls, err)
		}
	}
	for said, size := range map[int]int{0: 5, 5: 0, 10: 7, 7: 10, 8: 9} {
		data, err := readAll(strings.NewReader(strings.Repeat("x", size)), said)
		if len(data) != size || err != nil {
			t.Errorf("%d bytes of %d, said to be %d: %v", len(data), size, said, err)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
