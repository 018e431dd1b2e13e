package main

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// due is a record that waits for its check. The record itself is read when its turn comes.
type due struct {
	ref   store.Ref
	asked time.Time // when Pleo last answered about the key
}

// checkAll asks Pleo about one record after the other, the one asked about longest ago first: a run that was stopped
// continues where it was.
func (s *statusRun) checkAll(ctx context.Context, all iter.Seq2[store.Record, error]) error {
	defer s.bar.Clear()
	s.bar.Say(s.book.Report.Progress.Reading.String())
	queue, err := s.longestFirst(ctx, all)
	if err != nil {
		return err
	}
	s.bar.Clear()
	for i, d := range queue {
		if len(queue) > 1 {
			s.bar.Step(i, len(queue), s.counts.troubles(s.book))
		}
		if err := s.checkOne(ctx, d.ref); err != nil {
			return s.stoppedAfter(s.book.Report.Status.StoppedAfterOf, i, len(queue))
		}
		if s.console.Failed() != nil {
			return nil
		}
	}
	if len(queue) > 1 {
		s.summary = s.counts.text(s.book)
	}
	return nil
}

// waiting says that Pleo is limiting requests.
func (s *statusRun) waiting(d time.Duration) {
	s.bar.Say(s.book.Report.Progress.Waiting.Fill(flow.Values{N: int(d.Round(time.Second) / time.Second)}))
}

// longestFirst reads all records, and keeps only what their order needs.
func (s *statusRun) longestFirst(ctx context.Context, all iter.Seq2[store.Record, error]) ([]due, error) {
	var queue []due
	for r, err := range all {
		switch {
		case ctx.Err() != nil:
			return nil, flow.NewFault(flow.StoppedBeforePleo, flow.Values{})
		case err != nil:
			s.bar.Clear()
			s.unreadable(err)
			continue
		}
		asked := r.ValidatedAt
		if r.RejectedAt.After(asked) {
			asked = r.RejectedAt
		}
		if engine.FromFuture(r, time.Now()) { // the time is unknown
			asked = time.Time{}
		}
		queue = append(queue, due{r.Ref(), asked})
	}
	slices.SortStableFunc(queue, func(a, b due) int { return a.asked.Compare(b.asked) })
	return queue, nil
}

// checkOne asks about one record and prints it. The error is that of ctx: there was no answer.
func (s *statusRun) checkOne(ctx context.Context, ref store.Ref) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r, err := s.places.records.Get(ref)
	if errors.Is(err, store.ErrNotFound) && !isLost(err) {
		return nil // disconnected in the meantime
	}
	if err != nil {
		s.bar.Clear()
		s.unreadable(err)
		return nil
	}
	if r.Unconfirmed { // the next start of the wizard checks it
		s.bar.Clear()
		s.record(r, nil)
		return nil
	}
	r, v, err := s.checker.Check(ctx, r)
	if v.Canceled() {
		return ctx.Err()
	}
	s.bar.Clear()
	if err != nil {
		s.unsaved(r, err)
	}
	s.record(r, &v)
	s.counts[v.Class()]++
	return nil
}

// tally counts the verdicts of a run by their class. Those without a fault are under 0.
type tally map[flow.Class]int

// text returns the counts of all of them in words.
func (t tally) text(b *flow.Book) string {
	accepted := b.Count(b.Report.Tally.Accepted, t[0], flow.Values{})
	return b.List(append([]string{accepted}, t.troubles(b)...))
}

// troubles returns the counts that a person should know about, in words.
func (t tally) troubles(b *flow.Book) []string {
	say := &b.Report.Tally
	var out []string
	for _, trouble := range []struct {
		class flow.Class
		words flow.Forms
	}{
		{flow.ClassKey, say.Rejected},
		{flow.ClassPermissions, say.Denied},
		{flow.ClassConflict, say.Conflict},
		{flow.ClassStore, say.Unreadable},
		{flow.ClassNoAnswer, say.Unanswered},
	} {
		if n := t[trouble.class]; n > 0 {
			out = append(out, b.Count(trouble.words, n, flow.Values{}))
		}
	}
	return out
}
