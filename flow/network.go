package flow

import (
	"strings"

	"pleo-connect/pleoclient"
)

// Network is what a connection to Pleo depends on beside this computer's own network and certificates. Whoever set it
// up may be somebody else than the person at the wizard, so it is shown before there is a key. The zero Network is a
// direct connection that trusts the system's certificates alone.
type Network struct {
	Proxy pleoclient.SafeText // host and port; zero: none
	Roots []Roots
}

// Roots are certificates that are trusted besides the system's, or in their place.
type Roots struct {
	Setting RootSetting
	From    pleoclient.SafeText // the file, or the directories
}

// RootSetting is where it was said that certificates are trusted.
type RootSetting int

const (
	CAFileFlag  RootSetting = iota // besides the system's
	SSLCertFile                    // in place of the system's file
	SSLCertDir                     // in place of the system's directories
)

var rootSettingNames = [...]string{"--ca-file", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// String returns the name of the flag or variable.
func (s RootSetting) String() string { return rootSettingNames[s] }

func (r Roots) text() string {
	text := "certificates from " + r.From.String() + " (" + r.Setting.String() + ")"
	if r.Setting == CAFileFlag {
		return "extra " + text
	}
	return text
}

// String returns it as a remark on the address of Pleo. It may be empty.
func (n Network) String() string {
	var parts []string
	if !n.Proxy.IsZero() {
		parts = append(parts, "through proxy "+n.Proxy.String())
	}
	for _, r := range n.Roots {
		parts = append(parts, "with "+r.text())
	}
	return strings.Join(parts, ", ")
}

// facts returns what Confirm says again.
func (n Network) facts() []Fact {
	var out []Fact
	if !n.Proxy.IsZero() {
		out = append(out, Fact{"proxy", n.Proxy.String()})
	}
	for _, r := range n.Roots {
		out = append(out, Fact{"trusting", r.text()})
	}
	return out
}

// lines returns the status marks of Review.
func (n Network) lines() []Line {
	var out []Line
	if !n.Proxy.IsZero() {
		out = append(out, Line{Name: "proxy", Label: "through proxy " + n.Proxy.String(), Mark: MarkWarning})
	}
	for _, r := range n.Roots {
		out = append(out, Line{Name: "certificates", Label: "trusting " + r.text(), Mark: MarkWarning})
	}
	return out
}
