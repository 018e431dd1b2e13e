package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"pleo-connect/flow"
)

func TestParsePace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		usualPace: 600 * time.Millisecond, "0": 0, "0s": 0, "5s": maxPace, "1.5s": 1500 * time.Millisecond,
		"5001ms": -1, "-1ms": -1, "600": -1, "": -1, "1h": -1, "fast": -1, "9999999999999h": -1,
	} {
		got, err := parsePace(text)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}

// TestHeldBack: only the save of an active connection is late. It is carried out whatever happens in the meantime, and
// at once when the run ends.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		effect flow.Effect
		told   time.Duration // when the run is told to end; 0: it is not
		cancel time.Duration // when the context ends; 0: it does not
		want   time.Duration
	}{
		"an active connection":         {flow.Save{As: flow.SaveActive}, 0, 0, time.Second},
		"a pending one":                {flow.Save{As: flow.SavePending}, 0, 0, 0},
		"an unconfirmed one":           {flow.Save{As: flow.SaveUnconfirmed}, 0, 0, 0},
		"another effect":               {flow.Verify{}, 0, 0, 0},
		"the run is told to end":       {flow.Save{As: flow.SaveActive}, 300 * time.Millisecond, 0, 300 * time.Millisecond},
		"the context ends":             {flow.Save{As: flow.SaveActive}, 0, 200 * time.Millisecond, 200 * time.Millisecond},
		"it ends after the hold":       {flow.Save{As: flow.SaveActive}, 2 * time.Second, 2 * time.Second, time.Second},
		"a pending one while it ended": {flow.Save{As: flow.SavePending}, 1, 1, 0},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				told := make(chan struct{})
				if tt.told > 0 {
					time.AfterFunc(tt.told, func() { close(told) })
				}
				if tt.cancel > 0 {
					time.AfterFunc(tt.cancel, cancel)
				}
				began, did := time.Now(), 0
				answer := flow.Verified{} // any event
				do := heldBack(func(context.Context, flow.Effect) flow.Event { did++; return answer }, told)
				if got := do(ctx, tt.effect); got != answer || did != 1 {
					t.Errorf("carried out %d times: %v", did, got)
				}
				if after := time.Since(began); after != tt.want {
					t.Errorf("after %v, want %v", after, tt.want)
				}
			})
		})
	}
}
