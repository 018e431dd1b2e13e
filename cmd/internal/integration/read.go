package integration

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"pleo-connect/pleoclient"
	"pleo-connect/store/trust"
)

// maxBytes is far more than an integration file needs.
const maxBytes = 64 << 10

// readTrusted reads a small regular file that only root and our own account can change or replace. Anybody else who
// could would decide where the customer is sent and which command is shown.
func readTrusted(path string) ([]byte, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, plainCause(err)
	}
	real, fault, err := trust.Resolve(path, os.Geteuid())
	if err != nil {
		return nil, plainCause(err)
	}
	info, err := os.Stat(real) // before opening, which would wait for the writer of a named pipe
	switch {
	case err != nil:
		return nil, plainCause(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("this is not a regular file; name the integration file itself")
	case fault != nil:
		return nil, redirectable(real, fault)
	}
	file, err := os.Open(real)
	if err != nil {
		return nil, plainCause(err)
	}
	defer file.Close()
	return readSmall(file)
}

// redirectable refuses the file at path, because others can change it or what leads to it.
func redirectable(path string, f *trust.Fault) error {
	place := pleoclient.SafePath(f.Path).String()
	switch {
	case f.Path == path && f.Foreign:
		return errors.New(
			"the file belongs to another account, which could redirect the key; use one of root's or of your own",
		)
	case f.Path == path:
		return errors.New("others can write to the file, and could redirect the key; run chmod go-w on it")
	case f.Foreign:
		return errors.New(place + " belongs to another account, which could redirect the key; move the file elsewhere")
	}
	return errors.New("others can replace files in " + place + ", and could redirect the key; " +
		"run chmod go-w on it, or move the file elsewhere")
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
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file; check the path")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this account may not read the file; change its permissions or use another account")
	}
	return errors.New("the file cannot be read: " + pleoclient.SystemReason(err))
}
