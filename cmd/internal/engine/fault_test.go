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

// TestEveryStoreKindIsTranslated holds the other table complete.
func TestEveryStoreKindIsTranslated(t *testing.T) {
	t.Parallel()
	for _, kind := range source.Kinds[store.Kind](t, "store/error.go") {
		if to, ok := storeKinds[kind]; !ok || flow.ClassOf(to) != flow.ClassStore {
			t.Errorf("%s is translated to %q", kind, to)
		}
	}
}

func TestFaultOf(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("directory/", 20)
	for name, c := range map[string]struct {
		err  error
		kind flow.Kind
		says string
	}{
		"none": {nil, "", ""},
		"client": {&pleoclient.Error{Kind: pleoclient.KindTLSIssue, Detail: pleoclient.Safe("Contoso CA")},
			pleoclient.KindTLSIssue, "Contoso CA"},
		"conflict": {&store.ConflictError{Have: 2, Want: 1, ChangedAt: testedAt},
			flow.KindConflict, "on " + flow.Day(testedAt)},
		"removed": {&store.ConflictError{Want: 1}, flow.KindConflict, "it was removed"},
		"store": {&store.Error{Kind: store.KindTooOpen, Path: long, Fix: "chmod 700 it"},
			flow.KindStoreOpen, "chmod 700 it"},
		"gone":  {store.ErrNotFound, flow.KindStoreDamaged, ""},
		"other": {errors.New("boom \x1b[2J"), flow.KindInternal, "boom"},
	} {
		f := faultOf(c.err)
		if f.Kind != c.kind || !strings.Contains(f.Detail.String(), c.says) ||
			strings.Contains(f.Detail.String(), "\x1b") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
