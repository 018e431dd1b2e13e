// Package flowtest answers the effects of a wizard from memory, for the tests of its interfaces.
package flowtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// Canary is an invented key that no interface may show.
const Canary = "pleo-simulated-key-canary-0123456789abcdefghijklmnopqrstuvwxyz-9876"

// CompanyID is the company that every key of a World belongs to.
const CompanyID = pleoclient.CompanyID("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5")

// SavedAt is when everything in a World was saved.
var SavedAt = time.Date(2031, 5, 6, 7, 8, 0, 0, time.UTC)

// Setup is the built-in integration at the real Pleo.
func Setup() flow.Setup {
	return flow.Setup{
		Integration: flow.Integration{
			ID: "dynamics-365-finance", Name: "Microsoft Dynamics 365 Finance", Vendor: "Contoso ERP",
			Environment: flow.Production, KeyKind: flow.Integrated,
			Applications: []string{"Microsoft Dynamics 365 Finance"},
			HelpURL:      "https://help.contoso.example/pleo",
			Permissions: []flow.Permission{
				{Scope: "export-jobs:read", Title: "See exports and their results", Required: true},
				{Scope: "export-jobs:write", Title: "Run exports, and lock or unlock expenses", Required: true},
				{Scope: "export-items:read", Title: "Read what is waiting to be exported", Required: true},
				{Scope: "companies:read", Title: "Read the company's details"},
			},
			Service: flow.Service{Restart: "systemctl restart dynamics-pleo"},
		},
		Origin: "https://external.pleo.io", Simulated: true,
	}
}

// OfficeNetwork is a network with everything that can be between this computer and Pleo.
func OfficeNetwork() flow.Network {
	return flow.Network{
		Proxy: pleoclient.Safe("proxy.contoso.example:3128"),
		Roots: []flow.Roots{
			{Setting: flow.SSLCertFile, From: pleoclient.SafePath("/opt/contoso/ca-bundle.pem")},
			{Setting: flow.SSLCertDir, From: pleoclient.SafePath("/etc/ssl/certs:/opt/contoso/certs")},
			{Setting: flow.CAFileFlag, From: pleoclient.SafePath("/home/anna/Documents/network/contoso-inspection.pem")},
		},
	}
}

// OtherOwner is an account that root switched to without being told.
var OtherOwner = flow.Owner{
	Account: pleoclient.Safe("games"), Store: pleoclient.SafePath("/home/games/pleo/store"),
}

// World answers effects at once, as a driver's Do would.
type World struct {
	// Faults by name: reach, store, introspect, find, company, record, save, install, verify, and those of the exams as
	// "exam dns".
	Faults     map[string]flow.Fault
	Scopes     []pleoclient.Scope // of the key
	Stored     flow.Stored        // what the store holds for the company
	Name       string             // of the company
	Place      string             // the store's directory
	File       string             // the record in it
	Protection flow.Protection    // of the store
	Unfinished *flow.Unfinished
	Approved   *flow.Integration // what was approved before
	Others     []flow.Candidate  // connections of other integrations, all of the company
	Warning    string
	Via        flow.CopyWay
	Installed  bool // set by Install

	mu sync.Mutex
}

// Do is the [flow.Do] of an interface in this world.
func (w *World) Do(_ context.Context, e flow.Effect) flow.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Answer(e)
}

// Good is a world in which everything works.
func Good() *World {
	return &World{
		Faults: map[string]flow.Fault{}, Name: "Harbour Lane Bakery ApS", Via: flow.CopyByTerminal,
		Protection: flow.ProtectedByFile,
		Place:      "~/.local/share/pleo-connect",
		File: "~/.local/share/pleo-connect/installations/" +
			"prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5.age",
		Scopes: []pleoclient.Scope{"export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"},
	}
}

// Known changes w to a world in which another version of the integration was approved, and another integration is
// connected to the company.
func Known(w *World) {
	before := Setup().Integration
	before.Name, before.Vendor, before.ReturnURL = "Finance Export", "Fabrikam", "https://fabrikam.example/pleo"
	before.Permissions = append(before.Permissions[1:3:3], flow.Permission{Scope: "users:read", Title: "Read employees"})
	w.Approved = &before
	w.Others = []flow.Candidate{{
		Connection:  flow.Connection{Environment: flow.Production, Integration: "contoso-ledger", Company: CompanyID},
		CompanyName: pleoclient.Safe(w.Name), Name: pleoclient.Safe("Contoso Ledger"),
		Note: pleoclient.Safe("not activated yet"),
	}}
}

