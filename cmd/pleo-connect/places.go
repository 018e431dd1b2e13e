package main

import (
	"os"
	"path/filepath"

	"pleo-connect/flow"
	"pleo-connect/store"
)

// credentialName is the systemd credential that may hold the identity.
const credentialName = "pleo-connect-identity"

// places returns where the store and its identity are: flag, then variable, then credential, then the default.
func (a *app) places() (store.Config, error) {
	dir, err := firstPath(a.store, a.getenv("PLEO_CONNECT_STORE"), func() (string, error) {
		return store.DefaultDir(a.getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, wrongUse(err.Error(), "name the store with --store DIR")
	}
	identity, err := firstPath(a.identity, a.getenv("PLEO_CONNECT_IDENTITY"), func() (string, error) {
		if path := credentialPath(a.getenv); path != "" {
			return path, nil
		}
		return store.DefaultIdentity(a.getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, wrongUse(err.Error(), "name the identity with --identity FILE")
	}
	return store.Config{
		Dir: dir, Identity: identity, IdentityFix: identityFix(a.getenv),
		AnyPlace: a.forceStore, Writer: "pleo-connect/" + fullVersion(),
	}, nil
}

// identityFix names the setting that a unit of systemd lacks when the identity did not come with it.
func identityFix(getenv func(string) string) string {
	if getenv("CREDENTIALS_DIRECTORY") == "" && getenv("INVOCATION_ID") == "" { // both come from systemd
		return ""
	}
	return "in the unit of the service, under [Service], write " + flow.CredentialLine + ", or restore the file"
}

func firstPath(flag, variable string, byDefault func() (string, error)) (string, error) {
	path := flag
	if path == "" {
		path = variable
	}
	if path == "" {
		return byDefault()
	}
	return filepath.Abs(path)
}

// credentialPath returns the identity that systemd handed to this service, or "".
func credentialPath(getenv func(string) string) string {
	dir := getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, credentialName)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// protection returns what guards the identity of a store.
func (a *app) protection(cfg store.Config) flow.Protection {
	switch {
	case cfg.Identity == credentialPath(a.getenv):
		return flow.ProtectedBySystemd
	case store.Locked(cfg):
		return flow.ProtectedByPassphrase
	}
	return flow.ProtectedByFile
}
