package store

import (
	"slices"
	"strings"
	"testing"
)

// connects is what a first connect, and one that replaces its key, asks of the store.
var connects = []struct {
	about string
	act   func(s *Store) error
	most  int // flushes
}{
	{"making the store", (*Store).create, 10}, // and one of each directory above the two places
	{"the first pending save", func(s *Store) error { return save(s, StatusPending) }, 5},
	{"the first active save", func(s *Store) error { return save(s, StatusActive) }, 5},
	{"settling it", settled, 2},
	{"a later pending save", func(s *Store) error { return save(s, StatusPending) }, 6},
	{"a later active save", func(s *Store) error { return save(s, StatusActive) }, 5},
	{"settling that", settled, 2},
}

func settled(s *Store) error { return reads((*Store).Settle)(s, func() {}) }

// TestFlushes holds what a connect waits for to a number. TestPowerCut says why each is there.
func TestFlushes(t *testing.T) {
	t.Parallel()
	s, err := newStore(newConfig(t))
	must(t, err)
	names := slices.Concat(above(s.identity), above(s.in(settingsName)))
	slices.Sort(names)
	for i, c := range connects {
		if i == 0 {
			c.most += len(slices.Compact(names))
		}
		got := slices.DeleteFunc(operations(t, s, c.act), func(name string) bool { return !strings.HasPrefix(name, "sync") })
		if len(got) != c.most {
			t.Errorf("%s flushes %d times, want %d: %v", c.about, len(got), c.most, got)
		}
	}
}

// BenchmarkFirstConnect makes a store and saves the first record as a connect does.
func BenchmarkFirstConnect(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		s, err := newStore(newConfig(b))
		must(b, err)
		b.StartTimer()
		for _, c := range connects[:4] {
			must(b, c.act(s))
		}
	}
}
