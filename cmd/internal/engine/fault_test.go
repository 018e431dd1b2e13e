package engine

import (
	"errors"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/source"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// TestEveryStoreKindHasWords holds the book complete: each kind and each case of the store has a row of its own, and
// the machine knows the kind.
func TestEveryStoreKindHasWords(t *testing.T) {
	t.Parallel()
	kinds := source.Kinds[flow.Kind](t, "store/error.go")
	for _, row := range append(kinds, source.Constants[flow.Kind](t, "case", "store/cases.go")...) {
		kind, _, _ := strings.Cut(string(row), "/")
		words, ok := flow.English.Problems.Find(row)
		if !ok || words.Headline == "" || words.Next == "" || flow.ClassOf(flow.Kind(kind)) != flow.ClassStore {
			t.Errorf("%s has the words %q, and its class is %v", row, words, flow.ClassOf(flow.Kind(kind)))
		}
	}
	for _, name := range source.Constants[string](t, "refused", "store/cases.go") {
		fault := faultOf(&store.RefusedError{Case: name, Name: "XDG_DATA_HOME"})
		if _, ok := flow.English.Problems.Find(fault.Row); !ok {
			t.Errorf("%s has no words", fault.Row)
		}
	}
	for _, name := range source.Constants[string](t, "address", "store/cases.go") {
		fault := faultOf(&store.AddressError{Case: name, Name: "BAO_ADDR"})
		if words, ok := flow.English.Problems.Find(fault.Row); !ok || words.Next == "" {
			t.Errorf("%s has no words", fault.Row)
		}
	}
	for _, name := range []string{"secret", "ssh", "post_quantum", "plugin", "incomplete", "other"} {
		fault := faultOf(&store.NotRecipientError{Case: name})
		if _, ok := flow.English.Problems.Find(fault.Row); !ok {
			t.Errorf("%s has no words", fault.Row)
		}
	}
}

// TestWhatToCopyIsWhole: no matter how long a path is and what is in it, the command that names it is not cut.
func TestWhatToCopyIsWhole(t *testing.T) {
	t.Parallel()
	path := "/srv/" + strings.Repeat("it's  a long way/", 200) + "store"
	err := &store.Error{Kind: store.KindTooOpen, Case: "file", Path: path, Mode: 0o755, Paths: []string{path, path}}
	got := flow.English.Failure(faultOf(err))
	words := pleoclient.ShellWord(path) + " " + pleoclient.ShellWord(path)
	if want := "run: chmod -R go-rwx " + words; got.Hint != want {
		t.Errorf("got %q", got.Hint)
	}
	if strings.Contains(got.Summary+got.Hint, "…") {
		t.Errorf("%q is cut", got.Summary)
	}
}

func TestFaultOf(t *testing.T) {
	t.Parallel()
	ref := store.Ref{Env: "production", Integration: "contoso-ledger", CompanyID: string(testCompany)}
	for name, c := range map[string]struct {
		err  error
		kind flow.Kind
		says string
		hint string
	}{
		"none": {nil, "", "", ""},
		"client": {&pleoclient.Error{Kind: pleoclient.KindTLSIssue, Cause: pleoclient.Cause{
			Reason: pleoclient.ReasonIssuer, Value: pleoclient.Safe("Contoso CA")}},
			pleoclient.KindTLSIssue, "Contoso CA", ""},
		"setting": {flow.SettingFault(&pleoclient.SettingError{Setting: pleoclient.SettingPath}), flow.KindSettings, "", ""},
		"conflict": {&store.ConflictError{Have: 2, Want: 1, ChangedAt: testedAt},
			flow.KindConflict, "changed this connection on " + flow.English.Day(testedAt), "try again"},
		"no date": {&store.ConflictError{Have: 2, Want: 1}, flow.KindConflict, "someone else changed this connection", ""},
		"removed": {&store.ConflictError{Want: 1}, flow.KindConflict, "someone else removed", "try again"},
		"store": {&store.Error{
			Kind: store.KindTooOpen, Case: "file_saved", Path: "/a b", Mode: 0o644, Paths: []string{"/a b"},
		},
			flow.KindStoreOpen, "other accounts can read /a b (mode 0644)", "run: chmod -R go-rwx '/a b'"},
		"locked": {&store.Error{Kind: store.KindLocked, Path: "/a", Process: "42", Since: testedAt},
			flow.KindStoreLocked, "in use (process 42, since " + flow.English.Day(testedAt), "wait for it"},
		"locked by nobody knows whom": {&store.Error{Kind: store.KindLocked, Path: "/a"}, flow.KindStoreLocked,
			"the key store is in use", "wait for it"},
		"lost": {&store.LostError{Lost: store.Lost{Ref: ref, File: "/a b"}}, flow.KindConnectionLost,
			ref.CompanyID + " to contoso-ledger", "restore /a b from a backup"},
		"refused": {store.ErrRecipientOwn, flow.KindStore, "own recipient", "to replace it, run: pleo-connect rekey"},
		"secret":  {store.ErrSecret, flow.KindSettings, "secret identity", "shell history"},
		"gone":    {store.ErrNotFound, flow.KindStoreDamaged, "disappeared", "try again"},
		"fault": {flow.NewFault(flow.KindSettings+"/as_unknown", flow.Values{}), flow.KindSettings,
			"--as names no account", ""},
		"other": {errors.New("boom \x1b[2J"), flow.KindInternal, "boom", ""},
	} {
		f := faultOf(c.err)
		if !f.Failed() {
			if c.kind != "" {
				t.Errorf("%s: no fault", name)
			}
			continue
		}
		words := flow.English.Failure(f)
		if f.Kind != c.kind || !strings.Contains(words.Summary, c.says) || !strings.Contains(words.Hint, c.hint) ||
			strings.Contains(words.Summary, "\x1b") {
			t.Errorf("%s: %s, %q, %q", name, f.Kind, words.Summary, words.Hint)
		}
	}
}
