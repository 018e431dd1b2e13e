package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pleo-connect/pleoclient"
)

// scenario is one operation on a store, and what a disk may say about it after a power cut.
type scenario struct {
	prepare int                              // saves before the operation, all on the disk; negative: no store yet
	damaged bool                             // the live record is lost before the operation
	beside  []Ref                            // other records, saved before and left alone
	act     func(s *Store, ack func()) error // ack is called when the caller knows of success
	judge   func(v *view, acks int) error
}

var scenarios = map[string]scenario{
	"first use": {-1, false, nil,
		func(s *Store, ack func()) error { return acked(ack, s.create) }, judgeFirstUse},
	"first use and save":       {-1, false, nil, createsAndSaves, judgeFirstSave},
	"first save":               {0, false, nil, saves("a"), judgeSaves(0)},
	"first pending save":       {0, false, nil, saves("p"), judgeSaves(0)},
	"second save":              {1, false, nil, saves("a"), judgeSaves(1)},
	"later save":               {2, false, nil, saves("a"), judgeSaves(2)},
	"pending, then active":     {0, false, nil, saves("pa"), judgeSaves(0)},
	"replaced, then active":    {2, false, nil, saves("pa"), judgeSaves(2)},
	"pending, active, settled": {0, false, nil, settles(saves("pa")), judgeSaves(0)},
	"pending, then forgotten":  {1, false, nil, forgetsPending, judgePendingForgotten},
	"unconfirmed first save":   {0, false, nil, saves("u"), judgeSaves(0)},
	"unconfirmed, then active": {2, false, nil, saves("upa"), judgeSaves(2)},
	"unconfirmed, then undone": {1, false, nil, savesAndUndoes, judgeUnconfirmed},
	"save over a damaged file": {2, true, nil, saves("a"), judgeRepair},
	"settle":                   {2, false, nil, reads((*Store).Settle), judgeSettle(2)},
	"forget":                   {2, false, nil, reads((*Store).Forget), judgeForget(2)},
	"forget the first":         {1, false, nil, reads((*Store).Forget), judgeForget(1)},
	"rekey":                    {2, false, nil, rekeys, judgeRekey},
	"rekey after a dead one":   {2, false, nil, rekeysAgain, judgeRekey},
	"add a recipient":          {2, false, nil, adds, judgeRecipient},

	"save beside another":   {2, false, besideCrash[:1], saves("a"), judgeSaves(2)},
	"forget beside another": {2, false, besideCrash[:1], reads((*Store).Forget), judgeForget(2)},
	"rekey of a grid":       {2, false, besideCrash, rekeys, judgeRekey},
}

var crashRef = Ref{"production", ledger, companyA}

// besideCrash are another integration of the same company, and what makes it a grid.
var besideCrash = []Ref{
	{"production", besides, companyA}, {"production", besides, companyB}, {"production", ledger, companyB},
}

// keyOf is the key that every record of a generation holds in these tests.
func keyOf(generation uint64) pleoclient.Key {
	return pleoclient.NewKey(fmt.Sprintf("canary-crash-%d", generation))
}

// save reads the record and writes the next one.
func save(s *Store, status string) error {
	r, err := s.Get(crashRef)
	if errors.Is(err, ErrNotFound) {
		r, err = newRecord(companyA), nil
	}
	if err != nil {
		return err
	}
	next := max(r.Generation, s.readMark(prod+companyA).Generation) + 1
	r.Status, r.Key = status, keyOf(next)
	if r.Unconfirmed = status == unconfirmed; r.Unconfirmed {
		r.Status = StatusPending
	}
	r, err = s.Put(r)
	if err == nil && (r.Generation != next || !r.Key.Equal(keyOf(next))) {
		return errors.New("another record came back")
	}
	return err
}

func acked(ack func(), act func() error) error {
	err := act()
	if err == nil {
		ack()
	}
	return err
}

const unconfirmed = "unconfirmed" // in place of a status

// saves is one save per letter: u for unconfirmed, p for pending, a for active.
func saves(steps string) func(*Store, func()) error {
	statuses := map[rune]string{'u': unconfirmed, 'p': StatusPending, 'a': StatusActive}
	return func(s *Store, ack func()) error {
		for _, step := range steps {
			if err := acked(ack, func() error { return save(s, statuses[step]) }); err != nil {
				return err
			}
		}
		return nil
	}
}

// savesAndUndoes saves an unconfirmed key, and brings back what was there before. A second time it continues where the
// first one died.
func savesAndUndoes(s *Store, ack func()) error {
	r, err := s.Get(crashRef)
	if err != nil {
		return err
	}
	if r.Generation == 1 {
		if err := acked(ack, func() error { return save(s, unconfirmed) }); err != nil {
			return err
		}
		if r, err = s.Get(crashRef); err != nil {
			return err
		}
	}
	before, ok := r.Confirmed()
	if !ok {
		return errors.New("nothing was there before")
	}
	before.Generation = r.Generation
	return acked(ack, func() error {
		r, err := s.Put(before)
		if err != nil {
			return err
		}
		return s.Settle(r.Ref(), r.Generation)
	})
}

