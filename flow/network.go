package flow

import (
	"pleo-connect/pleoclient"
)

// Network is what a connection to Pleo depends on besides this computer's own network and certificates. The person at
// the wizard may not have set it up, so it is shown before there is a key. The zero Network is a direct connection that
// trusts only the system's certificates.
type Network struct {
	Proxy pleoclient.SafeText // host and port; zero: none
	Roots []Roots
}

// Roots are certificates that are trusted besides the system's, or in their place.
type Roots struct {
	Setting RootSetting
	From    pleoclient.SafeText // the file, or the directories
}

// RootSetting is the setting that adds or replaces trusted certificates.
type RootSetting int

const (
	CAFileFlag  RootSetting = iota // besides the system's
	SSLCertFile                    // in place of the system's file
	SSLCertDir                     // in place of the system's directories
)

var rootSettingNames = [...]string{"--ca-file", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// String returns the name of the flag or variable.
func (s RootSetting) String() string { return rootSettingNames[s] }

func (r Roots) values() Values { return Values{Detail: r.From.String(), Flag: r.Setting.String()} }

// choose returns the text for certificates besides the system's, or for those in their place.
func (r Roots) choose(extra, instead Text) Text {
	if r.Setting == CAFileFlag {
		return extra
	}
	return instead
}

// Network returns a remark on the address of Pleo. It may be empty.
func (b *Book) Network(n Network) string {
	var parts []string
	w := &b.Wizard.Network
	if !n.Proxy.IsZero() {
		parts = append(parts, w.WithProxy.Fill(Values{Proxy: n.Proxy.String()}))
	}
	for _, r := range n.Roots {
		parts = append(parts, r.choose(w.WithExtra, w.WithInstead).Fill(r.values()))
	}
	return b.List(parts)
}

// networkFacts returns what Confirm repeats about the network.
func (s State) networkFacts() []Fact {
	var out []Fact
	n, w := s.Network, &s.words().Network
	if !n.Proxy.IsZero() {
		out = append(out, Fact{w.Proxy.String(), n.Proxy.String()})
	}
	for _, r := range n.Roots {
		out = append(out, Fact{w.Trusting.String(), r.choose(w.Extra, w.Instead).Fill(r.values())})
	}
	return out
}

// networkLines returns the status marks of Review.
func (s State) networkLines() []Line {
	var out []Line
	n, w := s.Network, &s.words().Network
	if !n.Proxy.IsZero() {
		label := w.ThroughProxy.Fill(Values{Proxy: n.Proxy.String()})
		out = append(out, Line{Name: "proxy", Label: label, Mark: MarkWarning})
	}
	for _, r := range n.Roots {
		label := r.choose(w.TrustingExtra, w.TrustingInstead).Fill(r.values())
		out = append(out, Line{Name: "certificates", Label: label, Mark: MarkWarning})
	}
	return out
}
