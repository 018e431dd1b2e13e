package pleoclient

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

const maxCABytes = 1 << 20

// rootsWith returns the system's roots and those of the PEM file at path. Its errors name neither the path nor what is
// in the file, which may be a key in the wrong place.
func rootsWith(path string) (*x509.CertPool, error) {
	text, err := readCA(path)
	if err != nil {
		return nil, err
	}
	roots := systemRoots()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf(
			"the CA file holds no certificate, but %s; it must be PEM text with BEGIN CERTIFICATE lines",
			insteadOfCA(text))
	}
	return roots, nil
}

// systemRoots returns the system's roots, or none where they cannot be read.
func systemRoots() *x509.CertPool {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return x509.NewCertPool()
	}
	return roots
}

// readCA reads a regular file: a FIFO or device would hang or never end.
func readCA(path string) ([]byte, error) {
	if path == "" {
		return nil, errors.New("the CA file has no name")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("the CA file does not exist; check its name")
	case err != nil:
		return nil, fmt.Errorf("the CA file cannot be read: %s; check its name and who may read it", SystemReason(err))
	case info.IsDir():
		return nil, errors.New("the CA file is a directory; name the file in it")
	case !info.Mode().IsRegular():
		return nil, errors.New("the CA file is not a regular file; name one")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the CA file cannot be read: %s; check who may read it", SystemReason(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCABytes+1))
	// editors of Windows put it there, and the first certificate would be lost
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the CA file cannot be read: %s", SystemReason(err))
	case len(text) > maxCABytes: // never half of it: the certificate that matters may be in the rest
		return nil, errors.New("the CA file is larger than 1 MiB; keep only the certificates that this network needs")
	}
	return text, nil
}

// insteadOfCA says what a file is that holds no certificate.
func insteadOfCA(text []byte) string {
	if len(bytes.TrimSpace(text)) == 0 {
		return "nothing"
	}
	if _, err := x509.ParseCertificates(text); err == nil {
		return "the binary form (DER) of one"
	}
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return "something else"
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return "a private key"
	case block.Type == "CERTIFICATE":
		return "a damaged one"
	}
	return "another kind of PEM block"
}
