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
	User      string   // the account; empty: root, which a unit need not name
	Store     string   // an absolute path, not shortened, or the address of an engine
	Variables []string // how an engine is reached, each as ADDR=value without the engine's prefix, and never a token
	Identity  string   // an absolute path; empty: a credential holds it, if there is one
	Named     bool     // a service is known that will read the key
}

// unit returns the settings of a unit, and the commands that go with them. In an engine, only what is sealed needs an
// identity.
func (b *Book) unit(u Unit, c Connection) Receipt {
	w, opens := &b.Wizard.Unit, !b.Engine.Used() || b.Engine.Sealed
	settings := []string{"  [Service]"}
	set := func(variable string) { settings = append(settings, "  Environment="+unitWord(variable)) }
	if u.User != "" {
		settings = append(settings, "  User="+strings.ReplaceAll(u.User, "%", "%%")) // quotes are not allowed here
	}
	set("PLEO_CONNECT_STORE=" + u.Store)
	prefix := enginePrefix(b.Engine.Name) + "_"
	for _, variable := range u.Variables {
		set(prefix + variable)
	}
	if b.Engine.Used() {
		set(prefix + "TOKEN_PATH=FILE")
	}
	switch {
	case !opens:
	case u.Identity == "":
		settings = append(settings, "  "+CredentialLine)
	default:
		set("PLEO_CONNECT_IDENTITY=" + u.Identity)
	}
	out := Receipt{}.says(w.Needs.String(), settings...)
	if b.Engine.Used() {
		out = out.says(w.Token.String())
	}
	out = out.says(w.Reads.String(), "  pleo-connect key "+c.Arguments())
	switch {
	case !opens:
		return out
	case u.Identity == "":
		return out.says(w.Test.String(), "  "+u.trial(c, prefix))
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

// trial is the command that reads the record the way the unit will. prefix begins the names of the engine's variables.
func (u Unit) trial(c Connection, prefix string) string {
	user := ""
	if u.User != "" {
		user = "-p User=" + pleoclient.ShellWord(u.User) + " "
	}
	set := pleoclient.ShellWord("PLEO_CONNECT_STORE=" + u.Store)
	for _, variable := range u.Variables {
		set += " -E " + pleoclient.ShellWord(prefix+variable)
	}
	return fmt.Sprintf("systemd-run --pipe --wait %s-p %s -E %s %s",
		user, CredentialLine, set, "pleo-connect status "+c.Arguments())
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
