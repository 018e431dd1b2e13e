package plain

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// TestAnotherLanguage meets every problem in a language whose texts are in brackets, and answers in its words. What has
// no brackets is a name from outside.
func TestAnotherLanguage(t *testing.T) {
	t.Parallel()
	book := flowtest.Pseudo()
	word := func(name string) string { return book.Plain.Answers.Get(name).Word.String() }
	happy := flowtest.Situation{Name: "no problem", Setup: flowtest.Setup(), Entry: flowtest.Canary}
	for _, at := range append(flowtest.Situations(), happy) {
		at.Setup.Words = book
		w := at.World()
		text, s := playFrom(t, at.Setup, w, "?", word("allow"), at.Entry, word("yes"), word("doctor"), word("back"))
		outside, whole := flowtest.OutsidePseudo(text)
		if !whole {
			t.Errorf("%s: a text is cut:\n%s", at.Name, text)
		}
		if at.Kind == "" && !s.Outcome.Active {
			t.Errorf("%s: the answers were not taken:\n%s", at.Name, text)
		}
		from := fromOutside(s, w) + examined(at)
		for _, found := range regexp.MustCompile(`\pL{2,}`).FindAllString(outside, -1) {
			if !strings.Contains(from, found) {
				t.Errorf("%s: %q is not from the book:\n%s", at.Name, found, text)
			}
		}
	}
}

// fromOutside returns all that is not from the book.
func fromOutside(s flow.State, w *flowtest.World) string {
	return fmt.Sprintf("%+v", s.Integration) +
		strings.Join([]string{s.KeyPage(), w.Name, w.Place, w.File, string(flowtest.CompanyID), "SHA"}, " ")
}

// examined returns what an examination of a problem finds: it comes in words of its own.
func examined(at flowtest.Situation) string {
	w := at.World()
	s, effects := flow.Next(at.Problem(true), flow.Diagnose{})
	out := s.Title()
	for len(effects) > 0 && s.Step == flow.StepDoctor {
		s, effects = flow.Next(s, w.Answer(effects[0]))
	}
	for _, line := range s.Lines(flow.StepDoctor) {
		out += " " + line.Label + " " + line.Note + " " + line.Remedy + " " + line.Also
	}
	return out + s.Title()
}
