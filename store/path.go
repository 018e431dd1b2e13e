package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"pleo-connect/pleoclient"
)

// The names inside a store.
const (
	formatName        = "FORMAT"
	readmeName        = "README.txt"
	lockName          = "lock"
	settingsName      = "settings.age"
	settingsPrevName  = "settings.age.prev"
	installationsName = "installations"
	pendingName       = "unfinished"
	recordSuffix      = ".age"
	prevSuffix        = ".age.prev"
	tempPrefix        = ".tmp-pleo-connect-" // then random text; long enough that no other program's files are swept
	seenName          = "seen"               // beside the identity
)

// DefaultDir returns the default place of the store: /var/lib/pleo-connect for root, else $XDG_DATA_HOME/pleo-connect,
// else ~/.local/share/pleo-connect. A relative XDG_DATA_HOME, or no home directory at all, is an error.
//
// Source: https://specifications.freedesktop.org/basedir-spec/latest/
func DefaultDir(getenv func(string) string, euid int) (string, error) {
	if euid == 0 {
		return "/var/lib/pleo-connect", nil
	}
	base, err := xdgBase(getenv, "XDG_DATA_HOME", ".local/share")
	return filepath.Join(base, "pleo-connect"), err
}

// DefaultIdentity returns the default place of the identity: /etc/pleo-connect/private/identity.txt for root, in a
// directory of its own because /etc/pleo-connect itself stays root's; else $XDG_CONFIG_HOME/pleo-connect/identity.txt,
// else the same below ~/.config. A relative XDG_CONFIG_HOME, or no home directory at all, is an error.
//
// Source: https://specifications.freedesktop.org/basedir-spec/latest/
func DefaultIdentity(getenv func(string) string, euid int) (string, error) {
	if euid == 0 {
		return "/etc/pleo-connect/private/identity.txt", nil
	}
	base, err := xdgBase(getenv, "XDG_CONFIG_HOME", ".config")
	return filepath.Join(base, "pleo-connect", "identity.txt"), err
}

// HomeDir returns the home directory that the environment names, or "".
func HomeDir(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return home
	}
	return getenv("USERPROFILE") // Windows
}

func xdgBase(getenv func(string) string, name, belowHome string) (string, error) {
	if dir := getenv(name); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", &RefusedError{Case: refusedRelative, Name: name}
		}
		return dir, nil
	}
	home := HomeDir(getenv)
	switch {
	case home == "":
		return "", &RefusedError{Case: refusedNoHome, Name: name}
	case !filepath.IsAbs(home):
		return "", &RefusedError{Case: refusedHome}
	}
	return filepath.Join(home, filepath.FromSlash(belowHome)), nil
}

// envPrefixes start the file ids of the environments.
var envPrefixes = [...]struct{ env, prefix string }{{"production", "prod-"}, {"staging", "stg-"}, {envDemo, "demo-"}}

const envDemo = "demo"

// Ref names one record: a company that an integration is connected to, in an environment.
type Ref struct {
	Env         string // "production", "staging" or "demo"
	Integration string // its id; see IsIntegrationID
	CompanyID   string // a lower-case UUID
}

const uuidLength = 36

// fileID returns the name of the record's file without its extension. It accepts only an environment that we know, an
// id and a UUID, so no other text ever becomes part of a path.
func (r Ref) fileID() (string, error) {
	prefix, err := r.prefix()
	if err != nil {
		return "", err
	}
	return prefix + r.Integration + "-" + r.CompanyID, nil
}

// prefix returns what starts the file id, or why there is none.
func (r Ref) prefix() (string, error) {
	i := slices.IndexFunc(envPrefixes[:], func(p struct{ env, prefix string }) bool { return p.env == r.Env })
	switch {
	case i < 0:
		return "", errors.New(`the environment must be "production", "staging" or "demo"`)
	case !IsIntegrationID(r.Integration):
		return "", errors.New("the integration must be the ID that its integration file gives it, like contoso-erp")
	case !pleoclient.IsUUID(r.CompanyID):
		return "", errors.New("the company ID must be a lower-case UUID")
	}
	return envPrefixes[i].prefix, nil
}

// RefOf returns the name of a record from that of its file or entry, if it is one of a record. A UUID always has the
// same length, so the part before it is the integration.
func RefOf(fileID string) (Ref, bool) {
	for _, p := range envPrefixes {
		rest, ok := strings.CutPrefix(fileID, p.prefix)
		if !ok || len(rest) < uuidLength {
			continue
		}
		integration, ok := strings.CutSuffix(rest[:len(rest)-uuidLength], "-")
		ref := Ref{Env: p.env, Integration: integration, CompanyID: rest[len(rest)-uuidLength:]}
		if _, err := ref.prefix(); ok && err == nil {
			return ref, true
		}
	}
	return Ref{}, false
}

