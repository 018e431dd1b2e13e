package pleoclient

import (
	"regexp"
	"strings"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// CompanyID names one Pleo company: a lower-case UUID, always. One key belongs to one company.
type CompanyID string

// ParseCompanyID accepts a UUID in any letter case and reports false for everything else.
func ParseCompanyID(s string) (CompanyID, bool) {
	s = strings.ToLower(s)
	return CompanyID(s), uuidForm.MatchString(s)
}

// Company is what the wizard shows of a Pleo company.
type Company struct {
	ID   CompanyID
	Name SafeText // empty when the key may not read it
}
