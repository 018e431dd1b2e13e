package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// maxSilent is the number of requests in a row that an address may leave unanswered before it is not asked any more.
const maxSilent = 10

// Pleo is the part of the client that a check needs.
type Pleo interface {
	Introspect(context.Context, pleoclient.Key) (pleoclient.Introspection, error)
	Installations(context.Context, pleoclient.Key) (pleoclient.Installations, error)
}

// Connector returns a client for the Pleo at an address.
type Connector func(origin string) (Pleo, error)

// Checker asks Pleo about stored keys, one after the other, and records the answers.
type Checker struct {
	store   Store
	connect Connector
	waiting func(time.Duration) // called when Pleo asks us to slow down
	spread  float64             // see flow.Setup
	pace    pacer
	clients map[string]Pleo
	silent  map[string]silence // by origin
}

// silence is an address that does not answer.
type silence struct {
	count int
	last  flow.Fault
}

// NewChecker returns a checker of the records in st. waiting is called with the time to wait when Pleo asks us to slow
// down.
func NewChecker(st Store, connect Connector, waiting func(time.Duration)) *Checker {
	return &Checker{
		store: st, connect: connect, waiting: waiting, spread: rand.Float64(),
		clients: map[string]Pleo{}, silent: map[string]silence{},
	}
}

// Check asks about one record, and returns it as Pleo's answer leaves it. An error means that the verdict could not be
// saved; it is valid all the same. When ctx ends, the verdict is KindCanceled and nothing was written.
func (c *Checker) Check(ctx context.Context, r store.Record) (store.Record, Verdict, error) {
	v := c.ask(ctx, r)
	if v.Origin = r.Origin; !v.quiet {
		v.At = time.Now().UTC().Truncate(time.Second)
	}
	return c.keep(r, v)
}

// ask waits for its turn, asks, and waits again if Pleo says so.
func (c *Checker) ask(ctx context.Context, r store.Record) Verdict {
	if quiet := c.silent[r.Origin]; quiet.count >= maxSilent {
		return Verdict{Fault: quiet.last, quiet: true}
	}
	v := c.question(ctx, r)
	for waits := 0; v.Kind == pleoclient.KindRateLimited; waits++ {
		d, again := flow.RateLimitWait(v.RetryAfter, waits, c.spread)
		if !again {
			break
		}
		c.waiting(d)
		c.pace.pause(d)
		v = c.question(ctx, r)
	}
	c.listen(r.Origin, v)
	return v
}

// listen counts the requests that were left unanswered one after the other. Otherwise a long run through a dead network
// would wait for each. If Pleo names a time that is too far off to wait for, nothing more is asked.
func (c *Checker) listen(origin string, v Verdict) {
	switch {
	case flow.TooLong(v.RetryAfter):
		c.silent[origin] = silence{maxSilent, v.Fault}
	case v.unanswered:
		c.silent[origin] = silence{c.silent[origin].count + 1, v.Fault}
	default:
		delete(c.silent, origin)
	}
}

// question asks once. Pleo may know a key and not describe it. Such a key was stored without permissions, and is judged
// by what is installed, as it was when it was connected.
func (c *Checker) question(ctx context.Context, r store.Record) Verdict {
	client, err := c.clientOf(r.Origin)
	if err != nil {
		return verdictOf(originFault(err, r.Origin))
	}
	if c.pace.wait(ctx) != nil {
		return Verdict{Fault: flow.Fault{Kind: pleoclient.KindCanceled}}
	}
	who, err := client.Introspect(ctx, r.Key)
	switch {
	case err == nil && !who.IsAPIKey(): // it was one when it was saved, so this answer is not about it
		return Verdict{Fault: flow.Fault{Kind: pleoclient.KindUnexpected, Detail: who.AuthMethod}}
	case err == nil:
		return judge(r, who.Owner, who.Scopes)
	case len(r.Scopes) == 0 && flow.Undescribed(pleoclient.KindOf(err)):
		return c.installed(ctx, client, r)
	}
	return verdictOf(faultOf(err))
}

// verdictOf returns the verdict if Pleo was asked and did not describe the key. A rate limit is also an answer, but one
// that is given to every request.
func verdictOf(fault flow.Fault) Verdict {
	unanswered := flow.ClassOf(fault.Kind) == flow.ClassNoAnswer &&
		(!fault.Kind.Answered() || fault.Kind == pleoclient.KindRateLimited)
	return Verdict{Fault: fault, unanswered: unanswered}
}

func (c *Checker) installed(ctx context.Context, client Pleo, r store.Record) Verdict {
	if c.pace.wait(ctx) != nil {
		return Verdict{Fault: flow.Fault{Kind: pleoclient.KindCanceled}}
	}
	found, err := client.Installations(ctx, r.Key)
	ours, ok := found.Of(CompanyOf(r).ID)
	switch {
	case err != nil:
		return verdictOf(faultOf(err))
	case ours.Exists():
		return judge(r, ours.Owner, nil)
	case ok:
		return Verdict{Fault: flow.Fault{Kind: pleoclient.KindNotFound}}
	case len(found) == 1:
		return judge(r, found[0].Owner, nil)
	}
	return Verdict{Fault: flow.Fault{Kind: pleoclient.KindUnexpected}}
}

func (c *Checker) clientOf(origin string) (Pleo, error) {
	if client, ok := c.clients[origin]; ok {
		return client, nil
	}
	client, err := c.connect(origin)
	if err == nil {
		c.clients[origin] = client
	}
	return client, err
}

// originFault returns the fault of an address for which no client can be made: the way there is wrong, or the address
// itself.
func originFault(err error, origin string) flow.Fault {
	if fault := faultOf(err); flow.ClassOf(fault.Kind) == flow.ClassNoAnswer {
		return fault
	}
	return flow.NewFault(flow.SavedAddress, flow.Values{Origin: origin})
}

// keep saves the verdict in the store, if there is something to save. While the live file is missing or damaged, there
// is not: a save would put the version before it in its place for good.
func (c *Checker) keep(r store.Record, v Verdict) (store.Record, Verdict, error) {
	next, save := v.marked(r)
	if !save || r.FromPrevious {
		return next, v, nil
	}
	_, err := c.store.Put(next)
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) {
		return next, v, err
	}
	// Another process saved in the meantime. If the key is still the one that Pleo was asked about, the verdict is
	// valid.
	now, getErr := c.store.Get(r.Ref())
	dropped := Verdict{Fault: faultOf(err), Origin: v.Origin, At: v.At}
	if getErr != nil {
		return r, dropped, nil
	}
	if !now.Key.Equal(r.Key) {
		return now, dropped, nil
	}
	if next, save = v.marked(now); save {
		_, err = c.store.Put(next)
		return next, v, err
	}
	return next, v, nil
}
