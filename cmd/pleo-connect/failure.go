package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// reported is a failure that its command has already printed, line by line. The class remains, for the exit code.
type reported struct {
	class flow.Class
	first *flow.Failure // nil if it was written to standard output
}

// Error is never printed.
func (r reported) Error() string { return "reported already" }

// failureOf returns the failure of a fault in words.
func (a *app) failureOf(fault flow.Fault) *flow.Failure { return a.book.Failure(fault) }

// kindOf returns the kind of an error that has one.
func kindOf(err error) flow.Kind {
	var (
		failure *flow.Failure
		fault   flow.Fault
	)
	switch {
	case errors.As(err, &failure):
		return failure.Kind
	case errors.As(err, &fault):
		return fault.Kind
	}
	return ""
}

// interruptedBefore returns the fault of a command that a signal stopped before it changed anything, or nil.
func interruptedBefore(ctx context.Context) error {
	var stopped host.Stopped
	if errors.As(context.Cause(ctx), &stopped) {
		return flow.NewFault(flow.StoppedBefore, flow.Values{Signal: stopped.Signal.String()})
	}
	return nil
}

// failedEvent is the end of a JSON run that failed.
type failedEvent struct {
	Event   string `json:"event"`
	Status  string `json:"status"`
	Kind    string `json:"kind"`
	Summary string `json:"summary"`
	Key     string `json:"key"` // where the key is: see [flow.KeyLine.State]
	Hint    string `json:"hint"`
	Also    string `json:"also,omitempty"`   // a second step that may help
	Detail  string `json:"detail,omitempty"` // a fact from outside

	Candidates []candidate `json:"candidates,omitempty"` // the connections that may be meant, if that is the problem

	Missing []pleoclient.Scope `json:"missing,omitempty"` // the permissions that the key lacks, if that is the problem
	Surplus []pleoclient.Scope `json:"surplus,omitempty"` // those it has too many, if that is the problem
}

// candidate is a connection that may be meant.
type candidate struct {
	CompanyID     string `json:"company_id"`
	IntegrationID string `json:"integration_id"`
	Environment   string `json:"environment"`
}

func newFailedEvent(f *flow.Failure) failedEvent {
	e := failedEvent{
		Event: "result", Status: "failed", Kind: string(f.Kind),
		Summary: console.Safe(f.Summary), Key: f.Key.State(), Hint: console.Safe(f.Hint), Also: console.Safe(f.Also),
		Detail: console.Safe(f.Detail), Missing: f.Missing, Surplus: f.Surplus,
	}
	for _, c := range f.Candidates {
		e.Candidates = append(e.Candidates, candidate{string(c.Company), c.Integration, c.Environment})
	}
	return e
}

// conclude prints what remains to be said about a run that ended with err, and returns its exit code. People read it
// before scripts do: a reader that has gone away ends this program with the first line that it does not take.
//
// A failed run that should have printed JSON and has printed nothing ends with a result: scripts wait for that line.
func (a *app) conclude(ctx context.Context, err error) int {
	if exitCode(ctx, err) == exitDone {
		return exitDone
	}
	a.tell(ctx, err)
	return exitCode(ctx, err) // a signal may have come in the meantime, because no one read it
}

// tell prints what remains to be said about a run that failed.
func (a *app) tell(ctx context.Context, err error) {
	failure, printed := a.asFailure(ctx, err)
	if failure == nil {
		return
	}
	if !printed {
		a.console.Failure(failure)
	}
	if a.asksForJSON() && !a.console.PrintedJSON() {
		if err := a.console.JSON(newFailedEvent(failure)); err != nil {
			a.console.Failure(a.internal(err))
		}
	}
}

// asFailure returns the failure of a run, and whether it was already printed for people. It is nil if all was printed.
func (a *app) asFailure(ctx context.Context, err error) (failure *flow.Failure, printed bool) {
	var (
		line    reported
		command *commandExit
		stopped host.Stopped
		fault   flow.Fault
		several *flow.AmbiguousError
	)
	stops := errors.As(context.Cause(ctx), &stopped)
	switch {
	case stops && kindOf(err) == pleoclient.KindCanceled: // so that nothing was waited for any more
		return a.failureOf(flow.NewFault(flow.StoppedOnce, flow.Values{Signal: stopped.Signal.String()})), false
	case errors.As(err, &failure):
		return failure, false
	case errors.As(err, &several):
		return a.book.Ambiguous(several), false
	case errors.As(err, &fault):
		return a.failureOf(fault), false
	case errors.As(err, &line):
		return line.first, true
	case errors.As(err, &command): // without a failure of ours
		return nil, true
	case err != nil:
		return a.internal(err), false
	case stops: // at the very end, or if the command has no words for it
		return a.failureOf(flow.NewFault(flow.StoppedOnce, flow.Values{Signal: stopped.Signal.String()})), true
	}
	return nil, true
}

// internal returns the failure of an error that has no kind: a fault of this program, or of the system.
func (a *app) internal(err error) *flow.Failure {
	var output *console.OutputError
	switch {
	case errors.As(err, &output):
		return a.failureOf(flow.NewFault(flow.OutputFailed, flow.Values{Reason: pleoclient.SystemReason(output.Err)}))
	case errors.Is(err, flow.ErrFault):
		return a.failureOf(flow.Fault{Kind: flow.KindInternal})
	}
	return a.failureOf(flow.Fault{Kind: flow.KindInternal, Detail: pleoclient.Safe(err.Error())})
}

// asksForJSON reports whether --json is among the arguments of a command that has it. It counts anywhere before --,
// even where cobra reads no further: a script that wrote it waits for a result. The commands that cobra adds
// are known only after they ran.
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
