// Package trusted judges the files that a run is told to rely on, such as that of an integration: [Resolve] refuses one
// that anybody but root and our own account can change or replace, and says what they could do with it.
//
// Only what all such files have in common lives here; what is in one is for the package that reads it.
package trusted

import (
	"os"
	"path/filepath"

	"pleo-connect/pleoclient"
	"pleo-connect/store/trust"
)

// Refusal is why a file is not relied on.
type Refusal struct{ Why, Remedy string }

func (r *Refusal) Error() string { return r.Why + "; " + r.Remedy }

// Resolve returns an absolute path to the file or directory at path, without symbolic links, and why others can change
// what is there, or nil. harm is what they could do then, as in "redirect the key". The one who judges is this account,
// so a file has to be opened before a change of account.
func Resolve(path, harm string) (real string, refused *Refusal, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", nil, err
	}
	real, fault, err := trust.Resolve(path, os.Geteuid())
	if err == nil && fault != nil {
		refused = refusal(real, fault, harm)
	}
	return real, refused, err
}

// refusal is about the file at real, because of it or of what leads to it.
func refusal(real string, f *trust.Fault, harm string) *Refusal {
	place := pleoclient.SafePath(f.Path).String()
	mend := "run: chmod go-w " + pleoclient.ShellWord(f.Path)
	itself := f.Path == real && !f.Mode.IsDir()
	switch {
	case itself && f.Foreign:
		return &Refusal{"the file belongs to another account, which could " + harm, "use one of root's or of your own"}
	case itself:
		return &Refusal{"others can write to the file, and could " + harm, mend}
	case f.Foreign:
		return &Refusal{place + " belongs to another account, which could " + harm, "keep the file in another place"}
	}
	return &Refusal{"others can replace files in " + place + ", and could " + harm,
		mend + ", or keep the file in another place"}
}
