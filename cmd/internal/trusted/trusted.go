// Package trusted checks the files that a run relies on, such as an integration file: [Resolve] reports a file that
// anyone but root and our own account can change or replace, and what they could do with it.
//
// The package has only what all such files have in common. Their contents are up to the packages that read them.
package trusted

import (
	"os"
	"path/filepath"

	"pleo-connect/pleoclient"
	"pleo-connect/store/trust"
)

// Refusal is why a file is not relied on.
type Refusal struct {
	Path    string // what others can change: the file, or something that leads to it
	Itself  bool   // Path is the file
	Foreign bool   // it belongs to another account; otherwise its mode lets others write
	Root    bool   // only root can change its mode, and this is another account
}

// Error returns the refusal in English, for logs.
func (r *Refusal) Error() string {
	place := pleoclient.SafePath(r.Path).String()
	if r.Foreign {
		return place + " belongs to another account"
	}
	return "other accounts can write to " + place
}

// Resolve returns an absolute path to the file or directory at path, without symbolic links, and why others can change
// what is there, or nil. It judges for this account, so a file has to be opened before a change of account.
func Resolve(path string) (real string, refused *Refusal, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", nil, err
	}
	real, fault, err := trust.Resolve(path, os.Geteuid())
	if err == nil && fault != nil {
		refused = refusal(real, fault)
	}
	return real, refused, err
}

// refusal returns the refusal of the file at real, because of the file or of what leads to it.
func refusal(real string, f *trust.Fault) *Refusal {
	return &Refusal{
		Path: f.Path, Itself: f.Path == real && !f.Mode.IsDir(), Foreign: f.Foreign,
		Root: !f.Foreign && f.Owner == 0 && os.Geteuid() != 0,
	}
}
