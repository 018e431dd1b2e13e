package pleoclient

import "encoding/json"

// Client-side names for the strings Pleo uses. Values we do not know stay as they are and are never success.
const (
	AuthMethodAPIKey = "API_KEY"

	StatusActivated = "ACTIVATED"

	ErrorCodeNotEntitled = "NOT_ENTITLED"
)

// Owner tells what a URN of Pleo points at.
type Owner struct {
	Company      CompanyID // empty when the URN does not name a company
	Organisation bool      // a group of companies: such a key is not for one integration
}

// Introspection says who a key is and what it may do.
//
// Source: https://developers.pleo.io/reference/external-clients/introspect-the-details-of-the-current-authentication
type Introspection struct {
	AuthMethod  SafeText // AuthMethodAPIKey, or a reason to stop
	Application SafeText // empty: Pleo did not say
	Scopes      []Scope
	Owner       Owner // zero: Pleo did not say
}

// Installation is our integration at one company, as Pleo sees it. The zero value means that nothing is installed.
//
// Source: https://developers.pleo.io/reference/installations (get, create and update a client installation)
type Installation struct {
	ID        string // lower-case UUID; empty: nothing installed
	Owner     Owner
	Status    SafeText        // StatusActivated is the only success
	ErrorCode SafeText        // appears when Status is INACTIVE or ERROR
	Metadata  json.RawMessage // ours to send back unchanged on an update; never read, never drawn
}

// Exists reports whether something is installed.
func (i Installation) Exists() bool { return i.ID != "" }
