package pleoclient

import (
	"strings"

	"pleo-connect/pleoclient/lazy"
)

const uuidPattern = `[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}`

var uuidForm = lazy.NewRegexp(`^` + uuidPattern + `$`)

// IsUUID reports whether s is a UUID in lower case, as this package spells them.
func IsUUID(s string) bool { return uuidForm.MatchString(s) }

// CompanyID names one Pleo company: a lower-case UUID, always. One key belongs to one company.
type CompanyID string

// ParseCompanyID accepts a UUID in any letter case, and returns "" and false for everything else.
func ParseCompanyID(s string) (CompanyID, bool) {
	id, ok := parseUUID(s)
	return CompanyID(id), ok
}

// InstallationID names one installation: a lower-case UUID, always.
type InstallationID string

// ParseInstallationID accepts a UUID in any letter case, and returns "" and false for everything else.
func ParseInstallationID(s string) (InstallationID, bool) {
	id, ok := parseUUID(s)
	return InstallationID(id), ok
}

func parseUUID(s string) (string, bool) {
	s = strings.ToLower(s)
	if !IsUUID(s) {
		return "", false
	}
	return s, true
}
