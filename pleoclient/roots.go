package pleoclient

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
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
		return nil, wrong(insteadOfCA(text))
	}
	return roots, nil
}

// systemRoots returns the system's roots, or none if they cannot be read.
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
		return nil, wrong(SettingCAName)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong(SettingCAMissing)
	case err != nil:
		return nil, unreadableCA(err)
	case info.IsDir():
		return nil, wrong(SettingCADirectory)
	case !info.Mode().IsRegular():
		return nil, wrong(SettingCANotRegular)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadableCA(err)
	}
	defer f.Close()
	data, err := textfile.ReadAll(f, maxCABytes)
	switch {
	case errors.Is(err, textfile.ErrTooLarge): // never part of it: the certificate that matters may be in the rest
		return nil, wrong(SettingCASize)
	case err != nil:
		return nil, unreadableCA(err)
	case isDER(data):
		return nil, wrong(SettingCABinary)
	}
	// A certificate after a NUL or a byte order mark would be lost. Text around the certificates may be in any
	// encoding.
	text, err := textfile.Decode(data)
	var fault *textfile.Fault
	switch {
	case errors.Is(err, textfile.ErrEmpty):
		return nil, wrong(SettingCAEmpty)
	case errors.As(err, &fault):
		return nil, &SettingError{Setting: SettingCAText, Text: fault}
	}
	return text, err
}

func unreadableCA(err error) *SettingError {
	return &SettingError{Setting: SettingCAUnreadable, System: Safe(SystemReason(err))}
}

// isDER reports whether data is a certificate in binary form.
func isDER(data []byte) bool {
	certificates, err := x509.ParseCertificates(data)
	return err == nil && len(certificates) > 0
}

// insteadOfCA returns what a text holds instead of a certificate.
func insteadOfCA(text []byte) Setting {
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return SettingCAOther
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return SettingCAPrivateKey
	case block.Type == "CERTIFICATE":
		return SettingCADamaged
	}
	return SettingCABlock
}
