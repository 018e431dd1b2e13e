package engine

import (
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/lazy"
	"pleo-connect/store"
)

// decides is what an answer of a kind decides about a stored key: how status --check marks it, and what disconnect
// reports about the installation. Only Pleo decides whether a record is marked or removed.
type decides struct {
	mark    string // store.RejectedUnknown, store.RejectedDenied, or "" for none
	pleo    PleoOutcome
	because string
}

// answers are the kinds that the client reports. One that is missing here decides nothing, and a test asks for its
// reason.
var answers = lazy.Map[flow.Kind, decides]{Fill: func() map[flow.Kind]decides {
	return map[flow.Kind]decides{
		pleoclient.KindKeyRejected: {store.RejectedUnknown, PleoRejected, "Pleo itself does not accept the key"},
		pleoclient.KindForbidden:   {store.RejectedDenied, PleoKept, "Pleo itself knows the key, and denies the request"},
		pleoclient.KindNotFound:    {"", PleoKept, "it is about the path, not about the key"},
		pleoclient.KindBadRequest:  {"", PleoKept, "our request does not fit: not the key's fault"},
		pleoclient.KindRateLimited: {"", PleoKept, "a request that comes too soon is not carried out"},
		pleoclient.KindPleoTrouble: {"", PleoKept, "Pleo documents 5xx for an installation that it could not remove"},
		pleoclient.KindIntercepted: {"", PleoOpen, "Pleo may not have written it"},
		pleoclient.KindLoginPage:   {"", PleoOpen, "something answered in place of Pleo"},
		pleoclient.KindUnexpected:  {"", PleoOpen, "what cannot be understood proves nothing"},

		pleoclient.KindTimeout:  {"", PleoOpen, "the request may have arrived"},
		pleoclient.KindOffline:  {"", PleoOpen, "the request may have arrived"},
		pleoclient.KindCanceled: {"", PleoOpen, "the request may have arrived"},

		pleoclient.KindDNS:        {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindRefused:    {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindProxy:      {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindProxyLogin: {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindTLS:        {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindTLSDates:   {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindTLSEarly:   {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindTLSName:    {"", PleoKept, "nothing was sent to Pleo"},
		pleoclient.KindTLSIssue:   {"", PleoKept, "nothing was sent to Pleo"},

		pleoclient.KindKeyMalformed: {"", PleoKept, "nothing was sent: what is stored is not a key"},
		pleoclient.KindKeyShortened: {"", PleoKept, "nothing was sent: what is stored is not a key"},
		pleoclient.KindKeyTooLong:   {"", PleoKept, "nothing was sent: what is stored is not a key"},
		pleoclient.KindNotAKey:      {"", PleoKept, "nothing was sent: what is stored is not a key"},
	}
}}
