//go:build unix

package main

import (
	"errors"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// unconfirmed leaves a key whose company has not been confirmed, as a wizard does whose line dropped at Confirm.
func (s *site) unconfirmed(key string) store.Record {
	s.t.Helper()
	st := s.open()
	defer func() { _ = st.Close() }()
	r, err := st.Get(store.Ref{Env: "production", Integration: dynamics, CompanyID: bakery})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.t.Fatal(err)
	}
	generation := r.Generation
	return s.put(bakery, key, func(r *store.Record) {
		r.Generation, r.Status, r.Unconfirmed = generation, store.StatusPending, true
	})
}

// TestUnconfirmedCommands: what each command makes of an unconfirmed key, with and without a key in use beside it.
func TestUnconfirmedCommands(t *testing.T) {
	t.Parallel()
	for _, inUse := range []bool{false, true} {
		s := newSite(t)
		if inUse {
			s = connectedSite(t)
		}
		r := s.unconfirmed(s.sim.Keys().Replacement)
		asked := len(s.sim.Requests())

		for _, more := range [][]string{nil, {"--check"}} {
			got := s.status(append(more, "--json")...)
			line := got.last(t)
			if got.code != exitDone || line["status"] != "unconfirmed" || line["fingerprint"] != r.Fingerprint ||
				line["check"] != "" {
				t.Errorf("status %q: exit code %d: %s%s", more, got.code, got.out, got.err)
			}
			text := s.status(more...)
			gets := "so services can't use it"
			if inUse {
				gets = "so services still use the"
			}
			if left := strings.Contains(text.out, "checked now    no, "); left != (len(more) > 0) {
				t.Errorf("status %q: %s", more, text.out)
			}
			if used := line["in_use"] != ""; used != inUse {
				t.Errorf("status %q: the key in use is %q", more, line["in_use"])
			}
			if !strings.Contains(text.out, ": not confirmed yet, production") || !strings.Contains(text.out, gets) {
				t.Errorf("status %q: %s", more, text.out)
			}
		}
		if more := len(s.sim.Requests()) - asked; more != 0 {
			t.Errorf("Pleo was asked %d times", more)
		}

		key := s.keyOut(s.places("key", bakery)...)
		if usable := key.code == exitDone; usable != inUse || usable && !strings.Contains(key.err, "not activated") {
			t.Errorf("key, in use %t: exit code %d: %s", inUse, key.code, key.err)
		}
		asked = len(s.sim.Requests())
		if got := s.disconnect("--json"); got.code != exitDone || got.last(t)["status"] != "disconnected" ||
			got.last(t)["store"] != "removed" || strings.Contains(got.last(t)["hint"], "Two things") {
			t.Errorf("disconnect, in use %t: exit code %d: %s%s", inUse, got.code, got.out, got.err)
		} else if wanted := map[bool]string{false: "not_asked", true: "removed"}[inUse]; got.last(t)["pleo"] != wanted {
			t.Errorf("disconnect, in use %t: %s", inUse, got.out)
		} else if both := strings.Contains(got.out, "delete both keys"); both != inUse {
			t.Errorf("disconnect, in use %t: %s", inUse, got.out)
		}
		if asks := len(s.sim.Requests()) > asked; asks != inUse || s.installed() {
			t.Errorf("in use %t: Pleo was asked: %t; installed: %t", inUse, asks, s.installed())
		}
		if got := s.status(); got.code != exitDone || !strings.Contains(got.out, "nothing is connected") {
			t.Errorf("afterwards: exit code %d: %s%s", got.code, got.out, got.err)
		}
	}
}

// TestUnconfirmedAge: a watch over the connections looks at the key in use.
func TestUnconfirmedAge(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put(cycles, s.sim.Keys().OtherCompany, func(r *store.Record) { r.Status, r.Unconfirmed = store.StatusPending, true })
	if got := s.status("--warn-days", "7"); got.code != exitDone {
		t.Errorf("an old key that nobody uses: exit code %d: %s%s", got.code, got.out, got.err)
	}
	s.put(bakery, s.sim.Keys().Good, nil)
	s.unconfirmed(s.sim.Keys().Replacement)
	if got := s.status("--warn-days", "7"); got.code != exitNoAnswer {
		t.Errorf("an old key in use: exit code %d: %s%s", got.code, got.out, got.err)
	}
	s = newSite(t)
	s.put(bakery, s.sim.Keys().Good, func(r *store.Record) {
		r.RejectedAt, r.Rejection = longAgo, store.RejectedUnknown
	})
	s.unconfirmed(s.sim.Keys().Replacement)
	if got := s.status("--warn-days", "7"); got.code != exitKey {
		t.Errorf("a rejected key in use: exit code %d: %s%s", got.code, got.out, got.err)
	}
}

