package flow

import "pleo-connect/pleoclient"

// Undescribed reports whether Pleo accepts a key and does not describe it, by the kind of its answer. The installation
// may still say whose key it is.
func Undescribed(k Kind) bool { return k == pleoclient.KindForbidden || k == pleoclient.KindNotFound }

// Compare returns how a key that Pleo accepts differs from the one that is wanted: it belongs to another company, or it
// may do less than the key that a service relies on, and what that is. Without a wanted company, any company is
// accepted.
func Compare(
	want, company pleoclient.CompanyID, reliedOn, scopes []pleoclient.Scope,
) (kind Kind, lost []pleoclient.Scope) {
	if want != "" && want != company {
		return KindOtherCompany, nil
	}
	if lost = pleoclient.MissingScopes(reliedOn, scopes); len(lost) > 0 {
		return KindFewerPermissions, lost
	}
	return "", nil
}
