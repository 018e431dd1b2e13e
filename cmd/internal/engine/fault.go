package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// copyRunes bounds a text with a command: it leaves room for several paths.
const copyRunes = 50_000

// The cases of kinds that an engine adds to those of the store.
const (
	recordGone     = flow.KindStoreDamaged + "/gone"      // a record that was there a moment ago
	recordNotSaved = flow.KindStoreDamaged + "/not_saved" // what was read back is something else
)

// faultOf translates an error of the client or the store into a fault that the machine understands.
func faultOf(err error) flow.Fault {
	var (
		client   *pleoclient.Error
		stored   *store.Error
		lost     *store.LostError
		refused  *store.RefusedError
		unfit    *store.NotRecipientError
		conflict *store.ConflictError
		address  *store.AddressError
		fault    flow.Fault
	)
	switch {
	case err == nil:
		return flow.Fault{}
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &client):
		return flow.ClientFault(client)
	case errors.Is(err, context.Canceled): // an engine may still have answered
		return flow.Fault{Kind: pleoclient.KindCanceled}
	case errors.As(err, &conflict):
		return conflictFault(conflict)
	case errors.As(err, &stored):
		return storeFault(stored)
	case errors.As(err, &lost):
		return flow.ConnectionLost(ConnectionOf(lost.Ref), lost.File)
	case errors.As(err, &refused):
		return refusedFault(refused)
	case errors.As(err, &address):
		return addressFault(address)
	case errors.As(err, &unfit):
		return flow.NewFault(flow.KindSettings+"/recipient_"+flow.Kind(unfit.Case), flow.Values{})
	case errors.Is(err, errNotSaved):
		return flow.NewFault(recordNotSaved, flow.Values{})
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNoStore):
		return flow.NewFault(recordGone, flow.Values{})
	}
	return flow.Fault{Kind: flow.KindInternal, Detail: pleoclient.Safe(err.Error())}
}

// storeFault names the row after the kind and the case, which have the same names in the store and in the book.
func storeFault(e *store.Error) flow.Fault {
	row := flow.Kind(e.Kind)
	if e.Case != "" {
		row += "/" + flow.Kind(e.Case)
	}
	reason, paths := pleoclient.Safe(e.Reason), e.Paths
	if len(paths) == 0 && len(e.Above) == 0 {
		paths = []string{e.Path}
	}
	fault := flow.NewFault(row, flow.Values{
		Path: e.Path, Dir: e.Dir, File: e.Dir, Paths: pleoclient.ShellWords(paths), Above: pleoclient.ShellWords(e.Above),
		Account: e.Account, Owner: e.Owner, Mode: fmt.Sprintf("%04o", e.Mode.Perm()), Reason: reason.String(),
		Name: pleoclient.SafePath(e.Name).String(), Value: e.Limit, N: e.N, Process: e.Process, At: e.Since,
		Origin: e.Path, Capability: e.Dir, // of an engine
	})
	fault.Detail, fault.Text = reason, e.Text
	return fault
}

func conflictFault(c *store.ConflictError) flow.Fault {
	if c.Have == 0 {
		return flow.NewFault(flow.KindConflict+"/gone", flow.Values{})
	}
	return flow.NewFault(flow.KindConflict, flow.Values{At: c.ChangedAt})
}

// addressFault names the row after the case, and what to write instead.
func addressFault(e *store.AddressError) flow.Fault {
	return flow.EngineSetting(flow.Kind(e.Case), flow.Values{
		Variable: e.Name, Character: pleoclient.Safe(e.Value).String(), Value: cmp.Or(e.Instead, "openbao:secret/pleo"),
		Reason: pleoclient.Safe(e.Reason).String(),
	})
}

func refusedFault(e *store.RefusedError) flow.Fault {
	kind := flow.KindStore
	switch e.Case {
	case "relative_variable", "no_home", "relative_home", "relative_paths":
		kind = flow.KindSettings
	}
	return flow.NewFault(kind+"/"+flow.Kind(e.Case), flow.Values{Variable: e.Name, Value: e.Limit})
}

// StoreFault returns an error of the store, or about who may use it, as the fault of a command. One that is already a
// fault stays as it is.
func StoreFault(err error) flow.Fault {
	var fault flow.Fault
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.Is(err, store.ErrNoStore):
		return flow.NewFault(flow.KindStore+"/no_store", flow.Values{})
	case errors.Is(err, store.ErrNotFound) && !isLost(err):
		return flow.NewFault(flow.KindStore+"/not_found", flow.Values{})
	}
	fault = faultOf(err)
	if fault.Kind == flow.KindInternal {
		return flow.Fault{Kind: flow.KindStore, Detail: fault.Detail}
	}
	return fault
}

func isLost(err error) bool {
	var lost *store.LostError
	return errors.As(err, &lost)
}

// DoubtText returns why it is not known whether connections are missing, or "".
func DoubtText(b *flow.Book, d store.Doubt) string {
	words := &b.Store
	why, ok := map[string]flow.Text{
		"missing": words.DoubtMissing, "not_writable": words.DoubtNotWritable, "not_own": words.DoubtNotOwn,
	}[d.Case]
	switch {
	case !d.Any():
		return ""
	case !ok:
		why = words.DoubtUnreadable
	}
	return why.Fill(flow.Values{Path: d.Path})
}

// ConcernText returns the words for what a person should know about the place of a store, or "".
func ConcernText(b *flow.Book, c store.Concern) string {
	words := &b.Store
	return map[store.Concern]flow.Text{
		store.ConcernFUSE: words.ConcernFUSE, store.ConcernContainer: words.ConcernContainer,
		store.ConcernGit: words.ConcernGit, store.ConcernSynchronised: words.ConcernSynchronised,
	}[c].String()
}

// UnfinishedText returns how to finish a command that was interrupted, see [store.Store.Unfinished], or "".
func UnfinishedText(b *flow.Book, command string) string {
	switch command {
	case "":
		return ""
	case "rekey":
		return b.Store.UnfinishedRekey.Fill(flow.Values{Program: b.Program})
	}
	return b.Store.UnfinishedRecipient.Fill(flow.Values{Program: b.Program})
}
