package pleoclient

import "strings"

const uuidPattern = `[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}`

// IsUUID reports whether s is a UUID in lower case, as this package spells them. It uses no expression, because a start
// among thousands of records looks at the name of each.
func IsUUID(s string) bool {
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i, c := range []byte(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if digit := '0' <= c && c <= '9' || 'a' <= c && c <= 'f'; hyphen && c != '-' || !hyphen && !digit {
			return false
		}
	}
	return true
}

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
