package integration

import "io/fs"

// checkTrusted accepts every file: mode bits do not say who may write here, access lists do, and they come with the
// directory.
func checkTrusted(fs.FileInfo, int) error { return nil }

// checkDirectory accepts every directory, for the same reason.
func checkDirectory(string) error { return nil }
