package engine

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// examine looks at one of the things that a connection needs. It changes nothing, not even what is stored about a key,
// and its findings are for support: no key, no identity, no recipient, and company names only if asked for.
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

// findingRunes bounds the text of a finding. A path or a command in it must not be cut.
const findingRunes = 50_000

// done returns the finding that all is well, with a note about what was looked at.
func done(note string) flow.Finding {
	return flow.Finding{Mark: flow.MarkDone, Note: pleoclient.SafeUpTo(note, findingRunes)}
}

// unsure returns the finding that something is unknown, or could be better.
func unsure(note, remedy string) flow.Finding {
	return flow.Finding{
		Mark: flow.MarkUnknown,
		Note: pleoclient.SafeUpTo(note, findingRunes), Remedy: pleoclient.SafeUpTo(remedy, findingRunes),
	}
}

// finding returns the finding that all is well or, with a remedy, that it could be better.
func finding(note, remedy string) flow.Finding {
	if remedy != "" {
		return unsure(note, remedy)
	}
	return done(note)
}

func failed(err error) flow.Finding { return flow.Finding{Mark: flow.MarkFailed, Fault: faultOf(err)} }

// words returns what the book says about findings.
func (x Engine) words() *flow.FindingWords { return &x.Setup.Book().Report.Finding }

// settings returns what a connection is made with. Any fault in it was found when the client was made.
func (x Engine) settings() flow.Finding {
	if x.ClientErr != nil {
		return x.unusable(x.ClientErr)
	}
	parts := []string{x.Setup.Environment(), x.Setup.Origin}
	if i := x.Setup.Integration; i.Name != "" {
		parts = append([]string{x.Setup.Book().Integration(i.Name, i.ID)}, parts...)
	}
	book := x.Setup.Book()
	if network := book.Network(x.Setup.Network); network != "" {
		parts = append(parts, network)
	}
	about := flow.Values{List: book.List(parts), Variable: x.IgnoredProxy}
	if x.IgnoredProxy == "" {
		return done(x.words().Settings.Fill(about))
	}
	ignored := x.words().IgnoredProxy
	about.Note = ignored.Headline.Fill(about)
	return unsure(x.words().Settings.Fill(about), ignored.Next.Fill(about))
}

// unusable returns why the settings make no client, or name no store.
func (x Engine) unusable(err error) flow.Finding {
	why := inWords(x.Setup.Book(), err)
	return flow.Finding{
		Mark: flow.MarkFailed, Fault: flow.Fault{Kind: why.Kind},
		Note: pleoclient.SafeUpTo(why.Summary, findingRunes), Remedy: pleoclient.SafeUpTo(why.Hint, findingRunes),
		Also: pleoclient.SafeUpTo(why.Also, findingRunes),
	}
}

// layers are the exams that a probe of the network answers. The clock needs an answer, but any answer will do.
func layers() map[flow.Exam]pleoclient.Layer {
	return map[flow.Exam]pleoclient.Layer{
		flow.ExamDNS: pleoclient.LayerDNS, flow.ExamTCP: pleoclient.LayerTCP, flow.ExamProxy: pleoclient.LayerProxy,
		flow.ExamTLS: pleoclient.LayerTLS, flow.ExamClock: pleoclient.LayerAPI, flow.ExamAPI: pleoclient.LayerAPI,
	}
}

func (x Engine) network(ctx context.Context, e flow.Exam) flow.Finding {
	say, about := x.words(), flow.Values{Host: pleoclient.Hostname(x.Setup.Origin)}
	if about.Proxy = x.Client.ProxyHost().String(); e == flow.ExamProxy && about.Proxy == "" {
		return done(say.Direct.Fill(about))
	}
	p, err := x.Client.Probe(ctx, layers()[e])
	switch {
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
		return done(say.LetsThrough.Fill(about))
	case flow.ExamTLS:
		return x.secured(p)
	}
	if p.Status == http.StatusTooManyRequests {
		return x.slowDown(p)
	}
	about.N = int(p.Took.Milliseconds())
	return done(say.Answered.Fill(about))
}

// slowDown gives the end of a rate limit only if it lasts: a short one is over before anyone has read its time.
func (x Engine) slowDown(p pleoclient.Probed) flow.Finding {
	say, about := x.words().SlowDown, flow.Values{}
	if flow.TooLong(p.RetryIn) {
		say, about.Date = x.words().SlowDownTill, x.Setup.Book().Until(p.RetryAt)
	}
	return unsure(say.Headline.Fill(about), say.Next.Fill(about))
}

