package engine

import (
	"errors"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// DetailRunes bounds the detail of a fault and a remedy: there is room for a path and the command that repairs it.
const DetailRunes = 300

// storeKinds translates the store's kinds to the machine's; a test holds it complete.
var storeKinds = map[store.Kind]flow.Kind{
	store.KindNotWritable:     flow.KindStoreNotWritable,
	store.KindReadOnly:        flow.KindStoreNotWritable,
	store.KindFull:            flow.KindStoreFull,
	store.KindOwner:           flow.KindStoreOwner,
	store.KindTooOpen:         flow.KindStoreOpen,
	store.KindLocked:          flow.KindStoreLocked,
	store.KindDamaged:         flow.KindStoreDamaged,
	store.KindTooLarge:        flow.KindStoreDamaged,
	store.KindPassphrase:      flow.KindStoreDamaged,
	store.KindForeign:         flow.KindStoreForeign,
	store.KindOtherStore:      flow.KindStoreSwapped,
	store.KindOtherRecord:     flow.KindStoreSwapped,
	store.KindNotFile:         flow.KindStoreSwapped,
	store.KindDemo:            flow.KindStoreSwapped,
	store.KindLinked:          flow.KindStoreOpen,
	store.KindPlace:           flow.KindStorePlace,
	store.KindNewer:           flow.KindStoreNewer,
	store.KindIdentityMissing: flow.KindStoreIdentity,
	store.KindIdentityDamaged: flow.KindStoreIdentity,
	store.KindIdentityInside:  flow.KindStoreIdentity,
	store.KindIdentityLocked:  flow.KindIdentityLocked,
	store.KindWrongPassphrase: flow.KindIdentityLocked,
	store.KindIdentityShared:  flow.KindIdentityLocked,
	store.KindUncertain:       flow.KindStoreUncertain,
}

// faultOf translates an error of the client or the store into what the machine understands.
func faultOf(err error) flow.Fault {
	var (
		client   *pleoclient.Error
		stored   *store.Error
		conflict *store.ConflictError
		failure  *flow.Failure
	)
	switch {
	case err == nil:
		return flow.Fault{}
	case errors.As(err, &failure):
		return flow.Fault{Kind: failure.Kind, Detail: pleoclient.SafeUpTo(failure.Summary, DetailRunes)}
	case errors.As(err, &client):
		return flow.Fault{
			Kind: client.Kind, Detail: client.Detail, RetryAfter: client.RetryAfter, RetryAt: client.RetryAt,
		}
	case errors.As(err, &conflict):
		return flow.Fault{Kind: flow.KindConflict, Detail: pleoclient.Safe(Changed(conflict))}
	case errors.As(err, &stored):
		return flow.Fault{Kind: storeKinds[stored.Kind], Detail: pleoclient.SafeUpTo(stored.Error(), DetailRunes)}
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNoStore), errors.Is(err, errNotSaved):
		return flow.Fault{Kind: flow.KindStoreDamaged, Detail: pleoclient.Safe(err.Error())}
	}
	return flow.Fault{Kind: flow.KindInternal, Detail: pleoclient.Safe(err.Error())}
}

// Changed returns when somebody else changed a record, or that it was removed.
func Changed(c *store.ConflictError) string {
	switch {
	case c.Have == 0:
		return "it was removed"
	case c.ChangedAt.IsZero():
		return ""
	}
	return "on " + flow.Day(c.ChangedAt)
}

// StoreFailure turns an error of the store into the failure of a command. One that is a failure already stays as it is.
func StoreFailure(err error) *flow.Failure {
	var (
		failure *flow.Failure
		stored  *store.Error
		lost    *store.LostError
	)
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.As(err, &lost):
		return flow.ConnectionLost(ConnectionOf(lost.Ref), lost.File)
	case errors.As(err, &stored):
		fault := faultOf(err)
		return &flow.Failure{Kind: fault.Kind, Summary: flow.ExplainFault(fault).Summary, Hint: fault.Detail.String()}
	}
	return &flow.Failure{Kind: flow.KindStore, Summary: err.Error()}
}
