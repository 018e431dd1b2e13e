package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// examine looks at one of the things that a connection needs. It changes nothing, also not what is stored about a key,
// and what it finds is for support: no key, no identity, no recipient, and company names only when asked for.
func (x Engine) examine(ctx context.Context, e flow.Exam) flow.Finding {
	switch e {
	case flow.ExamSettings:
		return x.settings()
	case flow.ExamKey:
		return x.keys(ctx)
	case flow.ExamStore:
		return x.keyStore(ctx)
	case flow.ExamTerminal:
		return finding(x.Terminal())
	}
	return x.network(ctx, e)
}

const noteRunes = 200 // of a fact, which may hold paths

// done returns the finding that all is well with what was looked at.
func done(note string) flow.Finding {
	return flow.Finding{Mark: flow.MarkDone, Note: pleoclient.SafeUpTo(note, noteRunes)}
}

// unsure returns the finding that something cannot be told, or could be better.
func unsure(note, remedy string) flow.Finding {
	return flow.Finding{
		Mark: flow.MarkUnknown,
		Note: pleoclient.SafeUpTo(note, noteRunes), Remedy: pleoclient.SafeUpTo(remedy, DetailRunes),
	}
}

// finding returns that all is well, or with a remedy, that it could be better.
func finding(note, remedy string) flow.Finding {
	if remedy != "" {
		return unsure(note, remedy)
	}
	return done(note)
}

func failed(err error) flow.Finding { return flow.Finding{Mark: flow.MarkFailed, Fault: faultOf(err)} }

// settings returns what a connection is made with. All that is wrong with it was found when the client was made.
func (x Engine) settings() flow.Finding {
	if x.ClientErr != nil {
		return unusable(x.ClientErr)
	}
	parts := []string{x.Setup.Environment(), x.Setup.Origin}
	if i := x.Setup.Integration; i.Name != "" {
		parts = append([]string{flow.IntegrationName(i.Name, i.ID)}, parts...)
	}
	if network := x.Setup.Network.String(); network != "" {
		parts = append(parts, network)
	}
	out := flow.Finding{Mark: flow.MarkDone}
	if x.IgnoredProxy != "" {
		parts = append(parts, x.IgnoredProxy+" is not used")
		out = unsure("", "if Pleo is to be reached through that proxy, name it in HTTPS_PROXY as well")
	}
	out.Note = pleoclient.SafeUpTo(strings.Join(parts, ", "), 4*DetailRunes)
	return out
}

// unusable returns why the settings make no client, or name no store.
func unusable(err error) flow.Finding {
	out := failed(err)
	var f *flow.Failure
	if !errors.As(err, &f) {
		return out
	}
	out.Remedy = pleoclient.SafeUpTo(f.Hint, 4*DetailRunes) // a path in a command must not be cut
	if f.Kind != flow.KindSettings {                        // whose words say the detail
		out.Note = out.Fault.Detail
	}
	return out
}

// layers are the exams that a probe of the network answers. The clock needs an answer that was sent, whatever it says.
var layers = map[flow.Exam]pleoclient.Layer{
	flow.ExamDNS: pleoclient.LayerDNS, flow.ExamTCP: pleoclient.LayerTCP, flow.ExamProxy: pleoclient.LayerProxy,
	flow.ExamTLS: pleoclient.LayerTLS, flow.ExamClock: pleoclient.LayerAPI, flow.ExamAPI: pleoclient.LayerAPI,
}

func (x Engine) network(ctx context.Context, e flow.Exam) flow.Finding {
	if e == flow.ExamProxy && x.Client.ProxyHost().IsZero() {
		return done("none: the connection is direct")
	}
	p, err := x.Client.Probe(ctx, layers[e])
	switch {
	case e == flow.ExamClock && p.Status == 0:
		return unsure("there is no answer with a time to compare with", "")
	case e == flow.ExamClock:
		return x.clock(p)
	case err != nil:
		return failed(err)
	}
	switch e {
	case flow.ExamDNS:
		return x.addresses(p)
	case flow.ExamTCP:
		return done(p.Address)
	case flow.ExamProxy:
		return done(x.Client.ProxyHost().String() + " opens the way to " + pleoclient.Hostname(x.Setup.Origin))
	case flow.ExamTLS:
		return secured(p)
	}
	if p.Status == http.StatusTooManyRequests {
		return slowDown(p.RetryAt)
	}
	return done(fmt.Sprintf("answers after %d ms", p.Took.Milliseconds()))
}

