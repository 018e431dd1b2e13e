package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// statusLine is what --json prints for each installation. The members that may be left out come last.
type statusLine struct {
	CompanyID       string    `json:"company_id"`
	CompanyName     string    `json:"company_name"`
	IntegrationID   string    `json:"integration_id"`
	IntegrationName string    `json:"integration_name"`
	Environment     string    `json:"environment"`
	Status          string    `json:"status"`
	Fingerprint     string    `json:"fingerprint"`
	ValidatedAt     time.Time `json:"validated_at"`
	File            string    `json:"file,omitzero"`
	Entry           string    `json:"entry,omitzero"` // in place of File, in an engine
	Protection      string    `json:"protection"`

	RejectedAt time.Time `json:"rejected_at,omitzero"`
	Rejection  string    `json:"rejection,omitzero"`
	Warning    string    `json:"warning,omitzero"` // several are separated by line feeds
	Check      string    `json:"check,omitzero"`   // "accepted", or the kind of the problem
	Key        string    `json:"key,omitzero"`     // with Check: where the key is, which is "saved"
	CheckedAt  time.Time `json:"checked_at,omitzero"`
	Summary    string    `json:"summary,omitzero"` // with a Check other than "accepted": what is wrong
	Hint       string    `json:"hint,omitzero"`
	Also       string    `json:"also,omitzero"`        // a second step that may help
	Detail     string    `json:"detail,omitzero"`      // a fact from outside
	InUse      string    `json:"in_use,omitzero"`      // fingerprint of the key that services get, if it is another one
	Surplus    []string  `json:"surplus,omitempty"`    // what the key may do that was not asked for
	Recipients []string  `json:"recipients,omitempty"` // who can open the store in addition to its own identity
}

// lostLine is what --json prints for one that is lost.
type lostLine struct {
	CompanyID     string `json:"company_id"`
	IntegrationID string `json:"integration_id"`
	Environment   string `json:"environment"`
	Status        string `json:"status"`        // "lost"
	File          string `json:"file,omitzero"` // where a backup belongs
}

// report prints records one by one, as they arrive, and keeps the worst of what they report.
type report struct {
	console    *console.Console
	book       *flow.Book
	json       bool            // otherwise text for people
	protection flow.Protection // of what is saved now
	guarded    flow.Protection // of what was shown: that of a readable record only if all are readable
	recipients []string        // who can open the store in addition to its own identity
	home       string
	table      bool // a row for each; otherwise a block
	wide       bool // a table with a column for dates
	warnDays   int  // 0 if the age of a record does not matter
	checking   bool // Pleo is asked
	worst      flow.Class
	failed     *flow.Failure // the first that was printed to err
	shown      int
	dir        string // of the files that were shown
	summary    string // of the verdicts; may be empty
	hinted     string // the last advice that was printed
}

// unreadable prints a record that cannot be read, without hiding the others. In JSON, one that is lost is listed among
// them.
func (p *report) unreadable(err error) {
	p.fail(p.inWords(engine.StoreFault(err)))
	var lost *store.LostError
	if errors.As(err, &lost) && p.json {
		p.console.JSON(lostLine{lost.CompanyID, lost.Integration, lost.Env, "lost", lost.File})
	}
}

// unsaved reports that a verdict could not be saved. It is valid all the same, and is printed.
func (p *report) unsaved(r store.Record, err error) {
	f := *p.inWords(engine.StoreFault(err))
	f.Summary = p.book.Report.Status.Unsaved.Fill(flow.Values{
		Company: r.CompanyID, Integration: r.Integration.ID, Detail: f.Summary,
	})
	p.fail(&f)
}

// inWords returns an error of the store as the failure of a run.
func (p *report) inWords(err error) *flow.Failure {
	f, _ := (&app{book: p.book}).asFailure(context.Background(), err)
	return f
}

func (p *report) fail(f *flow.Failure) {
	p.console.Failure(f)
	if p.failed == nil {
		p.failed = f
	}
	p.worsen(f.Class())
}

// record prints one record. The verdict is nil if Pleo was not asked.
func (p *report) record(r store.Record, v *engine.Verdict) {
	p.worsen(p.classOf(r, v))
	if p.console.Failed() != nil {
		return
	}
	switch {
	case p.json:
		p.console.JSON(p.object(r, v))
	case p.table:
		p.console.Print(p.row(r, v)...)
	default:
		p.print(p.text(r, v))
	}
	if p.shown++; p.shown == 1 || p.protectionOf(r) == p.protection {
		p.guarded = p.protectionOf(r)
	}
	p.dir = filepath.Dir(r.File)
}

// print writes lines for people, all at once.
func (p *report) print(lines []string) {
	if p.shown > 0 {
		lines = append([]string{""}, lines...)
	}
	p.console.Print(lines...)
}

