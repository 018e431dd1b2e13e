package plain

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// TestPreflightFirst: nothing is asked, and so no key is taken, while the key store is checked.
func TestPreflightFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, inspecting, asked := flowtest.Good(), make(chan struct{}), false
		setup := flowtest.Setup()
		setup.Words = flowtest.InEngine()
		d := Driver{
			Do: func(ctx context.Context, e flow.Effect) flow.Event {
				if _, ok := e.(flow.InspectStore); ok {
					<-inspecting
				}
				return w.Do(ctx, e)
			},
			Changed: func(_, _ flow.State) error { return nil },
			Ask: func(context.Context, flow.State) (flow.Event, error) {
				asked = true
				return nil, errors.New("no one answers")
			},
		}
		s, effects := flow.Begin(setup)
		ended := make(chan struct{})
		go func() {
			_, _ = d.Drive(t.Context(), s, effects)
			close(ended)
		}()
		synctest.Wait()
		if asked {
			t.Error("asks while the key store is checked")
		}
		close(inspecting)
		if <-ended; !asked {
			t.Error("asks nothing after that")
		}
	})
}
