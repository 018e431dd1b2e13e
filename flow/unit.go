package flow

import (
	"fmt"
	"strings"

	"pleo-connect/pleoclient"
)

// CredentialName is the systemd credential that may hold the identity.
const CredentialName = "pleo-connect-identity"

// CredentialLine is the line of a unit that passes the identity as an encrypted credential, from the directory where
// systemd looks for those.
//
// Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
const CredentialLine = "LoadCredentialEncrypted=" + CredentialName + ":" + credentialFile

const (
	credentialDir  = "/etc/credstore.encrypted"
	credentialFile = credentialDir + "/" + CredentialName
)

// Unit is what a systemd unit must say so that its program can read the key. Its texts can be drawn as they are.
type Unit struct {
	User     string // the account; empty: root, which a unit need not name
	Store    string // an absolute path, not shortened
	Identity string // the same; empty: a credential holds it
	Named    bool   // a service is known that will read the key
}

// unit returns the settings of a unit, and the commands that go with them.
func (b *Book) unit(u Unit, c Connection) []string {
	w := &b.Wizard.Unit
	out := []string{w.Needs.String(), "  [Service]"}
	if u.User != "" {
		out = append(out, "  User="+strings.ReplaceAll(u.User, "%", "%%")) // quotes are not allowed here
	}
	out = append(out, "  Environment="+unitWord("PLEO_CONNECT_STORE="+u.Store))
	read := []string{w.Reads.String(), "  pleo-connect key " + c.Arguments()}
	if u.Identity == "" {
		out = append(append(out, "  "+CredentialLine), read...)
		return append(out, w.Test.String(), "  "+u.trial(c))
	}
	out = append(append(out, "  Environment="+unitWord("PLEO_CONNECT_IDENTITY="+u.Identity)), read...)
	if !u.Named {
		return out
	}
	return append(out,
		w.Credential.String(),
		"  mkdir -p -m 700 "+credentialDir,
		"  "+CredentialCommand(u.Identity),
		w.Instead.String(),
		"  "+CredentialLine)
}

// CredentialCommand is the command that makes the credential, or makes it again, from an identity file.
// Only root can run it.
//
// Source: https://www.freedesktop.org/software/systemd/man/latest/systemd-creds.html
func CredentialCommand(identity string) string {
	return "systemd-creds encrypt --name=" + CredentialName + " " + pleoclient.ShellWord(identity) + " " + credentialFile
}

// trial is the command that reads the record the way the unit will.
func (u Unit) trial(c Connection) string {
	user := ""
	if u.User != "" {
		user = "-p User=" + pleoclient.ShellWord(u.User) + " "
	}
	return fmt.Sprintf("systemd-run --pipe --wait %s-p %s -E %s %s",
		user, CredentialLine, pleoclient.ShellWord("PLEO_CONNECT_STORE="+u.Store), "pleo-connect status "+c.Arguments())
}

// unitWord quotes a word for a unit file, where % begins a specifier and quotes protect spaces.
//
// Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
func unitWord(word string) string {
	word = strings.ReplaceAll(word, "%", "%%")
	if !strings.ContainsAny(word, " \"'\\") {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}
