package flow

import (
	"slices"
	"testing"

	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
)

// TestReceiptShowsTheUnit holds the lines that an admin copies, with the identity in a file and in a credential.
func TestReceiptShowsTheUnit(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]Unit{
		"receipt_unit_file.golden": {User: "dynamics", Store: "/var/lib/pleo-connect",
			Identity: "/etc/pleo-connect/private/identity.txt", Named: true},
		"receipt_unit_systemd.golden": {User: "dynamics", Store: "/var/lib/pleo-connect"},
		"receipt_unit_odd.golden": {User: `CONTOSO\svc%1`, Store: `/srv/my "100%" store\`,
			Identity: "/srv/it's/identity.txt", Named: true},
		"receipt_unit_unnamed.golden": {Store: "/srv/store", Identity: "/srv/identity.txt"},
		"receipt_unit_root.golden":    {Store: "/srv/my store"},
	} {
		setup := testSetup()
		setup.Reader, setup.Unit = pleoclient.Safe(unit.User), &unit
		s := drive(t, setup, newFake(), Allow{}, pasted(canary), Confirm{}, Leave{})
		golden.Compare(t, name, s.Receipt().String())
	}
}

// TestReceiptForAnEngine: the unit names no identity that is not used, and nothing has to be copied.
func TestReceiptForAnEngine(t *testing.T) {
	t.Parallel()
	for name, sealed := range map[string]bool{"receipt_unit_engine.golden": false, "receipt_unit_sealed.golden": true} {
		setup := inEngine()
		setup.Words.Engine.Sealed = sealed
		setup.Unit = &Unit{
			User: "dynamics", Store: "vault:secret/pleo", Identity: "/etc/pleo-connect/private/identity.txt", Named: true,
			Variables: []string{"ADDR=https://vault.example:8200", "NAMESPACE=finance"},
		}
		s := drive(t, setup, newFake(), Allow{}, pasted(canary), Confirm{}, Leave{})
		s.Preflight.Protection = setup.Words.Engine.Protection()
		golden.Compare(t, name, s.Receipt().String())
	}
}

// TestReaderIsNamed: with an account of the service, the last line of the activation and the facts name it. Scripts see
// the same line as ever.
func TestReaderIsNamed(t *testing.T) {
	t.Parallel()
	setup := testSetup()
	setup.Reader = pleoclient.Safe("dynamics")
	s := drive(t, setup, newFake(), Allow{}, pasted(canary), Confirm{})
	lines := s.activateLines()
	want := Line{Name: "verified", Label: "dynamics can read the key", Mark: MarkDone}
	if got := lines[len(lines)-1]; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := (Fact{"service", "dynamics can read the key"}); !slices.Contains(s.Facts(), want) {
		t.Errorf("%v is not among %v", want, s.Facts())
	}
	s.Step = StepConfirm
	if text := s.Facts(); slices.ContainsFunc(text, func(f Fact) bool { return f.Label == "service" }) {
		t.Errorf("before it was tried: %v", text)
	}
}
