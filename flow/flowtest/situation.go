package flowtest

import (
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// OtherID is a company that no key of a World belongs to.
const OtherID = pleoclient.CompanyID("0d9f5a3b-7c21-4e88-9b64-2a1c7e5f8d30")

// Situation is a way into a problem. Every kind that a person can meet has at least one, see [Situations].
type Situation struct {
	Name  string // the kind, and what is special about it
	Kind  flow.Kind
	Setup flow.Setup
	Entry string // what is pasted as the key
	world func(*World)
}

// World returns a new world for one run.
func (s Situation) World() *World {
	w := Good()
	if s.world != nil {
		s.world(w)
	}
	return w
}

// Problem drives the machine to the problem, the way each face does. Without ticks, a rate limit stays at its first
// second.
func (s Situation) Problem(ticks bool) flow.State {
	w := s.World()
	state, effects := flow.Begin(s.Setup)
	run := func() {
		for len(effects) > 0 {
			e := effects[0]
			effects = effects[1:]
			if _, tick := e.(flow.Tick); tick && !ticks {
				continue
			}
			var more []flow.Effect
			state, more = flow.Next(state, w.Answer(e))
			effects = append(effects, more...)
		}
	}
	run()
	for _, ev := range []flow.Event{flow.Allow{}, flow.Pasted(s.Entry), flow.Confirm{}} {
		if state.Step == flow.StepProblem {
			break
		}
		state, effects = flow.Next(state, ev)
		run()
	}
	return state
}

// situation is one that a change of the good world leads to.
func situation(kind flow.Kind, special string, world func(*World)) Situation {
	name := string(kind)
	if special != "" {
		name += ", " + special
	}
	return Situation{Name: name, Kind: kind, Setup: Setup(), Entry: Canary, world: world}
}

// at is a situation in which an effect fails.
func at(effect string, kind flow.Kind, detail string) Situation {
	return situation(kind, "", fails(effect, kind, detail))
}

func fails(effect string, kind flow.Kind, detail string) func(*World) {
	return func(w *World) { w.Faults[effect] = flow.Fault{Kind: kind, Detail: pleoclient.SafeUpTo(detail, 300)} }
}

// called names what is special, and changes the setup.
func (s Situation) called(special string, change func(*flow.Setup)) Situation {
	s.Name += ", " + special
	if change != nil {
		change(&s.Setup)
	}
	return s
}

// pasting is a situation that the key field alone leads to.
func pasting(kind flow.Kind, text string, change func(*flow.Setup)) Situation {
	s := situation(kind, "", nil)
	s.Entry = text
	if change != nil {
		change(&s.Setup)
	}
	return s
}

// Situations returns a way into every kind of problem that has a screen: not of those that end a run before the wizard,
// or that only an examination finds. Where the words depend on more than the kind, there is one for each.
func Situations() []Situation {
	out := append(entries(), answers()...)
	return append(append(out, NetworkFaults()...), disk()...)
}

// entries are about what is pasted.
func entries() []Situation {
	return []Situation{
		pasting(pleoclient.KindKeyMalformed, "abcdefgh\u200bijklmnop", nil),
		pasting(pleoclient.KindKeyShortened, "pls_ab…9f", nil),
		pasting(pleoclient.KindKeyTooLong, longText(), nil),
		pasting(pleoclient.KindNotAKey, "https://app.pleo.io/settings", nil),
		pasting(flow.KindSimulatedKey, Canary, func(s *flow.Setup) { s.Simulated = false }),
		pasting(flow.KindRealKeyInDemo, "canary-0123456789abcdefghijklmnopqrstuvwxyz",
			func(s *flow.Setup) { s.Demo = true }),
	}
}

func longText() string {
	text := make([]byte, pleoclient.MaxKeyBytes+1)
	for i := range text {
		text[i] = 'x'
	}
	return string(text)
}

// inUse is a record of an active key, other than the one in hand, that may do what scopes says.
func inUse(scopes []pleoclient.Scope) flow.Stored {
	return flow.Stored{Generation: 3, Active: true, Approved: Setup().Integration, InUse: flow.InUse{
		Other: true, Fingerprint: pleoclient.Safe("SHA256:ab12cd34"), Scopes: scopes, ValidatedAt: SavedAt,
	}}
}

// answers are about the key, or what it may do.
func answers() []Situation {
	surplus := func(w *World) { w.Scopes = append(w.Scopes, "users:read", "vendors:write") }
	strict := func(s *flow.Setup) { s.Integration.RefuseSurplus = true }
	rejected := at("introspect", pleoclient.KindKeyRejected, "")
	odd := rejected.called("cleaned and odd", nil)
	odd.Entry = "Bearer " + Canary + ","
	forbidden := func(w *World) {
		fails("introspect", pleoclient.KindForbidden, "")(w)
		fails("find", pleoclient.KindForbidden, "")(w)
	}
	return []Situation{
		rejected, odd,
		rejected.called("staging", func(s *flow.Setup) { s.Integration.Environment = flow.Staging }),
		rejected.called("standalone", func(s *flow.Setup) { s.Integration.KeyKind = flow.Standalone }),
		rejected.called("address named", func(s *flow.Setup) {
			s.Origin, s.CustomOrigin = "http://127.0.0.1:8080", true
		}),
		at("introspect", flow.KindNotAPIKey, "OAUTH2"),
		at("introspect", flow.KindOtherApplication, "Another Ledger"),
		at("introspect", flow.KindOrganisationKey, ""),
		situation(flow.KindOtherCompany, "", nil).called("named", func(s *flow.Setup) { s.Company = OtherID }),
		situation(flow.KindPermissionsMissing, "", func(w *World) { w.Scopes = w.Scopes[:1] }),
		situation(flow.KindFewerPermissions, "", func(w *World) {
			w.Stored = inUse(append(w.Scopes, "tax-codes:read"))
		}),
		situation(flow.KindFewerPermissions, "", func(w *World) {
			w.Stored, w.Scopes = inUse(w.Scopes), w.Scopes[:3]
		}).called("unattended", func(s *flow.Setup) { s.Unattended = true }),
		situation(flow.KindSurplusPermissions, "", surplus).called("strict", strict),
		situation(flow.KindSurplusPermissions, "", surplus).called("strict standalone", func(s *flow.Setup) {
			s.Integration.RefuseSurplus, s.Integration.KeyKind = true, flow.Standalone
		}),
		situation(flow.KindPermissionsUnknown, "", func(w *World) {
			fails("introspect", pleoclient.KindNotFound, "")(w)
			w.Installed = true
		}).called("strict", strict),
		situation(flow.KindPermissionsUnknown, "", func(w *World) {
			fails("introspect", pleoclient.KindNotFound, "")(w)
			w.Installed = true
		}).called("reconnect", func(s *flow.Setup) {
			s.Reconnect = &flow.Reconnect{
				Company: pleoclient.Company{ID: CompanyID}, Fingerprint: pleoclient.Safe("SHA256:ab12cd34"),
			}
		}),
		situation(pleoclient.KindForbidden, "nothing is told", forbidden),
		situation(pleoclient.KindForbidden, "all is granted",
			fails("install", pleoclient.KindForbidden, "")),
		situation(pleoclient.KindForbidden, "an optional permission is not", func(w *World) {
			w.Scopes = w.Scopes[:3]
			fails("install", pleoclient.KindForbidden, "")(w)
		}),
		at("install", flow.KindNotEntitled, ""),
		at("install", flow.KindNotActivated, "ERROR, AUTH_ERROR"),
	}
}

// NetworkFaults are the situations that say nothing about a key: no answer, or one that is not about it. Each is met
// when the key is asked about, and some also elsewhere.
func NetworkFaults() []Situation {
	const dates = ", local clock 2031-05-06 07:08 UTC"
	out := []Situation{
		at("introspect", pleoclient.KindDNS, ""),
		at("introspect", pleoclient.KindRefused, ""),
		at("introspect", pleoclient.KindTimeout, ""),
		at("introspect", pleoclient.KindOffline, "network is unreachable"),
		at("introspect", pleoclient.KindCanceled, ""),
		at("introspect", pleoclient.KindProxy, "proxy.example:3128: 502 Bad Gateway"),
		at("introspect", pleoclient.KindProxyLogin, "proxy.example:3128: 407 Proxy Authentication Required"),
		at("introspect", pleoclient.KindTLS, "the port does not speak TLS"),
		at("introspect", pleoclient.KindTLSDates, "valid 2020-01-02 to 2021-01-02"+dates),
		at("introspect", pleoclient.KindTLSEarly, "valid 2099-01-02 to 2100-01-02"+dates),
		at("introspect", pleoclient.KindTLSName, "the certificate is for wifi.example, login.example"),
		at("introspect", pleoclient.KindTLSIssue, "Contoso Inspection"),
		at("introspect", pleoclient.KindLoginPage, "redirect to portal.example"),
		at("introspect", pleoclient.KindIntercepted, "a web page, status 403"),
		at("introspect", pleoclient.KindRateLimited, ""),
		at("introspect", pleoclient.KindPleoTrouble, ""),
		at("introspect", pleoclient.KindUnexpected, "the answer is not the JSON we expect"),
		at("introspect", pleoclient.KindBadRequest, ""),
	}
	for _, s := range out {
		// To be turned away is an answer.
		if s.Kind != pleoclient.KindBadRequest && s.Kind != pleoclient.KindRateLimited {
			out = append(out, at("reach", s.Kind, "").called("before a key", nil))
		}
		out = append(out, at("install", s.Kind, "").called("while activating", nil))
	}
	for _, k := range []flow.Kind{pleoclient.KindRateLimited, pleoclient.KindPleoTrouble} {
		out = append(out, situation(k, "until tomorrow", func(w *World) {
			w.Faults["introspect"] = flow.Fault{Kind: k, RetryAfter: 24 * time.Hour, RetryAt: SavedAt.AddDate(0, 0, 1)}
		}))
	}
	return append(out, at("install", pleoclient.KindNotFound, ""),
		at("company", pleoclient.KindPleoTrouble, "").called("company", nil))
}

// disk are about the store, and about this program.
func disk() []Situation {
	const path = "/var/lib/pleo-connect"
	return []Situation{
		at("save", flow.KindStoreNotWritable, path+" cannot be written: chmod u+w "+path),
		at("save", flow.KindStoreFull, ""),
		at("save", flow.KindStoreOwner, path+" belongs to dynamics: run this with sudo -u dynamics"),
		at("save", flow.KindStoreOpen, "others can write "+path+": chmod go-w "+path),
		at("save", flow.KindStoreLocked, "pid 4711 on server"),
		at("save", flow.KindStoreDamaged, "the record cannot be read: restore it from a backup"),
		at("save", flow.KindStoreForeign, path+" holds other files: name an empty directory with --store"),
		at("save", flow.KindStoreSwapped, "the record of another company lies there: restore it from a backup"),
		at("save", flow.KindStorePlace, "/tmp is open to everybody: name another directory with --store"),
		at("save", flow.KindStoreNewer, ""),
		at("save", flow.KindStoreIdentity, "identity.txt is not there: restore it, or name it with --identity"),
		at("save", flow.KindIdentityLocked, "it needs a passphrase: run this at a terminal"),
		at("save", flow.KindStoreUncertain, ""),
		at("save", flow.KindConflict, "on 6 May 2031, 07:08 UTC"),
		at("introspect", flow.KindInternal, "no way to carry out this"),
	}
}