// TestHeadlessUnconfirmed: without a person, only a company that is named, or --yes, confirms what is unconfirmed.
func TestHeadlessUnconfirmed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		more []string
		code int
		says string
	}{
		{nil, exitUsage, "the company needs confirmation"},
		{[]string{"--company", cycles}, exitUsage, "no_key"},
		{[]string{"--company", bakery}, exitDone, "active"},
		{[]string{"--yes"}, exitDone, "active"},
	} {
		s := newSite(t)
		r := s.unconfirmed(s.sim.Keys().Good)
		got := s.pipe("", s.flags(append(tt.more, "--accept-permissions", "--json")...)...)
		if got.code != tt.code || !strings.Contains(got.out, tt.says) {
			t.Errorf("%q: exit code %d: %s%s", tt.more, got.code, got.out, got.err)
		}
		now := s.record()
		if done := tt.code == exitDone; done != (now.Status == store.StatusActive) || now.Unconfirmed == done {
			t.Errorf("%q: the record is %q, unconfirmed %t", tt.more, now.Status, now.Unconfirmed)
		}
		if !now.Key.Equal(pleoclient.NewKey(s.sim.Keys().Good)) || tt.code != exitDone && now.Generation != r.Generation {
			t.Errorf("%q: generation %d", tt.more, now.Generation)
		}
	}
}

// TestAllThatIsMissing: a run without a person says at once which flags it lacks, and continues when it has them.
func TestAllThatIsMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.pipe(s.sim.Keys().Good, s.flags("--key-file", "-")...)
	for _, flag := range []string{"--accept-permissions", "--company ID", "--yes"} {
		if _, hint, _ := strings.Cut(r.err, "hint: "); r.code != exitUsage || !strings.Contains(hint, flag) {
			t.Errorf("%s: exit code %d: %s%s", flag, r.code, r.out, r.err)
		}
	}
	both := s.flags("--key-file", "-", "--accept-permissions", "--yes")
	wantRun(t, "both", s.pipe(s.sim.Keys().Good, both...), exitDone)

	s = newSite(t)
	s.unconfirmed(s.sim.Keys().Good)
	r = s.pipe(s.sim.Keys().Good, s.places("reconnect", "--force-store", "--key-file", "-")...)
	for _, word := range []string{"--accept-permissions", bakery} {
		if _, hint, _ := strings.Cut(r.err, "hint: "); r.code != exitUsage || !strings.Contains(hint, word) {
			t.Errorf("%s: exit code %d: %s%s", word, r.code, r.out, r.err)
		}
	}
	again := s.places("reconnect", bakery, "--force-store", "--key-file", "-", "--accept-permissions")
	wantRun(t, "again", s.pipe(s.sim.Keys().Good, again...), exitDone)
}

// TestReconnectUnconfirmed: an unconfirmed company is not confirmed by being the only one, or by a part of its id.
// Naming it in full confirms it.
func TestReconnectUnconfirmed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		company []string
		code    int
	}{
		{nil, exitUsage}, {[]string{bakery[:9]}, exitUsage}, {[]string{"harbour lane bakery aps"}, exitUsage},
		{[]string{bakery}, exitDone},
	} {
		s := newSite(t)
		r := s.unconfirmed(s.sim.Keys().Good)
		got := s.pipe("", s.places(append(append([]string{"reconnect"}, tt.company...), "--accept-permissions", "--force-store")...)...)
		now := s.record()
		if got.code != tt.code || now.Unconfirmed != (tt.code != exitDone) ||
			tt.code != exitDone && (now.Generation != r.Generation ||
				!strings.Contains(got.err, "the company was never confirmed")) {
			t.Errorf("%q: exit code %d: %s%s", tt.company, got.code, got.out, got.err)
		}
	}
	s := newSite(t)
	s.unconfirmed(s.sim.Keys().Good)
	x := start(t, s.env(), s.places("reconnect", bakery[:9], "--force-store")...)
	x.see("Use another key", "Pleo is reachable", "Key store ready")
	x.send("\x1b[D\r")
	x.see("Get your key from Pleo")
	x.paste(s.sim.Keys().Replacement)
	x.see("Is this the right company?")
	x.hangUp()
}