const slash = string(filepath.Separator)

// places are the resolved paths of one store.
type places struct{ dir, identity string }

func (p places) in(name string) string       { return p.dir + slash + name } // dir is clean, and not the root
func (p places) installations() string       { return p.in(installationsName) }
func (p places) record(name string) string   { return p.in(installationsName + slash + name) }
func (p places) live(fileID string) string   { return p.record(fileID + recordSuffix) }
func (p places) prev(fileID string) string   { return p.record(fileID + prevSuffix) }
func (p places) pendingDir() string          { return p.in(pendingName) }
func (p places) marker(fileID string) string { return p.in(pendingName + slash + fileID) }
func (p places) identityDir() string         { return filepath.Dir(p.identity) }
func (p places) allSeen() string             { return filepath.Join(p.identityDir(), seenName) }
func (p places) seen(storeID string) string  { return filepath.Join(p.allSeen(), storeID) }
func (p places) contains(path string) bool {
	rel, err := filepath.Rel(p.dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+slash)
}

// resolve checks both paths and follows their symbolic links, so that the directories that are checked are those that
// are used. A file system or a home directory as a whole cannot be a store.
func resolve(cfg Config) (places, error) {
	if !filepath.IsAbs(cfg.Dir) || !filepath.IsAbs(cfg.Identity) {
		return places{}, &RefusedError{Case: refusedPaths}
	}
	named := places{filepath.Clean(cfg.Dir), filepath.Clean(cfg.Identity)}
	dir, err := realPath(cfg.Dir)
	if err != nil {
		return places{}, named.complete(err)
	}
	if home, err := filepath.EvalSymlinks(cfg.Home); dir == filepath.Dir(dir) || err == nil && dir == home {
		return places{}, fail(caseWhole, dir)
	}
	identity, err := realPath(cfg.Identity)
	if err != nil {
		return places{}, named.ofIdentity(named.complete(err))
	}
	p := places{dir: dir, identity: identity}
	if p.contains(identity) {
		if _, err := os.Lstat(identity); errors.Is(err, fs.ErrNotExist) {
			return places{}, fail(caseInsideFirst, identity)
		}
		return places{}, fail(KindIdentityInside, identity)
	}
	return p, nil
}

// realPath follows the symbolic links of path, including one that leads to a place that does not exist: a disk may not
// be mounted yet.
func realPath(path string) (string, error) {
	path = filepath.Clean(path)
	rest := ""
	for hops := 0; ; {
		resolved, err := filepath.EvalSymlinks(path)
		if err == nil {
			return filepath.Join(resolved, rest), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(path) == path {
			return "", wayError(path, err)
		}
		if target, err := os.Readlink(path); err == nil && hops < maxHops {
			if path, err = joinLink(filepath.Dir(path), target); err != nil {
				return "", readError(path, err)
			}
			hops++
			continue
		}
		rest = filepath.Join(filepath.Base(path), rest)
		path = filepath.Dir(path)
	}
}

// wayError is readError for a path whose links could not be followed to their end.
func wayError(path string, err error) error {
	errno := syscall.Errno(0)
	switch {
	case !errors.As(err, &errno), errno == syscall.ELOOP: // package filepath also counts links
		return fail(caseLoop, path)
	case errno == syscall.ENOTDIR:
		path = existing(path)
	}
	return readError(path, err)
}

const maxHops = 40 // of links that lead nowhere; Linux follows as many

// joinLink returns where a link in dir leads.
func joinLink(dir, target string) (string, error) {
	if filepath.IsAbs(target) {
		return filepath.Clean(target), nil
	}
	dir, err := filepath.EvalSymlinks(dir) // otherwise .. would lead elsewhere
	return filepath.Join(dir, target), err
}

// above returns the directories that path is in, from the nearest to the root.
func above(path string) []string {
	dir := filepath.Dir(path)
	out := []string{dir}
	for filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
		out = append(out, dir)
	}
	return out
}

// existing returns the nearest directory on the way to path that exists, which may be path itself. One that cannot be
// looked at counts as existing: its user learns why, while a store that seems to be missing would be taken for a new
// one.
func existing(path string) string {
	for {
		_, err := os.Lstat(path)
		missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		if !missing || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}
