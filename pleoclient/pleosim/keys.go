package pleosim

import (
	"crypto/sha256"
	"encoding/hex"

	"pleo-connect/pleoclient"
)

// KeyPrefix starts every simulated key. The wizard refuses such keys for any origin that is not loopback.
const KeyPrefix = pleoclient.SimulatedKeyPrefix

const keyLength = 72

// Keys are the simulated keys by what happens with each. All have 72 characters of a-z, 0-9, "_" and "-", and they are
// the same in every run.
type Keys struct {
	Good             string `json:"good"`              // fits the built-in integration: all four scopes
	Replacement      string `json:"replacement"`       // a second key of the same company, as able as the first
	FewerScopes      string `json:"fewer_scopes"`      // a third one, which lacks companies:read
	MoreScopes       string `json:"more_scopes"`       // a fourth one, which has users:read and vendors:write as well
	OtherCompany     string `json:"other_company"`     // as able as the first, of another company
	MissingScopes    string `json:"missing_scopes"`    // lacks export-jobs:write and export-items:read
	OtherApplication string `json:"other_application"` // issued for "Contoso Books"
	Staging          string `json:"staging"`           // of the other environment: 401
	Organisation     string `json:"organisation"`      // its subject is an organisation
	NoCompanyScope   string `json:"no_company_scope"`  // lacks companies:read
	Revoked          string `json:"revoked"`           // 401
}

func newKeys() Keys {
	return Keys{
		Good:             simulatedKey("good"),
		Replacement:      simulatedKey("replacement"),
		FewerScopes:      simulatedKey("fewer_scopes"),
		MoreScopes:       simulatedKey("more_scopes"),
		OtherCompany:     simulatedKey("other_company"),
		MissingScopes:    simulatedKey("missing_scopes"),
		OtherApplication: simulatedKey("other_application"),
		Staging:          simulatedKey("staging"),
		Organisation:     simulatedKey("organisation"),
		NoCompanyScope:   simulatedKey("no_company_scope"),
		Revoked:          simulatedKey("revoked"),
	}
}

// simulatedKey fills the key up from its name.
func simulatedKey(name string) string {
	sum := sha256.Sum256([]byte(KeyPrefix + name))
	return (KeyPrefix + name + "-" + hex.EncodeToString(sum[:]))[:keyLength]
}
