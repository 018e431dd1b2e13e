package flow_test

import (
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/source"
)

// derived are the fields that the machine gives to a problem if the state has them, regardless of the fault. Only
// faults of a wizard can rely on them; that a situation has them is for TestSituationsFillTheirRows.
var derived = []string{"Detail", "Host", "Company", "Wanted", "Environment", "WebApp", "Permissions", "N", "Date",
	"Character", "Cleaned", "List"}

// TestEveryNameIsFilled reads the source: each place that makes a fault of a row, or fills a text, gives a value for
// every name in it that is not in an optional part.
func TestEveryNameIsFilled(t *testing.T) {
	t.Parallel()
	book := flowtest.Sentences(&flow.English)
	checked, unknown := 0, 0
	for _, f := range source.Load(t).Fills() {
		texts := filled(f, book)
		if !f.Known || len(texts) == 0 {
			unknown++
			continue
		}
		checked++
		for _, s := range texts {
			for _, name := range s.Names() {
				if !gives(f, name) {
					t.Errorf("%s: {%s} of %s has no value: %q", f.At, name, s.Place(), s.Text)
				}
			}
		}
	}
	if checked < 5 {
		t.Errorf("only %d places were checked, and %d not", checked, unknown)
	}
	t.Logf("%d places were checked; %d have values or a text that only a run knows", checked, unknown)
}

// TestStoreFaultsFillTheirRows: the store names a row itself, and one place gives the values to all of them.
func TestStoreFaultsFillTheirRows(t *testing.T) {
	t.Parallel()
	m := source.Load(t)
	cases := m.TextsIn("store")
	rows := 0
	for _, f := range m.Fills() {
		if f.Row != "*" || !strings.HasPrefix(f.At, "cmd/internal/engine/fault.go:") || !slices.Contains(f.Fields, "Process") {
			continue
		}
		for _, s := range flowtest.Sentences(&flow.English) {
			if s.Path[0] != "Problems" || !cases[s.Path[1]] {
				continue
			}
			rows++
			for _, name := range s.Names() {
				if !gives(f, name) {
					t.Errorf("%s: {%s} of %s has no value: %q", f.At, name, s.Place(), s.Text)
				}
			}
		}
	}
	if rows < 100 {
		t.Errorf("only %d texts were checked", rows)
	}
}

// filled returns the texts of the book that a place gives values to.
func filled(f source.Fill, book []flowtest.Sentence) []flowtest.Sentence {
	var out []flowtest.Sentence
	for _, s := range book {
		fields := slices.DeleteFunc(slices.Clone(s.Path), func(part string) bool {
			_, err := strconv.Atoi(part)
			return err == nil
		})
		switch n := len(f.Text); {
		case f.Row != "":
			if s.Path[0] == "Problems" && s.Path[1] == f.Row {
				out = append(out, s)
			}
		case n >= 2 && len(fields) >= 2 && s.Path[0] != "Problems" &&
			slices.Equal(fields[len(fields)-2:], f.Text[n-2:]):
			out = append(out, s)
		}
	}
	return out
}

// gives reports whether a place gives a value to a name.
func gives(f source.Fill, name string) bool {
	if name == "n" || name == "m" { // 0 is a value as well
		return f.Count && name == "n" || slices.Contains(f.Fields, strings.ToUpper(name)) || f.Row != "" && inWizard(f.At)
	}
	if name == "date" && slices.Contains(f.Fields, "At") { // a time, which becomes a date
		return true
	}
	var given flow.Values
	set(&given, f.Fields...)
	if f.Row == "" {
		return flow.Field(given, name) != ""
	}
	if inWizard(f.At) {
		set(&given, derived...)
	}
	s := flow.State{Setup: flow.Setup{Words: flowtest.InEngine()}}
	return flow.Field(flow.Problem{Fault: flow.Fault{Values: &given}}.ValuesIn(s), name) != ""
}

func inWizard(at string) bool {
	return strings.HasPrefix(at, "flow/")
}

// set gives a value to fields.
func set(v *flow.Values, names ...string) {
	for _, name := range names {
		switch field := reflect.ValueOf(v).Elem().FieldByName(name); field.Kind() {
		case reflect.String:
			field.SetString("a value")
		case reflect.Int:
			field.SetInt(3)
		}
	}
}

