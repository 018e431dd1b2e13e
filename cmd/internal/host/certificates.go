package host

import "runtime"

// Certificates returns the file and the list of directories that replace those of the system's certificates in the
// environment, as SSL_CERT_FILE and SSL_CERT_DIR, where package x509 follows them. Both may be empty.
func (h Host) Certificates() (file, dirs string) {
	switch runtime.GOOS {
	case "darwin", "ios", "plan9", "windows":
		return "", ""
	}
	return h.Getenv("SSL_CERT_FILE"), h.Getenv("SSL_CERT_DIR")
}
