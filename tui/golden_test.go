package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
)

// scene is a moment of the wizard.
type scene struct {
	name string
	make func(t testing.TB) *face
}

func standalone() flow.Setup {
	s := finance()
	s.Integration.KeyKind = flow.Standalone
	return s
}

func remote() flow.Setup {
	s := finance()
	s.Remote = true
	return s
}

func custom() flow.Setup {
	s := finance()
	s.CustomOrigin, s.Origin = true, "https://pleo.example:8443"
	s.Network = flowtest.OfficeNetwork()
	return s
}

// ownedByOther is a run of root that has become the owner of the key store.
func ownedByOther(s flow.Setup) flow.Setup {
	s.Owner = flowtest.OtherOwner
	return s
}

// thirty asks for more permissions than fit.
func thirty() flow.Setup {
	s := finance()
	for i := range 30 {
		s.Integration.Permissions = append(s.Integration.Permissions,
			flow.Permission{Scope: "invented:read", Title: fmt.Sprint("Read invented things of kind ", i+1)})
	}
	return s
}

func demoFace(t testing.TB) *face {
	setup := finance()
	setup.Demo, setup.WebApp = true, "http://127.0.0.1:41234/ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	f := newFace(t, setup, goodWorld(),
		Options{DemoKey: func() string { return canary }, DemoHint: "everything goes well"})
	f.settle(f.begin)
	return f
}

func with(change func(*world)) *world {
	w := goodWorld()
	change(w)
	return w
}

func failing(effect string, kind flow.Kind, detail string) *world {
	return with(func(w *world) { w.Faults[effect] = flow.Fault{Kind: kind, Detail: pleoclient.Safe(detail)} })
}

var (
	pasted   = flow.Pasted(canary)
	toKey    = []flow.Event{flow.Allow{}}
	checked  = []flow.Event{flow.Allow{}, pasted}
	examined = append(slices.Clone(checked), flow.Diagnose{})
	done     = []flow.Event{flow.Allow{}, pasted, flow.Confirm{}}
)

func unfinished(w *world) {
	w.Unfinished = &flow.Unfinished{
		Company: pleoclient.Company{ID: companyID, Name: pleoclient.Safe(w.Name)},
		SavedAt: savedAt, Ago: 12 * time.Minute,
	}
}

// inOpenBao is a setup whose key store is in OpenBao.
func inOpenBao() flow.Setup {
	setup := finance()
	setup.Words = flowtest.InEngine()
	return setup
}

// savingSlowly waits for an engine that doesn't answer.
func savingSlowly(t testing.TB) *face {
	return at(t, inOpenBao(), goodWorld(), checked...).hold(flow.Confirm{}, only[flow.Tick])
}

func inEngine() *world {
	return with(func(w *world) {
		w.Place, w.Protection = "openbao:secret/pleo", flow.ProtectedByEngine
		w.File = "openbao:secret/pleo/prod-dynamics-365-finance-" + string(companyID)
	})
}

func only[E flow.Effect](e flow.Effect) bool {
	_, ok := e.(E)
	return ok
}

