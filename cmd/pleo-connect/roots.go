package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pleo-connect/cmd/internal/trusted"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// roots are the certificates that a run trusts in addition to the system's, or in their place.
type roots struct {
	named   []flow.Roots
	options []pleoclient.Option
	refused error             // why those of a file are not trusted; nil if they are
	system  *pleoclient.Roots // those that variables name; nil if they name none
	late    *bool             // system is judged by the first call of a wizard, and ends it if it is not trusted
}

// openRoots judges and reads what --ca-file names, and prepares to do the same with what SSL_CERT_FILE and SSL_CERT_DIR
// name, which may be hundreds of files. Anyone who can put a certificate there can pass for Pleo. What the variables
// name must also exist: package x509 continues without it, but then anyone who makes it a moment later decides what is
// trusted.
func (a *app) openRoots(caFile string) roots {
	var r roots
	file, dirs := a.host.Certificates()
	r.name(flow.SSLCertFile, file)
	r.name(flow.SSLCertDir, dirs)
	if r.named != nil {
		r.late = new(bool)
		r.system = pleoclient.SystemRoots(func() error {
			err := cmp.Or(judgeFile(file), judgeDirs(dirs))
			if err != nil && *r.late {
				a.stop(err)
			}
			return err
		})
		r.options = append(r.options, pleoclient.TrustRoots(r.system))
	}
	if caFile != "" {
		real, _, err := judge(flow.CAFileFlag, caFile)
		if real == "" {
			real = caFile // the client reports that
		}
		r.options = append(r.options, pleoclient.CAFile(real))
		r.name(flow.CAFileFlag, caFile)
		r.refused = err
	}
	return r
}

// name records what a setting names.
func (r *roots) name(setting flow.RootSetting, from string) {
	if from != "" {
		r.named = append(r.named, flow.Roots{Setting: setting, From: shownRoot(from)})
	}
}

// left reports whether the first call of a wizard judges what the variables name.
func (r roots) left() bool { return r.late != nil && *r.late }

// load judges and reads what the variables name, unless that was done before.
func (r roots) load() error {
	if r.system == nil {
		return nil
	}
	return r.system.Load()
}

// leave leaves that to the first call of a wizard, so that its first screen need not wait.
func (r roots) leave() {
	if r.system != nil {
		*r.late = true
	}
}

// network returns what the calls of a client depend on. Without encryption there are no certificates.
func (r roots) network(client *pleoclient.Client) flow.Network {
	n := flow.Network{Proxy: client.ProxyHost()}
	if strings.HasPrefix(client.Origin(), "https:") {
		n.Roots = r.named
	}
	return n
}

// shownRoot returns a path of certificates, short enough that all of them are in sight on Review.
func shownRoot(path string) pleoclient.SafeText {
	return pleoclient.SafeUpTo(pleoclient.SafePath(path).String(), 120)
}

// judge returns what path leads to, without symbolic links, even if the error is about what is there.
func judge(setting flow.RootSetting, path string) (real string, info fs.FileInfo, err error) {
	real, refused, err := trusted.Resolve(path)
	if err == nil {
		info, err = os.Stat(real)
	}
	switch {
	case err != nil:
		return "", nil, cannotRead(setting, path, err)
	case !info.IsDir() && !info.Mode().IsRegular(): // x509 would wait for the writer of a pipe
		return real, info, rootFault(flow.RootsIrregular, setting, path)
	case refused != nil:
		return real, info, refusedRoot(setting, path, refused)
	}
	return real, info, nil
}

func rootFault(row flow.Kind, setting flow.RootSetting, path string) flow.Fault {
	return flow.NewFault(row, flow.Values{Path: path, Flag: setting.String()})
}

func cannotRead(setting flow.RootSetting, path string, err error) flow.Fault {
	return rootFault(flow.RootsUnreadable, setting, path).With(func(v *flow.Values) {
		v.Reason = pleoclient.SystemReason(err)
	})
}

// refusedRoot returns the fault that others can change what is at path.
func refusedRoot(setting flow.RootSetting, path string, r *trusted.Refusal) flow.Fault {
	row := flow.RootsReplaceable
	switch {
	case r.Itself && r.Foreign:
		row = flow.RootsForeign
	case r.Itself:
		row = flow.RootsOpen
	case r.Foreign:
		row = flow.RootsWayForeign
	}
	if r.Root {
		row += flow.OfRoot
	}
	return rootFault(row, setting, path).With(func(v *flow.Values) { v.File = r.Path })
}

// judgeFile judges a file that package x509 reads without reporting what is wrong with it. An empty path names none.
func judgeFile(path string) error {
	if path == "" {
		return nil
	}
	real, info, err := judge(flow.SSLCertFile, path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return rootFault(flow.RootsDirectory, flow.SSLCertFile, path)
	}
	f, err := os.Open(real)
	if err != nil {
		return cannotRead(flow.SSLCertFile, path, err)
	}
	return f.Close()
}

// judgeDirs judges each directory of a list, and what its entries lead to.
func judgeDirs(list string) error {
	for dir := range strings.SplitSeq(list, ":") {
		if dir == "" { // as after a last colon
			continue
		}
		real, _, err := judge(flow.SSLCertDir, dir)
		if err != nil {
			return err
		}
		entries, err := os.ReadDir(real)
		if err != nil {
			return cannotRead(flow.SSLCertDir, dir, err)
		}
		for _, entry := range entries {
			path := filepath.Join(real, entry.Name())
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				continue // a dangling link, as the removal of a certificate leaves it
			}
			if _, _, err := judge(flow.SSLCertDir, path); err != nil {
				return err
			}
		}
	}
	return nil
}
