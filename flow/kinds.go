package flow

import (
	"strings"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/lazy"
)

// rule is what a kind of problem means for the machine, in any language: its class, what is said about the key, what
// helps, and which line of the list on Check failed. The words are in [Book.Problems].
type rule struct {
	class   Class
	key     keyRule
	actions []Action // besides Back and Leave, best first
	line    string   // the Name of a line; empty: the one that was busy
}

var (
	again   = []Action{ActionRetry}
	examine = []Action{ActionRetry, ActionDoctor} // not for a rate limit, which more requests make worse
	another = []Action{ActionEdit}
	either  = []Action{ActionRetry, ActionEdit}
	rather  = []Action{ActionEdit, ActionRetry}
)

// noAnswer applies to everything on the way to Pleo.
var noAnswer = rule{ClassNoAnswer, keyOpen, examine, ""}

// ofStore applies to everything about the key store.
var ofStore = rule{ClassStore, keyOpen, again, ""}

var kinds = lazy.Map[Kind, rule]{Fill: func() map[Kind]rule {
	return map[Kind]rule{
		pleoclient.KindKeyMalformed: {ClassKey, keyNotSent, another, ""},
		pleoclient.KindKeyShortened: {ClassKey, keyNotSent, another, ""},
		pleoclient.KindKeyTooLong:   {ClassKey, keyNotSent, another, ""},
		pleoclient.KindNotAKey:      {ClassKey, keyNotSent, another, ""},
		KindSimulatedKey:            {ClassKey, keyNotSent, another, ""},
		KindRealKeyInDemo:           {ClassKey, keyDiscarded, another, ""},

		pleoclient.KindKeyRejected: {ClassKey, keyJudged, rather, lineAccepted},
		KindNotAPIKey:              {ClassKey, keyJudged, another, lineAccepted},
		KindOtherApplication:       {ClassKey, keyJudged, another, lineIntegration},
		KindOrganisationKey:        {ClassKey, keyJudged, another, lineCompany},
		KindOtherCompany:           {ClassConflict, keyJudged, another, lineCompany},
		KindPermissionsMissing:     {ClassPermissions, keyJudged, another, linePermissions},
		KindFewerPermissions:       {ClassPermissions, keyJudged, another, linePermissions},
		KindSurplusPermissions:     {ClassPermissions, keyJudged, another, linePermissions},
		KindPermissionsUnknown:     {ClassPermissions, keyJudged, again, ""},
		pleoclient.KindForbidden:   {ClassPermissions, keyOpen, either, ""},
		KindNotEntitled:            {ClassPermissions, keyOpen, again, ""},
		KindNotActivated:           {ClassNoAnswer, keyOpen, again, ""},

		pleoclient.KindDNS: noAnswer, pleoclient.KindRefused: noAnswer, pleoclient.KindTimeout: noAnswer,
		pleoclient.KindOffline: noAnswer, pleoclient.KindProxy: noAnswer, pleoclient.KindProxyLogin: noAnswer,
		pleoclient.KindTLS: noAnswer, pleoclient.KindTLSDates: noAnswer, pleoclient.KindTLSEarly: noAnswer,
		pleoclient.KindTLSName: noAnswer, pleoclient.KindTLSIssue: noAnswer, pleoclient.KindLoginPage: noAnswer,
		pleoclient.KindIntercepted: noAnswer, pleoclient.KindPleoTrouble: noAnswer, pleoclient.KindUnexpected: noAnswer,

		pleoclient.KindCanceled:    {ClassNoAnswer, keyOpen, again, ""},
		pleoclient.KindRateLimited: {ClassNoAnswer, keyOpen, again, ""},
		pleoclient.KindBadRequest:  {ClassNoAnswer, keyOpen, again, ""},
		pleoclient.KindNotFound:    {ClassNoAnswer, keyOpen, again, ""},

		KindStore: ofStore, KindStoreMissing: ofStore, KindConnectionLost: ofStore,
		KindStoreNotWritable: ofStore, KindStoreReadOnly: ofStore, KindStoreFull: ofStore,
		KindStoreOwner: ofStore, KindStoreOpen: ofStore, KindStoreLinked: ofStore,
		KindStoreLocked: ofStore, KindStoreDamaged: ofStore, KindStoreTooLarge: ofStore,
		KindStorePassphrase: ofStore, KindStoreForeign: ofStore, KindStoreOther: ofStore,
		KindStoreOtherRecord: ofStore, KindStoreNotFile: ofStore, KindStorePlace: ofStore,
		KindStoreNewer: ofStore, KindStoreDemo: ofStore, KindStoreIdentity: ofStore,
		KindIdentityDamaged: ofStore, KindIdentityInside: ofStore, KindIdentityShared: ofStore,
		KindIdentityLocked: ofStore, KindWrongPassphrase: ofStore, KindStoreUncertain: ofStore,

		KindEngineDown: ofStore, KindEngineTLS: ofStore, KindEngineUnexpected: ofStore,
		KindEngineSealed: ofStore, KindEngineUninitialised: ofStore, KindEngineStandby: ofStore,
		KindEngineToken: ofStore, KindEngineDenied: ofStore, KindEngineMount: ofStore,
		KindEngineNamespace: ofStore, KindEngineQuota: ofStore, KindEngineTrouble: ofStore,
		KindEngineUncertain: ofStore, KindEngineEntry: ofStore,

		KindConflict: {ClassConflict, keyNotOverwritten, again, ""},

		KindClock:        {ClassNoAnswer, keyOpen, again, ""},
		KindSettings:     {ClassUsage, keyNone, again, ""},
		KindNoKey:        {ClassUsage, keyNone, again, ""},
		KindNotConnected: {ClassUsage, keyNone, again, ""},
		KindInterrupted:  {ClassInterrupted, keyOpen, nil, ""},
		KindInternal:     {ClassInternal, keyOpen, again, ""},
	}
}}

// baseOf returns the kind of a row, the part before a slash.
func baseOf(row Kind) Kind {
	base, _, _ := strings.Cut(string(row), "/")
	return Kind(base)
}

// ruleOf returns the rule for a kind. An unknown kind is a fault of this program.
func ruleOf(k Kind) rule {
	if r, ok := kinds.Find(baseOf(k)); ok {
		return r
	}
	return kinds.Get(KindInternal)
}
