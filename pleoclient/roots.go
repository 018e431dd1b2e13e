package pleoclient

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"pleo-connect/pleoclient/textfile"
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
		return nil, noCertificate(insteadOfCA(text))
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
	data, err := textfile.ReadAll(f, maxCABytes)
	switch {
	case errors.Is(err, textfile.ErrTooLarge): // never half of it: the certificate that matters may be in the rest
		return nil, errors.New("the CA file is larger than 1 MiB; keep only the certificates that this network needs")
	case err != nil:
		return nil, fmt.Errorf("the CA file cannot be read: %s", SystemReason(err))
	case isDER(data):
		return nil, noCertificate("the binary form (DER) of one")
	}
	// A certificate behind a NUL or a byte order mark would be lost. Text around the certificates may be in any encoding.
	text, err := textfile.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("the CA file %w; it must be PEM text with BEGIN CERTIFICATE lines", err)
	}
	return text, nil
}

// isDER reports certificates in binary form.
func isDER(data []byte) bool {
	certificates, err := x509.ParseCertificates(data)
	return err == nil && len(certificates) > 0
}

func noCertificate(instead string) error {
	return fmt.Errorf(
		"the CA file holds no certificate, but %s; it must be PEM text with BEGIN CERTIFICATE lines", instead)
}

// insteadOfCA says what a text is that holds no certificate.
func insteadOfCA(text []byte) string {
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
