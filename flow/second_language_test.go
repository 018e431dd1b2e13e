package flow

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

// marked returns a copy of v in which every Text is between brackets, as if it were another language.
func marked(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch {
	case v.Type() == reflect.TypeFor[Text]():
		if v.Len() > 0 {
			out.SetString("<" + v.String() + ">")
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(marked(v.Field(i)))
		}
	case v.Kind() == reflect.Slice && !v.IsNil():
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(marked(v.Index(i)))
		}
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(marked(v.Index(i)))
		}
	case v.Kind() == reflect.Map && !v.IsNil():
		out.Set(reflect.MakeMap(v.Type()))
		for _, key := range v.MapKeys() {
			out.SetMapIndex(key, marked(v.MapIndex(key)))
		}
	case v.Kind() == reflect.Pointer: // to a lazy.Map
		out.Set(reflect.New(v.Type().Elem()))
		filled := []reflect.Value{marked(v.MethodByName("All").Call(nil)[0])}
		fill := out.Elem().FieldByName("Fill")
		fill.Set(reflect.MakeFunc(fill.Type(), func([]reflect.Value) []reflect.Value { return filled }))
	default:
		out.Set(v)
	}
	return out
}

// TestSecondLanguage: all that a wizard says comes from the book that it was given.
func TestSecondLanguage(t *testing.T) {
	t.Parallel()
	book := marked(reflect.ValueOf(English)).Interface().(Book)
	setup := testSetup()
	setup.Words, setup.CustomOrigin = &book, true
	setup.Integration.ReturnURL, setup.Integration.HelpURL = "https://ledger.example", "https://help.example"
	setup.Reader, setup.Unit = pleoclient.Safe("erp"), &Unit{User: "erp", Store: "/srv/store", Identity: "/srv/identity"}
	setup.Owner = Owner{Account: pleoclient.Safe("erp"), Store: pleoclient.Safe("/srv/store")}
	setup.Network = Network{Proxy: pleoclient.Safe("proxy:3128"), Roots: []Roots{{CAFileFlag, pleoclient.Safe("/srv/ca")}}}
	f := newFake()
	f.company.Name = pleoclient.SafeText{}
	f.stored, f.who.Scopes = inUse("companies:read"), append(f.who.Scopes[:2:2], "users:read")
	approved := testSetup().Integration
	approved.Vendor, approved.Permissions = "Fabrikam", approved.Permissions[:1]
	others := Candidate{Connection: Connection{Production, "other", bakery}, Name: pleoclient.Safe("Other")}
	f.inspected = StoreInspected{
		Approved: &approved, Connected: 2, Others: []Candidate{others, others, others, others},
		Unfinished: &Unfinished{Company: f.company, Ago: time.Hour},
	}
	var said []string
	say := func(texts ...string) { said = append(said, texts...) }
	hear := func(s State) {
		if promise := s.Promise(); promise != "" { // a saved key only has to be finished
			say(promise)
		}
		say(s.Title(), s.KindText(), s.KeyLabel(), s.OverviewTitle(), s.ReturnText(), s.OwnerText(),
			s.SecretText(), s.PasteText(), s.CloseText(), s.UnfinishedText(ByWord))
		say(s.Instructions()...)
		say(s.Overview()...)
		say(s.Help()...)
		say(s.OtherTexts()...)
		for _, fact := range append(append(s.About(), s.Facts()...), s.Changes()...) {
			say(fact.Label)
		}
		for _, step := range []Step{StepReview, StepCheck, StepActivate} {
			for _, line := range s.Lines(step) {
				say(line.Label)
			}
		}
		if s.Notice.Text != "" {
			say(s.Notice.Text)
		}
	}
	s := drive(t, setup, f)
	hear(s)
	for _, ev := range []Event{Allow{}, pasted(canary), Confirm{}, CopyLink{}, OpenLink{}, pasted(canary2)} {
		var effects []Effect
		s, effects = Next(s, ev)
		s = settle(t, s, effects, f)
		hear(s)
	}
	if s.Step != StepDone {
		t.Fatalf("step %s, %+v", s.Step, s.Problem)
	}
	say(s.WebhooksText())
	for _, row := range s.Receipt() {
		if row.Text != "" && strings.TrimSpace(row.Lead) == "" {
			say(row.Text)
		}
	}
	for kind := range kinds.All() {
		p := State{Setup: setup, Step: StepProblem, Problem: Problem{Fault: Fault{Kind: kind}, From: StepCheck}}
		why := p.Explain()
		say(why.Summary, why.Hint)
		for _, step := range why.Advice() {
			say(step.Text + " " + step.Command)
		}
	}
	for _, text := range said {
		if !strings.HasPrefix(text, "<") {
			t.Errorf("%q is not from the book", text)
		}
	}
	if len(said) < 400 {
		t.Errorf("only %d texts", len(said))
	}
}
