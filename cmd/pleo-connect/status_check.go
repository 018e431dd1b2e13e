package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// due is a record that waits for its check. The record itself is read when its turn comes.
type due struct {
	ref   store.Ref
	asked time.Time // when Pleo last said something about the key
}

// checkAll asks Pleo about one record after the other, the longest ago first: a run that was stopped goes on where it
// was.
func (o *statusOptions) checkAll(
	ctx context.Context, st engine.Store, connect engine.Connector, all iter.Seq2[store.Record, error], p *report,
) error {
	bar := o.console.Progress()
	defer bar.Clear()
	bar.Say("reading the key store")
	queue, err := longestFirst(ctx, all, func(err error) { bar.Clear(); p.unreadable(err) })
	if err != nil {
		return err
	}
	bar.Clear()
	waiting := func(d time.Duration) { bar.Say(fmt.Sprintf("Pleo asks to wait for %.0f s", d.Seconds())) }
	c := engine.NewChecker(st, connect, waiting)
	counts := tally{}
	for i, d := range queue {
		if len(queue) > 1 {
			bar.Step(i, len(queue), counts.troubles())
		}
		if err := o.checkOne(ctx, st, c, d.ref, p, bar, counts); err != nil {
			done := fmt.Sprintf("stopped after %s of %s", console.Count(i), console.Count(len(queue)))
			return interrupted(done, "run it again to go on")
		}
		if p.console.Failed() != nil {
			return nil
		}
	}
	if len(queue) > 1 {
		p.summary = counts.text()
	}
	return nil
}

// longestFirst reads all records, and keeps of each only what the order needs.
func longestFirst(ctx context.Context, all iter.Seq2[store.Record, error], unreadable func(error)) ([]due, error) {
	var queue []due
	for r, err := range all {
		switch {
		case ctx.Err() != nil:
			return nil, interrupted("stopped before Pleo was asked", "run it again")
		case err != nil:
			unreadable(err)
			continue
		}
		asked := r.ValidatedAt
		if r.RejectedAt.After(asked) {
			asked = r.RejectedAt
		}
		queue = append(queue, due{r.Ref(), asked})
	}
	slices.SortStableFunc(queue, func(a, b due) int { return a.asked.Compare(b.asked) })
	return queue, nil
}

// checkOne asks about one record and prints it. The error is that of ctx: the question was left open.
func (o *statusOptions) checkOne(
	ctx context.Context, st engine.Store, c *engine.Checker, ref store.Ref, p *report, bar *console.Progress, counts tally,
) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r, err := st.Get(ref)
	if errors.Is(err, store.ErrNotFound) {
		return nil // disconnected meanwhile
	}
	if err != nil {
		bar.Clear()
		p.unreadable(err)
		return nil
	}
	r, v, err := c.Check(ctx, r)
	if v.Canceled() {
		return ctx.Err()
	}
	bar.Clear()
	if err != nil {
		p.unsaved(r, err)
	}
	p.record(r, &v)
	counts[v.Class()]++
	return nil
}

// tally counts the verdicts of a run by their class. Those without a fault are under 0.
type tally map[flow.Class]int

// text counts all of them.
func (t tally) text() string {
	return strings.Join(append([]string{console.Count(t[0]) + " accepted"}, t.troubles()...), ", ")
}

// troubles counts what a person should know about.
func (t tally) troubles() []string {
	var out []string
	for _, trouble := range []struct {
		class flow.Class
		words string
	}{
		{flow.ClassKey, "rejected"},
		{flow.ClassPermissions, "refused or less able"},
		{flow.ClassConflict, "in conflict"},
		{flow.ClassStore, "not readable"},
		{flow.ClassNoAnswer, "without an answer"},
	} {
		if n := t[trouble.class]; n > 0 {
			out = append(out, console.Count(n)+" "+trouble.words)
		}
	}
	return out
}
