package main

import (
	"context"
	"errors"
	"syscall"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
)

// The exit codes. They are a contract with scripts.
const (
	exitDone        = 0 // and the key is saved
	exitUnexpected  = 1
	exitUsage       = 2
	exitKey         = 3 // the key was rejected, or is not usable here
	exitPermissions = 4
	exitNoAnswer    = 5 // could not ask: says nothing about the key
	exitStore       = 6
	exitConflict    = 7
	exitInterrupted = 130

	exitNotExecutable = 126 // exec, as a shell says it
	exitNotFound      = 127
)

// classCodes maps each class of failure to its exit code.
func classCodes() map[flow.Class]int {
	return map[flow.Class]int{
		flow.ClassInternal:    exitUnexpected,
		flow.ClassUsage:       exitUsage,
		flow.ClassKey:         exitKey,
		flow.ClassPermissions: exitPermissions,
		flow.ClassNoAnswer:    exitNoAnswer,
		flow.ClassStore:       exitStore,
		flow.ClassConflict:    exitConflict,
		flow.ClassInterrupted: exitInterrupted,
	}
}

// exitCode returns the code of a run that ended with err. A signal that ended ctx counts, no matter how the run ended.
func exitCode(ctx context.Context, err error) int {
	var (
		stopped host.Stopped
		command *commandExit
		printed reported
		failure *flow.Failure
		fault   flow.Fault
	)
	switch {
	case errors.As(context.Cause(ctx), &stopped):
		return signalCode(stopped)
	case err == nil:
		return exitDone
	case errors.As(err, &command):
		return command.code
	case errors.As(err, &printed):
		return codeOf(printed.class)
	case errors.As(err, &failure):
		return codeOf(failure.Class())
	case errors.As(err, &fault):
		return codeOf(flow.ClassOf(fault.Kind))
	}
	return exitUnexpected
}

// codeOf returns the code of a class. A failure without a class is a fault of this program, and never 0.
func codeOf(class flow.Class) int {
	if code, known := classCodes()[class]; known {
		return code
	}
	return exitUnexpected
}

// commandExit is the end of exec with a code of its own: that of the command, or the one a shell returns for a command
// that it cannot run.
type commandExit struct {
	code    int
	failure error // nil if the command itself reported what is wrong
}

// Error returns the text of the failure.
func (e *commandExit) Error() string {
	if e.failure == nil {
		return ""
	}
	return e.failure.Error()
}

func (e *commandExit) Unwrap() error { return e.failure }

func commandNotFound(why flow.Fault) error { return &commandExit{exitNotFound, why} }

func commandNotExecutable(why flow.Fault) error { return &commandExit{exitNotExecutable, why} }

// signalCode returns the code of a run that a signal ended, as a shell does.
func signalCode(s host.Stopped) int {
	if n, ok := s.Signal.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitInterrupted
}
