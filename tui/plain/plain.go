package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pleo-connect/flow"
)

// Options are what the face needs beside the machine.
type Options struct {
	Terminal Terminal
	ASCII    bool          // the terminal draws ASCII only
	DemoKey  func() string // demo only: the simulated key that the answer "demo" enters
}

type face struct {
	Options
	err     error // the first write that failed
	open    bool  // the cursor is behind a question
	entered bool  // the last answer was a key
	again   bool  // it left the step as it was: what was said about the step is not said again
}

// Run drives the wizard to its end and returns the last state, also with an error. When ctx ends, or the input, the
// machine is stopped ([flow.Stopped]). The end of the input is not an error.
func Run(ctx context.Context, do flow.Do, s flow.State, effects []flow.Effect, opt Options) (flow.State, error) {
	f := &face{Options: opt}
	f.Terminal.ascii = opt.ASCII
	defer f.Terminal.leave()
	f.say(s.Integration.Name + " · " + s.Environment())
	d := Driver{Do: do, Changed: f.changed, Ask: f.ask, AskWaiting: f.Terminal.Raw != nil}
	s, err := d.Drive(ctx, s, effects)
	cause := context.Cause(ctx)
	if cause == nil && errors.Is(err, errEnded) {
		cause = err
	}
	if cause != nil { // before anything is written: nobody may read that any more
		s = flow.Finish(s, cause, func(e flow.Effect) flow.Event { return do(context.WithoutCancel(ctx), e) })
	}
	if f.open {
		f.say("")
	}
	if errors.Is(err, errEnded) {
		err = nil
	}
	return s, err
}

func (f *face) say(lines ...string) {
	for _, line := range lines {
		if f.ASCII {
			line = flow.ASCII(line)
		}
		if f.err == nil {
			_, f.err = fmt.Fprintln(f.Terminal.Out, line)
		}
	}
}

// changed prints each thing once, when it becomes true: first what ends the step, then the title of the next.
func (f *face) changed(before, after flow.State) error {
	if f.open { // a question that was taken back, or left by Ctrl+C
		f.open = false
		f.say("")
	}
	if before.Step != flow.StepReview { // that list is part of the request
		f.news(before.Lines(before.Step), after.Lines(before.Step))
	}
	if after.Doctor.Over() && !before.Doctor.Over() {
		f.say(after.Title())
	}
	if after.Step != before.Step && after.Step != flow.StepOver {
		f.say("", after.Title())
	}
	if f.Terminal.Raw == nil && before.Problem.Wait == 0 && after.Problem.Wait > 0 { // nothing is asked meanwhile
		f.say("hint: "+after.Explain().Hint, "ctrl+c leaves")
	}
	if n := after.Notice; n.Text != "" && (n != before.Notice || f.entered) { // each entry is answered
		f.say(n.Text)
	}
	f.again, f.entered = f.entered && after.Step == before.Step, false
	return f.err
}

// news prints the lines that came to an end, each with what to do about it.
func (f *face) news(before, after []flow.Line) {
	for _, line := range flow.NewLines(before, after) {
		f.say(strings.TrimRight(fmt.Sprintf("%s: %s %s", markWords[line.Mark], line.Label, line.Note), " "))
		if line.Remedy != "" {
			f.say("hint: " + line.Remedy)
		}
	}
}

var markWords = map[flow.Mark]string{
	flow.MarkDone: "ok", flow.MarkFailed: "failed", flow.MarkUnknown: "cannot tell", flow.MarkWarning: "warning",
}

// ask turns an answer into an event.
func (f *face) ask(ctx context.Context, s flow.State) (flow.Event, error) {
	ev, err := f.askStep(ctx, s)
	f.open = err != nil && f.Terminal.Raw != nil
	if errors.Is(err, errInterrupted) {
		return flow.Interrupt{}, nil
	}
	_, f.entered = ev.(flow.EnterKey)
	return ev, err
}

func (f *face) askStep(ctx context.Context, s flow.State) (flow.Event, error) {
	switch s.Step {
	case flow.StepReview:
		return f.review(ctx, s)
	case flow.StepKey:
		return f.key(ctx, s)
	case flow.StepConfirm:
		if !f.again {
			f.facts(s)
		}
		return f.chooseFresh(ctx, "yes, other (another key), or back", map[string]flow.Event{
			"yes": flow.Confirm{}, "other": flow.OtherKey{}, "back": flow.Back{},
		})
	case flow.StepProblem:
		return f.problem(ctx, s)
	case flow.StepDoctor:
		return f.choose(ctx, "again or back", map[string]flow.Event{"again": flow.Retry{}, "back": flow.Back{}})
	case flow.StepDone:
		f.facts(s)
	}
	return flow.Leave{}, nil
}