func (p *report) object(r store.Record, v *engine.Verdict) statusLine {
	line := statusLine{
		CompanyID: r.CompanyID, CompanyName: engine.CompanyOf(r).Name.String(),
		IntegrationID: r.Integration.ID, IntegrationName: integration.NameOf(r),
		Environment: r.Env, Status: statusOf(r),
		Fingerprint: r.Fingerprint, ValidatedAt: r.ValidatedAt.UTC(), File: r.File, Protection: string(p.protectionOf(r)),
		RejectedAt: r.RejectedAt.UTC(), Rejection: pleoclient.Safe(r.Rejection).String(),
		Warning: strings.Join(engine.Warnings(p.book, r), "\n"), Recipients: p.recipients,
	}
	if p.book.Engine.Used() {
		line.File, line.Entry = "", r.File
	}
	if key, ok := r.Usable(); ok && key.Fingerprint() != r.Fingerprint {
		line.InUse = key.Fingerprint()
	}
	for _, scope := range engine.Surplus(r, v) {
		line.Surplus = append(line.Surplus, string(scope))
	}
	if engine.FromFuture(r, time.Now()) {
		line.ValidatedAt = time.Time{} // as if Pleo had never accepted it: the time is unknown
		line.Warning = strings.TrimPrefix(line.Warning+"\n"+p.future(), "\n")
	}
	if v != nil {
		line.Check, line.CheckedAt, line.Key = v.Name(), v.At, flow.KeySaved.State()
	}
	if v != nil && v.Kind != "" {
		why := v.Words(p.book, r)
		line.Summary, line.Hint = console.Safe(why.Summary), console.Safe(why.Hint)
		line.Also, line.Detail = console.Safe(why.Also), console.Safe(why.Detail)
	}
	return line
}

func (p *report) text(r store.Record, v *engine.Verdict) []string {
	mark, _ := p.standing(r, v)
	_, status := p.standing(r, nil) // what Pleo said is among the facts
	heading := p.book.Report.Status.Heading.Fill(flow.Values{
		Company: p.book.CompanyName(engine.CompanyOf(r)), Environment: r.Env,
		Status: status.Fill(flow.Values{Date: p.answered(r)}),
	})
	out := console.Wrap(p.console.Width(), p.console.Mark(mark)+" ", heading)
	for _, f := range p.facts(r, v) {
		out = append(out, console.Hang(p.book, p.console.Width(), "  "+f.Lead(), f.Value)...)
	}
	for _, text := range p.remarks(r, v) {
		out = append(out, console.Hang(p.book, p.console.Width(), "  "+p.console.Mark(flow.MarkWarning)+" ", text)...)
	}
	return out
}

// answered returns the day on which Pleo last accepted or rejected a key, or "" if that is unknown.
func (p *report) answered(r store.Record) string {
	switch {
	case !r.RejectedAt.IsZero():
		return p.book.Date(r.RejectedAt)
	case r.ValidatedAt.IsZero(), engine.FromFuture(r, time.Now()):
		return ""
	}
	return p.book.Date(r.ValidatedAt)
}

// remarks returns what a person should know about a record, one sentence each.
func (p *report) remarks(r store.Record, v *engine.Verdict) []string {
	var out []string
	if r.Status == store.StatusPending {
		out = append(out, p.pendingText(r))
	}
	out = append(out, engine.Warnings(p.book, r)...)
	if engine.Exposed(p.book, r) {
		out = append(out, p.book.Report.Status.Exposed.Fill(flow.Values{
			Engine: p.book.Engine.Name, Program: p.book.Program, Arguments: engine.ConnectionOf(r.Ref()).Arguments(),
		}))
	}
	if surplus := engine.Surplus(r, v); len(surplus) > 0 {
		out = append(out, p.book.Surplus(surplus))
	}
	return out
}

// protectionOf returns what guards the key of a record. One that was saved without an identity is not sealed.
func (p *report) protectionOf(r store.Record) flow.Protection {
	if r.Readable {
		return flow.ProtectedByEngine
	}
	return p.protection
}

// statusOf returns the status of a record, as scripts see it.
func statusOf(r store.Record) string {
	if r.Unconfirmed {
		return "unconfirmed"
	}
	return r.Status
}

func (p *report) facts(r store.Record, v *engine.Verdict) []flow.Fact {
	label := &p.book.Report.Label
	place := label.File
	if p.book.Engine.Used() {
		place = label.Entry
	}
	var out []flow.Fact
	if !engine.CompanyOf(r).Name.IsZero() { // otherwise the id is in its place
		out = append(out, flow.Fact{Label: label.CompanyID.String(), Value: r.CompanyID})
	}
	out = append(out, []flow.Fact{
		{
			Label: label.Integration.String(),
			Value: p.book.Integration(integration.NameOf(r), r.Integration.ID),
		},
		{Label: label.Fingerprint.String(), Value: r.Fingerprint},
		{Label: label.LastAccepted.String(), Value: p.lastAccepted(r)},
		{Label: place.String(), Value: filepath.Base(r.File)},
	}...)
	if other := otherThanPleo(r); other != "" {
		out = append(out, flow.Fact{Label: label.PleoAt.String(), Value: pleoclient.Safe(other).String()})
	}
	switch {
	case v != nil:
		out = append(out, flow.Fact{Label: label.CheckedNow.String(), Value: p.checked(r, *v)})
	case p.checking: // but not about this one
		out = append(out, flow.Fact{
			Label: label.CheckedNow.String(), Value: p.book.Report.Status.NotChecked.String(),
		})
	}
	return out
}

