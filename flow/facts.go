package flow

import (
	"fmt"
	"strings"

	"pleo-connect/pleoclient"
)

// Fact is a labelled line of Confirm, Done and what is printed at the end.
type Fact struct{ Label, Value string }

// Lead returns the label, padded so that the values of printed facts line up.
func (f Fact) Lead() string { return fmt.Sprintf("%-13s  ", f.Label) }

// Facts returns what Confirm and Done show about the connection. The headline of Done has the name of the company.
func (s State) Facts() []Fact {
	c, w, b := s.Check, &s.words().Facts, s.Book()
	var out []Fact
	if s.Step == StepConfirm && !c.Company.Name.IsZero() {
		out = append(out, Fact{w.Company.String(), b.CompanyName(c.Company)})
	}
	out = append(out,
		Fact{w.CompanyID.String(), string(c.Company.ID)},
		Fact{w.Integration.String(), s.Integration.ID},
		Fact{w.Permissions.String(), s.permissionsText()})
	out = append(append(out, s.Concerns()...), Fact{w.Fingerprint.String(), s.Key.Fingerprint()})
	if s.Step == StepConfirm {
		return append(out, s.confirmFacts()...)
	}
	if !c.Stored.File.IsZero() {
		out = append(out, Fact{w.SavedIn.String(), c.Stored.File.String()})
	}
	out = append(out, Fact{w.ProtectedBy.String(), b.Protection(s.Preflight.Protection)})
	if !s.Reader.IsZero() {
		out = append(out, Fact{w.Service.String(), w.CanRead.Fill(Values{Account: s.Reader.String()})})
	}
	if !s.Retired.IsZero() {
		out = append(out, Fact{w.OldKey.String(), w.DeleteOld.Fill(Values{Fingerprint: s.Retired.String()})})
	}
	if !s.returnsToPleo() { // otherwise it is above the return link
		out = append(out, Fact{w.InPleo.String(), w.ShowsIt.String()})
	}
	if s.Integration.Service.Restart != "" {
		out = append(out, Fact{w.NextRun.String(), s.Integration.Service.Restart})
	}
	return out
}

func (s State) confirmFacts() []Fact {
	var out []Fact
	c, w := s.Check, &s.words().Facts
	if c.Company.Name.IsZero() {
		out = append(out, Fact{w.Name.String(), w.NameUnread.String()})
	}
	if s.CustomOrigin {
		out = append(out, Fact{w.Address.String(), s.Origin})
	}
	out = append(out, s.networkFacts()...)
	if c.Stored.SameKey && c.Stored.Active {
		out = append(out, Fact{w.Saved.String(), w.SameActive.String()})
	}
	if used := c.Stored.InUse; used.Other {
		out = append(out, Fact{w.Replaces.String(), s.Book().inUse(used)})
	}
	for _, o := range c.Others {
		out = append(out, Fact{w.AlsoHere.String(), s.Book().alsoHere(o)})
	}
	return out
}

// Concerns returns the facts that speak against the key. They must be visible before it is confirmed.
func (s State) Concerns() []Fact {
	var out []Fact
	w := &s.words().Facts
	if lost := s.Check.Lost; len(lost) > 0 {
		out = append(out, Fact{w.Lost.String(), s.Book().permissions(lost)})
	}
	if surplus := s.Check.Surplus; len(surplus) > 0 {
		out = append(out, Fact{w.Warning.String(), s.Book().Surplus(surplus)})
	}
	return out
}

func (b *Book) inUse(u InUse) string {
	v := Values{Fingerprint: u.Fingerprint.String(), Origin: u.At.String()}
	if !u.ValidatedAt.IsZero() {
		v.Date = b.Day(u.ValidatedAt)
	}
	return b.Wizard.Facts.InUse.Fill(v)
}

func (s State) permissionsText() string {
	switch w := s.words(); {
	case s.Check.Permissions == MarkUnknown && s.Step == StepConfirm:
		return w.UnsaidAccepted.String()
	case s.Check.Permissions == MarkUnknown:
		return w.Unsaid.String()
	}
	return s.granted()
}

// Row is a printed line: Text is wrapped after Lead, which stays whole.
type Row struct{ Lead, Text string }

// Receipt is what is printed after the wizard ended.
type Receipt []Row

// String returns the rows, without wrapping them.
func (r Receipt) String() string {
	var out strings.Builder
	for _, row := range r {
		out.WriteString(row.Lead + row.Text + "\n")
	}
	return out.String()
}

// says adds a text, and lines to copy below it.
func (r Receipt) says(text string, lines ...string) Receipt {
	r = append(r, Row{"  ", text})
	for _, line := range lines {
		r = append(r, Row{Lead: "  " + line})
	}
	return r
}

// Beginning returns what a demo prints before the wizard takes the screen: where the pages of the simulated Pleo are.
// forward is the port that a person at another computer has to forward, "" for anyone else.
func (s Setup) Beginning(forward string) Receipt {
	out := Receipt{{Text: s.Book().Wizard.DemoPages.String()}, {Lead: s.WebApp}}
	return append(append(out, s.Book().DemoForward(forward)...), Row{})
}

// DemoForward says how to open the pages of a demo over SSH, if a port has to be forwarded for that.
func (b *Book) DemoForward(port string) Receipt {
	if port == "" {
		return nil
	}
	w := b.Wizard
	return Receipt{{Text: w.DemoForward.String()}, {Lead: "  " + w.DemoForwardBy.Fill(Values{Value: port})}}
}

// Receipt returns what is printed after the wizard ended: the headline, the way back, the facts that Done showed, and
// what comes next.
func (s State) Receipt() Receipt {
	var out Receipt
	w, next := s.words(), s.Integration.Service.Restart
	if s.Outcome.Active {
		out = Receipt{{"", w.Receipt.Fill(Values{
			Name: s.Integration.Name, Company: s.Book().CompanyName(s.Check.Company),
		})}, {}}
		if !s.Demo { // whose pages may end with this run
			out = out.says(s.wayBack(w.BackPrinted, w.BackVendorPrinted))
			out = append(out, Row{Lead: s.ReturnLink()}, Row{}) // selecting the row selects the link and no more
		}
		done := s
		done.Step, done.Integration.Service.Restart = StepDone, "" // the command has a row of its own
		if s.Demo {                                                // its key store is deleted
			done.Check.Stored.File = pleoclient.SafeText{}
		}
		for _, f := range done.Facts() {
			out = append(out, Row{"  " + f.Lead(), f.Value})
		}
		if text := s.WebhooksText(); text != "" {
			out = append(out, Row{}).says(text)
		}
		if next != "" {
			out = append(out, Row{}).says(w.NextPrinted.String(), "  "+next)
		}
		if s.Unit != nil {
			out = append(append(out, Row{}), s.Book().unit(*s.Unit, s.Connection())...)
		}
	}
	if s.Demo {
		if len(out) > 0 {
			out = append(out, Row{})
		}
		out = append(out, Row{"", w.Demo.String()})
	}
	return out
}
