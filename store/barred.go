package store

import "io/fs"

// obstacle is the file or directory whose mode keeps this account from using a path.
type obstacle struct {
	path string
	mode fs.FileMode
	ours bool // and so it can be opened again; else it is root's
}

// barred is the error of a path that this account has no permission to use, as row says. Where the mode of something is
// in the way, it is about that.
func barred(row Kind, path string, err error) *Error {
	write := row == casePermission
	at := findObstacle(path, write)
	if at == nil {
		e := failReason(row, path, err)
		e.Account = thisAccount()
		return e
	}
	row = caseShut
	switch {
	case at.ours && write:
		row = caseOwnPlace
	case at.ours:
		row = caseOwnAbove
	case write:
		row = caseClosed
	}
	e := fail(row, at.path)
	e.Account, e.Mode = thisAccount(), at.mode
	return e
}
