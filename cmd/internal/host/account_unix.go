//go:build unix

package host

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// integrationFile is where a vendor's package describes the integration of this computer.
var integrationFile = "/etc/pleo-connect/integration.toml"

// account is an account that a process can have.
type account struct {
	name   string // or the number of one that has no name
	home   string
	uid    int
	gid    int
	groups []int
}

// BecomeOwner makes this process the account that the store belongs to, for good, if root started it.
func BecomeOwner(cfg store.Config, want Wanted) (owner Owner, err error) {
	named, err := want.account()
	if err != nil {
		return owner, err
	}
	if os.Geteuid() == 0 {
		owner, err = leaveRoot(cfg, named, want)
	} else {
		err = onlyAs(named)
	}
	if named != nil && named.uid == os.Geteuid() {
		owner.Service = named.name
	}
	return owner, err
}

// namedAccount is the account that must be able to read the store, and where it is named.
type namedAccount struct {
	account
	as bool // by --as, and not by the integration file
}

// row returns the row of a case, depending on where the account is named.
func (n namedAccount) row(name string) flow.Kind {
	who := "/service"
	if n.as {
		who = "/as"
	}
	return flow.KindStoreOwner + flow.Kind(who+name)
}

// account looks up the account that is named. It returns nil if none is.
func (w Wanted) account() (*namedAccount, error) {
	service, err := serviceAccount(w.Service)
	if err != nil || w.As == "" {
		return service, err
	}
	found, err := accountNamed(w.As)
	if err != nil { // the name may be anything, including a key
		return nil, flow.NewFault(flow.KindSettings+"/as_unknown", flow.Values{})
	}
	if service != nil && service.uid != found.uid {
		return nil, flow.NewFault(flow.KindSettings+"/as_not_service",
			flow.Values{Owner: service.name, Account: found.name})
	}
	return &namedAccount{found, true}, nil
}

// ServiceHere returns the name of the account of a service if this process runs as it, or "".
func ServiceHere(service string) string {
	named, err := serviceAccount(service)
	if err != nil || named == nil || named.uid != os.Geteuid() {
		return ""
	}
	return named.name
}

// serviceAccount looks up [service] user. It returns nil if none is named.
func serviceAccount(service string) (*namedAccount, error) {
	if service == "" {
		return nil, nil
	}
	found, err := accountNamed(service)
	if err != nil {
		return nil, err
	}
	return &namedAccount{account: found}, nil
}

// onlyAs refuses to save a key for an account other than ours, which could not read it.
func onlyAs(named *namedAccount) error {
	if named == nil || named.uid == os.Geteuid() {
		return nil
	}
	return flow.NewFault(named.row(""), flow.Values{Account: named.name, Name: accountOf(os.Geteuid()).name})
}

// leaveRoot gives up the rights of root for good, unless the store is root's.
func leaveRoot(cfg store.Config, named *namedAccount, want Wanted) (Owner, error) {
	owner, err := ownerOf(cfg.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && named != nil && want.Create:
		owner = named.uid
	case err != nil: // there is no store, or opening it fails with the reason
		return Owner{}, nil
	case named != nil && named.uid != owner:
		return Owner{}, wrongOwner(cfg, accountOf(owner), *named)
	}
	switch {
	case owner == 0:
		return Owner{}, nil
	case named == nil && want.Named:
		return Owner{}, unnamed(accountOf(owner))
	case named == nil:
		return become(accountOf(owner), cfg, want, true)
	}
	if want.Create {
		if err := store.MakeFor(cfg, named.uid, named.gid); err != nil {
			return Owner{}, err
		}
	}
	return become(named.account, cfg, want, false)
}

// wrongOwner refuses a store that the named account cannot read.
func wrongOwner(cfg store.Config, owner account, named namedAccount) error {
	about := flow.Values{Owner: owner.name, Account: named.name}
	if owner.uid != 0 { // another service, which would lose its keys
		return flow.NewFault(named.row("_other"), about)
	}
	about.Paths = pleoclient.ShellWords(store.OwnedPaths(cfg))
	return flow.NewFault(named.row("_root"), about)
}

