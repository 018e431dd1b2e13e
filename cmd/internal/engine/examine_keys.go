package engine

import (
	"context"
	"slices"
	"strconv"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// maxExamined bounds how many stored keys an examination asks about. status --check asks about all.
const maxExamined = 10

// keys asks Pleo about the keys that are stored for this address, and records nothing.
func (x Engine) keys(ctx context.Context) flow.Finding {
	say := x.words()
	if x.StoreErr != nil {
		return unsure(say.StoreClosed.String(), "")
	}
	c, err := x.Store.Condition()
	switch {
	case err != nil, c.Locked, c.Empty && len(c.Lost) > 0:
		return unsure(say.StoreClosed.String(), "")
	case c.Empty:
		return done(say.NoKeys.String())
	}
	return x.askAbout(ctx)
}

// examinedKeys counts Pleo's answers, and keeps the first fault.
type examinedKeys struct {
	asked, accepted, left int
	wrong                 store.Record
	verdict               Verdict
	odd                   *store.Record // the first that is not what was saved last
}

func (x Engine) askAbout(ctx context.Context) flow.Finding {
	refs, err := x.Store.Refs(nil)
	if err != nil {
		return failed(err)
	}
	all, err := x.Store.List()
	if err != nil {
		return failed(err)
	}
	here := func(env string) bool { return env == x.Setup.Environment() }
	unread := len(slices.DeleteFunc(refs, func(ref store.Ref) bool { return !here(ref.Env) }))
	connect := func(string) (Pleo, error) { return x.Client, nil } // only records of its own address are asked about
	c := NewChecker(x.Store, connect, func(time.Duration) {})
	var k examinedKeys
	for r, err := range all {
		if k.asked == maxExamined {
			k.left = unread
			break
		}
		if here(r.Env) {
			unread--
		}
		r, confirmed := r.Confirmed() // a key that is not confirmed is not in use
		switch {
		case ctx.Err() != nil:
			return flow.Finding{Mark: flow.MarkFailed, Fault: flow.Fault{Kind: pleoclient.KindCanceled}}
		case err != nil:
			return failed(err)
		case !confirmed:
			continue
		case !here(r.Env) || r.Origin != x.Setup.Origin:
			continue
		}
		k.count(r, c.question(ctx, r))
	}
	return x.keysFinding(k)
}

func (k *examinedKeys) count(r store.Record, v Verdict) {
	v.Origin = r.Origin
	k.asked++
	if k.odd == nil && (r.FromPrevious || r.RolledBack) {
		k.odd = &r
	}
	switch {
	case v.Kind == "":
		k.accepted++
	case k.wrong.CompanyID == "":
		k.wrong, k.verdict = r, v
	}
}

// keysFinding returns the result: how many keys Pleo accepts, and the first one that needs attention.
func (x Engine) keysFinding(k examinedKeys) flow.Finding {
	b, say := x.Setup.Book(), x.words()
	about := flow.Values{N: k.accepted, M: k.asked, Program: b.Program}
	count := say.Accepted
	if k.left > 0 {
		about.Value, count = strconv.Itoa(k.left), say.AcceptedSome
	}
	switch {
	case k.asked == 0:
		return done(say.NoKeysHere.Fill(about))
	case k.accepted == k.asked && k.odd == nil:
		return done(count.Fill(about))
	case k.accepted == k.asked:
		concern := flow.Values{Name: x.keyName(*k.odd), Detail: Warnings(b, *k.odd)[0]}
		return unsure(count.Fill(about), say.KeyConcern.Fill(concern))
	}
	why := k.verdict.Words(b, k.wrong)
	switch {
	case why.Hint != "":
	case k.verdict.rejection() == store.RejectedDenied: // another key would be denied as well
		why.Hint = say.Ask.Fill(aboutRecord(b, k.wrong))
	default:
		why.Hint = say.ReplaceKey.Fill(aboutRecord(b, k.wrong))
	}
	note := say.KeyWrong.Fill(flow.Values{
		List: say.Accepted.Fill(about), Name: x.keyName(k.wrong), Detail: why.Summary,
	})
	return flow.Finding{
		Mark: flow.MarkFailed, Fault: k.verdict.Fault,
		Note: pleoclient.SafeUpTo(note, findingRunes), Remedy: pleoclient.SafeUpTo(why.Hint, findingRunes),
		Also: pleoclient.SafeUpTo(why.Also, findingRunes),
	}
}

// keyName returns which key is meant, with the name of its company only if that was asked for.
func (x Engine) keyName(r store.Record) string {
	about := flow.Values{Company: r.CompanyID, Integration: r.Integration.ID}
	if !x.Names || CompanyOf(r).Name.IsZero() {
		return x.words().Key.Fill(about)
	}
	about.Name = x.Setup.Book().CompanyName(CompanyOf(r))
	return x.words().KeyNamed.Fill(about)
}
