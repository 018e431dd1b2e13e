package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pleo-connect/flow"
)

// Options are what the interface needs besides the machine.
type Options struct {
	Terminal Terminal
	ASCII    bool          // the terminal draws only ASCII
	DemoKey  func() string // demo only: the simulated key that the answer "demo" enters
}

type face struct {
	Options
	book    *flow.Book
	err     error // the first write that failed
	open    bool  // the cursor is after a question
	entered bool  // the last answer was a key
	again   bool  // it left the step as it was: what was said about the step is not repeated

	state flow.State // the state that the question is about
}

// Run drives the wizard to its end and returns the last state, also with an error. When ctx ends, or the input, the
// machine is stopped ([flow.Stopped]). The end of the input is not an error.
func Run(ctx context.Context, do flow.Do, s flow.State, effects []flow.Effect, opt Options) (flow.State, error) {
	f := &face{Options: opt, book: s.Book()}
	f.Terminal.ascii, f.Terminal.Words = opt.ASCII, f.book
	defer f.Terminal.leave()
	f.tell(f.book.Plain.Heading, flow.Values{Name: s.Integration.Name, Environment: s.Environment()})
	d := Driver{Do: do, Changed: f.changed, Ask: f.ask, AskWaiting: f.Terminal.Raw != nil}
	s, err := d.Drive(ctx, s, effects)
	cause := context.Cause(ctx)
	if cause == nil && errors.Is(err, errEnded) {
		cause = err
	}
	if cause != nil { // before anything is written: no one may be there to read it
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

// tell prints a text of the book.
func (f *face) tell(text flow.Text, v flow.Values) { f.say(text.Fill(v)) }

// lead prints each text as the sentence that lead begins. Empty texts are left out.
func (f *face) lead(lead flow.Text, texts ...string) {
	for _, text := range texts {
		if text != "" {
			f.tell(lead, flow.Values{Detail: text})
		}
	}
}

// helps prints what is said about the key with a problem, and what to do next.
func (f *face) helps(why flow.Explanation) {
	f.lead(f.book.Lead.Note, why.Note)
	f.lead(f.book.Lead.Hint, why.Hint, why.Also)
}

// changed prints everything once, when it becomes true: first what ends the step, then the title of the next.
func (f *face) changed(before, after flow.State) error {
	if f.open { // a question that was withdrawn, or left by Ctrl+C
		f.open = false
		f.say("")
	}
	if before.Step != flow.StepReview { // that list is part of the request
		f.news(before.Lines(before.Step), after.Lines(before.Step))
	}
	if after.Doctor.Over() && !before.Doctor.Over() {
		f.say(after.Title())
	}
	if after.Step != before.Step && after.Step != flow.StepReview && after.Step != flow.StepOver {
		f.title(after) // that of the review is part of the request
	}
	if f.Terminal.Raw == nil && before.Problem.Wait == 0 && after.Problem.Wait > 0 { // nothing is asked in the meantime
		f.helps(after.Explain())
		f.tell(f.book.Plain.CtrlC, flow.Values{})
	}
	switch n := after.Notice; {
	case n == before.Notice && !f.entered: // each entry is answered
	case n.Text == f.book.Wizard.KeyKept.String(): // here, Enter alone goes back
	case n.Bad:
		f.lead(f.book.Lead.Error, n.Text)
	case n.Text != "":
		f.say(n.Text)
	}
	f.again, f.entered = f.entered && after.Step == before.Step, false
	return f.err
}

// title prints the headline of a step.
func (f *face) title(s flow.State) {
	f.say("")
	if s.Step == flow.StepProblem {
		f.lead(f.book.Lead.Error, s.Explain().Summary)
		return
	}
	f.say(s.Title())
}

// news prints the lines that have ended, each with what to do about it.
func (f *face) news(before, after []flow.Line) {
	for _, line := range flow.NewLines(before, after) {
		v := flow.Values{Name: line.Label, Detail: line.Note}
		if strings.HasSuffix(line.Label, ":") { // it introduces the note
			v = flow.Values{Name: line.Label + " " + line.Note}
		}
		f.tell(f.marked(line.Mark), v)
		f.lead(f.book.Lead.Hint, line.Remedy, line.Also)
	}
}

// marked returns the text of a line with a mark.
func (f *face) marked(m flow.Mark) flow.Text {
	words := &f.book.Plain
	switch m {
	case flow.MarkDone:
		return words.OK
	case flow.MarkFailed:
		return words.Failed
	case flow.MarkWarning:
		return words.Caution
	}
	return words.Unknown
}

// ask turns an answer into an event.
func (f *face) ask(ctx context.Context, s flow.State) (flow.Event, error) {
	f.state = s
	ev, err := f.askStep(ctx, s)
	f.open = err != nil && f.Terminal.Raw != nil
	if errors.Is(err, errInterrupted) {
		return flow.Interrupt{}, nil
	}
	_, f.entered = ev.(flow.EnterKey)
	return ev, err
}

func (f *face) askStep(ctx context.Context, s flow.State) (flow.Event, error) {
	words := &f.book.Plain
	switch s.Step {
	case flow.StepReview:
		return f.review(ctx, s)
	case flow.StepKey:
		return f.key(ctx, s)
	case flow.StepConfirm:
		if !f.again {
			f.facts(s)
		}
		return f.choose(ctx, words.AskConfirm, true, option{"yes", flow.Confirm{}}, option{"other", flow.OtherKey{}},
			option{"back", flow.Back{}})
	case flow.StepActivate: // while a save takes long
		word := f.word("cancel")
		q := question{prompt: f.book.Plain.AskLeave.Fill(flow.Values{Value: word}), fresh: true}
		return f.answer(ctx, q, map[string]flow.Event{word: flow.Back{}})
	case flow.StepProblem:
		return f.problem(ctx, s)
	case flow.StepDoctor:
		return f.choose(ctx, words.Ask, false, option{"again", flow.Retry{}}, option{"back", flow.Back{}})
	case flow.StepDone:
		f.facts(s)
		f.lead(f.book.Lead.Warning, s.WebhooksText())
	}
	return flow.Leave{}, nil
}

func (f *face) review(ctx context.Context, s flow.State) (flow.Event, error) {
	if !f.again {
		f.request(s)
	}
	if actions := s.PreflightActions(); actions != nil {
		return f.choose(ctx, f.book.Plain.Ask, true, actionOptions(actions)...)
	}
	if s.Preflight.Unfinished != nil {
		return f.choose(ctx, f.book.Plain.Ask, false, option{"continue", flow.Resume{}}, option{"new", flow.Allow{}},
			option{"cancel", flow.Leave{}})
	}
	return f.choose(ctx, f.book.Plain.Ask, false, option{"allow", flow.Allow{}}, option{"cancel", flow.Leave{}})
}

// request says what the integration asks for, and what is known before it is allowed.
func (f *face) request(s flow.State) {
	words := &f.book.Plain
	f.say("", s.Title())
	for _, p := range s.Integration.Permissions {
		text := words.Permission
		if !p.Required {
			text = words.OptionalPermission
		}
		f.tell(text, flow.Values{Name: p.Title, Scopes: string(p.Scope)})
	}
	if text := s.OwnerText(); text != "" {
		f.say(text)
	}
	for i, c := range s.Changes() {
		if i == 0 {
			f.tell(words.Heads, flow.Values{Name: f.book.Wizard.Changes.Heading.String()})
		}
		f.tell(words.Item, flow.Values{Name: c.Label, Value: c.Value})
	}
	f.say(s.OtherTexts()...)
	if text := s.Promise(); text != "" {
		f.say(text)
	}
	f.news(nil, s.Lines(flow.StepReview))
	f.lead(f.book.Lead.Warning, s.Preflight.Warning.String())
	if why := s.PreflightProblem(); why.Summary != "" {
		f.lead(f.book.Lead.Error, why.Summary)
		f.helps(why)
	}
	if text := s.UnfinishedText(flow.ByTyping); text != "" {
		f.say(text)
	}
}

func (f *face) key(ctx context.Context, s flow.State) (flow.Event, error) {
	if !f.again {
		f.instructions(s)
	}
	f.helps(s.Explain())
	prompt := f.book.Plain.AskKey
	if f.DemoKey != nil {
		prompt = f.book.Plain.AskKeyDemo
	}
	v := flow.Values{Name: s.KeyLabel(), Value: f.word("demo")}
	q := question{prompt: prompt.Fill(v), hidden: true}
	a, err := f.Terminal.ask(ctx, q)
	for err == nil && f.asksForHelp(a) {
		f.help()
		a, err = f.Terminal.ask(ctx, q)
	}
	switch {
	case err != nil:
		return nil, err
	case a.text == "" && !a.pasted:
		return flow.Back{}, nil
	case f.DemoKey != nil && strings.EqualFold(strings.TrimSpace(a.text), f.word("demo")):
		return flow.Pasted(f.DemoKey()), nil
	case a.pasted, f.Terminal.Raw == nil: // piped text was copied whole
		return flow.Pasted(a.text), nil
	}
	return flow.Typed(a.text), nil
}

func (f *face) instructions(s flow.State) {
	f.numbered(s.Instructions())
	f.say(s.KeyPage())
	f.say(s.Help()...)
	f.say(s.SecretText())
}

func (f *face) problem(ctx context.Context, s flow.State) (flow.Event, error) {
	why := s.Explain()
	if !f.again {
		f.helps(why)
	}
	return f.choose(ctx, f.book.Plain.Ask, true, actionOptions(why.Actions)...)
}

func actionOptions(actions []flow.Action) []option {
	var out []option
	for _, a := range actions {
		out = append(out, option{actionWords()[a], a.Event()})
	}
	return out
}

func actionWords() map[flow.Action]string {
	return map[flow.Action]string{
		flow.ActionRetry: "retry", flow.ActionEdit: "new", flow.ActionDoctor: "doctor", flow.ActionBack: "back",
		flow.ActionLeave: "quit",
	}
}

func (f *face) facts(s flow.State) {
	for _, fact := range s.Facts() {
		f.tell(f.book.Plain.Fact, flow.Values{Name: fact.Label, Value: fact.Value})
	}
}

// option is an answer, by its name in [flow.PlainWords.Answers], and what it means.
type option struct {
	name  string
	event flow.Event
}

// word returns what is typed as an answer.
func (f *face) word(name string) string { return f.book.Plain.Answers.Get(name).Word.String() }

// offer returns an answer as a question shows it.
func (f *face) offer(o option) string {
	if offer := f.book.Plain.Answers.Get(o.name).Offer; offer != "" {
		return offer.String()
	}
	return f.word(o.name)
}

// choose asks until the answer is one of the words of the options, or begins only one of them. A paste that is not one
// of the words is a key, at any question. A question about something that appeared by itself is fresh: no one can have
// answered it ahead.
func (f *face) choose(ctx context.Context, ask flow.Text, fresh bool, options ...option) (flow.Event, error) {
	answers, offers := map[string]flow.Event{}, []string{}
	for _, o := range options {
		answers[strings.ToLower(f.word(o.name))] = o.event
		offers = append(offers, f.offer(o))
	}
	last := len(offers) - 1
	prompt := ask.Fill(flow.Values{List: strings.Join(offers[:last], ", "), Value: offers[last]})
	return f.answer(ctx, question{prompt: prompt, fresh: fresh}, answers)
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
		switch {
		case f.asksForHelp(a):
			f.help()
		case f.hasHelp():
			f.tell(f.book.Plain.AskOrHelp, flow.Values{})
		default:
			f.tell(f.book.Plain.AskAgain, flow.Values{})
		}
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
