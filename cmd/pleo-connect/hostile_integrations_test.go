//go:build unix

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/termtest"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// hostileIntegration has a text in every field that a record keeps of an integration, but for the id, which the store
// checks.
func hostileIntegration(text string) store.Integration {
	return store.Integration{
		ID: ledger, Name: text, Vendor: text, KeyKind: text, Applications: []string{text, ""},
		Permissions: []store.Permission{
			{Scope: text, Title: text, Required: true}, {Scope: "accounts:read", Title: text, Required: true},
			{Scope: text, Title: "x"}, {}, {Scope: "accounts:read", Title: "the same again"},
		},
		ReturnURL: text, ReturnHint: text, HelpURL: text, Surplus: text,
		Service: store.Service{User: text, Restart: text},
	}
}

// oddIntegrations are records that cannot have been approved, beside those of flowtest.Hostile.
var oddIntegrations = []store.Integration{
	{ID: ledger},
	{ID: ledger, Name: "x", ReturnURL: "javascript:alert(1)", HelpURL: "file:///etc/passwd"},
	{ID: ledger, Name: "x", ReturnURL: "https://app.pleo.io@evil.test/", HelpURL: "http://evil.test"},
	{ID: ledger, Name: "x", Service: store.Service{User: "no-such-account-7", Restart: "rm -rf /"}},
	{ID: ledger, Name: ledger, KeyKind: "x", Surplus: "x", Applications: []string{"x"}},
}

// TestHostileIntegrations: anyone who holds the identity can write any description into a record. Every command says
// what it has to say in harmless text, and can still be used.
func TestHostileIntegrations(t *testing.T) {
	t.Parallel()
	s := newPair(t)
	var kept []store.Integration
	for _, h := range flowtest.Hostile {
		kept = append(kept, hostileIntegration(storable(h.Text)))
	}
	kept = append(kept, oddIntegrations...)
	st := s.open()
	defer func() { _ = st.Close() }()
	base := s.recordFor(four[1])
	for n, i := range kept {
		r := base
		r.Integration, r.CompanyID, r.CompanyName = i, filledID(n), ""
		if _, err := st.Put(r); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
	}
	checkHarmless(t, s.inside(s.places("status")...), s.inside(s.places("status", "--check")...))
	status := s.inside(s.places("status", "--json")...)
	checkJSON(t, status)
	if lines := status.lines(t); len(lines) != len(kept) || status.code != exitDone {
		t.Errorf("%d lines, exit code %d: %s", len(lines), status.code, status.err)
	}
	checkHarmless(t, s.inside(s.places("disconnect", "0000", "--yes")...)) // all of them are candidates
	checkJSON(t, s.inside(s.places("disconnect", "0000", "--yes", "--json")...))
	checkJSON(t, s.inside(s.doctorFlags("--json", "--company-names")...))
	termtest.CheckLines(t, s.inside(s.doctorFlags()...).out, false)

	for n := range kept {
		if some(n) {
			continue
		}
		c := flow.Connection{Environment: flow.Production, Integration: ledger, Company: pleoclient.CompanyID(filledID(n))}
		r := s.inside(s.about(c, "reconnect", "--force-store", "--key-file", "-", "--accept-permissions", "--json")...)
		if checkJSON(t, r); r.code == exitDone || r.code == exitUnexpected {
			t.Errorf("%d: reconnected without a key, exit code %d: %s%s", n, r.code, r.out, r.err)
		}
		checkHarmless(t, s.inside(s.about(c, "disconnect", "--forget", "--yes")...))
	}

	// The description of the bakery is spoilt: another integration can be connected, a newer file mends it, and it can
	// go.
	runs := func(about int, says string, args []string) {
		r := s.inside(args...)
		termtest.CheckLines(t, r.out+r.err, false)
		if r.code != exitDone || !strings.Contains(r.err, says) {
			t.Errorf("%d: %s: exit code %d: %s%s", about, args[0], r.code, r.out, r.err)
		}
	}
	dynamicsKey, _ := s.keysOf(four[0])
	_, ledgerKey := s.keysOf(four[1])
	for n, i := range kept {
		if some(n) {
			continue
		}
		s.save(base)
		s.edit(four[1], func(r *store.Record) { r.Integration = i })
		s.withKey(dynamicsKey, func(file []string) {
			runs(n, "it is not affected", s.flags(append(file, "--company", bakery)...))
		})
		s.withKey(ledgerKey, func(file []string) {
			more := append([]string{"--force-store"}, append(file, s.integrationOf(four[1])...)...)
			says := "changed since"
			if len(i.Permissions) == 0 { // nothing was approved
				says = ""
			}
			runs(n, says, append(s.places("reconnect", bakery), more...))
		})
		s.edit(four[1], func(r *store.Record) { r.Integration = i })
		gone := s.inside(s.about(four[1], "disconnect", "--yes", "--json")...)
		if checkJSON(t, gone); gone.code != exitDone {
			t.Errorf("%d: disconnect: exit code %d: %s%s", n, gone.code, gone.out, gone.err)
		}
	}
}

// some leaves out most of the hostile texts where all of them take the same way, and none of the odd integrations.
func some(n int) bool { return n < len(flowtest.Hostile) && n%10 > 0 }

// withKey does something with a key in a file, and removes that.
func (s *site) withKey(key string, do func(flags []string)) {
	s.t.Helper()
	path := s.describedIn("key.txt", key)
	do([]string{"--key-file", path, "--accept-permissions"})
	s.remove(path)
}

// TestHostileIntegrationAtATerminal: the wizard of a record with a hostile description draws no more than its own.
func TestHostileIntegrationAtATerminal(t *testing.T) {
	t.Parallel()
	const hostile = "Ledger\x1b[2J\x1b]0;owned\a\x1b]52;c;ZXZpbA==\a\u009b2J\u202egro\r\n\x1b[?1049l"
	c := four[1]
	for _, more := range [][]string{nil, {"--plain"}} {
		t.Run(fmt.Sprint(more), func(t *testing.T) {
			t.Parallel()
			s := savedFour(t)
			_, key := s.keysOf(c)
			s.edit(c, func(r *store.Record) {
				i := hostileIntegration(hostile)
				i.Applications = nil
				r.Integration = i
			})
			x := start(t, s.env(), s.about(c, "reconnect", slices.Concat(more, []string{"--force-store"})...)...)
			name := pleoclient.Safe(hostile).String()
			x.seeText(name + " would like permission to")
			if more == nil {
				toKey(x)
			} else {
				x.see("Type allow or cancel:")
				x.send("allow" + enter)
				x.see("Enter alone goes back")
			}
			x.paste(key)
			if more == nil {
				x.see("Connected to ", "enter finish")
				x.send(enter)
			}
			x.exit(exitDone)
			for _, sequence := range []string{"\x1b]0;owned", "\x1b]52;", "\u009b2J", "\u202e"} {
				if strings.Contains(x.written(), sequence) {
					t.Errorf("%q was written", sequence)
				}
			}
			s.noKey(x.written())
		})
	}
}
