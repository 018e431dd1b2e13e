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
func (b *Book) unit(u Unit, c Connection) Receipt {
	w := &b.Wizard.Unit
	settings := []string{"  [Service]"}
	if u.User != "" {
		settings = append(settings, "  User="+strings.ReplaceAll(u.User, "%", "%%")) // quotes are not allowed here
	}
	settings = append(settings, "  Environment="+unitWord("PLEO_CONNECT_STORE="+u.Store))
	identity := "  " + CredentialLine
	if u.Identity != "" {
		identity = "  Environment=" + unitWord("PLEO_CONNECT_IDENTITY="+u.Identity)
	}
	out := Receipt{}.says(w.Needs.String(), append(settings, identity)...).
		says(w.Reads.String(), "  pleo-connect key "+c.Arguments())
	switch {
	case u.Identity == "":
		return out.says(w.Test.String(), "  "+u.trial(c))
	case !u.Named:
		return out
	}
	return out.
		says(w.Credential.String(), "  mkdir -p -m 700 "+credentialDir, "  "+CredentialCommand(u.Identity)).
		says(w.Instead.String(), "  "+CredentialLine)
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
