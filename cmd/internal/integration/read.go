package integration

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"pleo-connect/cmd/internal/trusted"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
)

// maxBytes is far more than an integration file needs.
const maxBytes = 64 << 10

// readTrusted reads a small regular file that only root and our own account can change or replace. Anybody else who
// could would decide where the customer is sent and which command is shown.
func readTrusted(path string) ([]byte, error) {
	real, refused, err := trusted.Resolve(path, "redirect the key")
	if err != nil {
		return nil, plainCause(err)
	}
	info, err := os.Stat(real) // before opening, which would wait for the writer of a named pipe
	switch {
	case err != nil:
		return nil, plainCause(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("this is not a regular file; name the integration file itself")
	case refused != nil:
		return nil, refused
	}
	file, err := os.Open(real)
	if err != nil {
		return nil, plainCause(err)
	}
	defer file.Close()
	return readSmall(file)
}

// Find reports whether there is a file at path, or something else that cannot be passed over. closed means that nobody
// can tell: its directory is closed to this account.
func Find(path string) (found, closed bool) {
	if path == "" {
		return false, false
	}
	_, err := os.Lstat(path)
	closed = errors.Is(err, fs.ErrPermission)
	return err == nil || !errors.Is(err, fs.ErrNotExist) && !closed, closed
}

func readSmall(r io.Reader) ([]byte, error) {
	data, err := textfile.ReadAll(r, maxBytes)
	switch {
	case errors.Is(err, textfile.ErrTooLarge):
		return nil, errors.New("the file is larger than 64 KiB; is it the right one?")
	case err != nil:
		return nil, plainCause(err)
	}
	document, err := textfile.Decode(data)
	switch {
	case errors.Is(err, textfile.ErrEmpty):
		return nil, errors.New("the file is empty; is it the right one?")
	case err != nil:
		return nil, fmt.Errorf("the file %w; save it as UTF-8 text", err)
	}
	return document, nil
}

// plainCause leaves out the call and the path, which the caller names.
func plainCause(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file; check the path")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this account may not read the file; change its permissions or use another account")
	}
	return errors.New("the file cannot be read: " + pleoclient.SystemReason(err))
}
