package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/tui/plain"
)

// headless is the third driver of the machine: flags give the answers, and JSON lines or plain lines report what
// happens.
type headless struct {
	*app
	key  flow.Event // EnterKey; nil if only an unfinished connection can be continued
	json bool       // otherwise lines for people
}

func (o *connectOptions) runHeadless(ctx context.Context, opened inputs, x engine.Engine) error {
	var company flow.Fault
	if o.unproven || o.company == "" && !o.yes {
		company = flow.Unconfirmed(o.company)
	}
	switch {
	case !o.accept:
		return flow.Unapproved(x.Setup.Integration, opened.file, company)
	case company.Failed():
		return company
	}
	h := &headless{app: o.app, json: o.json}
	var err error
	if h.key, err = opened.key.read(ctx, o.book.KeyLabel(x.Setup.Integration)); err != nil {
		return err
	}
	s, err := h.drive(ctx, x.Do, x.Setup)
	if h.json {
		return cmp.Or(o.console.Failed(), err)
	}
	if err == nil {
		o.receipt(s)
		o.warnUnprinted()
	}
	return err
}

// warnUnprinted reports that the connection exists although its receipt could not be printed: the run has not failed.
func (o *connectOptions) warnUnprinted() {
	var output *console.OutputError
	if errors.As(o.console.Failed(), &output) {
		o.console.Warn(o.book.Use.NoReceipt.Fill(flow.Values{Reason: pleoclient.SystemReason(output.Err)}))
	}
}

// drive runs the machine to its end, and prints the result.
func (h *headless) drive(ctx context.Context, do flow.Do, setup flow.Setup) (flow.State, error) {
	s, effects := flow.Begin(setup)
	if err := h.changed(flow.State{}, s); err != nil { // what is known from the start
		return s, err
	}
	s, err := plain.Driver{Do: do, Changed: h.changed, Ask: h.ask}.Drive(ctx, s, effects)
	err = ended(s, err)
	h.result(ctx, s, err)
	return s, err
}

// ask answers for the person. A question that cannot be answered ends the run with the problem as its outcome.
func (h *headless) ask(_ context.Context, s flow.State) (flow.Event, error) {
	switch s.Step {
	case flow.StepReview:
		if h.key == nil && s.Preflight.Unfinished != nil {
			text := s.UnfinishedText(flow.ByItself)
			h.event(noticeEvent{"notice", text}, text)
			return flow.Resume{}, nil
		}
		if h.key == nil {
			return nil, flow.Fault{Kind: flow.KindNoKey}
		}
		return flow.Allow{}, nil
	case flow.StepKey:
		if why := s.Explain(); why.Summary != "" {
			return nil, why.Failure(s.Refusal.Kind)
		}
		return h.key, nil
	case flow.StepConfirm:
		return flow.Confirm{}, nil // --yes means that; a named company is not asked about
	}
	return flow.Leave{}, nil
}

// changed prints each step, line and notice once.
func (h *headless) changed(before, after flow.State) error {
	if after.Step != before.Step && after.Step != flow.StepOver {
		h.event(stepEvent{"step", after.Step.String()}, "")
	}
	for _, line := range flow.NewLines(linesOf(before), linesOf(after)) {
		words, note := h.book.Use.Line, line.Note
		switch line.Mark {
		case flow.MarkFailed:
			words = h.book.Use.LineFailed
		case flow.MarkWarning: // its label may say all there is to say
			words, note = h.book.Use.LineWarning, cmp.Or(note, line.Label)
		}
		h.event(lineEvent{"check", line.Name, line.Mark.String(), note},
			words.Fill(flow.Values{Name: strings.TrimSuffix(line.Label, ":"), Detail: line.Note}))
	}
	if w := after.Preflight.Warning; !w.IsZero() && w != before.Preflight.Warning {
		h.event(noticeEvent{"notice", w.String()}, h.book.Use.LineWarning.Fill(flow.Values{Name: w.String()}))
	}
	for _, text := range known(after) {
		if !slices.Contains(known(before), text) {
			h.event(noticeEvent{"notice", text}, text)
		}
	}
	if after.Problem.Wait > 0 && before.Problem.Wait == 0 { // a log that has paused should say why
		text := after.Explain().Summary
		h.event(noticeEvent{"notice", text}, text)
	}
	if n := after.Notice; n.Text != "" && n != before.Notice && after.Refusal.Kind == "" { // the result repeats it
		h.event(noticeEvent{"notice", n.Text}, n.Text)
	}
	return h.console.Failed()
}

// known returns what a run reports about connections that already exist, a sentence each.
func known(s flow.State) []string {
	var out []string
	for _, c := range s.Changes() {
		out = append(out, s.Book().Wizard.Changes.Change.Fill(flow.Values{Name: c.Label, Value: c.Value}))
	}
	return append(out, s.OtherTexts()...)
}

// linesOf returns everything that a run reports line by line.
func linesOf(s flow.State) []flow.Line {
	out := append(s.Lines(flow.StepReview), s.Lines(flow.StepCheck)...)
	if s.Step == flow.StepActivate || s.Step == flow.StepDone {
		out = append(out, s.Lines(flow.StepActivate)...)
	}
	return out
}

type (
	stepEvent struct {
		Event string `json:"event"`
		Step  string `json:"step"`
	}
	lineEvent struct {
		Event  string `json:"event"`
		Name   string `json:"name"`
		Status string `json:"status"`
		Note   string `json:"note,omitempty"`
	}
	noticeEvent struct {
		Event string `json:"event"`
		Text  string `json:"text"`
	}
	activeEvent struct {
		Event          string `json:"event"`
		Status         string `json:"status"`
		CompanyID      string `json:"company_id"`
		CompanyName    string `json:"company_name"`
		IntegrationID  string `json:"integration_id"`
		Environment    string `json:"environment"`
		InstallationID string `json:"installation_id"`
		Fingerprint    string `json:"fingerprint"`
		ReturnURL      string `json:"return_url"`

		Missing []pleoclient.Scope `json:"missing,omitempty"` // what the integration asks for and the key may not do
		Surplus []pleoclient.Scope `json:"surplus,omitempty"` // what the key may do that was not asked for
		Lost    []pleoclient.Scope `json:"lost,omitempty"`    // what the key before could do, and this one can't
	}
)

// event writes one JSON line, or the words for people.
func (h *headless) event(e any, words string) {
	switch {
	case h.json:
		h.console.JSON(e)
	case words != "":
		h.console.Say(strings.TrimSpace(words))
	}
}

// result is the last line of a JSON run.
func (h *headless) result(ctx context.Context, s flow.State, err error) {
	switch {
	case !h.json:
	case err == nil:
		c := s.Check
		e := activeEvent{
			Event: "result", Status: "active",
			CompanyID: string(c.Company.ID), CompanyName: c.Company.Name.String(),
			IntegrationID: s.Integration.ID, Environment: s.Environment(),
			InstallationID: string(c.Installation.ID), Fingerprint: s.Key.Fingerprint(),
			ReturnURL: s.ReturnLink(), Surplus: c.Surplus,
		}
		if c.Permissions == flow.MarkDone {
			e.Missing = pleoclient.MissingScopes(s.Integration.Scopes(), c.Scopes)
		}
		for _, p := range c.Lost {
			e.Lost = append(e.Lost, p.Scope)
		}
		h.event(e, "")
	default:
		if failure, _ := h.asFailure(ctx, err); failure != nil {
			h.event(newFailedEvent(failure), "")
		}
	}
}
