package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// spoken returns all scenes, and every problem, in the language of a book.
func spoken(book *flow.Book) []scene {
	var out []scene
	for _, sc := range scenes {
		out = append(out, scene{sc.name, func(t testing.TB) *face { return sc.make(inLanguage{t, book}) }})
	}
	for _, problem := range flowtest.Situations() {
		out = append(out, scene{problem.Name, func(t testing.TB) *face {
			f := at(inLanguage{t, book}, problem.Setup, problem.World())
			for _, ev := range []flow.Event{flow.Allow{}, flow.Pasted(problem.Entry), flow.Confirm{}} {
				if f.state.Step != flow.StepProblem {
					f.happens(ev)
				}
			}
			return f
		}})
	}
	return out
}

// TestAnotherLanguage draws everything in a language whose texts are longer and in brackets. At the smallest window and
// the usual one, nothing is outside the window or lost, and everything that a large window shows can be read. What has
// no brackets is a name from outside.
func TestAnotherLanguage(t *testing.T) {
	t.Parallel()
	for _, sc := range spoken(flowtest.Pseudo()) {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			c := newSizeCheck(sc.make(t))
			for _, size := range [][2]int{{1, 1}, {20, 5}, {39, 60}, {40, 12}, {60, 20}, {80, 24}, {160, 50}} {
				c.check(t, size[0], size[1])
			}
			small := unbroken(c.size(40, 12).readable())
			apart := c.apart()
			for _, word := range words(c.size(160, 50).readable()) {
				if !strings.Contains(small, unbroken(word)) && !strings.Contains(apart, word) {
					t.Errorf("%q is lost in a small window:\n%s", word, c.text())
				}
			}
			for _, size := range [][2]int{{40, 500}, {60, 500}, {80, 500}, {160, 500}} { // nothing is scrolled
				c.checkBrackets(t, c.size(size[0], size[1]).text())
			}
		})
	}
}

// apart returns what only a large window shows: the steps that are not the current one, what the integration asks for
// beside the answers about it, its whole name at the top, the scenario of a demo, a whole path, the ends of a bridge,
// and lines of a list that say no more than the headline of a problem.
func (f *face) apart() string {
	steps := frame{look: f.look, book: f.state.Book()}.railSteps()
	words := &f.state.Book().Screen
	out := []string{f.look.hint, f.state.Integration.Name, f.world.File, words.Pleo.String(), f.state.Book().Keeper()}
	out = append(out, steps[:]...)
	if f.state.Step != flow.StepReview {
		for _, p := range f.state.Integration.Permissions {
			out = append(out, f.state.Book().Screen.Optional.Fill(flow.Values{Name: p.Title}), string(p.Scope))
		}
	}
	if f.state.Step == flow.StepProblem {
		for _, line := range f.state.Lines(f.state.Problem.From) {
			if line.Mark == flow.MarkDone || line.Note == "" {
				out = append(out, line.Label, line.Note)
			}
		}
	}
	return strings.Join(out, " ")
}

// words returns the words of a text, with the brackets that are at them.
func words(text string) []string {
	return regexp.MustCompile(`[\pL⟦][\pL\pN⟦⟧]*`).FindAllString(text, -1)
}

// readable returns all that a window can show of a screen by scrolling and with its help.
func (f *face) readable() string {
	all := f.everything()
	before := f.screen
	if k, field := before.(*keyScreen); field {
		help := *k
		help.help = true
		f.screen = &help
	} else if !covers(before) {
		f.screen = helpScreen{before}
	}
	all += f.everything()
	f.screen = before
	return all
}

// checkBrackets fails when a bracket lacks its other, or a word is neither in brackets nor from outside.
func (c sizeCheck) checkBrackets(t *testing.T, text string) {
	t.Helper()
	outside, whole := flowtest.OutsidePseudo(text)
	if !whole {
		t.Errorf("a text is cut:\n%s", text)
	}
	from := c.fromOutside()
	for _, word := range regexp.MustCompile(`\pL{2,}`).FindAllString(outside, -1) {
		if !strings.Contains(from, word) {
			t.Errorf("%q is not from the book:\n%s", word, text)
		}
	}
}

// fromOutside returns all that is not from the book: what the setup and the world of an interface hold, and the names
// of keys.
func (c sizeCheck) fromOutside() string {
	s, w := c.state, c.world
	out := []string{
		fmt.Sprintf("%+v", s.Integration), s.Origin, fmt.Sprintf("%+v", s.Network), fmt.Sprintf("%+v", s.Owner),
		string(s.Company), s.Environment(), s.KeyPage(), s.ReturnLink(), s.Key.Fingerprint(), c.look.hint,
		w.Name, w.Place, w.File, w.Warning, fmt.Sprintf("%+v %+v %+v", w.Stored, w.Others, w.Approved),
		flow.Production, flow.Staging, fmt.Sprint(w.Scopes), string(companyID), "SHA",
	}
	if s.Reconnect != nil {
		out = append(out, fmt.Sprintf("%+v", *s.Reconnect))
	}
	for _, fault := range w.Faults {
		out = append(out, fault.Detail.String())
		if fault.Values != nil {
			out = append(out, fmt.Sprintf("%+v", *fault.Values))
		}
	}
	if s.Step == flow.StepDoctor { // what an examination finds comes in words of its own
		out = append(out, s.Title())
		for _, line := range s.Lines(flow.StepDoctor) {
			out = append(out, line.Label, line.Note, line.Remedy, line.Also)
		}
	}
	return strings.Join(append(out, "enter esc tab ctrl"), " ")
}
