package main

import (
	"context"
	"time"

	"pleo-connect/flow"
)

const (
	usualPace = "600ms"
	maxPace   = 5 * time.Second // the client waits longer for an answer

	// lookAround is how long an audience gets to see on Pleo's page that the connection is active, before Done.
	lookAround = time.Second
)

// parsePace returns how long each answer of the simulated Pleo takes.
func parsePace(text string) (time.Duration, error) {
	pace, err := time.ParseDuration(text)
	if err != nil || pace < 0 || pace > maxPace {
		return 0, flow.NewFault(flow.DemoPace, flow.Values{})
	}
	return pace, nil
}

// heldBack returns a Do that holds back the save of an active connection, which comes right after Pleo said that it is
// active. It is only late, and not at all once the run was told to end: it is never left out.
func heldBack(do flow.Do, told <-chan struct{}) flow.Do {
	return func(ctx context.Context, e flow.Effect) flow.Event {
		if save, ok := e.(flow.Save); ok && save.As == flow.SaveActive {
			select {
			case <-time.After(lookAround):
			case <-told:
			case <-ctx.Done():
			}
		}
		return do(ctx, e)
	}
}
