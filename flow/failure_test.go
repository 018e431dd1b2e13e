package flow

import "testing"

// TestEveryKindHasAClass: a kind travels instead of an exit code, so each has to say what it is about.
func TestEveryKindHasAClass(t *testing.T) {
	t.Parallel()
	for kind := range kinds.All() {
		if got := ClassOf(kind); got < ClassInternal || got > ClassInterrupted {
			t.Errorf("%s has the class %d", kind, got)
		}
	}
	for kind, want := range map[Kind]Class{"": 0, "no_such_kind": ClassInternal, KindStoreFull: ClassStore} {
		if got := ClassOf(kind); got != want {
			t.Errorf("%q has the class %d, want %d", kind, got, want)
		}
	}
	f := &Failure{Kind: KindConflict, Summary: "somebody was faster"}
	if f.Class() != ClassConflict || f.Error() != f.Summary {
		t.Errorf("%d, %q", f.Class(), f.Error())
	}
}
