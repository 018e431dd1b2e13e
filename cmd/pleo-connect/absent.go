package main

import (
	"errors"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// absent returns why no record was found: there is no store, or it has none.
func (a *app) absent(places entered, want selection) error {
	about, err := places.records.Condition()
	if err != nil {
		return engine.StoreFault(err)
	}
	if about.Empty {
		return a.noStore(places, about)
	}
	if about.Doubt.Any() {
		a.console.Warn(a.book.LossDoubt(engine.DoubtText(a.book, about.Doubt)))
	}
	return flow.NotConnected(want.company, want.integration, want.env)
}

// noStore returns the fault of a command that needs a store where there is none.
func (a *app) noStore(places entered, about store.Condition) flow.Fault {
	if n := len(about.Lost); n > 0 {
		return flow.StoreGone(places.Dir, n, about.Marks)
	}
	if about.Doubt.Any() {
		a.console.Warn(a.book.LossDoubt(engine.DoubtText(a.book, about.Doubt)))
	}
	if a.book.Engine.Used() {
		return flow.NothingIn(places.Dir)
	}
	return flow.StoreMissing(places.Dir, a.host.StoresElsewhere(places.Config, places.Owner, places.named))
}

// openFailure returns the error of a command that could not open the store.
func (a *app) openFailure(places entered, err error) error {
	if errors.Is(err, store.ErrNoStore) {
		if about, err := places.records.Condition(); err == nil && about.Empty {
			return a.noStore(places, about)
		}
	}
	return engine.StoreFault(err)
}

// missing reports what should be there and is not. Without a store there is nothing to show: that is an error if the
// person said where it is, relies on the answer, or misses what was in it.
func (s *statusRun) missing(about store.Condition) error {
	if about.Empty && (s.places.named || s.strict() || s.picky() || len(about.Lost) > 0) {
		return s.app.noStore(s.places, about)
	}
	if !s.picky() { // otherwise it is reported when it is read
		for _, l := range about.Lost {
			s.unreadable(&store.LostError{Lost: l})
		}
	}
	if s.doubt = engine.DoubtText(s.app.book, about.Doubt); s.doubt != "" {
		s.console.Warn(s.app.book.LossDoubt(s.doubt))
	}
	return nil
}

// strict reports whether the run has to vouch for the connections, as for a monitor.
func (s *statusRun) strict() bool { return s.warnDays > 0 || s.checker != nil }

// nothing ends a run that found nothing: it says where it looked.
func (s *statusRun) nothing() error {
	if s.strict() && s.doubt != "" {
		return flow.NothingFound(s.places.Dir, s.doubt)
	}
	place := engine.ShortPath(s.places.home(), s.places.Dir).String()
	lines := []string{s.app.book.Use.Nothing.Fill(flow.Values{Detail: place, Program: s.app.book.Program})}
	if others := s.app.host.StoresElsewhere(s.places.Config, s.places.Owner, s.places.named); len(others) > 0 {
		lines = append(lines, s.app.book.Elsewhere(others[0]))
	}
	if s.json {
		s.console.Say(lines...)
		return nil
	}
	s.console.Print(lines...)
	return s.console.Failed()
}
