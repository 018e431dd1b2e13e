package engine

import (
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// decides is what an answer of a kind decides about a stored key: how status --check marks it, and what disconnect says
// of the installation. Whether a record is marked or removed is decided by Pleo alone.
type decides struct {
	mark    string // store.RejectedUnknown, store.RejectedRefused, or "" for none
	pleo    PleoOutcome
	because string
}

// answers are the kinds that the client reports. One that is not here decides nothing, and a test misses its reason.
var answers = map[flow.Kind]decides{
	pleoclient.KindKeyRejected: {store.RejectedUnknown, PleoRejected, "Pleo itself does not accept the key"},
	pleoclient.KindForbidden:   {store.RejectedRefused, PleoKept, "Pleo itself knows the key, and refuses"},
	pleoclient.KindNotFound:    {"", PleoKept, "it says something about the path, and nothing about the key"},
	pleoclient.KindBadRequest:  {"", PleoKept, "our request does not fit: not the key's fault"},
	pleoclient.KindRateLimited: {"", PleoKept, "nothing was done, whoever asks us to slow down"},
	pleoclient.KindPleoTrouble: {"", PleoKept, "Pleo documents 5xx for an installation that it could not remove"},
	pleoclient.KindIntercepted: {"", PleoOpen, "whoever wrote it, it need not have been Pleo"},
	pleoclient.KindLoginPage:   {"", PleoOpen, "somebody answered in place of Pleo"},
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

	pleoclient.KindKeyMalformed: {"", PleoKept, "nothing was sent: what is stored is no key"},
	pleoclient.KindKeyShortened: {"", PleoKept, "nothing was sent: what is stored is no key"},
	pleoclient.KindKeyTooLong:   {"", PleoKept, "nothing was sent: what is stored is no key"},
	pleoclient.KindNotAKey:      {"", PleoKept, "nothing was sent: what is stored is no key"},
}