// scenes are the frames worth looking at. All start settled at 80x24.
var scenes = []scene{
	{"review", func(t testing.TB) *face { return at(t, finance(), goodWorld()) }},
	{"review_busy", func(t testing.TB) *face { return newFace(t, finance(), goodWorld(), Options{}) }},
	{"review_offline", func(t testing.TB) *face {
		return at(t, finance(), failing("reach", pleoclient.KindDNS, "")).fresh()
	}},
	{"review_unfinished", func(t testing.TB) *face { return at(t, finance(), with(unfinished)) }},
	{"review_unconfirmed", func(t testing.TB) *face {
		return at(t, finance(), with(func(w *world) { unfinished(w); w.Unfinished.Unconfirmed = true }))
	}},
	{"review_unfinished_cancel", func(t testing.TB) *face { return at(t, finance(), with(unfinished)).press("right") }},
	{"review_pasted", func(t testing.TB) *face { return at(t, finance(), goodWorld(), pasted) }},
	{"review_warning", func(t testing.TB) *face {
		return at(t, standalone(), with(func(w *world) { w.Warning = "the key store is on a network file system" }))
	}},
	{"review_network", func(t testing.TB) *face { return at(t, custom(), goodWorld()) }},
	{"review_told", func(t testing.TB) *face { return at(t, thirty(), goodWorld()).press("enter") }},
	{"review_known", func(t testing.TB) *face { return at(t, finance(), with(flowtest.Known)) }},
	{"review_owner", func(t testing.TB) *face { return at(t, ownedByOther(finance()), goodWorld()) }},
	{"review_help", func(t testing.TB) *face { return at(t, finance(), goodWorld()).press("?") }},
	{"key", func(t testing.TB) *face { return at(t, finance(), goodWorld(), toKey...) }},
	{"key_standalone", func(t testing.TB) *face { return at(t, standalone(), goodWorld(), toKey...) }},
	{"key_typed", func(t testing.TB) *face { return at(t, finance(), goodWorld(), toKey...).typeText("abc") }},
	{"key_refused", func(t testing.TB) *face {
		return at(t, finance(), goodWorld(), flow.Allow{}, flow.Pasted("https://app.pleo.io/settings"))
	}},
	{"key_ctrl_v", func(t testing.TB) *face { return at(t, finance(), goodWorld(), toKey...).press("ctrl+v") }},
	{"key_back", func(t testing.TB) *face {
		f := at(t, finance(), goodWorld(), toKey...)
		f.Update(tea.BlurMsg{})
		f.Update(tea.FocusMsg{})
		return f
	}},
	{"key_help", func(t testing.TB) *face { return at(t, finance(), goodWorld(), toKey...).press("?") }},
	{"key_demo", func(t testing.TB) *face { f := demoFace(t); f.happens(flow.Allow{}); return f }},
	{"check", func(t testing.TB) *face {
		return at(t, finance(), goodWorld(), toKey...).hold(pasted, only[flow.Introspect])
	}},
	{"check_begins", func(t testing.TB) *face {
		return at(t, finance(), goodWorld(), toKey...).hold(pasted, only[flow.Tick])
	}},
	{"check_ends", func(t testing.TB) *face { // all but what is installed
		return at(t, finance(), goodWorld(), toKey...).hold(pasted, func(e flow.Effect) bool {
			return !only[flow.FindInstallation](e)
		})
	}},
	{"confirm", func(t testing.TB) *face { return at(t, finance(), goodWorld(), checked...).fresh() }},
	{"confirm_early", func(t testing.TB) *face { return at(t, finance(), goodWorld(), checked...) }},
	{"confirm_told", func(t testing.TB) *face { return at(t, finance(), goodWorld(), checked...).press("enter") }},
	{"confirm_custom", func(t testing.TB) *face { return at(t, custom(), goodWorld(), checked...).fresh() }},
	{"confirm_concerns", func(t testing.TB) *face {
		return at(t, finance(), with(func(w *world) {
			w.Stored = flow.Stored{Generation: 3, Active: true, Approved: flowtest.Setup().Integration, InUse: flow.InUse{
				Other: true, Fingerprint: pleoclient.Safe("SHA256:ab12cd34"), Scopes: w.Scopes, ValidatedAt: savedAt,
			}}
			w.Scopes = append(w.Scopes[:3:3], "users:read", "vendors:write")
		}), checked...).fresh()
	}},
	{"confirm_known", func(t testing.TB) *face { return at(t, finance(), with(flowtest.Known), checked...).fresh() }},
	{"confirm_nameless", func(t testing.TB) *face {
		return at(t, finance(), failing("company", pleoclient.KindForbidden, ""), checked...).fresh()
	}},
	{"confirm_help", func(t testing.TB) *face { return at(t, finance(), goodWorld(), checked...).press("?").fresh() }},
	{"activate", func(t testing.TB) *face {
		return at(t, finance(), goodWorld(), checked...).hold(flow.Confirm{}, only[flow.Save])
	}},
	{"activate_slow", savingSlowly},
	{"review_engine", func(t testing.TB) *face { return at(t, inOpenBao(), inEngine()) }},
	{"review_engine_allowed", func(t testing.TB) *face {
		return newFace(t, inOpenBao(), inEngine(), Options{}).press("enter")
	}},
	{"done_engine", func(t testing.TB) *face { return at(t, inOpenBao(), inEngine(), done...).fresh() }},
	{"problem_uncertain", func(t testing.TB) *face { return savingSlowly(t).press("esc").fresh() }},
	{"problem_policy", func(t testing.TB) *face {
		return at(t, inOpenBao(), with(func(w *world) {
			w.Faults["save"] = flow.NewFault(flow.KindEngineDenied+"/write", flow.Values{
				Name: "secret/data/pleo/prod-dynamics-365-finance-" + string(companyID), Capability: "create",
			})
		}), done...).fresh()
	}},
	{"problem_rejected", func(t testing.TB) *face {
		return at(t, finance(), failing("introspect", pleoclient.KindKeyRejected, ""), checked...).fresh()
	}},
	{"problem_told", func(t testing.TB) *face {
		return at(t, finance(), failing("introspect", pleoclient.KindKeyRejected, ""), checked...).press("enter")
	}},
	{"problem_missing", func(t testing.TB) *face {
		return at(t, finance(), with(func(w *world) { w.Scopes = w.Scopes[:1] }), checked...).fresh()
	}},
	{"problem_rate", func(t testing.TB) *face {
		return at(t, finance(), failing("introspect", pleoclient.KindRateLimited, ""), checked...).fresh()
	}},
	{"problem_save", func(t testing.TB) *face {
		return at(t, finance(), failing("save", flow.KindStoreFull, ""), done...).fresh()
	}},
	{"problem_tls", func(t testing.TB) *face {
		return at(t, finance(), failing("reach", pleoclient.KindTLSIssue, "Contoso Inspection CA"), toKey...).fresh()
	}},
	{"doctor", func(t testing.TB) *face { return at(t, finance(), unreachable(""), examined...).fresh() }},
	{"doctor_begins", func(t testing.TB) *face {
		return at(t, finance(), unreachable(""), checked...).hold(flow.Diagnose{}, func(e flow.Effect) bool {
			exam, ok := e.(flow.Examine)
			return ok && exam.Exam < flow.ExamTLS
		})
	}},
	{"doctor_tls", func(t testing.TB) *face { return at(t, finance(), unreachable("exam tls"), examined...).fresh() }},
	{"doctor_help", func(t testing.TB) *face { return at(t, finance(), unreachable(""), examined...).press("?") }},
	{"problem_proxy", func(t testing.TB) *face { // the longest words
		w := failing("introspect", pleoclient.KindProxyLogin, "proxy.example:3128: 407 Proxy Authentication Required")
		return at(t, finance(), w, checked...).fresh()
	}},
	{"done", func(t testing.TB) *face { return at(t, finance(), goodWorld(), done...).fresh() }},
	{"done_copied", func(t testing.TB) *face {
		return at(t, remote(), goodWorld(), append(done[:3:3], flow.CopyLink{})...).fresh()
	}},
	{"done_tmux", func(t testing.TB) *face {
		setup := remote()
		setup.Tmux = true
		return at(t, setup, goodWorld(), append(done[:3:3], flow.CopyLink{})...).fresh()
	}},
	{"done_long_link", func(t testing.TB) *face {
		setup := finance()
		setup.Integration.ReturnURL = "https://app.pleo.example/" +
			strings.Repeat("settings/accounting/", 5) + "connected"
		return at(t, setup, goodWorld(), done...).fresh()
	}},
	{"done_vendor", func(t testing.TB) *face {
		setup := finance()
		setup.Integration.ReturnURL = "https://erp.contoso.example/pleo"
		setup.Integration.ReturnHint = "Setup > Bank and cards"
		return at(t, setup, goodWorld(), done...).fresh()
	}},
	{"done_told", func(t testing.TB) *face { return at(t, finance(), goodWorld(), done...).press("enter") }},
	{"done_help", func(t testing.TB) *face { return at(t, finance(), goodWorld(), done...).fresh().press("?") }},
	{"done_demo", func(t testing.TB) *face {
		f := demoFace(t)
		for _, ev := range done {
			f.happens(ev)
		}
		return f
	}},
}

// unreachable is a world in which Pleo cannot be reached, and the exam of that name says why.
func unreachable(exam string) *world {
	w := failing("introspect", pleoclient.KindTLSIssue, "Contoso Inspection CA")
	w.Faults[exam] = flow.Fault{Kind: pleoclient.KindTLSIssue, Detail: pleoclient.Safe("Contoso Inspection CA")}
	return w
}

var sizes = [][2]int{{40, 12}, {80, 24}, {160, 50}}

func TestScenes(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				golden.Compare(t, fmt.Sprintf("%s_%dx%d.golden", sc.name, size[0], size[1]),
					sc.make(t).size(size[0], size[1]).text())
			}
		})
	}
}
