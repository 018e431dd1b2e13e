// Package trust reports who could change a file, or put another one in its place: [Resolve] and [Faults] check the
// whole path to a file, and [Judge] a single file or directory. Root is trusted, and one account, which is usually that
// of the caller.
//
// What a [Fault] means depends on the file, so the words for it are up to the caller.
package trust

import "io/fs"

// Fault is a file, directory or symbolic link that can be changed by an account that is not trusted.
type Fault struct {
	Path    string
	Foreign bool        // it belongs to an account that is not trusted; otherwise its mode lets others write
	Owner   uint32      // the account that it belongs to
	Mode    fs.FileMode // includes the type
}
