package kv

import (
	"cmp"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Settings say where an engine is and who we are to it, in the engines' own variables: those of OpenBao, or else those
// of Vault, which OpenBao's own programs read in the same order.
//
// Source: https://openbao.org/docs/commands/#environment-variables
// Source: https://developer.hashicorp.com/vault/docs/commands#configure-environment-variables
type Settings struct {
	URL       string // the origin of the engine, such as "https://vault.contoso.example:8200"
	Token     Token  // of BAO_TOKEN; zero: it is in TokenFile
	TokenFile string // of BAO_TOKEN_PATH, or else ~/.vault-token
	CACert    string // of BAO_CACERT: a PEM file with the only certificates to trust; empty: the system's
	Namespace string // of BAO_NAMESPACE; empty: the root namespace

	ServerName string // of BAO_TLS_SERVER_NAME: whom the certificate is for; empty: the host of URL

	// The variables that they are from, for sentences.
	caCertName, serverNameName string
	tokenName                  string // of Token, or of TokenFile; empty: it is the file that is looked for by itself
}

// tokenFile is where the login command of both engines writes the token. Vault Agent and OpenBao Agent write it where
// their file sink says, and in a pod that the injector changed it is /vault/secrets/token: BAO_TOKEN_PATH names those.
// An agent may let others read it, as with the mode 0640 or 0644 in a pod, so only a file that others can change is
// refused.
//
// Source: https://openbao.org/docs/commands/token-helper/
// Source: https://openbao.org/docs/agent-and-proxy/autoauth/sinks/file/
// Source: https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations
const tokenFile = ".vault-token"

// ReadSettings reads the variables. Home may be empty. The error is a [*store.AddressError], and nothing is read from
// any file.
func ReadSettings(getenv func(string) string, home string) (Settings, error) {
	var s Settings
	if name, value := variable(getenv, "SKIP_VERIFY"); value != "" {
		if skip, err := strconv.ParseBool(value); skip || err != nil {
			return s, &store.AddressError{Case: "skip_verify", Name: name}
		}
	}
	name, value := variable(getenv, "ADDR")
	origin, err := parseURL(cmp.Or(name, "BAO_ADDR"), value)
	if err != nil {
		return s, err
	}
	s.URL = origin.String()
	name, value = variable(getenv, "NAMESPACE")
	s.Namespace = strings.Trim(value, "/")
	if refused := checkPath(s.Namespace + "/x"); s.Namespace != "" && refused != nil {
		return s, &store.AddressError{Case: "namespace", Name: name}
	}
	s.caCertName, s.CACert = variable(getenv, "CACERT")
	for _, not := range []struct{ name, why string }{
		{"CLIENT_CERT", "client_cert"}, {"CLIENT_KEY", "client_cert"}, // what signs with it has 180 KiB
		{"CAPATH", "ca_elsewhere"}, {"CACERT_BYTES", "ca_elsewhere"},
	} {
		name, value := variable(getenv, not.name)
		if value != "" && (s.CACert == "" || not.why != "ca_elsewhere") {
			return s, &store.AddressError{Case: not.why, Name: name}
		}
	}
	s.serverNameName, s.ServerName = variable(getenv, "TLS_SERVER_NAME")
	if name, value = variable(getenv, "TOKEN"); value != "" {
		var ok bool
		if s.Token, ok = newToken(value); !ok {
			return s, &store.AddressError{Case: "token", Name: name}
		}
		s.tokenName = name
		return s, nil
	}
	switch name, value = variable(getenv, "TOKEN_PATH"); {
	case value != "":
		s.tokenName, s.TokenFile = name, value
	case home != "":
		s.TokenFile = filepath.Join(home, tokenFile)
	}
	return s, nil
}

// Variables returns those that say where the engine is, without the prefix of their names, each as NAME=value and never
// a token, for another process that is to reach it.
func Variables(getenv func(string) string) (out []string) {
	for _, name := range []string{"ADDR", "CACERT", "NAMESPACE", "TLS_SERVER_NAME"} {
		if _, value := variable(getenv, name); value != "" {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// TokenVariables returns the names of those that hold a token, which another process does not need.
func TokenVariables() []string { return []string{"BAO_TOKEN", "VAULT_TOKEN"} }

// variable returns the value of a variable, and the name of the one that it is from. Both are empty if it is not set.
func variable(getenv func(string) string, name string) (from, value string) {
	for _, from := range []string{"BAO_" + name, "VAULT_" + name} {
		if value := getenv(from); value != "" {
			return from, value
		}
	}
	return "", ""
}

// parseURL reads a bare origin. Its errors never repeat the value, which may hold a token.
func parseURL(name, value string) (*url.URL, error) {
	u, err := url.Parse(value)
	refuse := func(reason string) (*url.URL, error) { return nil, &store.AddressError{Case: reason, Name: name} }
	switch {
	case value == "":
		return refuse("address_missing")
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "", strings.HasSuffix(u.Host, ":"):
		return refuse("address_bad")
	case u.User != nil || holdsCredential(value):
		return refuse("address_credentials")
	case u.Path != "" && u.Path != "/", strings.ContainsAny(value, "?#"):
		return refuse("address_bad")
	case u.Scheme == "http" && !pleoclient.IsLoopback(u.Hostname()):
		return refuse("address_http")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}
