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
func (h *app) places() (store.Config, error) {
	dir, err := firstPath(h.store, h.Getenv("PLEO_CONNECT_STORE"), func() (string, error) {
		return store.DefaultDir(h.Getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, WrongUse(err.Error(), "name the store with --store DIR")
	}
	identity, err := firstPath(h.identity, h.Getenv("PLEO_CONNECT_IDENTITY"), func() (string, error) {
		if path := h.credential(); path != "" {
			return path, nil
		}
		return store.DefaultIdentity(h.Getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, WrongUse(err.Error(), "name the identity with --identity FILE")
	}
	return store.Config{
		Dir: dir, Identity: identity, IdentityFix: h.identityFix(),
		AnyPlace: h.forceStore, Writer: "pleo-connect/" + fullVersion(),
	}, nil
}

// identityFix names the setting that a unit of systemd lacks when the identity did not come with it.
func (h *app) identityFix() string {
	if h.Getenv("CREDENTIALS_DIRECTORY") == "" && h.Getenv("INVOCATION_ID") == "" { // both come from systemd
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

// credential returns the identity that systemd handed to this service, or "".
func (h *app) credential() string {
	dir := h.Getenv("CREDENTIALS_DIRECTORY")
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
func (h *app) protection(cfg store.Config) flow.Protection {
	switch {
	case cfg.Identity == h.credential():
		return flow.ProtectedBySystemd
	case store.Locked(cfg):
		return flow.ProtectedByPassphrase
	}
	return flow.ProtectedByFile
}
