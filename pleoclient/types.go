package pleoclient

import "encoding/json"

// Names for the strings that Pleo uses. Unknown values stay as they are and never count as success.
const (
	AuthMethodAPIKey = "API_KEY"

	StatusActivated = "ACTIVATED"

	ErrorCodeNotEntitled = "NOT_ENTITLED"
)

// Owner is what a URN of Pleo refers to.
type Owner struct {
	Company      CompanyID // empty when the URN does not name a company
	Organisation bool      // a group of companies: such a key is not for one integration
}

// Introspection says who a key is and what it may do.
//
// Source: https://developers.pleo.io/reference/external-clients/introspect-the-details-of-the-current-authentication
type Introspection struct {
	AuthMethod  SafeText // see IsAPIKey
	Application SafeText // empty: Pleo did not say
	Scopes      []Scope
	Owner       Owner // zero: Pleo did not say
}

// IsAPIKey reports whether Pleo was asked with an API key. Anything else is a reason to stop.
func (i Introspection) IsAPIKey() bool { return i.AuthMethod.String() == AuthMethodAPIKey }

// Installation is our integration at one company, as Pleo sees it. The zero value means that nothing is installed.
//
// Source: https://developers.pleo.io/reference/installations (get, create and update a client installation)
type Installation struct {
	ID        InstallationID // empty: nothing installed
	Owner     Owner
	Status    SafeText        // StatusActivated is the only success
	ErrorCode SafeText        // appears when Status is INACTIVE or ERROR
	Metadata  json.RawMessage // sent back unchanged on an update; never read, never drawn
}

// Exists reports whether something is installed.
func (i Installation) Exists() bool { return i.ID != "" }

// Installations is what Pleo shows of our integration: none, one, or a list. Pleo's documentation leaves that open.
type Installations []Installation

// Of returns the one at company, or the zero Installation when nothing is installed there. It returns false if the
// answer cannot be right: two at the same company, or a single one elsewhere, which contradicts the company that is
// known.
func (l Installations) Of(company CompanyID) (Installation, bool) {
	var found Installation
	for _, i := range l {
		switch {
		case i.Owner.Company != company:
		case found.Exists():
			return Installation{}, false
		default:
			found = i
		}
	}
	return found, found.Exists() || len(l) != 1
}

// Owner returns the only owner of all of them, or the zero Owner if there is none or more than one: it never guesses
// the first.
func (l Installations) Owner() Owner {
	var owner Owner
	for n, i := range l {
		if n > 0 && i.Owner != owner {
			return Owner{}
		}
		owner = i.Owner
	}
	return owner
}
