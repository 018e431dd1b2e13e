package pleoclient

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"

	"pleo-connect/pleoclient/textfile"
)

const maxCABytes = 1 << 20

// Roots are the system's certificates, which take a while to read, and are read once. The zero Roots is none: use
// [SystemRoots].
type Roots struct {
	load func() (*x509.CertPool, error)
}

// SystemRoots returns the system's certificates. Nothing is read yet. Before that, judge is called: a program may judge
// the files that SSL_CERT_FILE and SSL_CERT_DIR name before it relies on them. If it returns an error, nothing is
// trusted, and [Roots.Load] and each call of a client return that error.
func SystemRoots(judge func() error) *Roots {
	return &Roots{sync.OnceValues(func() (*x509.CertPool, error) {
		if err := judge(); err != nil {
			return nil, err
		}
		return systemRoots(), nil
	})}
}

// Load reads the certificates, unless that was done before, or waits until it is done.
func (r *Roots) Load() error {
	_, err := r.load()
	return err
}

// Pool returns the certificates, which Load has read or Pool reads.
func (r *Roots) Pool() (*x509.CertPool, error) { return r.load() }

// loadRoots returns what loads the roots of other settings and the certificates of a PEM text.
func loadRoots(others func() (*x509.CertPool, error), text []byte) func() (*x509.CertPool, error) {
	return sync.OnceValues(func() (*x509.CertPool, error) {
		if others == nil {
			others = func() (*x509.CertPool, error) { return systemRoots(), nil }
		}
		roots, err := others()
		if err != nil {
			return nil, err
		}
		roots = roots.Clone() // others may share it
		roots.AppendCertsFromPEM(text)
		return roots, nil
	})
}

// systemRoots returns the system's roots, or none if they cannot be read.
func systemRoots() *x509.CertPool {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return x509.NewCertPool()
	}
	return roots
}

// readCA returns the text of a PEM file with a certificate. Its errors name neither the path nor what is in the file,
// which may be a key in the wrong place.
func readCA(path string) ([]byte, error) {
	text, err := readCAText(path)
	if err == nil && !holdsCertificate(text) {
		err = wrong(insteadOfCA(text))
	}
	return text, err
}

// holdsCertificate reports whether a PEM text has a certificate that a pool takes. It reads none after the first: the
// others, which may be hundreds, are for the first call.
func holdsCertificate(text []byte) bool {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err == nil {
			return true
		}
	}
	return false
}

// readCAText reads a regular file: a FIFO or device would hang or never end.
func readCAText(path string) ([]byte, error) {
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
