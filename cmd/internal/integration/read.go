package integration

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxBytes is far more than an integration file needs.
const maxBytes = 64 << 10

// readTrusted reads a small regular file that only root and our own account can change or replace. Anybody else who
// could would decide where the customer is sent and which command is shown.
func readTrusted(path string) ([]byte, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, plainCause(err)
	}
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(real)} {
		if err := checkDirectory(dir); err != nil {
			return nil, err
		}
	}
	info, err := os.Stat(real) // before opening, which would wait for the writer of a named pipe
	if err != nil {
		return nil, plainCause(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("this is not a regular file; name the integration file itself")
	}
	file, err := os.Open(real)
	if err != nil {
		return nil, plainCause(err)
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, plainCause(err)
	}
	if err := checkTrusted(info, os.Geteuid()); err != nil {
		return nil, err
	}
	return readSmall(file)
}

func readSmall(r io.Reader) ([]byte, error) {
	document, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return nil, plainCause(err)
	case len(document) > maxBytes:
		return nil, errors.New("the file is larger than 64 KiB; is it the right one?")
	}
	return document, nil
}

// plainCause leaves out the call and the path, which the caller names.
func plainCause(err error) error {
	var wrong *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file; check the path")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this account may not read the file; change its permissions or use another account")
	case errors.As(err, &wrong):
		return fmt.Errorf("the file cannot be read: %w", wrong.Err)
	}
	return errors.New("the file cannot be read")
}
