package store

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient"
)

// described returns a description in which every field says something, and something else for every n. Its texts hold
// what JSON writes in more than one way.
func described(id string, n int) Integration {
	text := func(about string) string { return fmt.Sprintf("%s %d: \"é漢\\/<&>'\u2028\x7f\x01", about, n) }
	return Integration{
		ID: id, Name: text("name"), Vendor: text("vendor"), KeyKind: text("kind"),
		Applications: []string{text("one"), text("two")},
		Permissions: []Permission{
			{Scope: fmt.Sprint("scope:", n), Title: text("title"), Required: true}, {Scope: "other:read", Title: ""},
		},
		ReturnURL: text("return"), ReturnHint: text("hint"), HelpURL: text("help"), Surplus: text("surplus"),
		Service: Service{User: text("user"), Restart: text("restart")},
	}
}

// TestDescriptionIsKept: each version of a record has the description that it was saved with, to the byte: the live
// one, the one before, the one before an unconfirmed save, and all of them under a new identity.
func TestDescriptionIsKept(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	r := newRecord(companyA)
	var saved []Integration
	for n, status := range []string{StatusActive, StatusActive, StatusPending} {
		r.Integration, r.Key, r.Status, r.Unconfirmed = described(ledger, n), newKey(), status, status == StatusPending
		saved = append(saved, r.Integration)
		r = put(t, s, r)
	}
	check := func(about string) {
		t.Helper()
		got, err := create(t, cfg).Get(r.Ref())
		must(t, err)
		whole := readFile(t, r.File)
		must(t, os.Remove(r.File))
		before, err := create(t, cfg).Get(r.Ref())
		must(t, err)
		writeFile(t, r.File, whole)
		versions := []Integration{before.Integration, got.Before.Integration, got.Integration}
		want := []Integration{saved[1], saved[1], saved[2]}
		if diff := cmp.Diff(want, versions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", about, diff)
		}
	}
	check("saved")
	rekey(t, cfg)
	check("under a new identity")
	before, _ := r.Confirmed()
	before.Generation = r.Generation
	r = put(t, s, before)
	if diff := cmp.Diff(saved[1], r.Integration); diff != "" {
		t.Errorf("after the unconfirmed save was undone (-want +got):\n%s", diff)
	}
	r.Integration = Integration{ID: ledger}
	if diff := cmp.Diff(Integration{ID: ledger}, put(t, s, r).Integration); diff != "" {
		t.Errorf("without a word (-want +got):\n%s", diff)
	}
}

// TestUnknownMembersOfADescription: they stay when the record is written again, also with another description, and in
// what was there before an unconfirmed save.
func TestUnknownMembersOfADescription(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	const member = `"later":{"b":1.50,"a":"x"}`
	plain := string(unseal(t, s, r.File))
	reseal(t, s, r.File, []byte(strings.Replace(plain, `"integration":{`, `"integration":{`+member+`,`, 1)))
	for n, status := range []string{StatusActive, StatusPending, StatusActive} {
		r.Integration, r.Key, r.Status, r.Unconfirmed = described(ledger, n), newKey(), status, status == StatusPending
		r = put(t, s, r)
		want := 1
		if r.Before != nil {
			want = 2
		}
		text := string(unseal(t, s, r.File))
		if got := strings.Count(text, member); got != want {
			t.Errorf("save %d: the member is there %d times, want %d", n, got, want)
		}
		if inside := strings.SplitN(text, `"integration":{`, 2)[1]; !strings.Contains(inside[:strings.Index(
			inside, `"origin"`)], member) {
			t.Errorf("save %d: the member is not in the description any more", n)
		}
	}
}

