package host

import (
	"errors"
	"os"
)

// DropUnread is not supported: a console has no output that waits, only a write that does.
func DropUnread(*os.File) error { return errors.ErrUnsupported }
