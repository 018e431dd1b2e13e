package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
)

// reported is a failure that its command has printed already, line by line. The class is left, for the exit code.
type reported struct {
	class flow.Class
	first *flow.Failure // nil: standard output says it
}

// Error is printed nowhere.
func (r reported) Error() string { return "reported already" }

// failureOf returns the failure of a fault in words.
func failureOf(fault flow.Fault) *flow.Failure {
	return flow.ExplainFault(fault).Failure(fault.Kind)
}

// interrupted is the failure of a run that was stopped before its end.
func interrupted(summary, hint string) *flow.Failure {
	return &flow.Failure{Kind: flow.KindInterrupted, Summary: summary, Hint: hint}
}

// interruptedBefore returns the failure of a command that a signal stopped before it changed anything, or nil.
func interruptedBefore(ctx context.Context) error {
	var stopped host.Stopped
	if errors.As(context.Cause(ctx), &stopped) {
		return interrupted(stopped.Error(), "nothing was changed")
	}
	return nil
}

// failedEvent is how a JSON run ends that failed.
type failedEvent struct {
	Event   string `json:"event"`
	Status  string `json:"status"`
	Kind    string `json:"kind"`
	Summary string `json:"summary"`
	Hint    string `json:"hint"`

	Candidates []candidate `json:"candidates,omitempty"` // the connections that can be meant, when that is the problem
}

// candidate is a connection that can be meant.
type candidate struct {
	CompanyID     string `json:"company_id"`
	IntegrationID string `json:"integration_id"`
	Environment   string `json:"environment"`
}

func newFailedEvent(f *flow.Failure) failedEvent {
	e := failedEvent{
		Event: "result", Status: "failed", Kind: string(f.Kind),
		Summary: console.Safe(f.Summary), Hint: console.Safe(f.Hint),
	}
	for _, c := range f.Candidates {
		e.Candidates = append(e.Candidates, candidate{string(c.Company), c.Integration, c.Environment})
	}
	return e
}

// conclude prints what is left to say of a run that ended with err, and returns its exit code. People read it before
// scripts do: a reader that has gone away ends this program with the first line that it does not take.
//
// A failed run that was to print JSON and has printed nothing ends with a result: scripts wait for that line.
func (a *app) conclude(ctx context.Context, err error) int {
	code := exitCode(ctx, err)
	if code == exitDone {
		return code
	}
	failure, printed := asFailure(ctx, err)
	if failure == nil {
		return code
	}
	if !printed {
		a.console.Failure(failure)
	}
	if a.asksForJSON() && !a.console.PrintedJSON() {
		if err := a.console.JSON(newFailedEvent(failure)); err != nil {
			a.console.Failure(internal(err))
		}
	}
	return code
}

// asFailure returns the failure of a run, and whether people have read it already. There is none when all was printed.
func asFailure(ctx context.Context, err error) (failure *flow.Failure, printed bool) {
	var (
		line    reported
		command *commandExit
		stopped host.Stopped
	)
	switch {
	case errors.As(err, &failure):
		return failure, false
	case errors.As(err, &line):
		return line.first, true
	case errors.As(err, &command): // without a failure of ours
		return nil, true
	case err != nil:
		return internal(err), false
	case errors.As(context.Cause(ctx), &stopped): // at the very end, or where the command has no words for it
		return interrupted(stopped.Error(), ""), true
	}
	return nil, true
}

// internal is the failure of an error that has no kind: a fault of this program, or of the system.
func internal(err error) *flow.Failure {
	return &flow.Failure{Kind: flow.KindInternal, Summary: err.Error()}
}

// asksForJSON reports whether --json is among the arguments of a command that has it. It counts wherever it is before
// --, also where cobra reads no further: a script that wrote it waits for a result. The commands that cobra and fang
// add are known only after they ran.
func (a *app) asksForJSON() bool {
	if a.commands == nil {
		return false
	}
	cmd, _, err := a.commands.Find(a.args)
	if err != nil || cmd.Flags().Lookup("json") == nil {
		return false
	}
	asked := false
	for _, arg := range a.args {
		if arg == "--" {
			break
		}
		name, value, valued := strings.Cut(arg, "=")
		if name != "--json" {
			continue
		}
		on, err := strconv.ParseBool(value)
		asked = !valued || err != nil || on
	}
	return asked
}
