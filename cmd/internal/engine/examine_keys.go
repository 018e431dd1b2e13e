package engine

import (
	"context"
	"fmt"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// maxExamined bounds how many stored keys an examination asks about. A status --check asks about all.
const maxExamined = 10

// keys asks Pleo about the keys that are stored for this address, and writes nothing down.
func (x Engine) keys(ctx context.Context) flow.Finding {
	if x.StoreErr != nil {
		return unsure("the key store is not open: see below", "")
	}
	c, err := x.Store.Condition()
	switch {
	case err != nil, c.Locked, c.Empty && len(c.Lost) > 0:
		return unsure("the key store is not open: see below", "")
	case c.Empty:
		return done("none is stored yet")
	}
	return x.askAbout(ctx)
}

// examinedKeys counts what Pleo said, and keeps the first that is wrong.
type examinedKeys struct {
	asked, accepted, left int
	wrong                 store.Record
	verdict               Verdict
	concern               string // about the first that is not what was saved last
}

func (x Engine) askAbout(ctx context.Context) flow.Finding {
	all, err := x.Store.List()
	if err != nil {
		return failed(err)
	}
	connect := func(string) (Pleo, error) { return x.Client, nil } // only records of its own address are asked about
	c := NewChecker(x.Store, connect, func(time.Duration) {})
	var k examinedKeys
	for r, err := range all {
		r, confirmed := r.Confirmed() // a key that nobody confirmed is not in use
		switch {
		case ctx.Err() != nil:
			return flow.Finding{Mark: flow.MarkFailed, Fault: flow.Fault{Kind: pleoclient.KindCanceled}}
		case err != nil:
			return failed(err)
		case !confirmed:
			continue
		case r.Env != x.Setup.Environment() || r.Origin != x.Setup.Origin:
			continue
		case k.asked == maxExamined:
			k.left++
			continue
		}
		k.count(r, c.question(ctx, r))
	}
	return k.finding(x.Names)
}

func (k *examinedKeys) count(r store.Record, v Verdict) {
	v.Origin = r.Origin
	k.asked++
	if k.concern == "" && (r.FromPrevious || r.RolledBack) {
		k.concern = "company " + r.CompanyID + " with " + r.Integration.ID + ": " + Warnings(r)[0]
	}
	switch {
	case v.Kind == "":
		k.accepted++
	case k.wrong.CompanyID == "":
		k.wrong, k.verdict = r, v
	}
}

func (k *examinedKeys) finding(names bool) flow.Finding {
	note := fmt.Sprintf("%d of %d accepted", k.accepted, k.asked)
	if k.left > 0 {
		note += fmt.Sprintf("; %d more were not asked about: pleo-connect status --check asks about all", k.left)
	}
	switch {
	case k.asked == 0:
		return done("none is stored for this address yet")
	case k.accepted == k.asked:
		return finding(note, k.concern)
	}
	company := "company " + k.wrong.CompanyID + " with " + k.wrong.Integration.ID
	if names {
		company = flow.CompanyName(CompanyOf(k.wrong)) + ", " + company
	}
	summary, hint := k.verdict.Words(k.wrong)
	switch {
	case hint != "":
	case k.verdict.rejection() == store.RejectedRefused: // another key would do no better
		hint = refusedText(k.wrong)
	default:
		hint = "for a new key, run " + ReconnectCommand(k.wrong)
	}
	return flow.Finding{
		Mark: flow.MarkFailed, Fault: k.verdict.Fault,
		Note:   pleoclient.SafeUpTo(note+"; "+company+": "+summary, noteRunes),
		Remedy: pleoclient.SafeUpTo(hint, 4*DetailRunes), // the command at its end must not be cut
	}
}
