package host

import (
	"io/fs"
	"os"
)

// OpenDescriptor returns [fs.ErrNotExist]: Windows has no numbers for open files.
func OpenDescriptor(int) (*os.File, error) { return nil, fs.ErrNotExist }
