package pleoclient

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// parseOrigin holds base to "scheme://host" or "scheme://host:port". Its errors never repeat base,
// which may hold a key.
func parseOrigin(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil || u.Opaque != "" {
		return nil, errors.New(`the API address cannot be read; write it like "https://external.pleo.io"`)
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the API address must start with https://")
	case u.User != nil:
		return nil, errors.New("the API address must not hold a user name or a key; leave out everything up to the @")
	case strings.ContainsAny(base, "?#"):
		return nil, errors.New(
			"the API address must not have a query or a fragment; leave out everything from the ? or #")
	case u.Path != "" && u.Path != "/":
		return nil, errors.New("the API address must not have a path; leave out everything after the host")
	}
	host, err := parseHost(u)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "http" && !IsLoopback(u.Hostname()) {
		return nil, errors.New(
			"http:// would send the key unprotected and is for loopback addresses only; use https://")
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

// parseHost returns host or host:port in lower case and without the default port.
func parseHost(u *url.URL) (string, error) {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	ip, err := netip.ParseAddr(name)
	isIP := err == nil && ip.Zone() == ""
	if !isIP {
		if err := checkHostName(name); err != nil {
			return "", err
		}
	}
	if strings.HasSuffix(u.Host, ":") {
		return "", errors.New("the API address ends in a colon without a port; leave out the colon")
	}
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return "", fmt.Errorf("the API address has an invalid port; use 1 to 65535")
	}
	if port != "" && port != defaultPort(u.Scheme) {
		return net.JoinHostPort(name, port), nil
	}
	if isIP && ip.Is6() {
		return "[" + name + "]", nil
	}
	return name, nil
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// Hostname returns the host in an address such as "https://host:port" or "//host:port", without the port. It returns ""
// if there is none.
func Hostname(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// IsLoopback reports whether host, a name or an address without a port, is this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
