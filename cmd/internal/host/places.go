package host

import (
	"cmp"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"slices"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

const (
	storeVariable    = "PLEO_CONNECT_STORE"
	identityVariable = "PLEO_CONNECT_IDENTITY"
)

// PlaceVariables are the variables that name the places of this program.
var PlaceVariables = []string{storeVariable, identityVariable}

// Places returns where the store and its identity are: what a flag names, else a variable, else a credential, else the
// default.
func (h Host) Places(dir, identity string) (store.Config, error) {
	dir, err := firstPath(dir, h.Getenv(storeVariable), func() (string, error) {
		return store.DefaultDir(h.Getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, placeFault(err)
	}
	identity, err = firstPath(identity, h.Getenv(identityVariable), func() (string, error) {
		if path := h.credential(); path != "" {
			return path, nil
		}
		return store.DefaultIdentity(h.Getenv, os.Geteuid())
	})
	if err != nil {
		return store.Config{}, placeFault(err)
	}
	return store.Config{
		Dir: dir, Identity: identity, BySystemd: h.BySystemd(), Home: h.Home, Temp: h.Temp,
	}, nil
}

// placeFault returns why there is no default place, or why a relative path leads nowhere.
func placeFault(err error) error {
	var refused *store.RefusedError
	if errors.As(err, &refused) {
		return flow.NewFault(flow.KindSettings+"/"+flow.Kind(refused.Case), flow.Values{Variable: refused.Name})
	}
	return flow.NewFault(flow.KindSettings+"/no_directory", flow.Values{Reason: pleoclient.SystemReason(err)})
}

// StoreName returns how a person named the store, with a flag or the variable, or "".
func (h Host) StoreName(flag string) string { return cmp.Or(flag, h.Getenv(storeVariable)) }

// NamesIdentity reports whether a person, or systemd, said where the identity is.
func (h Host) NamesIdentity(flag string) bool {
	return cmp.Or(flag, h.Getenv(identityVariable), h.credential()) != ""
}

// StoresElsewhere returns where else the store may be if there is none in the place of cfg: where the identity knows of
// one, and in default places. They look like stores, or are closed to this account. named reports whether the person
// named the place of cfg.
func (h Host) StoresElsewhere(cfg store.Config, owner Owner, named bool) []flow.StoreElsewhere {
	var out []flow.StoreElsewhere
	for _, dir := range store.OtherDirs(cfg) {
		out = append(out, flow.StoreElsewhere{Dir: dir})
	}
	for _, e := range h.defaultStores(os.Geteuid() == 0 || owner.Changed) {
		known := func(other flow.StoreElsewhere) bool { return sameDir(e.Dir, other.Dir) }
		if store.MayHold(e.Dir) && !sameDir(e.Dir, cfg.Dir) && !slices.ContainsFunc(out, known) {
			e.Named = named
			out = append(out, e)
		}
	}
	return out
}

// defaultStores returns the default places of this account, of root, and of the person who used sudo.
func (h Host) defaultStores(root bool) []flow.StoreElsewhere {
	var out []flow.StoreElsewhere
	add := func(by flow.Account, getenv func(string) string, euid int) {
		if dir, err := store.DefaultDir(getenv, euid); err == nil {
			out = append(out, flow.StoreElsewhere{Dir: dir, By: by})
		}
	}
	if !root {
		add(flow.Anyone, h.Getenv, ordinary)
		add(flow.AsRoot, h.Getenv, 0)
		return out
	}
	add(flow.Anyone, h.Getenv, 0)
	if home := h.sudoHome(); home != "" {
		add(flow.WithoutIt, onlyHome(home), ordinary)
	}
	return out
}

const ordinary = 1 // any uid but root's

func sameDir(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && os.SameFile(one, two)
}

// onlyHome returns the environment of another account, of which only the home directory is known.
func onlyHome(home string) func(string) string {
	return func(name string) string {
		if name == "HOME" {
			return home
		}
		return ""
	}
}

// sudoHome returns the home directory of the person who used sudo, or "".
func (h Host) sudoHome() string {
	name := h.Getenv("SUDO_USER")
	if name == "" || name == "root" {
		return ""
	}
	found, err := user.Lookup(name)
	if err != nil {
		return ""
	}
	return found.HomeDir
}

// BySystemd reports whether systemd started this process, as a unit or in a session of one.
func (h Host) BySystemd() bool {
	return h.Getenv("CREDENTIALS_DIRECTORY") != "" || h.Getenv("INVOCATION_ID") != ""
}

func firstPath(flag, variable string, byDefault func() (string, error)) (string, error) {
	if path := cmp.Or(flag, variable); path != "" {
		return filepath.Abs(path)
	}
	return byDefault()
}

// credential returns the identity that systemd passed to this service, or "".
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

// isCredential reports whether systemd passed an identity to this service.
func (h Host) isCredential(identity string) bool { return identity == h.credential() }

// Protection returns what protects the identity of a store.
func (h Host) Protection(cfg store.Config) flow.Protection {
	switch {
	case h.isCredential(cfg.Identity):
		return flow.ProtectedBySystemd
	case store.Locked(cfg):
		return flow.ProtectedByPassphrase
	}
	return flow.ProtectedByFile
}
