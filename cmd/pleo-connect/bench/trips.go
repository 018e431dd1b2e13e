package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The last two steps of a run whose round trips are counted, in connecting.
const (
	toCompany = 2
	toDone    = 3
)

// trips counts the round trips that a person waits for, and those of a whole run without a terminal. Each is measured
// at the end of a line and without one: the difference is what the line costs, whatever this computer is busy with.
func (b *bench) trips(trip, think time.Duration) error {
	inTrips := func(d time.Duration) float64 { return float64(d) / float64(trip) }
	for _, p := range b.builds() {
		var run [2]walk
		var headless [2]time.Duration
		lines := []time.Duration{0, trip}
		for _, i := range b.order(len(lines)) {
			err := errors.Join(
				b.connect(lines[i], think, func(home string, at pleo) (err error) {
					run[i], err = p.walk(home, at)
					return err
				}),
				b.connect(lines[i], think, func(home string, at pleo) (err error) {
					headless[i], _, err = p.headless(home, at).run(home)
					return err
				}))
			if err != nil {
				return fmt.Errorf("%s, with round trips of %s: %w", p.name, lines[i], err)
			}
		}
		const (
			company = "paste to company"
			done    = "Enter to Done"
			whole   = "headless connect"
		)
		b.add(company, "trips", p.name, inTrips(run[1].took[toCompany]-run[0].took[toCompany]))
		b.add(done, "trips", p.name, inTrips(run[1].took[toDone]-run[0].took[toDone]))
		b.add(whole, "trips", p.name, inTrips(headless[1]-headless[0]))
		b.add("memory of a run", "MiB", p.name, run[0].memory)
		if p.name == ours {
			b.add(company, "trips", least, 2)
			b.add(done, "trips", least, 2)
			b.add(whole, "trips", least, 5)
		}
	}
	return b.helloMemory()
}

// connect has a company connected, in a home in memory, to a Pleo that has not seen the key.
func (b *bench) connect(trip, think time.Duration, run func(home string, at pleo) error) error {
	behind, err := b.at.another()
	if err != nil {
		return err
	}
	defer behind.close()
	at, err := startFront(behind.pleo, b.authority, trip, think)
	if err != nil {
		return err
	}
	defer at.close()
	home := filepath.Join(b.quick, "home")
	return errors.Join(os.MkdirAll(filepath.Join(home, "tmp"), 0o700), run(home, at.pleo), os.RemoveAll(home))
}
