package flow

import (
	"strings"

	"pleo-connect/pleoclient"
)

// Connection names a connection: an integration and a company, in an environment of Pleo.
type Connection struct {
	Environment string
	Integration string // its id
	Company     pleoclient.CompanyID
}

// Arguments returns what a command has to be told so that it means this connection for good, whatever else gets
// connected on this computer.
func (c Connection) Arguments() string {
	return string(c.Company) + " --integration " + c.Integration + " --env " + c.Environment
}

// Command returns a command of this program that is about this connection.
func (c Connection) Command(name string) string { return "pleo-connect " + name + " " + c.Arguments() }

// ForgetCommand returns the command that removes a record, or the report of its loss, and leaves Pleo alone.
func (c Connection) ForgetCommand() string { return c.Command("disconnect") + " --forget" }

// Connection returns the name of the connection that this wizard makes.
func (s State) Connection() Connection {
	return Connection{s.Environment(), s.Integration.ID, s.Check.Company.ID}
}

// IntegrationName names an integration as people and as commands know it.
func IntegrationName(name, id string) string {
	if name == "" || name == id {
		return id
	}
	return name + " (" + id + ")"
}

// maxOthers is how many connections of other integrations Review names.
const maxOthers = 3

// OtherTexts returns what Review tells of connections that other integrations have here, so that nobody takes a product
// that got another id for the one that is connected already. When the company is known, only its own matter.
func (s State) OtherTexts() []string {
	var out []string
	left := 0
	for _, o := range s.Preflight.Others {
		switch known := s.wanted(); {
		case known != "" && o.Company != known:
		case len(out) == maxOthers:
			left++
		default:
			out = append(out, o.companyText()+" also has a connection to "+o.integrationText()+" here"+
				inBrackets(o.Note.String())+"; it stays as it is")
		}
	}
	if left > 0 {
		out = append(out, plural(left, "more connection")+" of other integrations here; pleo-connect status lists all")
	}
	return out
}

// Candidate is a connection that is there, or may be meant. Its texts may be empty.
type Candidate struct {
	Connection
	CompanyName pleoclient.SafeText
	Name        pleoclient.SafeText // of the integration
	Note        pleoclient.SafeText // how it stands, unless it is active
	SameKey     bool                // it has the key that is in question
}

// SameKeyText says that a connection shares its key with others, or is empty when none of them does.
func SameKeyText(others []Candidate) string {
	var names []string
	for _, o := range others {
		if o.SameKey {
			names = append(names, o.integrationText())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "the same key is in use here for " + strings.Join(names, " and ") +
		", which stops working when Pleo removes or deletes it"
}

func (c Candidate) alsoHere() string {
	if c.SameKey {
		return c.integrationText() + ", with this very key; create one of its own in Pleo"
	}
	return c.integrationText() + inBrackets(c.Note.String()) + "; it stays as it is"
}

// Text describes it for people, or is empty.
func (c Candidate) Text() string {
	var parts []string
	for _, part := range []string{quoted(c.CompanyName), c.Name.String(), c.Note.String()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func (c Candidate) companyText() string {
	return CompanyName(pleoclient.Company{ID: c.Company, Name: c.CompanyName})
}

func (c Candidate) integrationText() string {
	return IntegrationName(c.Name.String(), c.Integration)
}

// Ambiguous is the failure of a command that means one connection, where company, or nothing at all, was said and
// several fit.
func Ambiguous(company string, candidates []Candidate) *Failure {
	f := WrongUse("there are "+plural(len(candidates), "connection")+" here",
		"say which one with COMPANY, --integration and --env")
	if company != "" {
		f.Summary = plural(len(candidates), "connection") + " fit " + pleoclient.SafeUpTo(company, 200).String()
	}
	f.Candidates = candidates
	return f
}
