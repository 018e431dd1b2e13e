package pleoclient

import (
	"regexp"
	"strings"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

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
	if s = strings.ToLower(s); !uuidForm.MatchString(s) {
		return "", false
	}
	return s, true
}

// Company is what the wizard shows of a Pleo company.
type Company struct {
	ID   CompanyID
	Name SafeText // empty when the key may not read it
}