// settles settles the record after act.
func settles(act func(*Store, func()) error) func(*Store, func()) error {
	return func(s *Store, ack func()) error {
		if err := act(s, ack); err != nil {
			return err
		}
		r, err := s.Get(crashRef)
		if err != nil {
			return err
		}
		return s.Settle(crashRef, r.Generation)
	}
}

// forgetsPending saves a pending record over an active one, and removes it.
func forgetsPending(s *Store, ack func()) error {
	if err := acked(ack, func() error { return save(s, StatusPending) }); err != nil {
		return err
	}
	return reads((*Store).Forget)(s, ack)
}

func createsAndSaves(s *Store, ack func()) error {
	if err := acked(ack, s.create); err != nil {
		return err
	}
	return acked(ack, func() error { return save(s, StatusPending) })
}

// reads does something with the record that it read.
func reads(do func(*Store, Ref, uint64) error) func(*Store, func()) error {
	return func(s *Store, ack func()) error {
		return acked(ack, func() error {
			r, err := s.Get(crashRef)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			return do(s, crashRef, r.Generation)
		})
	}
}

// newCrashStore returns a store on a model disk, not opened yet.
func newCrashStore(t *testing.T, cfg Config, layer fsys) *Store {
	t.Helper()
	s, err := newStore(cfg)
	must(t, err)
	s.fs = layer
	return s
}

// ready makes the disk that the operation starts from, with everything on it.
func (sc scenario) ready(t *testing.T) (Config, *crashDisk) {
	t.Helper()
	cfg := configBelow(quickDir(t)) // nothing is flushed there anyway
	d := newCrashDisk(tempRoot(cfg))
	if sc.prepare < 0 {
		return cfg, d
	}
	s := newCrashStore(t, cfg, d)
	must(t, s.create())
	for range sc.prepare {
		must(t, save(s, StatusActive))
	}
	for _, ref := range sc.beside {
		put(t, s, besideRecord(ref))
	}
	if sc.damaged {
		n := d.find(s.live(prod + companyA))
		n.data, n.flushed = []byte("damaged"), []byte("damaged")
		writeFile(t, s.live(prod+companyA), n.data)
	}
	if got := len(d.states(t)); got != 1 {
		t.Fatalf("an acknowledged store may be left in %d states", got)
	}
	return cfg, d
}

// run does the operation on a disk that layer may weaken, and looks at every different state in which a power
// cut could leave that disk. It returns the number of states and what is wrong with them; after enough wrong
// ones it stops looking.
func (sc scenario) run(t *testing.T, layer func(*crashDisk) fsys, enough int) (int, []error) {
	t.Helper()
	cfg, d := sc.ready(t)
	s := newCrashStore(t, cfg, layer(d))
	if sc.prepare >= 0 {
		must(t, s.open())
	}
	type state struct {
		acks int
		sum  [32]byte
	}
	found := map[state]tree{}
	acks := 0
	d.seen = func() {
		for _, tree := range d.states(t) {
			found[state{acks, tree.sum()}] = tree
		}
	}
	must(t, sc.act(s, func() { acks++; d.seen() }))
	var wrong []error
	place := quickDir(t)
	looked, every := 0, 1+len(found)/manyStates
	for at, tree := range found {
		if len(wrong) == enough {
			break
		}
		if looked++; enough > 1 && (looked%every != 0 || !sampled(looked)) {
			continue
		}
		if err := sc.look(t, tree, filepath.Join(place, fmt.Sprintf("%x", at.sum[:8])), at.acks); err != nil {
			wrong = append(wrong, fmt.Errorf("after %d acknowledgements: %w", at.acks, err))
		}
	}
	return len(found), wrong
}

// manyStates is how many are looked at, about. Of more, each run tries others: they come in random order.
const manyStates = 100

// sampled reports whether the nth of many is tried. With -short, as under the race detector, that is one in seven.
func sampled(n int) bool { return !testing.Short() || n%7 == 0 }

func (sc scenario) view(t *testing.T, base string) *view {
	t.Helper()
	v := newView(t, base)
	v.beside = sc.beside
	return v
}

// look starts the computer again on what the power cut left.
func (sc scenario) look(t *testing.T, tree tree, base string, acks int) error {
	t.Helper()
	tree.lay(t, base)
	defer func() { must(t, os.RemoveAll(base)) }()
	v := sc.view(t, base)
	if err := sc.judge(v, acks); err != nil {
		return err
	}
	return v.goOn()
}

// TestPowerCut cuts the power after every operation of everything that writes, and looks at each state in
// which the disk may be.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	for about, sc := range scenarios {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			states, wrong := sc.run(t, func(d *crashDisk) fsys { return d }, 5)
			for _, err := range wrong {
				t.Error(err)
			}
			t.Logf("%d states", states)
			if states < 3 {
				t.Errorf("only %d states: the model was not asked", states)
			}
		})
	}
}