// slowDown says until when Pleo wants to be left alone, as far as it says.
func slowDown(until time.Time) flow.Finding {
	if until.IsZero() {
		return unsure("answers, but asks us to slow down", "wait two minutes before the next try")
	}
	return unsure("answers, but asks us to slow down until "+flow.Day(until), "try again after that")
}

func (x Engine) addresses(p pleoclient.Probed) flow.Finding {
	const most = 3
	name := pleoclient.Hostname(x.Setup.Origin)
	if proxy := x.Client.ProxyHost().String(); proxy != "" {
		name = pleoclient.Hostname("//" + proxy)
	}
	if len(p.Addresses) == 0 {
		return done(name + ": nothing to look up")
	}
	shown := p.Addresses[:min(most, len(p.Addresses))]
	note := name + " is " + strings.Join(shown, ", ")
	if more := len(p.Addresses) - len(shown); more > 0 {
		note += fmt.Sprintf(" and %d more", more)
	}
	return done(note)
}

func secured(p pleoclient.Probed) flow.Finding {
	if p.TLS == "" {
		return done("not encrypted: it stays on this computer")
	}
	return done(fmt.Sprintf("%s, issued by %s, until %s", p.TLS, p.Issuer, p.NotAfter.UTC().Format("2 January 2006")))
}

// maxDrift is how far the clocks may be apart. Certificates of a new day are refused by a clock that is far behind.
const maxDrift = 5 * time.Minute

// clock compares with the time in Pleo's answer, which is exact to the second.
func (x Engine) clock(p pleoclient.Probed) flow.Finding {
	if p.Date.IsZero() {
		return unsure("no answer names a time to compare with", "")
	}
	switch drift := x.Now().Sub(p.Date.Add(p.Took / 2)).Round(time.Second); {
	case drift.Abs() > maxDrift:
		return flow.Finding{
			Mark:  flow.MarkFailed,
			Fault: flow.Fault{Kind: flow.KindClock, Detail: pleoclient.Safe(driftText(drift))},
		}
	case drift.Abs() > 5*time.Second:
		return done(driftText(drift) + " Pleo's")
	}
	return done("the same time as Pleo's")
}

// driftText says how far a clock is ahead of or behind another one, which the caller names.
func driftText(drift time.Duration) string {
	text := " behind"
	if drift > 0 {
		text = " ahead of"
	}
	switch drift = drift.Abs(); {
	case drift >= 48*time.Hour:
		return fmt.Sprintf("%d days", drift/(24*time.Hour)) + text
	case drift >= 2*time.Hour:
		return fmt.Sprintf("%d hours", drift/time.Hour) + text
	case drift >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", drift/time.Minute) + text
	}
	return fmt.Sprintf("%d seconds", drift/time.Second) + text
}

// keyStore tries the store as the wizard does before it begins.
func (x Engine) keyStore(ctx context.Context) flow.Finding {
	if x.StoreErr != nil {
		return unusable(x.StoreErr)
	}
	c, err := x.Store.Condition()
	if c.Locked {
		return unsure("its identity is locked with a passphrase, which is not asked for here", "")
	}
	if err := cmp.Or(unlessStopped(ctx, x.Store.Probe), err); err != nil {
		return failed(err)
	}
	if len(c.Lost) > 0 {
		return x.lost(c)
	}
	note := "takes a record, protected by " + flow.ProtectionText(x.Protection)
	if c.Empty {
		note += "; there is none yet"
	}
	if c.Note != "" {
		note += "; " + c.Note
	}
	if c.Doubt != "" {
		note += "; " + flow.LossDoubt(c.Doubt)
	}
	return finding(note, cmp.Or(c.Remedy, x.Store.Concern()))
}

// lost returns what is missing: the store, or the first of its records that are.
func (x Engine) lost(c store.Condition) flow.Finding {
	why := StoreFailure(&store.LostError{Lost: c.Lost[0]})
	if c.Empty {
		why = flow.StoreGone(x.Store.Place(), len(c.Lost), c.Marks)
	}
	return flow.Finding{
		Mark: flow.MarkFailed, Fault: flow.Fault{Kind: why.Kind},
		Note:   pleoclient.SafeUpTo(why.Summary, noteRunes),
		Remedy: pleoclient.SafeUpTo(why.Hint, 4*DetailRunes), // a path in a command must not be cut
	}
}

// unlessStopped runs try, and does not wait for it when ctx ends: another process may hold the lock of the store for
// seconds. The next try removes what this one leaves behind.
func unlessStopped(ctx context.Context, try func() error) error {
	tried := make(chan error, 1)
	go func() { tried <- try() }()
	select {
	case err := <-tried:
		return err
	case <-ctx.Done():
		return &pleoclient.Error{Kind: pleoclient.KindCanceled}
	}
}
