package flow

import "pleo-connect/pleoclient"

// Connection names a connection: an integration and a company, in an environment of Pleo.
type Connection struct {
	Environment string
	Integration string // its id
	Company     pleoclient.CompanyID
}

// Arguments returns the arguments that name this connection, even if others are added on this computer later.
func (c Connection) Arguments() string {
	return string(c.Company) + " --integration " + c.Integration + " --env " + c.Environment
}

// Connection returns the name of the connection that this wizard makes.
func (s State) Connection() Connection {
	return Connection{s.Environment(), s.Integration.ID, s.Check.Company.ID}
}

// Integration returns the name of an integration for people, with the id that commands use.
func (b *Book) Integration(name, id string) string {
	if name == "" || name == id {
		return id
	}
	return b.Wizard.Facts.OtherWithName.Fill(Values{Name: name, ID: id})
}

// MaxOthers is how many connections of other integrations Review describes.
const MaxOthers = 3

// OtherTexts returns what Review says about the connections of other integrations on this computer, so that a product
// with a new id is not taken for the one that is already connected. If the company is known, only its connections
// count.
func (s State) OtherTexts() []string {
	var out []string
	left, w, b := 0, s.words(), s.Book()
	for _, o := range s.Preflight.Others {
		switch known := s.wanted(); {
		case known != "" && o.Company != known:
		case len(out) == MaxOthers:
			left++
		default:
			out = append(out, w.Other.Fill(Values{
				Company: b.companyOf(o), Integration: b.integrationOf(o), Status: o.Note.String(), Where: b.Where(),
			}))
		}
	}
	if left > 0 {
		out = append(out, b.Count(w.OtherMore, left, Values{Program: b.Program, Where: b.Where()}))
	}
	return out
}

// Candidate is a connection that exists, or may be meant. Its texts may be empty.
type Candidate struct {
	Connection
	CompanyName pleoclient.SafeText
	Name        pleoclient.SafeText // of the integration
	Note        pleoclient.SafeText // its state, unless it is active
	SameKey     bool                // it has the key in question
}

// SameKey says that a connection shares its key with others. It is empty if it does not.
func (b *Book) SameKey(others []Candidate) string {
	var names []string
	for _, o := range others {
		if o.SameKey {
			names = append(names, b.integrationOf(o))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return b.Wizard.SameKey.Fill(Values{List: b.List(names), Where: b.Where()})
}

func (b *Book) alsoHere(c Candidate) string {
	text := b.Wizard.Facts.OtherHere
	if c.SameKey {
		text = b.Wizard.Facts.SameKeyHere
	}
	return text.Fill(Values{Integration: b.integrationOf(c), Status: c.Note.String()})
}

// Candidate describes a connection for people, or is empty.
func (b *Book) Candidate(c Candidate) string {
	var parts []string
	for _, part := range []string{b.quoted(c.CompanyName), c.Name.String(), c.Note.String()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return b.List(parts)
}

func (b *Book) companyOf(c Candidate) string {
	return b.CompanyName(pleoclient.Company{ID: c.Company, Name: c.CompanyName})
}

func (b *Book) integrationOf(c Candidate) string {
	return b.Integration(c.Name.String(), c.Integration)
}

const ambiguous Kind = "settings/ambiguous"

// AmbiguousError is the error of a command that needs one connection and cannot tell which.
type AmbiguousError struct {
	Fault
	Candidates []Candidate // what can be meant
}

// Ambiguous returns the error of a command that needs one connection when several match company, which may be empty.
func Ambiguous(company string, candidates []Candidate) *AmbiguousError {
	row := ambiguous
	if company != "" {
		row += "/company"
	}
	return &AmbiguousError{NewFault(row, Values{N: len(candidates)}), candidates}
}

// Unwrap returns the fault.
func (e *AmbiguousError) Unwrap() error { return e.Fault }

// Ambiguous returns the words for a choice that a command cannot make.
func (b *Book) Ambiguous(e *AmbiguousError) *Failure {
	out := b.Failure(e.Fault)
	out.Candidates = e.Candidates
	if more := len(e.Candidates) - MaxCandidates; more > 0 {
		out.More = b.Count(b.Use.More, more, Values{Program: b.Program})
	}
	return out
}
