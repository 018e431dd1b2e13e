package host

import (
	"cmp"
	"os"
	"path/filepath"

	"pleo-connect/flow"
	"pleo-connect/store"
)

// Places returns where the store and its identity are: what was named by a flag, then variable, then credential, then
// the default.
func (h Host) Places(dir, identity string) (store.Config, error) {
	dir, err := firstPath(dir, h.Getenv("PLEO_CONNECT_STORE"), func() (string, error) {
		return store.DefaultDir(h.Getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, flow.WrongUse(err.Error(), "name the store with --store DIR")
	}
	identity, err = firstPath(identity, h.Getenv("PLEO_CONNECT_IDENTITY"), func() (string, error) {
		if path := h.credential(); path != "" {
			return path, nil
		}
		return store.DefaultIdentity(h.Getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, flow.WrongUse(err.Error(), "name the identity with --identity FILE")
	}
	return store.Config{
		Dir: dir, Identity: identity, IdentityFix: h.identityFix(), Home: h.Home, Temp: h.Temp,
	}, nil
}

// identityFix names the setting that a unit of systemd lacks when the identity did not come with it.
func (h Host) identityFix() string {
	if h.Getenv("CREDENTIALS_DIRECTORY") == "" && h.Getenv("INVOCATION_ID") == "" { // both come from systemd
		return ""
	}
	return "in the unit of the service, under [Service], write " + flow.CredentialLine + ", or restore the file"
}

func firstPath(flag, variable string, byDefault func() (string, error)) (string, error) {
	if path := cmp.Or(flag, variable); path != "" {
		return filepath.Abs(path)
	}
	return byDefault()
}

// credential returns the identity that systemd handed to this service, or "".
func (h Host) credential() string {
	dir := h.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, flow.CredentialName)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// Protection returns what guards the identity of a store.
func (h Host) Protection(cfg store.Config) flow.Protection {
	switch {
	case cfg.Identity == h.credential():
		return flow.ProtectedBySystemd
	case store.Locked(cfg):
		return flow.ProtectedByPassphrase
	}
	return flow.ProtectedByFile
}
