package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// TestExamDoesNotWaitForALock when it is stopped.
func TestExamDoesNotWaitForALock(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	locked := make(chan struct{})
	defer close(locked)
	err := unlessStopped(ctx, func() error {
		stop()
		<-locked
		return nil
	})
	if pleoclient.KindOf(err) != pleoclient.KindCanceled {
		t.Errorf("got %v", err)
	}
}

// TestClock: five minutes are too much in both directions. Without an answer, none is spoken of.
func TestClock(t *testing.T) {
	t.Parallel()
	pleo := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	for drift, want := range map[time.Duration]flow.Mark{
		0: flow.MarkDone, 5 * time.Minute: flow.MarkDone, -5 * time.Minute: flow.MarkDone,
		6 * time.Minute: flow.MarkFailed, -6 * time.Minute: flow.MarkFailed,
	} {
		x := Engine{Now: func() time.Time { return pleo.Add(drift) }}
		if got := x.clock(pleoclient.Probed{Date: pleo}); got.Mark != want {
			t.Errorf("%s: %s, %s", drift, got.Mark, got.Note)
		}
	}
	if got := (Engine{}).clock(pleoclient.Probed{}); got.Mark != flow.MarkUnknown ||
		strings.Contains(got.Note.String(), "Pleo's answer") {
		t.Errorf("without an answer: %s, %s", got.Mark, got.Note)
	}
}

// TestDrift: small numbers are for people, and each has its direction.
func TestDrift(t *testing.T) {
	t.Parallel()
	pleo := time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
	for drift, want := range map[time.Duration]string{
		0:                  "same time as Pleo",
		7 * time.Second:    "7 seconds ahead of Pleo",
		-90 * time.Second:  "90 seconds behind Pleo",
		4 * time.Minute:    "4 minutes ahead of Pleo",
		10 * time.Minute:   "this computer's clock is 10 minutes ahead of Pleo's",
		-119 * time.Minute: "this computer's clock is 119 minutes behind Pleo's",
		26 * time.Hour:     "this computer's clock is 26 hours ahead of Pleo's",
		-72 * time.Hour:    "this computer's clock is 3 days behind Pleo's",
	} {
		x := Engine{Now: func() time.Time { return pleo.Add(drift) }}
		got := x.clock(pleoclient.Probed{Date: pleo})
		words := got.Note.String()
		if got.Mark == flow.MarkFailed {
			words = flow.English.Failure(got.Fault).Summary
		}
		if words != want {
			t.Errorf("%s: %q, want %q", drift, words, want)
		}
	}
}

// TestEveryExamIsCarriedOut: none falls through to the network by mistake.
func TestEveryExamIsCarriedOut(t *testing.T) {
	t.Parallel()
	local := []flow.Exam{flow.ExamSettings, flow.ExamKey, flow.ExamStore, flow.ExamTerminal}
	for e := flow.ExamSettings; e <= flow.ExamTerminal; e++ {
		if _, remote := layers()[e]; remote == slices.Contains(local, e) {
			t.Errorf("%s is carried out in two ways, or in none", e)
		}
	}
}

// TestUnusableSettings: what is wrong with the settings is said as the command would say it.
func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err          error
		note, remedy string
		kind         flow.Kind
	}{
		{flow.NewFault(flow.NoDays, flow.Values{}),
			"--warn-days must be at least 1", "for example: --warn-days 7", flow.KindSettings},
		{&flow.Failure{Kind: flow.KindStoreOwner, Summary: "it belongs to dynamics", Hint: "run chown"},
			"it belongs to dynamics", "run chown", flow.KindStoreOwner},
		{errors.New("boom"), "something went wrong in pleo-connect (boom)",
			"please report it to the makers of pleo-connect", flow.KindInternal},
	} {
		got := Engine{}.unusable(c.err)
		if got.Mark != flow.MarkFailed || got.Fault.Kind != c.kind || got.Note.String() != c.note ||
			got.Remedy.String() != c.remedy {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
}
