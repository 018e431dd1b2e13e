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
	refused error // why they are not trusted; nil if they are
}

// openRoots judges and reads what --ca-file, SSL_CERT_FILE and SSL_CERT_DIR name. Anyone who can put a certificate
// there can pass for Pleo. What the variables name must also exist: package x509 continues without it, but then anyone
// who makes it a moment later decides what is trusted.
func (a *app) openRoots(caFile string) roots {
	var r roots
	file, dirs := a.host.Certificates()
	if file != "" {
		r.add(flow.SSLCertFile, file, judgeFile(file))
	}
	if dirs != "" {
		r.add(flow.SSLCertDir, dirs, judgeDirs(dirs))
	}
	if r.refused != nil {
		return r
	}
	if r.named != nil {
		r.options = append(r.options, pleoclient.SystemRoots())
	}
	if caFile != "" {
		real, _, err := judge(flow.CAFileFlag, caFile)
		if real == "" {
			real = caFile // the client reports that
		}
		r.options = append(r.options, pleoclient.CAFile(real))
		r.add(flow.CAFileFlag, caFile, err)
	}
	return r
}

// add records what a setting names, and the first reason not to trust it.
func (r *roots) add(setting flow.RootSetting, from string, err error) {
	r.named = append(r.named, flow.Roots{Setting: setting, From: shownRoot(from)})
	r.refused = cmp.Or(r.refused, err)
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

// judgeFile judges a file that package x509 reads without reporting what is wrong with it.
func judgeFile(path string) error {
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