func (x Engine) addresses(p pleoclient.Probed) flow.Finding {
	const most = 3
	about := flow.Values{Host: pleoclient.Hostname(x.Setup.Origin)}
	if proxy := x.Client.ProxyHost().String(); proxy != "" {
		about.Host = pleoclient.Hostname("//" + proxy)
	}
	if len(p.Addresses) == 0 {
		return done(x.words().Literal.Fill(about))
	}
	shown := p.Addresses[:min(most, len(p.Addresses))]
	about.List = x.Setup.Book().List(shown)
	if more := len(p.Addresses) - len(shown); more > 0 {
		return done(x.Setup.Book().Count(x.words().MoreOf, more, about))
	}
	return done(x.Setup.Book().Count(x.words().Addresses, len(shown), about))
}

func (x Engine) secured(p pleoclient.Probed) flow.Finding {
	if p.TLS == "" {
		return done(x.words().Unencrypted.String())
	}
	return done(x.words().Encrypted.Fill(flow.Values{
		Value: p.TLS, Issuer: p.Issuer.String(), Date: x.Setup.Book().Date(p.NotAfter),
	}))
}

// maxDrift is how far apart the clocks may be. A clock that is far behind makes this computer refuse new certificates.
const maxDrift = 5 * time.Minute

// clock compares our clock with the time in Pleo's answer, which is exact to the second.
func (x Engine) clock(p pleoclient.Probed) flow.Finding {
	switch {
	case p.Status == 0 && p.Date.IsZero():
		return unsure(x.words().NoAnswer.String(), "")
	case p.Date.IsZero():
		return unsure(x.words().NoTime.String(), "")
	}
	drift := x.Now().Sub(p.Date.Add(p.Took / 2)).Round(time.Second)
	about := x.driftOf(drift)
	ahead, row := x.words().Ahead, flow.KindClock
	if drift < 0 {
		ahead, row = x.words().Behind, flow.ClockBehind
	}
	switch {
	case drift.Abs() > maxDrift:
		return flow.Finding{Mark: flow.MarkFailed, Fault: flow.NewFault(row, about)}
	case drift.Abs() > 5*time.Second:
		return done(ahead.Fill(about))
	}
	return done(x.words().SameTime.Fill(about))
}

// driftOf returns how far apart two clocks are, in a unit that people use.
func (x Engine) driftOf(drift time.Duration) flow.Values {
	b := x.Setup.Book()
	in := func(unit time.Duration, name flow.Forms) flow.Values {
		n := int(drift.Abs() / unit)
		return flow.Values{N: n, Unit: b.Count(name, n, flow.Values{})}
	}
	switch units := &b.Report.Unit; {
	case drift.Abs() >= 48*time.Hour:
		return in(24*time.Hour, units.Day)
	case drift.Abs() >= 2*time.Hour:
		return in(time.Hour, units.Hour)
	case drift.Abs() >= 2*time.Minute:
		return in(time.Minute, units.Minute)
	default:
		return in(time.Second, units.Second)
	}
}

// keyStore tries the store as the wizard does at its start.
func (x Engine) keyStore(ctx context.Context) flow.Finding {
	if x.StoreErr != nil {
		return x.unusable(x.StoreErr)
	}
	say := x.words()
	c, err := x.Store.Condition()
	if c.Locked {
		return unsure(say.Locked.String(), "")
	}
	exposed := ""
	probe := func() error {
		seen, err := x.Store.Probe()
		exposed = exposedText(x.Setup.Book(), seen)
		return cmp.Or(err, seen.Unread)
	}
	if err := cmp.Or(unlessStopped(ctx, probe), err); err != nil {
		return failed(err)
	}
	if len(c.Lost) > 0 {
		return x.lost(c)
	}
	facts := []string{say.Works.Fill(flow.Values{Detail: x.Setup.Book().Protection(x.Protection())})}
	if c.Empty {
		facts = append(facts, say.Empty.String())
	}
	book := x.Setup.Book()
	if c.Recipients > 0 {
		facts = append(facts, book.Count(book.Store.Recipients, c.Recipients, flow.Values{}))
	}
	if c.Doubt.Any() {
		facts = append(facts, book.LossDoubt(DoubtText(book, c.Doubt)))
	}
	remark := cmp.Or(UnfinishedText(book, c.Unfinished), ConcernText(book, x.Store.Concern()), exposed)
	return finding(strings.Join(facts, "; "), remark)
}

// lost returns what is missing: the store, or the first of its records that are lost.
func (x Engine) lost(c store.Condition) flow.Finding {
	if c.Empty {
		return x.unusable(flow.StoreGone(x.Store.Place(), len(c.Lost), c.Marks))
	}
	return x.unusable(&store.LostError{Lost: c.Lost[0]})
}

// unlessStopped calls try, and does not wait for it when ctx ends: another process may hold the lock of the store for
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
