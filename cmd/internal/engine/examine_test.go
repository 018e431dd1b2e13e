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

func TestDriftText(t *testing.T) {
	t.Parallel()
	for drift, want := range map[time.Duration]string{
		7 * time.Second: "7 seconds ahead of", -90 * time.Second: "90 seconds behind",
		10 * time.Minute: "10 minutes ahead of", -119 * time.Minute: "119 minutes behind",
		26 * time.Hour: "26 hours ahead of", -72 * time.Hour: "3 days behind",
	} {
		if got := driftText(drift); got != want {
			t.Errorf("%s: %q, want %q", drift, got, want)
		}
	}
}

// TestEveryExamIsCarriedOut: none falls through to the network by mistake.
func TestEveryExamIsCarriedOut(t *testing.T) {
	t.Parallel()
	local := []flow.Exam{flow.ExamSettings, flow.ExamKey, flow.ExamStore, flow.ExamTerminal}
	for e := flow.ExamSettings; e <= flow.ExamTerminal; e++ {
		if _, remote := layers[e]; remote == slices.Contains(local, e) {
			t.Errorf("%s is carried out in two ways, or in none", e)
		}
	}
}

// TestUnusableSettings: what is wrong with the settings is said in words that fit them, and the rest as it is.
func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		note string
		kind flow.Kind
	}{
		{flow.WrongUse("--env is neither production nor staging", "choose one of the two"), "", flow.KindSettings},
		{&flow.Failure{Kind: flow.KindStoreOwner, Summary: "it belongs to dynamics", Hint: "run chown"},
			"it belongs to dynamics", flow.KindStoreOwner},
	} {
		got := unusable(c.err)
		if got.Mark != flow.MarkFailed || got.Fault.Kind != c.kind || got.Note.String() != c.note ||
			got.Remedy.IsZero() ||
			got.Fault.Detail.String() != c.err.Error() {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
	if got := unusable(errors.New("boom")); got.Fault.Kind != flow.KindInternal || !got.Note.IsZero() {
		t.Errorf("%+v", got)
	}
}
