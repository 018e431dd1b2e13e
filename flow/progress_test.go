package flow

import (
	"testing"

	"pleo-connect/pleoclient"
)

// TestProgress looks at every step, as it is and after the wizard ended there: a run that was stopped is not done.
func TestProgress(t *testing.T) {
	t.Parallel()
	checked := []Event{Allow{}, pasted(canary)}
	confirmed := []Event{Allow{}, pasted(canary), Confirm{}}
	after := func(f *fake, person ...Event) State { return drive(t, testSetup(), f, person...) }
	offline := func() *fake { return newFake().failing("Reach", pleoclient.KindDNS) }
	rejected := func() *fake { return newFake().failing("Introspect", pleoclient.KindKeyRejected) }
	denied := func() *fake { return newFake().failing("Install", pleoclient.KindForbidden) }
	unread := func() *fake { return newFake().failing("Verify", KindStoreDamaged) }
	held := func(f *fake, until string, person ...Event) State { // the answer of an effect is awaited
		s, effects := Begin(testSetup())
		s = settle(t, s, effects, f)
		for i, ev := range person {
			s, effects = Next(s, ev)
			for len(effects) > 0 && (i < len(person)-1 || nameOf(effects[0]) != until) {
				var more []Effect
				s, more = Next(s, f.do(effects[0]))
				effects = append(effects[1:], more...)
			}
		}
		return s
	}
	for name, tc := range map[string]struct {
		state State
		want  Progress
	}{
		"review":           {after(newFake()), Progress{Step: StepReview}},
		"review, offline":  {after(offline()), Progress{Step: StepReview, Broken: true}},
		"allowed, offline": {after(offline(), Allow{}), Progress{Step: StepReview, Broken: true}},
		"key":              {after(newFake(), Allow{}), Progress{Step: StepKey}},
		"check begins":     {held(newFake(), "Introspect", checked...), Progress{StepCheck, 0, 9, false}},
		"check":            {held(newFake(), "FindInstallation", checked...), Progress{StepCheck, 4, 9, false}},
		"rejected":         {after(rejected(), checked...), Progress{StepCheck, 1, 9, true}},
		"examined":         {after(rejected(), Allow{}, pasted(canary), Diagnose{}), Progress{StepCheck, 1, 9, true}},
		"confirm":          {after(newFake(), checked...), Progress{StepCheck, 5, 9, false}},
		"activate begins":  {held(newFake(), "Save", confirmed...), Progress{StepCheck, 5, 9, false}},
		"activate":         {held(newFake(), "FindInstallation", confirmed...), Progress{StepCheck, 6, 9, false}},
		"not read back":    {after(unread(), confirmed...), Progress{StepCheck, 8, 9, true}},
		"back to confirm": {after(denied(), Allow{}, pasted(canary), Confirm{}, Back{}),
			Progress{StepCheck, 5, 9, false}},
		"done": {after(newFake(), confirmed...), Progress{Step: StepDone}},
	} {
		if got := tc.state.Progress(); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
		over, _ := Next(tc.state, Interrupt{})
		if got := over.Progress(); over.Step != StepOver || got != tc.want {
			t.Errorf("%s, then %s: %+v, want %+v", name, over.Step, got, tc.want)
		}
	}
}
