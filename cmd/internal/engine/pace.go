package engine

import (
	"context"
	"time"
)

// paceInterval keeps us below 500 requests in any minute, with room for another program that uses the same keys. Pleo's
// own limit is 600.
//
// Source: https://developers.pleo.io/docs/current/integration-design/accounting-integrations/imports/tags/integration-design-tags-periodicity
const paceInterval = 130 * time.Millisecond

// pacer spaces requests evenly: there is no burst after a pause. The zero value lets the first one through at once.
type pacer struct{ next time.Time }

// wait returns when the next request may be sent, or with the error of ctx when that ends.
func (p *pacer) wait(ctx context.Context) error {
	timer := time.NewTimer(time.Until(p.next))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	p.next = time.Now().Add(paceInterval)
	return ctx.Err()
}

// pause lets no request through for d.
func (p *pacer) pause(d time.Duration) { p.next = time.Now().Add(d) }
