package store

import "github.com/go-json-experiment/json/jsontext"

// Integration is the product that a key is for, as its vendor described it when the permissions were approved, so that
// a later reader of the record does not need the vendor's file. Only ID is checked on every read: treat the rest as
// untrusted text, which may be empty.
type Integration struct {
	ID           string       `json:"id"` // see IsIntegrationID; never changes
	Name         string       `json:"name"`
	Vendor       string       `json:"vendor,omitzero"`
	KeyKind      string       `json:"key_kind,omitzero"`
	Applications []string     `json:"applications,omitempty"`
	Permissions  []Permission `json:"permissions,omitempty"`
	ReturnURL    string       `json:"return_url,omitzero"`
	ReturnHint   string       `json:"return_hint,omitzero"`
	HelpURL      string       `json:"help_url,omitzero"`
	Surplus      string       `json:"surplus,omitzero"`
	Service      Service      `json:"service,omitzero"`
}

// Permission is one thing that an integration asks for.
type Permission struct {
	Scope    string `json:"scope"`
	Title    string `json:"title"`
	Required bool   `json:"required"`
}

// Service is the program that uses the key.
type Service struct {
	User    string `json:"user,omitzero"`    // the account that reads the key
	Restart string `json:"restart,omitzero"` // a command for people
}

// integration is an Integration as it is stored in the ciphertext.
type integration struct {
	Integration
	//lint:ignore SA5008 the option belongs to go-json-experiment, which staticcheck takes for encoding/json
	Unknown jsontext.Value `json:",embed"` // members that a newer version of the same format added
}

// The length of an integration's id.
const (
	minIntegrationID = 3
	maxIntegrationID = 40
)

// IsIntegrationID reports whether text can be the id of an integration: 3 to 40 lower-case letters, digits and hyphens,
// with a letter or digit at both ends. It becomes part of file names.
func IsIntegrationID(text string) bool {
	for _, c := range []byte(text) {
		if ('a' > c || c > 'z') && ('0' > c || c > '9') && c != '-' {
			return false
		}
	}
	return len(text) >= minIntegrationID && len(text) <= maxIntegrationID && text[0] != '-' && text[len(text)-1] != '-'
}
