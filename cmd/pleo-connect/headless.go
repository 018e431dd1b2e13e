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

// headless is the third driver over the machine: flags give the answers, and JSON lines or plain lines say what
// happens.
type headless struct {
	key     flow.Event // EnterKey; nil: only an unfinished connection can be continued
	console *console.Console
	json    bool // or lines for people
}

func (o *connectOptions) runHeadless(ctx context.Context, opened inputs, x engine.Engine) error {
	if !o.accept {
		return flow.WrongUse("nobody is there to allow the permissions",
			"add --accept-permissions after reading them in the integration file")
	}
	if o.company == "" && !o.yes {
		return flow.WrongUse("nobody is there to confirm the company",
			"name it with --company ID, or take the key's company with --yes")
	}
	if o.unproven {
		return flow.WrongUse("nobody is there to confirm the company, and it was never confirmed",
			"run it at a terminal, or name the company with its whole id: "+o.company)
	}
	h := &headless{console: o.console, json: o.json}
	var err error
	if h.key, err = opened.key.read(ctx, x.Setup.Integration.KeyLabel()); err != nil {
		return err
	}
	s, err := h.drive(ctx, x.Do, x.Setup)
	if h.json {
		return cmp.Or(o.console.Failed(), err)
	}
	if err == nil {
		o.console.Print(s.Receipt()...) // the connection is saved even if nobody can read this
	}
	return err
}

// drive runs the machine to its end, and prints the result.
func (h *headless) drive(ctx context.Context, do flow.Do, setup flow.Setup) (flow.State, error) {
	s, effects := flow.Begin(setup)
	if err := h.changed(flow.State{}, s); err != nil { // what is known from the first moment
		return s, err
	}
	s, err := plain.Driver{Do: do, Changed: h.changed, Ask: h.ask}.Drive(ctx, s, effects)
	err = ended(s, err)
	h.result(s, err)
	return s, err
}

// ask answers for the person. What cannot be answered ends the run with the problem as its outcome.
func (h *headless) ask(_ context.Context, s flow.State) (flow.Event, error) {
	switch s.Step {
	case flow.StepReview:
		if h.key == nil && s.Preflight.Unfinished != nil {
			text := s.UnfinishedText(flow.ByItself)
			h.event(noticeEvent{"notice", text}, text)
			return flow.Resume{}, nil
		}
		if h.key == nil {
			return nil, failureOf(flow.Fault{Kind: flow.KindNoKey})
		}
		return flow.Allow{}, nil
	case flow.StepKey:
		if why := s.Explain(); why.Summary != "" {
			return nil, why.Failure(s.Refusal.Kind)
		}
		return h.key, nil
	case flow.StepConfirm:
		return flow.Confirm{}, nil // that is what --yes says; a named company is not asked about
	}
	return flow.Leave{}, nil
}

// changed prints each step, line and notice once.
func (h *headless) changed(before, after flow.State) error {
	if after.Step != before.Step && after.Step != flow.StepOver {
		h.event(stepEvent{"step", after.Step.String()}, "")
	}
	for _, line := range flow.NewLines(linesOf(before), linesOf(after)) {
		words, note := line.Label+" "+line.Note, line.Note
		switch line.Mark {
		case flow.MarkFailed:
			words = "failed: " + words
		case flow.MarkWarning: // its label may say all there is to say
			words, note = "warning: "+words, cmp.Or(note, line.Label)
		}
		h.event(lineEvent{"check", line.Name, line.Mark.String(), note}, words)
	}
	if w := after.Preflight.Warning; !w.IsZero() && w != before.Preflight.Warning {
		h.event(noticeEvent{"notice", w.String()}, "warning: "+w.String())
	}
	for _, text := range known(after) {
		if !slices.Contains(known(before), text) {
			h.event(noticeEvent{"notice", text}, text)
		}
	}
	if after.Problem.Wait > 0 && before.Problem.Wait == 0 { // a log that does not move should say why
		why := after.Explain()
		text := why.Summary + "; " + why.Hint
		h.event(noticeEvent{"notice", text}, text)
	}
	if n := after.Notice; n.Text != "" && n != before.Notice {
		h.event(noticeEvent{"notice", n.Text}, n.Text)
	}
	return h.console.Failed()
}

// known returns what a run tells of connections that are here already, a sentence each.
func known(s flow.State) []string {
	var out []string
	for _, c := range s.Changes() {
		out = append(out, flow.TextChanged+": "+c.Label+" "+c.Value)
	}
	return append(out, s.OtherTexts()...)
}

// linesOf returns all that a run reports line by line.
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

		Surplus []pleoclient.Scope `json:"surplus,omitempty"` // what the key may do that nobody asked for
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
func (h *headless) result(s flow.State, err error) {
	var f *flow.Failure
	switch {
	case !h.json:
	case err == nil:
		c := s.Check
		e := activeEvent{
			Event: "result", Status: "active",
			CompanyID: string(c.Company.ID), CompanyName: c.Company.Name.String(),
			IntegrationID: s.Integration.ID, Environment: s.Environment(),
			InstallationID: string(c.Installation.ID), Fingerprint: s.Key.Fingerprint(),
			ReturnURL: s.Integration.ReturnLink(), Surplus: c.Surplus,
		}
		for _, p := range c.Lost {
			e.Lost = append(e.Lost, p.Scope)
		}
		h.event(e, "")
	case errors.As(err, &f):
		h.event(newFailedEvent(f), "")
	default:
		h.event(newFailedEvent(internal(err)), "")
	}
}
