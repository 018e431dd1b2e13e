package host

import (
	"cmp"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"

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

// NamesStore reports that a person said where the store is, with a flag or the variable.
func (h Host) NamesStore(flag string) bool { return cmp.Or(flag, h.Getenv("PLEO_CONNECT_STORE")) != "" }

// StoresElsewhere returns where else the store of somebody may be who finds none in the place of cfg: where the
// identity knows of one, and in the default places of this account, of root, and of the person who used sudo.
func (h Host) StoresElsewhere(cfg store.Config, owner Owner) []flow.StoreElsewhere {
	root := os.Geteuid() == 0 || owner.Changed
	var out []flow.StoreElsewhere
	for _, dir := range store.OtherDirs(cfg) {
		out = append(out, flow.StoreElsewhere{Dir: dir})
	}
	add := func(by flow.Account, getenv func(string) string, euid int) {
		dir, err := store.DefaultDir(getenv, euid)
		known := func(e flow.StoreElsewhere) bool { return e.Dir == dir }
		if err == nil && dir != cfg.Dir && store.MayHold(dir) && !slices.ContainsFunc(out, known) {
			out = append(out, flow.StoreElsewhere{Dir: dir, By: by})
		}
	}
	switch {
	case !root:
		add(flow.Anyone, h.Getenv, os.Geteuid())
		add(flow.AsRoot, h.Getenv, 0)
	default:
		add(flow.Anyone, h.Getenv, 0)
		if who, home := h.sudoUser(); who > 0 {
			add(flow.WithoutIt, onlyHome(home), who)
		}
	}
	return out
}

// onlyHome is the environment of somebody else, of which only the home directory is known.
func onlyHome(home string) func(string) string {
	return func(name string) string {
		if name == "HOME" {
			return home
		}
		return ""
	}
}

// sudoUser returns the uid and the home directory of the person who used sudo, or 0.
func (h Host) sudoUser() (uid int, home string) {
	name := h.Getenv("SUDO_USER")
	if name == "" {
		return 0, ""
	}
	found, err := user.Lookup(name)
	if err != nil {
		return 0, ""
	}
	uid, _ = strconv.Atoi(found.Uid)
	return uid, found.HomeDir
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