// TestSituationsFillTheirRows drives the wizard into every problem, and reads the words that it chooses: every name in
// them has a value. Rows of the same kind that a fault names itself are read with the values that come with the fault.
func TestSituationsFillTheirRows(t *testing.T) {
	t.Parallel()
	fills := source.Load(t).Fills()
	named := map[flow.Kind][]string{} // the fields that come with the faults of a row, wherever they are made
	for _, f := range fills {
		if f.Row != "" {
			row := flow.Kind(f.Row)
			named[row] = append(named[row], f.Fields...)
		}
	}
	for _, at := range flowtest.Situations() {
		s := at.Problem(false)
		p := s.Problem
		if s.Step != flow.StepProblem {
			p = s.Refusal
		}
		check := func(row flow.Kind, p flow.Problem) {
			v := p.ValuesIn(s)
			words := flow.English.Problems.Get(row)
			texts := []flow.Text{words.Headline, words.Next, words.Also}
			if names := (flowtest.Sentence{Text: words.Also}).Names(); len(names) == 1 &&
				words.Also == flow.Text("{"+names[0]+"}") {
				texts = texts[:2] // it is there or not
			}
			for _, text := range texts {
				for _, name := range (flowtest.Sentence{Text: text}).Names() {
					if flow.Field(v, name) == "" {
						t.Errorf("%s: {%s} of the row %s has no value: %q", at.Name, name, row, text)
					}
				}
			}
		}
		row := p.RowIn(s)
		check(row, p)
		for other, fields := range named {
			if flow.BaseOf(other) == p.Kind && other != row {
				with := p
				with.Fault = with.With(func(v *flow.Values) { set(v, fields...) })
				check(other, with)
			}
		}
	}
}

// TestEveryTextIsUsed reads the source: a row of a problem is named there, perhaps in parts, and a text is selected.
func TestEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	m := source.Load(t)
	selected, patterns := m.Selected(), m.Patterns()
	dead := map[string]bool{}
	for _, s := range flowtest.Sentences(&flow.English) {
		switch s.Path[0] {
		case "Problems":
			if strings.HasPrefix(s.Path[1], "store_engine_") && !patterns["store_engine_down/refused"] {
				continue // package store doesn't have these kinds yet
			}
			if !named(patterns, s.Path[1]) {
				dead["no fault has the row "+s.Path[1]] = true
			}
		case "Key", "Lines":
		default:
			for _, part := range s.Path {
				if _, err := strconv.Atoi(part); err != nil && fieldName(part) && !selected[part] {
					dead[s.Place()+" is not used"] = true
				}
			}
		}
	}
	for what := range dead {
		t.Error(what)
	}
}

// fieldName reports whether a part of a path is a field, not a key of a map.
func fieldName(part string) bool {
	return part != "" && part[0] >= 'A' && part[0] <= 'Z' && !strings.Contains(part, " ")
}

// named reports whether a text of the source is a row, or can become it: where the source joins a row from parts, each
// of them is a text of its own, or an unknown part of one.
func named(patterns map[string]bool, row string) bool {
	if patterns[row] {
		return true
	}
	for i, r := range row {
		if (r == '/' || r == '_') && patterns[row[:i]] && joined(patterns, row[i:]) {
			return true
		}
	}
	for pattern := range patterns {
		if strings.Contains(pattern, "*") && strings.Contains(pattern, "/") && matches(pattern, row) {
			return true
		}
	}
	return false
}

// joined reports whether what follows the beginning of a row is made of texts of the source.
func joined(patterns map[string]bool, rest string) bool {
	is := func(part string) bool {
		return patterns[part] || patterns[strings.TrimPrefix(part, "/")] || patterns["*"+part]
	}
	if is(rest) {
		return true
	}
	for i, r := range rest {
		if i > 0 && (r == '/' || r == '_') && is(rest[:i]) && joined(patterns, rest[i:]) {
			return true
		}
	}
	return false
}

// matches reports whether a row can be made of a pattern, in which * is any text.
func matches(pattern, row string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(row, "/", "\x00"))
	return ok && err == nil
}

// TestReasonsAreNoSentences: what another package says about a failure comes after what happened, in the words of the
// book, and never for it.
func TestReasonsAreNoSentences(t *testing.T) {
	t.Parallel()
	for row, words := range flow.English.Problems.All() {
		if strings.TrimSpace(strings.ReplaceAll(string(words.Headline), "{reason}", "")) == "" {
			t.Errorf("%s has no words of its own: %q", row, words.Headline)
		}
	}
}

// TestSudoTakesTheAccount: sudo takes a number for the name of an account, unless it is written with a hash.
func TestSudoTakesTheAccount(t *testing.T) {
	t.Parallel()
	v := flow.Values{Path: "/srv/keys", Dir: "/srv/identity.txt"}
	rows := 0
	for owner, want := range map[string]string{
		"ada": " ada ", "1234": " '#1234' ", "ada lovelace": " 'ada lovelace' ",
	} {
		v.Owner = owner
		for row, words := range flow.English.Problems.All() {
			_, command, found := strings.Cut(words.Next.Fill(v), "sudo -u")
			if !found {
				continue
			}
			rows++
			if !strings.HasPrefix(command, want) {
				t.Errorf("%s: sudo -u%s", row, command)
			}
		}
	}
	if rows == 0 {
		t.Error("no row has the command")
	}
}
