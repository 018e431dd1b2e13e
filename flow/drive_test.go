package flow

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

const (
	bakery   = pleoclient.CompanyID("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")
	otherID  = pleoclient.CompanyID("0d9f5a3b-7c21-4e88-9b64-2a1c7e5f8d30")
	thirdID  = pleoclient.CompanyID("5e3c8d17-90ab-4f26-b7d1-c4a8e2f60b93")
	canary   = "canary-3f9b1c7d5e2a4860-flow"
	canary2  = "canary-77d0e4b2c9a15836-flow"
	origin   = "https://external.pleo.io"
	instance = "c35e81f6-94ab-4d07-b2e9-70a1d6c8f34e"
	other    = "1f0a7c62-3d84-4e9b-a5c7-68b2d09e4f31"
)

var testTime = time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)

func testSetup() Setup {
	return Setup{
		Origin: origin,
		Integration: Integration{
			ID: "test-ledger", Name: "Test Ledger", Vendor: "Contoso ERP", Environment: Production, KeyKind: Integrated,
			Applications: []string{"Test Ledger"},
			ReturnURL:    "https://app.pleo.io", ReturnHint: "Settings > Accounting",
			Permissions: []Permission{
				{"export-jobs:read", "See the exports", true},
				{"export-jobs:write", "Report what was booked", true},
				{"companies:read", "Read the company's name", false},
			},
		},
	}
}

// fake carries out effects from memory. Faults are by the type of the effect, and each is used once.
type fake struct {
	who       pleoclient.Introspection
	installed pleoclient.Installation
	others    pleoclient.Installations // further entries of the list
	company   pleoclient.Company
	stored    Stored
	inspected StoreInspected
	faults    map[string][]Fault
	afterPost string                   // status the installation gets by its creation
	put       *pleoclient.Installation // what it is after an update; nil: active
	lost      bool                     // Pleo carries out the first installation call, but the answer is the fault
	log       []string
}

func newFake() *fake {
	return &fake{
		who: pleoclient.Introspection{
			AuthMethod:  pleoclient.Safe(pleoclient.AuthMethodAPIKey),
			Application: pleoclient.Safe("Test Ledger"),
			Scopes:      pleoclient.ParseScopes("export-jobs:read export-jobs:write companies:read"),
			Owner:       pleoclient.Owner{Company: bakery},
		},
		company:   pleoclient.Company{ID: bakery, Name: pleoclient.Safe("Harbour Lane Bakery ApS")},
		faults:    map[string][]Fault{},
		afterPost: pleoclient.StatusActivated,
	}
}

// failing adds a fault for the next effect of that name.
func (f *fake) failing(effect string, kind Kind) *fake {
	f.faults[effect] = append(f.faults[effect], Fault{Kind: kind})
	return f
}

func (f *fake) fault(e Effect) Fault {
	name := nameOf(e)
	f.log = append(f.log, name)
	list := f.faults[name]
	if len(list) == 0 {
		return Fault{}
	}
	f.faults[name] = list[1:]
	return list[0]
}

func nameOf(v any) string { return fmt.Sprintf("%T", v)[len("flow."):] }

func (f *fake) do(e Effect) Event {
	fault := f.fault(e)
	switch e := e.(type) {
	case Reach:
		return Reached{e.Answer(), fault}
	case InspectStore:
		out := f.inspected
		out.Answer, out.Fault, out.Place, out.Protection = e.Answer(), fault,
			pleoclient.Safe("~/store"), ProtectedByFile
		return out
	case MakeStore:
		return StoreMade{e.Answer()}
	case LoadKey:
		return KeyLoaded{e.Answer(), pleoclient.NewKey(canary), fault}
	case Introspect:
		return Introspected{e.Answer(), f.who, fault}
	case FindInstallation:
		return InstallationFound{e.Answer(), f.installations(), fault}
	case ReadCompany:
		return CompanyRead{e.Answer(), f.company, fault}
	case FindRecord:
		return RecordFound{Answer: e.Answer(), Stored: f.stored, Fault: fault}
	case Save:
		if !fault.Failed() {
			f.stored = Stored{
				Generation: e.Generation + 1, Active: e.As == SaveActive, Unconfirmed: e.As == SaveUnconfirmed,
				SameKey: true, InUse: f.stored.InUse,
			}
		}
		return Saved{e.Answer(), f.stored, fault}
	case Restore:
		return Restored{e.Answer(), fault}
	case Install:
		return f.install(e, fault)
	case Verify:
		return Verified{e.Answer(), fault}
	case Examine:
		finding := Finding{Mark: MarkDone, Note: pleoclient.Safe("a fact")}
		if fault.Failed() {
			finding = Finding{Mark: MarkFailed, Fault: fault}
		}
		return Examined{e.Answer(), e.Exam, finding}
	case Tick:
		return Ticked{e.Answer()}
	case Copy:
		return Copied{e.Answer(), CopiedLocally}
	case Open:
		return Opened{e.Answer(), OpenDone}
	}
	panic("no answer for " + nameOf(e))
}

// installations is what Pleo shows: others first, then what is installed at the bakery.
func (f *fake) installations() pleoclient.Installations {
	out := f.others
	if f.installed.Exists() {
		out = append(slices.Clone(out), f.installed)
	}
	return out
}

func (f *fake) install(e Install, fault Fault) Event {
	if !fault.Failed() || f.lost {
		status := f.afterPost
		if e.Known.Exists() {
			status = pleoclient.StatusActivated
		}
		f.installed = pleoclient.Installation{
			ID: instance, Owner: pleoclient.Owner{Company: bakery}, Status: pleoclient.Safe(status),
		}
		if e.Known.Exists() && f.put != nil {
			f.installed = *f.put
		}
	}
	return Installed{e.Answer(), fault}
}

// drive begins a wizard and plays the person's events, each after all effects were answered.
func drive(t testing.TB, setup Setup, f *fake, person ...Event) State {
	t.Helper()
	s, effects := Begin(setup)
	s = settle(t, s, effects, f)
	for _, ev := range person {
		s, effects = Next(s, ev)
		s = settle(t, s, effects, f)
	}
	return s
}

// afterPut makes the installation stay in a status, regardless of what is asked for.
func (f *fake) afterPut(status, code string) {
	f.afterPost = status
	f.put = &pleoclient.Installation{
		ID: instance, Owner: pleoclient.Owner{Company: bakery},
		Status: pleoclient.Safe(status), ErrorCode: pleoclient.Safe(code),
	}
}

func settle(t testing.TB, s State, effects []Effect, f *fake) State {
	t.Helper()
	for n := 0; len(effects) > 0; n++ {
		if n > 300 {
			t.Fatalf("effects without end at %s: %v", s.Step, f.log[len(f.log)-10:])
		}
		e := effects[0]
		var more []Effect
		s, more = Next(s, f.do(e))
		effects = append(effects[1:], more...)
	}
	return s
}

// inUse is a record of an active key, other than the one in hand, that may do what scopes says.
func inUse(scopes string) Stored {
	return Stored{Generation: 2, Active: true, Approved: testSetup().Integration, InUse: InUse{
		Other: true, Fingerprint: pleoclient.Safe("SHA256:00000000"), Scopes: pleoclient.ParseScopes(scopes),
		ValidatedAt: testTime,
	}}
}

// pasted is a key as a person pastes it.
func pasted(text string) Event { return Pasted(text + "\n") }
