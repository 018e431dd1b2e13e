package store

import "io/fs"

// Windows has none of these flags. A file that is swapped for a link is not noticed there yet.
const (
	noFollow = 0
	noBlock  = 0

	onlyDirectory = 0
)

// checkFile looks at the kind and the size alone. The access lists that Windows has in place of mode bits are not
// checked yet: the store is as private as the directory it is in.
func checkFile(path string, info fs.FileInfo, _ int) error { return checkPlain(path, info) }

func checkIdentityFile(path string, info fs.FileInfo, _ int) error { return checkPlain(path, info) }

func checkOwnDir(path string, _ int) error {
	_, err := checkDir(path)
	return err
}

// isOurs trusts the directory, as checkOwnDir does.
func isOurs(string) bool { return true }

// findObstacle finds none: access lists are not read yet.
func findObstacle(string, bool) *obstacle { return nil }

// checkWritable leaves it to the first write: on Windows, access lists decide.
func checkWritable(string) error { return nil }

// syncDir does nothing: Windows cannot flush a directory. os.Rename replaces the file, but a power cut right after it
// may undo a save that was reported; then .prev still holds a whole record.
func syncDir(string) error { return nil }