func (f *face) review(ctx context.Context, s flow.State) (flow.Event, error) {
	if !f.again {
		f.request(s)
	}
	if s.Preflight.Unfinished != nil {
		return f.choose(ctx, "continue, new (another key), or cancel", map[string]flow.Event{
			"continue": flow.Resume{}, "new": flow.Allow{}, "cancel": flow.Leave{},
		})
	}
	return f.choose(ctx, "allow or cancel", map[string]flow.Event{"allow": flow.Allow{}, "cancel": flow.Leave{}})
}

// request says what the integration asks for, and what is known before it is allowed.
func (f *face) request(s flow.State) {
	f.say("", s.Title())
	for _, p := range s.Integration.Permissions {
		optional := ""
		if !p.Required {
			optional = ", optional"
		}
		f.say(fmt.Sprintf("- %s (%s%s)", p.Title, p.Scope, optional))
	}
	if text := s.OwnerText(); text != "" {
		f.say(text)
	}
	for i, c := range s.Changes() {
		if i == 0 {
			f.say(flow.TextChanged + ":")
		}
		f.say("- " + c.Label + ": " + c.Value)
	}
	f.say(s.OtherTexts()...)
	f.say(s.Promise())
	f.news(nil, s.Lines(flow.StepReview))
	if w := s.Preflight.Warning; !w.IsZero() {
		f.say("warning: " + w.String())
	}
	if p := s.PreflightProblem(); p.Summary != "" {
		f.say("problem: "+p.Summary, "hint: "+p.Hint)
	}
	if text := s.UnfinishedText(flow.ByWord); text != "" {
		f.say(text)
	}
}

func (f *face) key(ctx context.Context, s flow.State) (flow.Event, error) {
	if !f.again {
		f.instructions(s)
	}
	if why := s.Explain(); why.Hint != "" {
		f.say("hint: " + why.Hint)
	}
	prompt := s.KeyLabel() + " (nothing is shown; Enter checks it, empty goes back): "
	if f.DemoKey != nil {
		prompt = s.KeyLabel() + " (nothing is shown; Enter checks it, empty goes back; demo takes the simulated key): "
	}
	a, err := f.Terminal.ask(ctx, question{prompt: prompt, hidden: true})
	switch {
	case err != nil:
		return nil, err
	case a.text == "" && !a.pasted:
		return flow.Back{}, nil
	case f.DemoKey != nil && strings.TrimSpace(a.text) == "demo":
		return flow.Pasted(f.DemoKey()), nil
	case a.pasted, f.Terminal.Raw == nil: // what is piped was copied whole
		return flow.Pasted(a.text), nil
	}
	return flow.Typed(a.text), nil
}

func (f *face) instructions(s flow.State) {
	for i, line := range s.Instructions() {
		f.say(fmt.Sprintf("%d. %s", i+1, line))
	}
	f.say(s.KeyPage())
}

func (f *face) problem(ctx context.Context, s flow.State) (flow.Event, error) {
	why := s.Explain()
	if !f.again {
		f.say("hint: " + why.Hint)
	}
	answers, names := map[string]flow.Event{}, []string{}
	for _, a := range why.Actions {
		word := actionWords[a]
		answers[word] = a.Event()
		names = append(names, word)
	}
	return f.chooseFresh(ctx, strings.Join(names, ", "), answers)
}

var actionWords = map[flow.Action]string{
	flow.ActionRetry: "retry", flow.ActionEdit: "edit", flow.ActionDoctor: "doctor", flow.ActionBack: "back",
	flow.ActionLeave: "leave",
}

func (f *face) facts(s flow.State) {
	for _, fact := range s.Facts() {
		f.say(fact.Label + ": " + fact.Value)
	}
}

// choose asks until the answer is one of the words, or begins only one of them. A paste that is no word is a key,
// wherever it is pasted.
func (f *face) choose(ctx context.Context, words string, answers map[string]flow.Event) (flow.Event, error) {
	return f.answer(ctx, question{prompt: words + "? "}, answers)
}

// chooseFresh asks about what appeared by itself: nobody can have answered that ahead.
func (f *face) chooseFresh(ctx context.Context, words string, answers map[string]flow.Event) (flow.Event, error) {
	return f.answer(ctx, question{prompt: words + "? ", fresh: true}, answers)
}

func (f *face) answer(ctx context.Context, q question, answers map[string]flow.Event) (flow.Event, error) {
	for {
		a, err := f.Terminal.ask(ctx, q)
		if err != nil {
			return nil, err
		}
		if f.err != nil {
			return nil, f.err
		}
		if ev := match(a.text, answers); ev != nil && !(q.fresh && a.ahead) {
			return ev, nil
		}
		if a.pasted {
			return flow.Pasted(a.text), nil
		}
		f.say("please answer with one of the words")
		q.fresh = false // what comes from here on is an answer to what is in sight
	}
}

func match(text string, answers map[string]flow.Event) flow.Event {
	text = strings.ToLower(strings.TrimSpace(text))
	var found flow.Event
	for word, ev := range answers {
		if word == text {
			return ev
		}
		if text != "" && strings.HasPrefix(word, text) {
			if found != nil {
				return nil
			}
			found = ev
		}
	}
	return found
}