// unnamed refuses a store whose owner is not named: anyone can prepare a directory, and would get the key.
func unnamed(owner account) error {
	return flow.NewFault(flow.KindSettings+"/owner_not_named", flow.Values{Owner: owner.name})
}

// become changes the account of the whole process, with all its threads. The groups are set first: that needs the
// rights of root.
func become(who account, cfg store.Config, want Wanted, unnamed bool) (Owner, error) {
	if want.Before != nil {
		want.Before()
	}
	err := syscall.Setgroups(who.groups)
	if err == nil {
		err = syscall.Setgid(who.gid)
	}
	if err == nil {
		err = syscall.Setuid(who.uid)
	}
	stays := err == nil && syscall.Setuid(0) == nil // the kernel may be set to leave a process its rights
	about := flow.Values{Owner: who.name, Path: cfg.Dir, Dir: cfg.Identity}
	switch {
	case err != nil:
		about.Reason = pleoclient.SystemReason(err)
		return Owner{}, flow.NewFault(flow.KindStoreOwner+"/switch", about)
	case stays:
		return Owner{}, flow.NewFault(flow.KindStoreOwner+"/stays_root", about)
	}
	hide()
	return Owner{Changed: true, Name: who.name, HomeDir: who.home, Unnamed: unnamed}, nil
}

// ownerOf returns the uid that a directory belongs to, with links followed.
func ownerOf(dir string) (int, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return -1, err
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), nil // guaranteed by package os for files on this system
}

// ours reports whether a file belongs to this account and no other account may open it.
func ours(info fs.FileInfo) bool {
	return isOwner(info) && info.Mode().Perm()&0o077 == 0
}

func isOwner(info fs.FileInfo) bool { return int(info.Sys().(*syscall.Stat_t).Uid) == os.Geteuid() }

// MayChmod reports whether this account may change the mode of a file.
func MayChmod(info fs.FileInfo) bool { return os.Geteuid() == 0 || isOwner(info) }

// accountNamed finds an account by its name, or by its number, which needs no name.
func accountNamed(name string) (account, error) {
	found, err := user.Lookup(name)
	if err == nil {
		return accountFrom(found)
	}
	if uid, numErr := strconv.ParseUint(name, 10, 31); numErr == nil {
		return accountOf(int(uid)), nil
	}
	var unknown user.UnknownUserError
	if errors.As(err, &unknown) {
		return account{}, flow.NewFault(flow.KindSettings+"/no_account", flow.Values{Account: name})
	}
	return account{}, lookupFault("/account_lookup", name, err)
}

// lookupFault returns the fault of an account that cannot be looked up.
func lookupFault(name, account string, err error) error {
	about := flow.Values{Account: account}
	if err != nil {
		about.Reason = err.Error()
	}
	return flow.NewFault(flow.KindSettings+flow.Kind(name), about)
}

// accountOf returns the account of a uid. One without an entry has its number as its name and its group, no other
// groups, and the root directory as its home.
func accountOf(uid int) account {
	if found, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		if who, err := accountFrom(found); err == nil {
			return who
		}
	}
	return account{name: strconv.Itoa(uid), home: "/", uid: uid, gid: uid, groups: []int{uid}}
}

func accountFrom(found *user.User) (account, error) {
	who := account{name: found.Username, home: found.HomeDir}
	ids, err := found.GroupIds()
	if err != nil {
		return who, lookupFault("/account_groups", found.Username, err)
	}
	for _, id := range ids {
		gid, err := strconv.Atoi(id)
		if err != nil {
			return who, lookupFault("/account_number", found.Username, nil)
		}
		who.groups = append(who.groups, gid)
	}
	if who.uid, err = strconv.Atoi(found.Uid); err == nil {
		who.gid, err = strconv.Atoi(found.Gid)
	}
	if err != nil {
		return who, lookupFault("/account_number", found.Username, nil)
	}
	return who, nil
}

// accountHere names the account of this process; root has no name here.
func accountHere() string {
	if os.Geteuid() == 0 {
		return ""
	}
	return accountOf(os.Geteuid()).name
}