// TestDescriptionText changes the text of a description inside the ciphertext: that of the record, and that of what was
// there before an unconfirmed save.
func TestDescriptionText(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := newRecord(companyA)
	r.Integration = described(ledger, 1)
	r = put(t, s, r)
	r.Key, r.Status, r.Unconfirmed = newKey(), StatusPending, true
	r = put(t, s, r)
	must(t, os.Remove(s.prev(prod+companyA)))
	plain := string(unseal(t, s, r.File))
	head, nested, _ := strings.Cut(plain, `"before":{`)
	const id = `"integration":{"id":"` + ledger + `"`
	for _, tt := range []struct {
		about, old, new string
		want            Kind
	}{
		{"nothing changed", "", "", ""},
		{"unknown member", `"integration":{`, `"integration":{"later":[1],`, ""},
		{"only an id", id, id + `},"x":{"id":"` + ledger + `"`, ""},
		{"no id", id, `"integration":{"x":1`, KindDamaged},
		{"id in another letter case", id, `"integration":{"ID":"` + ledger + `"`, KindDamaged},
		{"empty id", id, `"integration":{"id":""`, KindDamaged},
		{"null id", id, `"integration":{"id":null`, KindDamaged},
		{"number for an id", id, `"integration":{"id":7`, KindDamaged},
		{"no id that an integration can have", id, `"integration":{"id":"Ledger"`, KindDamaged},
		{"path for an id", id, `"integration":{"id":"../` + ledger + `"`, KindDamaged},
		{"other id", id, `"integration":{"id":"contoso-payroll"`, KindOtherRecord},
		{"longer id", id, `"integration":{"id":"` + ledger + `-2"`, KindOtherRecord},
		{"two ids", id, id + `,"id":"` + ledger + `"`, KindDamaged},
		{"two unknown members of one name", id, id + `,"x":1,"x":2`, KindDamaged},
		{"other kind of name", `"name":"`, `"name":7,"x":"`, KindDamaged},
		{"other kind of permissions", `"permissions":[`, `"permissions":7,"x":[`, KindDamaged},
		{"no description", `"integration":{`, `"integration":null,"x":{`, KindDamaged},
		{"description left out", `"integration":{`, `"x":{`, KindDamaged},
		{"text for a description", `"integration":{`, `"integration":"` + ledger + `","x":{`, KindDamaged},
		{"list for a description", `"integration":{`, `"integration":[],"x":{`, KindDamaged},
	} {
		for about, text := range map[string]string{
			"the record": strings.Replace(head, tt.old, tt.new, 1) + `"before":{` + nested,
			"before it":  head + `"before":{` + strings.Replace(nested, tt.old, tt.new, 1),
		} {
			if (text == plain) != (tt.old == "") {
				t.Fatalf("%s, %s: changed %t", tt.about, about, text != plain)
			}
			reseal(t, s, r.File, []byte(text))
			if _, err := s.Get(r.Ref()); kindOf(err) != tt.want || (tt.want == "") != (err == nil) {
				t.Errorf("%s, %s: %v, want kind %q", tt.about, about, err, tt.want)
			}
		}
	}
}

// largestDescriptions are larger than 64 KiB of an integration file can say. A quote is one byte there and two in JSON;
// so is the shortest entry of a permission, about.
func largestDescriptions() map[string]Integration {
	const fileBytes = 64 << 10 // as package integration has it
	hint, permissions := described(ledger, 1), described(ledger, 1)
	hint.ReturnHint = strings.Repeat(`"`, fileBytes)
	const shortest = len(`{scope='abc',title='"'},`)
	for n := range fileBytes / shortest {
		permissions.Permissions = append(permissions.Permissions, Permission{fmt.Sprintf("%03x", n), `"`, true})
	}
	return map[string]Integration{"a hint": hint, "permissions": permissions}
}

// largestScopes are those of the longest answer that the client takes, 1,000 in 64 KiB: what cannot be drawn has one
// byte there and three in a record.
func largestScopes(t *testing.T) []string {
	t.Helper()
	const count, answerBytes = 1000, 64 << 10 // as package pleoclient has them
	var answer strings.Builder
	for n := range count {
		_, _ = fmt.Fprintf(&answer, "%s%03d ", strings.Repeat("\x01", answerBytes/count-len("000 ")), n)
	}
	var out []string
	for _, scope := range pleoclient.ParseScopes(answer.String()) {
		out = append(out, string(scope))
	}
	if len(out) != count || len(strings.Join(out, "")) < 2*answerBytes {
		t.Fatalf("%d scopes of %d bytes: not the largest", len(out), len(strings.Join(out, "")))
	}
	return out
}

// TestLargestRecord: what an integration file and an answer of Pleo can hold at most fits into a record that all
// recipients can open, also as an unconfirmed one over another of that size, and under a new identity.
func TestLargestRecord(t *testing.T) {
	t.Parallel()
	for about, description := range largestDescriptions() {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			k := s.current()
			k.settings.Recipients = k.recipients()
			for range maxExtra {
				k.settings.Recipients = append(k.settings.Recipients, freshIdentity(t).Recipient().String())
			}
			must(t, s.writeSettings(k))
			r := newRecord(companyA)
			r.Integration, r.Scopes = description, largestScopes(t)
			r = put(t, s, r)
			r.Key, r.Status, r.Unconfirmed = newKey(), StatusPending, true
			r = put(t, s, r)
			rekey(t, cfg)
			got, err := create(t, cfg).Get(r.Ref())
			must(t, err)
			if diff := cmp.Diff(r, got); diff != "" || len(got.Before.Scopes) != len(r.Scopes) {
				t.Error("the record is not what it was")
			}
			t.Logf("%d bytes of %d", len(readFile(t, r.File)), maxFileBytes)
		})
	}
}

// TestTooLargeRecord: the record before it stays.
func TestTooLargeRecord(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	larger := r
	larger.Integration.ReturnHint = strings.Repeat("x", maxFileBytes)
	want := fmt.Sprintf("larger than %d MiB", maxFileBytes>>20)
	if _, err := s.Put(larger); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	if got, err := s.Get(r.Ref()); err != nil || cmp.Diff(r, got) != "" {
		t.Errorf("the record before it: %v", err)
	}
}
