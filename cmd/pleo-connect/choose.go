package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/flow"
	"pleo-connect/store"
)

// chooser returns the one of several connections that is meant, or the fault that lists them.
type chooser func(context.Context, engine.Store, []store.Ref, selection) (store.Ref, error)

// chooseNone is for commands that programs run, which have to say which one they mean. It reads no record.
func chooseNone(_ context.Context, _ engine.Store, refs []store.Ref, want selection) (store.Ref, error) {
	var out []flow.Candidate
	for _, ref := range refs {
		out = append(out, flow.Candidate{Connection: engine.ConnectionOf(ref)})
	}
	return store.Ref{}, flow.Ambiguous(want.company, out)
}

// chooseNamed returns the fault that lists the connections by name.
func (a *app) chooseNamed(
	_ context.Context, st engine.Store, refs []store.Ref, want selection,
) (store.Ref, error) {
	return store.Ref{}, flow.Ambiguous(want.company, a.candidates(st, refs))
}

// maxChoices is how many connections a person is asked to choose from.
const maxChoices = 20

// chooseAsking asks the person at a terminal. If there is none, or too many connections to choose from, it lists them.
func (a *app) chooseAsking(ask asker) chooser {
	return func(ctx context.Context, st engine.Store, refs []store.Ref, want selection) (store.Ref, error) {
		all := a.candidates(st, refs)
		if ask == nil || len(all) > maxChoices {
			return store.Ref{}, flow.Ambiguous(want.company, all)
		}
		terminal, done, ok := ask(ctx)
		if !ok {
			return store.Ref{}, flow.Ambiguous(want.company, all)
		}
		defer done()
		words := &a.book.Use
		say := func(lines ...string) {
			for _, line := range lines {
				fmt.Fprintln(terminal.Out, a.console.Drawable(line))
			}
		}
		say(words.Choose.String(), "")
		for i, c := range all {
			say(fmt.Sprintf("%3d  %s", i+1, a.book.Candidate(c)),
				"     "+a.book.List([]string{string(c.Company), c.Integration, c.Environment}))
		}
		say("")
		for {
			answer, err := terminal.Line(ctx, words.ChooseNumber.String())
			answer = strings.TrimSpace(answer)
			n, notNumber := strconv.Atoi(answer)
			switch {
			case interruptedBefore(ctx) != nil:
				say("")
				return store.Ref{}, interruptedBefore(ctx)
			case errors.Is(err, io.EOF):
				say("")
				return store.Ref{}, flow.NewFault(flow.Cancelled, flow.Values{})
			case err == nil && answer == "":
				return store.Ref{}, flow.NewFault(flow.Cancelled, flow.Values{})
			case err != nil:
				return store.Ref{}, err
			case notNumber == nil && n >= 1 && n <= len(refs):
				return refs[n-1], nil
			}
			say(words.ChooseAgain.Fill(flow.Values{N: len(refs)}))
		}
	}
}

// candidates describes connections for people, as many as they may want to read. For the others there is only the name.
func (a *app) candidates(st engine.Store, refs []store.Ref) []flow.Candidate {
	var out []flow.Candidate
	for i, ref := range refs {
		if i < maxChoices {
			out = append(out, engine.CandidateOf(a.book, st, ref))
			continue
		}
		out = append(out, flow.Candidate{Connection: engine.ConnectionOf(ref)})
	}
	return out
}
