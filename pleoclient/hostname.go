package pleoclient

import (
	"slices"
	"strings"

	"pleo-connect/pleoclient/lazy"
)

const pleoDomain = "pleo.io" // of every documented address of Pleo

// hostName is a DNS name in plain letters.
var hostName = lazy.NewRegexp(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// checkHostName accepts a lower-case name that is not an IP address. Its errors name one character at most, because the
// rest may hold a key.
func checkHostName(name string) error {
	for i, r := range name {
		if r > 0x7e {
			return &SettingError{Setting: SettingCharacter, Character: characterIn(name[i:])}
		}
	}
	if !hostName.MatchString(name) || len(name) > 253 {
		return wrong(SettingHost)
	}
	return refuseLookalike(name)
}

// refuseLookalike refuses a host that people may take for Pleo's. It knows the usual tricks, not all of them: any host
// other than Pleo's own is shown before it gets a key.
func refuseLookalike(host string) error {
	labels := strings.Split(host, ".")
	if slices.ContainsFunc(labels, func(l string) bool { return strings.HasPrefix(l, "xn--") }) {
		return wrong(SettingScript)
	}
	domain := strings.Join(labels[max(len(labels)-2, 0):], ".")
	if domain != pleoDomain && (isSlip(domain, pleoDomain) || namesPleo(host)) {
		return wrong(SettingLookalike)
	}
	return nil
}

// isSlip reports whether one letter was added, left out, replaced, or swapped with its neighbour.
func isSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return len(a) <= 1 && len(b) <= 1 || swapped
}

// namesPleo reports whether Pleo's domain is in the middle of a host, as in external.pleo.io.evil.example or
// pleo-io.example. A name that only holds "pleo", such as pleo-gateway.contoso.example, is a company's own choice.
func namesPleo(host string) bool {
	words := strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' })
	for i, word := range words {
		if word == "pleoio" || word == "pleo" && i+1 < len(words) && words[i+1] == "io" {
			return true
		}
	}
	return false
}