// Answer returns the answer to e.
func (w *World) Answer(e flow.Effect) flow.Event {
	company := pleoclient.Company{ID: CompanyID, Name: pleoclient.Safe(w.Name)}
	switch e := e.(type) {
	case flow.Reach:
		return flow.Reached{Answer: e.Answer(), Fault: w.Faults["reach"]}
	case flow.InspectStore:
		return flow.StoreInspected{
			Answer: e.Answer(), Place: pleoclient.SafePath(w.Place), Protection: w.Protection,
			Unfinished: w.Unfinished, Approved: w.Approved, Others: w.Others,
			Warning: pleoclient.Safe(w.Warning), Fault: w.Faults["store"],
		}
	case flow.MakeStore:
		return flow.StoreMade{Answer: e.Answer()}
	case flow.LoadKey:
		return flow.KeyLoaded{Answer: e.Answer(), Key: pleoclient.NewKey(Canary)}
	case flow.Introspect:
		return flow.Introspected{Answer: e.Answer(), Fault: w.Faults["introspect"], Result: pleoclient.Introspection{
			AuthMethod: pleoclient.Safe("API_KEY"), Application: pleoclient.Safe("Microsoft Dynamics 365 Finance"),
			Scopes: w.Scopes, Owner: pleoclient.Owner{Company: CompanyID},
		}}
	case flow.FindInstallation:
		var found pleoclient.Installations
		if w.Installed {
			found = pleoclient.Installations{{
				ID: pleoclient.InstallationID(CompanyID), Status: pleoclient.Safe("ACTIVATED"),
				Owner: pleoclient.Owner{Company: CompanyID},
			}}
		}
		return flow.InstallationFound{Answer: e.Answer(), Installations: found, Fault: w.Faults["find"]}
	case flow.ReadCompany:
		return flow.CompanyRead{Answer: e.Answer(), Company: company, Fault: w.Faults["company"]}
	case flow.FindRecord:
		return flow.RecordFound{Answer: e.Answer(), Stored: w.Stored, Others: w.Others, Fault: w.Faults["record"]}
	case flow.Save:
		return flow.Saved{Answer: e.Answer(), Fault: w.Faults["save"], Stored: flow.Stored{
			Generation: e.Generation + 1, Active: e.As == flow.SaveActive, Unconfirmed: e.As == flow.SaveUnconfirmed,
			SameKey: true, File: pleoclient.SafePath(w.File),
		}}
	case flow.Restore:
		return flow.Restored{Answer: e.Answer(), Fault: w.Faults["restore"]}
	case flow.Install:
		w.Installed = !w.Faults["install"].Failed()
		return flow.Installed{Answer: e.Answer(), Fault: w.Faults["install"]}
	case flow.Verify:
		return flow.Verified{Answer: e.Answer(), Fault: w.Faults["verify"]}
	case flow.Examine:
		return flow.Examined{Answer: e.Answer(), Exam: e.Exam, Finding: w.finding(e.Exam)}
	case flow.Tick:
		return flow.Ticked{Answer: e.Answer()}
	case flow.Copy:
		return flow.Copied{Answer: e.Answer(), Via: w.Via}
	case flow.Open:
		return flow.Opened{Answer: e.Answer(), Via: flow.OpenDone}
	}
	panic(fmt.Sprintf("this world has no answer to %T", e))
}

// notes are what the exams find in a world in which everything works.
var notes = map[flow.Exam]string{
	flow.ExamSettings: "production, https://external.pleo.io, through proxy proxy.contoso.example:3128",
	flow.ExamDNS:      "proxy.contoso.example is 192.0.2.7",
	flow.ExamTCP:      "192.0.2.7:3128",
	flow.ExamProxy:    "opens the way to external.pleo.io",
	flow.ExamTLS:      "TLS 1.3, issued by Contoso Inspection, until 2 January 2032",
	flow.ExamClock:    "within 2 s of Pleo's",
	flow.ExamAPI:      "answers after 41 ms",
	flow.ExamKey:      "1 key is accepted",
	flow.ExamStore:    "takes a record; 1 connection in it",
	flow.ExamTerminal: "xterm-256color, 80x24, UTF-8",
}

func (w *World) finding(e flow.Exam) flow.Finding {
	if fault := w.Faults["exam "+e.String()]; fault.Failed() {
		return flow.Finding{Mark: flow.MarkFailed, Fault: fault}
	}
	return flow.Finding{Mark: flow.MarkDone, Note: pleoclient.Safe(notes[e])}
}
