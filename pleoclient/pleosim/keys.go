package pleosim

import (
	"crypto/sha256"
	"encoding/hex"

	"pleo-connect/pleoclient"
)

// KeyPrefix starts every simulated key. The wizard refuses such keys for any origin that is not loopback.
const KeyPrefix = pleoclient.SimulatedKeyPrefix

const (
	keyLength = 72
	roleGood  = "good"
)

// Keys are the simulated keys of an integration, by what happens with each. All have 72 characters of a-z, 0-9, "_" and
// "-", and they are the same in every run. No two integrations have a key in common.
type Keys struct {
	Good        string `json:"good"`        // good for its integration: all the scopes that it asks for
	Replacement string `json:"replacement"` // a second key of the same company, with the same scopes
	// FewerScopes is a third key of that company, which lacks a scope: companies:read if that is optional, else the
	// last optional one, or the last of all if none is optional.
	FewerScopes string `json:"fewer_scopes"`
	// MoreScopes is a fourth key, which has two scopes that the integration does not ask for: users:read and
	// vendors:write, or others in place of those that it asks for.
	MoreScopes   string `json:"more_scopes"`
	OtherCompany string `json:"other_company"` // a key of another company, with the same scopes
	// MissingScopes lacks the last two required scopes, or the only one, or the last of all if none is required.
	MissingScopes    string `json:"missing_scopes"`
	OtherApplication string `json:"other_application"` // issued for an application that no served integration has
	Staging          string `json:"staging"`           // of the other environment: 401
	Organisation     string `json:"organisation"`      // its subject is an organisation
	NoCompanyScope   string `json:"no_company_scope"`  // lacks companies:read
	Revoked          string `json:"revoked"`           // 401
}

func newKeys(i Integration) Keys {
	return Keys{
		Good:             i.key(roleGood),
		Replacement:      i.key("replacement"),
		FewerScopes:      i.key("fewer_scopes"),
		MoreScopes:       i.key("more_scopes"),
		OtherCompany:     i.key("other_company"),
		MissingScopes:    i.key("missing_scopes"),
		OtherApplication: i.key("other_application"),
		Staging:          i.key("staging"),
		Organisation:     i.key("organisation"),
		NoCompanyScope:   i.key("no_company_scope"),
		Revoked:          i.key("revoked"),
	}
}

// key pads the key from its name. The id of the integration is only in the hash, so that it may have any length.
func (i Integration) key(role string) string {
	sum := sha256.Sum256([]byte(KeyPrefix + i.keyName(role)))
	return (KeyPrefix + role + "-" + hex.EncodeToString(sum[:]))[:keyLength]
}
