//go:build unix

package store

import (
	"errors"
	"testing"
)

// The paths of this table are absolute on Unix only.
func TestDefaults(t *testing.T) {
	t.Parallel()
	const root, person = 0, 1000
	for _, tt := range []struct {
		about         string
		env           map[string]string
		euid          int
		dir, identity string // "": an error
	}{
		{"root", map[string]string{"HOME": "/root", "XDG_DATA_HOME": "/x"}, root, "/var/lib/pleo-connect",
			"/etc/pleo-connect/private/identity.txt"},
		{"root without anything", nil, root, "/var/lib/pleo-connect", "/etc/pleo-connect/private/identity.txt"},
		{"a person", map[string]string{"HOME": "/home/ada"}, person,
			"/home/ada/.local/share/pleo-connect", "/home/ada/.config/pleo-connect/identity.txt"},
		{"a person with XDG", map[string]string{"HOME": "/home/ada", "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"},
			person, "/d/pleo-connect", "/c/pleo-connect/identity.txt"},
		{"relative XDG", map[string]string{"HOME": "/home/ada", "XDG_DATA_HOME": "d", "XDG_CONFIG_HOME": "./c"},
			person, "", ""},
		{"no home", nil, person, "", ""},
		{"relative home", map[string]string{"HOME": "ada"}, person, "", ""},
	} {
		getenv := func(name string) string { return tt.env[name] }
		dir, err := DefaultDir(getenv, tt.euid)
		if (err == nil) != (tt.dir != "") || err == nil && dir != tt.dir {
			t.Errorf("%s: store %q, %v", tt.about, dir, err)
		}
		identity, err := DefaultIdentity(getenv, tt.euid)
		if (err == nil) != (tt.identity != "") || err == nil && identity != tt.identity {
			t.Errorf("%s: identity %q, %v", tt.about, identity, err)
		}
	}
}

// TestHomeRefusals: a relative home directory is not the same as none.
func TestHomeRefusals(t *testing.T) {
	t.Parallel()
	for home, want := range map[string]string{"": refusedNoHome, "ada": refusedHome} {
		_, err := DefaultDir(func(name string) string { return map[string]string{"HOME": home}[name] }, 1000)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Case != want {
			t.Errorf("HOME=%q: %v, want %s", home, err, want)
		}
	}
}
