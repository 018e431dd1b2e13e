package integration

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"pleo-connect/cmd/internal/trusted"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
)

// maxBytes is far more than an integration file needs.
const maxBytes = 64 << 10

// readTrusted reads a small regular file that only root and our own account can change or replace. Anyone else who
// could would decide where the customer is sent and which command is shown.
func readTrusted(path string) ([]byte, error) {
	real, refused, err := trusted.Resolve(path)
	if err != nil {
		return nil, plainCause(err)
	}
	info, err := os.Stat(real) // before opening, which would wait for the writer of a named pipe
	switch {
	case err != nil:
		return nil, plainCause(err)
	case !info.Mode().IsRegular():
		return nil, flow.NewFault(flow.FileIrregular, flow.Values{})
	case refused != nil:
		return nil, notTrusted(refused)
	}
	file, err := os.Open(real)
	if err != nil {
		return nil, plainCause(err)
	}
	defer file.Close()
	return readSmall(file)
}

// Find reports whether there is a file at path, or something else that cannot be ignored. closed means that this is
// unknown: its directory is closed to this account.
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
		return nil, flow.NewFault(flow.FileTooLarge, flow.Values{})
	case err != nil:
		return nil, plainCause(err)
	}
	document, err := textfile.Decode(data)
	switch {
	case errors.Is(err, textfile.ErrEmpty):
		return nil, flow.NewFault(flow.FileEmpty, flow.Values{})
	case err != nil:
		return nil, flow.NewFault(flow.FileNoText, flow.Values{Place: textfile.LineOf(err)})
	}
	return document, nil
}

// notTrusted returns the fault that says what others could do, and how to end that.
func notTrusted(r *trusted.Refusal) error {
	v := flow.Values{Dir: r.Path}
	row := flow.FileReplaceable
	switch {
	case r.Itself && r.Foreign:
		row = flow.FileForeign
	case r.Itself:
		row = flow.FileOpen
	case r.Foreign:
		row = flow.FileWayForeign
	}
	if r.Root {
		row += flow.OfRoot
	}
	return flow.NewFault(row, v)
}

// plainCause returns the cause without the call and the path, which the caller names.
func plainCause(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return flow.NewFault(flow.FileMissing, flow.Values{})
	case errors.Is(err, fs.ErrPermission):
		return flow.NewFault(flow.FileForbidden, flow.Values{})
	}
	return flow.NewFault(flow.FileUnreadable, flow.Values{Reason: pleoclient.SystemReason(err)})
}
