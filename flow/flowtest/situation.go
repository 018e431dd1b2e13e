package flowtest

import (
	"slices"
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

// Problem drives the machine to the problem, as every interface does. Without ticks, a rate limit stays at its first
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

// situation returns a situation that a change to the good world leads to.
func situation(kind flow.Kind, special string, world func(*World)) Situation {
	name := string(kind)
	if special != "" {
		name += ", " + special
	}
	return Situation{Name: name, Kind: kind, Setup: Setup(), Entry: Canary, world: world}
}

// at returns a situation in which an effect fails.
func at(effect string, kind flow.Kind, detail string) Situation {
	return situation(kind, "", fails(effect, kind, detail))
}

// stored returns a situation in which the key store does not take the key.
func stored(row flow.Kind, v flow.Values) Situation {
	fault := flow.NewFault(row, v)
	return situation(fault.Kind, "", func(w *World) { w.Faults["save"] = fault })
}

func fails(effect string, kind flow.Kind, detail string) func(*World) {
	return func(w *World) { w.Faults[effect] = flow.Fault{Kind: kind, Detail: pleoclient.SafeUpTo(detail, 300)} }
}

// called adds what is special to the name, and changes the setup.
func (s Situation) called(special string, change func(*flow.Setup)) Situation {
	s.Name += ", " + special
	if change != nil {
		change(&s.Setup)
	}
	return s
}

// pasting returns a situation that the key field alone leads to.
func pasting(kind flow.Kind, text string, change func(*flow.Setup)) Situation {
	s := situation(kind, "", nil)
	s.Entry = text
	if change != nil {
		change(&s.Setup)
	}
	return s
}

// Situations returns a way into every kind of problem that has a screen, so not those that end a run before the wizard
// or that only an examination finds. Where the words depend on more than the kind, there is one for each case.
func Situations() []Situation {
	return slices.Concat(entries(), answers(), NetworkFaults(), disk(), EngineFaults())
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
	day := func(year int) time.Time { return time.Date(year, time.January, 2, 0, 0, 0, 0, time.UTC) }
	dates := func(year int) pleoclient.Cause {
		return pleoclient.Cause{Reason: pleoclient.ReasonDates, From: day(year), To: day(year + 1), Clock: SavedAt}
	}
	proxy := pleoclient.Safe("proxy.example:3128")
	because := func(kind flow.Kind, c pleoclient.Cause) Situation {
		return situation(kind, "", func(w *World) { w.Faults["introspect"] = flow.Fault{Kind: kind, Cause: c} })
	}
	out := []Situation{
		at("introspect", pleoclient.KindDNS, ""),
		at("introspect", pleoclient.KindRefused, ""),
		at("introspect", pleoclient.KindTimeout, ""),
		because(pleoclient.KindOffline, pleoclient.Cause{
			Reason: pleoclient.ReasonSystem, Value: pleoclient.Safe("network is unreachable")}),
		at("introspect", pleoclient.KindCanceled, ""),
		because(pleoclient.KindProxy, pleoclient.Cause{
			Reason: pleoclient.ReasonProxyStatus, Value: pleoclient.Safe("502 Bad Gateway"), Proxy: proxy}),
		because(pleoclient.KindProxyLogin, pleoclient.Cause{
			Reason: pleoclient.ReasonLogin, Value: pleoclient.Safe("NTLM, Negotiate"), Proxy: proxy}),
		because(pleoclient.KindProxyLogin, pleoclient.Cause{
			Reason: pleoclient.ReasonLoginBasic, Value: pleoclient.Safe("Basic"), Proxy: proxy}).called("Basic", nil),
		because(pleoclient.KindProxyLogin, pleoclient.Cause{
			Reason: pleoclient.ReasonLoginRejected, Value: pleoclient.Safe("Basic"), Proxy: proxy,
		}).called("not accepted", nil),
		because(pleoclient.KindProxy, pleoclient.Cause{
			Reason: pleoclient.ReasonPage, Proxy: proxy}).called("a page", nil),
		because(pleoclient.KindTLS, pleoclient.Cause{Reason: pleoclient.ReasonNotTLS}),
		because(pleoclient.KindTLSDates, dates(2020)),
		because(pleoclient.KindTLSEarly, dates(2099)),
		because(pleoclient.KindTLSName, pleoclient.Cause{
			Reason: pleoclient.ReasonNames, Value: pleoclient.Safe("wifi.example, login.example")}),
		because(pleoclient.KindTLSIssue, pleoclient.Cause{
			Reason: pleoclient.ReasonIssuer, Value: pleoclient.Safe("Contoso Inspection")}),
		because(pleoclient.KindLoginPage, pleoclient.Cause{
			Reason: pleoclient.ReasonRedirect, Value: pleoclient.Safe("portal.example")}),
		because(pleoclient.KindIntercepted, pleoclient.Cause{Reason: pleoclient.ReasonWebPage, Status: 403}),
		at("introspect", pleoclient.KindRateLimited, ""),
		at("introspect", pleoclient.KindPleoTrouble, ""),
		because(pleoclient.KindUnexpected, pleoclient.Cause{Reason: pleoclient.ReasonOtherJSON}),
		at("introspect", pleoclient.KindBadRequest, ""),
	}
	for _, s := range out {
		if s.Name != string(s.Kind) {
			continue // once is enough
		}
		// A rejection is an answer.
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
	const (
		path     = "/var/lib/pleo-connect"
		file     = path + "/installations/prod-contoso-erp-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5.age"
		identity = "/etc/pleo-connect/private/identity.txt"
		paths    = path + " /etc/pleo-connect/private"
	)
	return []Situation{
		stored(flow.KindStoreNotWritable+"/permission", flow.Values{Account: "dynamics", Path: path}),
		stored(flow.KindStoreReadOnly, flow.Values{Path: path}),
		stored(flow.KindStoreFull+"/write", flow.Values{Path: path, Reason: "no space left on device"}),
		stored(flow.KindStoreOwner+"/file", flow.Values{Path: path, Owner: "root", Account: "dynamics", Paths: paths}),
		stored(flow.KindStoreOpen+"/file_saved", flow.Values{Path: path, Mode: "0755", Paths: paths}),
		stored(flow.KindStoreLinked, flow.Values{Path: file, Dir: "/var"}),
		stored(flow.KindStoreLocked, flow.Values{Process: "4711", At: SavedAt}),
		stored(flow.KindStoreDamaged+"/file", flow.Values{Path: file, Paths: file}),
		stored(flow.KindStoreTooLarge, flow.Values{Path: file, Paths: file, Value: "1 MiB"}),
		stored(flow.KindStorePassphrase, flow.Values{Path: file, Paths: file}),
		stored(flow.KindStoreForeign+"/holds", flow.Values{Path: path, Name: "notes.txt"}),
		stored(flow.KindStoreOther, flow.Values{Path: file}),
		stored(flow.KindStoreOtherRecord, flow.Values{Path: file}),
		stored(flow.KindStoreNotFile+"/link", flow.Values{Path: file, File: "/srv/erp.age"}),
		stored(flow.KindStorePlace+"/temporary", flow.Values{Path: "/tmp/pleo-connect"}),
		stored(flow.KindStoreNewer, flow.Values{Path: file}),
		stored(flow.KindStoreDemo+"/left_over", flow.Values{Path: file}),
		stored(flow.KindStoreIdentity, flow.Values{Path: identity}),
		stored(flow.KindIdentityDamaged+"/other_store", flow.Values{Path: identity, Dir: path}),
		stored(flow.KindIdentityInside, flow.Values{Path: path + "/identity.txt"}),
		stored(flow.KindIdentityShared, flow.Values{Path: identity, Dir: "/etc/pleo-connect/private/seen/1"}),
		stored(flow.KindIdentityLocked+"/no_terminal", flow.Values{Path: identity}),
		stored(flow.KindWrongPassphrase, flow.Values{Path: identity}),
		stored(flow.KindStoreUncertain+"/save", flow.Values{}),
		stored(flow.KindConflict, flow.Values{At: SavedAt}),
		at("introspect", flow.KindInternal, "no way to carry out this"),
	}
}
