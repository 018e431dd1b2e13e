package store

import "errors"

// ErrChanged reports that an entry has another version than the one that was to be replaced. Nothing was written.
var ErrChanged = errors.New("the entry has another version")

// ErrUnsure reports that no answer came: what was sent may be saved, or not. Reading again decides.
var ErrUnsure = errors.New("it is not known whether the entry was saved")
