package store

import "io/fs"

// obstacle is a file or directory whose mode keeps this account from using a path.
type obstacle struct {
	path string
	mode fs.FileMode
	ours bool // so this account can open it again; otherwise it is root's
}

// barred returns the error, as row says, for a path that this account has no permission to use. If the mode of
// something is in the way, the error is about that.
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
