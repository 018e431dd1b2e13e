package pleoclient

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// parseOrigin accepts a base of the form "scheme://host" or "scheme://host:port". Its errors never repeat base, which
// may hold a key.
func parseOrigin(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil || u.Opaque != "" {
		return nil, wrong(SettingAddress)
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, wrong(SettingScheme)
	case u.User != nil:
		return nil, wrong(SettingUser)
	case strings.ContainsAny(base, "?#"):
		return nil, wrong(SettingQuery)
	case u.Path != "" && u.Path != "/":
		return nil, wrong(SettingPath)
	}
	host, err := parseHost(u)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "http" && !IsLoopback(u.Hostname()) {
		return nil, wrong(SettingPlain)
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
		return "", wrong(SettingColon)
	}
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return "", wrong(SettingPort)
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
