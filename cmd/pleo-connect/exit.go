package main

import (
	"fmt"
	"io"
	"os"
	"syscall"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
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

// exitCodes maps every kind of problem to its code; a test holds it complete.
var exitCodes = map[flow.Kind]int{
	pleoclient.KindKeyMalformed: exitKey,
	pleoclient.KindKeyShortened: exitKey,
	pleoclient.KindKeyTooLong:   exitKey,
	pleoclient.KindNotAKey:      exitKey,
	pleoclient.KindKeyRejected:  exitKey,
	flow.KindNotAPIKey:          exitKey,
	flow.KindOtherApplication:   exitKey,
	flow.KindOrganisationKey:    exitKey,
	flow.KindSimulatedKey:       exitKey,
	flow.KindRealKeyInDemo:      exitKey,

	pleoclient.KindForbidden:    exitPermissions,
	flow.KindPermissionsMissing: exitPermissions,
	flow.KindFewerPermissions:   exitPermissions,
	flow.KindPermissionsUnknown: exitPermissions,
	flow.KindNotEntitled:        exitPermissions,

	pleoclient.KindDNS:         exitNoAnswer,
	pleoclient.KindRefused:     exitNoAnswer,
	pleoclient.KindTimeout:     exitNoAnswer,
	pleoclient.KindOffline:     exitNoAnswer,
	pleoclient.KindProxy:       exitNoAnswer,
	pleoclient.KindProxyLogin:  exitNoAnswer,
	pleoclient.KindTLS:         exitNoAnswer,
	pleoclient.KindTLSDates:    exitNoAnswer,
	pleoclient.KindTLSEarly:    exitNoAnswer,
	pleoclient.KindTLSName:     exitNoAnswer,
	pleoclient.KindTLSIssue:    exitNoAnswer,
	pleoclient.KindLoginPage:   exitNoAnswer,
	pleoclient.KindRateLimited: exitNoAnswer,
	pleoclient.KindPleoTrouble: exitNoAnswer,
	pleoclient.KindUnexpected:  exitNoAnswer,
	pleoclient.KindBadRequest:  exitNoAnswer,
	pleoclient.KindNotFound:    exitNoAnswer,
	pleoclient.KindCanceled:    exitNoAnswer,
	flow.KindNotActivated:      exitNoAnswer,

	flow.KindStoreNotWritable: exitStore,
	flow.KindStoreFull:        exitStore,
	flow.KindStoreOwner:       exitStore,
	flow.KindStoreOpen:        exitStore,
	flow.KindStoreLocked:      exitStore,
	flow.KindStoreDamaged:     exitStore,
	flow.KindStoreForeign:     exitStore,
	flow.KindStoreSwapped:     exitStore,
	flow.KindStorePlace:       exitStore,
	flow.KindStoreNewer:       exitStore,
	flow.KindStoreIdentity:    exitStore,
	flow.KindIdentityLocked:   exitStore,
	flow.KindStoreUncertain:   exitStore,

	flow.KindOtherCompany: exitConflict,
	flow.KindConflict:     exitConflict,

	flow.KindClock:    exitNoAnswer,
	flow.KindSettings: exitUsage,
	flow.KindNoKey:    exitUsage,
	flow.KindStore:    exitStore,

	flow.KindInterrupted: exitInterrupted,
	flow.KindInternal:    exitUnexpected,
}

// failure is an error with its exit code and a way out.
type failure struct {
	code          int
	summary, hint string
}

func (f *failure) Error() string { return f.summary }

// wrongUse is for flags and files that the person must change.
func wrongUse(summary, hint string) *failure { return &failure{exitUsage, summary, hint} }

// printFailure is the one place where errors are written for people.
func printFailure(w io.Writer, f *failure) {
	if f.summary != "" {
		fmt.Fprintln(w, "error:", shown(f.summary))
	}
	if f.hint != "" {
		fmt.Fprintln(w, "hint:", shown(f.hint))
	}
}

// shown is the last net: errors of the system and of libraries quote names of files, flags and accounts as they are.
func shown(text string) string { return pleoclient.SafeUpTo(text, 10*faultRunes).String() }

// outcomeFailure returns how the wizard failed, or nil.
func outcomeFailure(s flow.State) *failure {
	if s.Outcome.Active {
		return nil
	}
	code, known := exitCodes[s.Outcome.Kind]
	if !known {
		code = exitUnexpected
	}
	why := s.ExplainOutcome()
	return &failure{code, why.Summary, why.Hint}
}

// signalled is the reason for a context that ended by a signal.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return "stopped by " + s.Signal.String() }

func (s signalled) code() int {
	if n, ok := s.Signal.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitInterrupted
}