// checked returns the verdict in words. The advice is printed once, not for each of many records with the same fault.
func (p *report) checked(r store.Record, v engine.Verdict) string {
	say, why := &p.book.Report.Status, v.Words(p.book, r)
	if why.Hint == "" || why.Hint == p.hinted {
		return why.Summary
	}
	p.hinted = why.Hint
	return say.VerdictAndNext.Fill(flow.Values{Detail: why.Summary, Note: why.Note, Next: why.Hint})
}

// lastAccepted returns when Pleo last accepted the key, and says if that is long ago.
func (p *report) lastAccepted(r store.Record) string {
	say, about := &p.book.Report.Status, flow.Values{}
	switch {
	case r.ValidatedAt.IsZero():
		return say.Never.Fill(about)
	case engine.FromFuture(r, time.Now()):
		return p.future()
	}
	about.Date = p.book.Day(r.ValidatedAt)
	if !p.old(r) {
		return about.Date
	}
	return p.book.Count(say.LongAgo, int(time.Since(r.ValidatedAt)/day), about)
}

// future says that it is unknown when Pleo last accepted a key.
func (p *report) future() string {
	why := p.book.Report.Warning.FutureDate.String()
	return p.book.Report.Status.Unknown.Fill(flow.Values{Reason: why})
}

// pendingText says what a service gets while a connection is not finished.
func (p *report) pendingText(r store.Record) string {
	say, about := &p.book.Report.Status, flow.Values{
		Program: p.book.Program, Arguments: engine.ConnectionOf(r.Ref()).Arguments(),
	}
	key, inUse := r.Usable()
	if inUse {
		about.Fingerprint = key.Fingerprint()
	}
	text := say.NotInUse
	switch {
	case inUse && r.Unconfirmed:
		text = say.InUseUnconfirmed
	case inUse:
		text = say.InUsePending
	case r.Unconfirmed:
		text = say.NotInUseConfirmed
	}
	return text.Fill(about)
}

// end prints what applies to all the records.
func (p *report) end() {
	if p.json || p.shown == 0 || p.console.Failed() != nil {
		return
	}
	var out []string
	label := &p.book.Report.Label
	facts := []flow.Fact{
		{Label: label.SavedIn.String(), Value: engine.ShortPath(p.home, p.dir).String()},
		{Label: label.ProtectedBy.String(), Value: p.book.Protection(p.guarded)},
	}
	for _, f := range facts {
		out = append(out, console.Hang(p.book, p.console.Width(), "  "+f.Lead(), f.Value)...)
	}
	for _, r := range p.recipients { // whole, to be copied
		out = append(out, "  "+p.book.Report.Status.Recipient.Fill(flow.Values{Recipient: r}))
	}
	if p.summary != "" {
		out = append(out, "")
		out = append(out, console.Wrap(p.console.Width(), p.console.Mark(p.mark())+" ", p.summary)...)
	}
	p.print(out)
}

// mark returns that of all the records.
func (p *report) mark() flow.Mark {
	switch p.worst {
	case 0:
		return flow.MarkDone
	case flow.ClassNoAnswer:
		return flow.MarkUnknown
	}
	return flow.MarkFailed
}

// outcome returns the error of a run that printed what p holds, or was stopped by err.
func (p *report) outcome(err error) error {
	switch {
	case err != nil:
		return err
	case p.console.Failed() != nil:
		return p.console.Failed()
	case p.worst != 0:
		return reported{p.worst, p.failed}
	}
	return nil
}

// classOf returns the class of failure that a record alone would have.
func (p *report) classOf(r store.Record, v *engine.Verdict) flow.Class {
	var class flow.Class
	if v != nil {
		class = v.Class()
	}
	r, inUse := r.Confirmed() // services do not get a key that is not confirmed
	if p.warnDays == 0 || !inUse {
		return class
	}
	switch {
	case r.Rejection == store.RejectedDenied:
		class = worse(class, flow.ClassPermissions)
	case !r.RejectedAt.IsZero():
		class = worse(class, flow.ClassKey)
	}
	if p.old(r) {
		class = worse(class, flow.ClassNoAnswer)
	}
	return class
}

func (p *report) worsen(class flow.Class) { p.worst = worse(p.worst, class) }

// severity lists the classes, the worst first. One that is not listed is worse than all of them.
var severity = []flow.Class{
	flow.ClassStore, flow.ClassKey, flow.ClassPermissions, flow.ClassConflict, flow.ClassNoAnswer, 0,
}

func worse(a, b flow.Class) flow.Class {
	if slices.Index(severity, b) < slices.Index(severity, a) {
		return b
	}
	return a
}

// old reports whether Pleo has not accepted a key for longer than the caller wants, or it is unknown when it last did.
func (p *report) old(r store.Record) bool {
	now := time.Now()
	unknown := r.ValidatedAt.IsZero() || engine.FromFuture(r, now)
	return p.warnDays > 0 && (unknown || int(now.Sub(r.ValidatedAt)/day) >= p.warnDays)
}

const day = 24 * time.Hour
