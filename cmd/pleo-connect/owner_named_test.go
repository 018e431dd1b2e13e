//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
)

// give makes the directories of a store and of its identity for an account, as it could prepare them itself.
func (s *shared) give(to account) {
	s.t.Helper()
	for _, path := range []string{s.store, filepath.Dir(s.identity)} {
		if err := errors.Join(os.MkdirAll(path, 0o700), os.Chown(path, to.uid, to.gid)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Dir(s.store), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

// TestKeyOnlyForANamedAccount: without a terminal, root saves a key in the store of another account only if the
// integration file or --as names that account. What is refused changes nothing, and Pleo gets no
// key.
func TestKeyOnlyForANamedAccount(t *testing.T) {
	t.Parallel()
	owner := func(name string) func(*shared) {
		return func(s *shared) {
			if name != "" {
				s.give(accountOfName(s.t, name))
			}
		}
	}
	const nobodySaid = "the key store belongs to games, who could read the key"
	for about, tt := range map[string]struct {
		prepare func(*shared)
		as      string // what comes with --as
		service string // [service] user
		code    int
		says    []string
		owner   string // of the store, once the key is saved
	}{
		"nobody named":         {owner(otherName), "", "", exitUsage, []string{nobodySaid, "add --as games"}, ""},
		"named with --as":      {owner(otherName), otherName, "", exitDone, nil, otherName},
		"named in the file":    {owner(otherName), "", otherName, exitDone, nil, otherName},
		"named in both ways":   {owner(otherName), otherName, otherName, exitDone, nil, otherName},
		"no store yet":         {owner(""), serviceName, "", exitDone, nil, serviceName},
		"nothing to be named":  {owner(""), "", "", exitDone, nil, "root"},
		"root, named":          {owner("root"), "root", "", exitDone, nil, "root"},
		"root, for a service":  {owner("root"), serviceName, "", exitStore, []string{"sudo chown -R daemon "}, ""},
		"another is named":     {owner(otherName), serviceName, "", exitStore, []string{"--as names daemon"}, ""},
		"root is named":        {owner(otherName), "root", "", exitStore, []string{"--as names root"}, ""},
		"two are named":        {owner(otherName), otherName, serviceName, exitUsage, []string{"leave out --as"}, ""},
		"no account":           {owner(otherName), "canary-account", "", exitUsage, []string{"no account on this"}, ""},
		"nothing after --as":   {owner(otherName), "-", "", exitUsage, []string{"no account on this"}, ""},
		"below a prepared one": {below, "", "", exitStore, []string{"belongs to games, who could replace the files in it"}, ""},
		"through a link":       {linked, "", "", exitUsage, []string{nobodySaid}, ""},
		"link, named":          {linked, otherName, "", exitDone, nil, otherName},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			s := newShared(t)
			tt.prepare(s)
			before := s.tree()
			var more []string
			if tt.as != "" {
				more = []string{"--as", tt.as}
			}
			r := s.connectFor(tt.service, more...)
			if r.code != tt.code || strings.Contains(r.err, "canary-account") {
				t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			for _, words := range tt.says {
				if !strings.Contains(r.err, words) {
					t.Errorf("%q is not in %s", words, r.err)
				}
			}
			if dir, err := filepath.EvalSymlinks(s.store); err == nil {
				s.store = dir
			}
			if tt.owner != "" {
				s.ownedBy(accountOfName(t, tt.owner))
				return
			}
			if after := s.tree(); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			if slices.ContainsFunc(s.sim.Requests(), func(r pleosim.Request) bool { return r.Key != "" }) {
				t.Error("Pleo got the key")
			}
		})
	}
}

// below makes the store one that is missing in a directory of another account.
func below(s *shared) {
	s.give(s.other)
	s.store = filepath.Join(s.store, "deeper")
}

// linked makes the store a link of another account to a directory of its own.
func linked(s *shared) {
	s.give(s.other)
	link := filepath.Join(s.home, "link")
	if err := errors.Join(os.Symlink(s.store, link), os.Lchown(link, s.other.uid, s.other.gid)); err != nil {
		s.t.Fatal(err)
	}
	s.store = link
}

// TestRecordNamesNobody: a record cannot name the account that gets the key, because its owner could have written it.
// The number of an account is as good as its name.
func TestRecordNamesNobody(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	if r := s.connectFor(otherName); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	before := s.readable()
	replace := slices.Concat([]string{"reconnect", bakery}, s.places(),
		[]string{"--force-store", "--key-file", s.secret("new", s.sim.Keys().Replacement), "--accept-permissions"})
	r := s.pipe("", replace...)
	if r.code != exitUsage || !strings.Contains(r.err, "belongs to games") || s.readable() != before {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	r = s.pipe("", append(replace, "--as", strconv.Itoa(s.other.uid))...)
	if r.code != exitDone || s.readable() == before {
		t.Errorf("named: exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.ownedBy(s.other)
}

// TestReconnectForNamedAccount: the account that --as names is also checked and reported as the reader of a new key.
func TestReconnectForNamedAccount(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.give(s.other)
	const reads = "  service        games can read the key\n"
	r := s.connectFor("", "--as", otherName)
	if r.code != exitDone || !strings.Contains(r.out, reads) {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	r = s.pipe("", s.places("reconnect", bakery, "--force-store", "--accept-permissions", "--as", otherName,
		"--key-file", s.secret("new", s.sim.Keys().Replacement))...)
	if r.code != exitDone || !strings.Contains(r.out, reads) {
		t.Errorf("reconnect: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestOrdinaryAccountNamesItself: only root can save a key for others.
func TestOrdinaryAccountNamesItself(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.give(s.other)
	connect := s.flags("--accept-permissions", "--yes", "--key-file", "-", "--as")
	r := s.as(s.other, "pleo-connect", nil, append(connect, serviceName)...)
	if r.code != exitStore || !strings.Contains(r.err, "--as names daemon, but you are games") ||
		!strings.Contains(r.err, "start again with sudo") {
		t.Errorf("another: exit code %d: %s", r.code, r.err)
	}
	r = s.as(s.other, "pleo-connect", nil, append(connect, otherName)...)
	if r.code != exitKey || strings.Contains(r.err, "--as") { // there is no key, and nothing else is wrong
		t.Errorf("itself: exit code %d: %s", r.code, r.err)
	}
}

// TestOwnerIsShownFirst: at a terminal, root reads whose the store is before there is a key, in both interfaces.
// Cancelling leaves the store as it is; allowing it is an explicit answer.
func TestOwnerIsShownFirst(t *testing.T) {
	t.Parallel()
	for _, face := range []string{"full screen", "line by line"} {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			s := newShared(t)
			s.give(s.other)
			plain := face != "full screen"
			begin := func(more ...string) *terminal {
				if plain {
					more = append(more, "--plain")
				}
				return s.wizard(more...)
			}
			before := s.tree()
			x := begin()
			x.see("games, which will own the key and can read it", "Key store ready")
			x.send(ctrlC)
			x.exit(exitInterrupted)
			if after := s.tree(); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			x = begin("--as", otherName)
			x.see("Key store ready")
			if strings.Contains(x.text(), "will own the key") {
				t.Errorf("it is asked about what was said:\n%s", x.text())
			}
			x.send(ctrlC)
			x.exit(exitInterrupted)
			if plain {
				return
			}
			x = begin()
			confirmed(s.site, x)
			x.see("Connected to", "enter finish")
			x.send(enter)
			x.exit(exitDone)
			s.ownedBy(s.other)
			x = start(t, s.env(), s.places("reconnect", bakery, "--force-store")...)
			x.see("games, which will own the key and can read it", "Allow")
			x.send(ctrlC)
			x.exit(exitInterrupted)
			s.noKey(x.written())
		})
	}
}
