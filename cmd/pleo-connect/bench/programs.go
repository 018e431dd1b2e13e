package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Names of programs, as the table shows them.
const (
	ours  = "ours"
	base  = "base"
	echo  = "echo"
	hello = "hello"
	huh   = "huh"
	gum   = "gum"

	goHello   = "go hello"
	age       = "age"
	gh        = "gh"
	x25519    = "x25519"
	oneRecord = "1 record" // ours, in a store with one
	least     = "least"    // what nothing can go below
)

// program is one of those that are compared.
type program struct {
	name, path string
	args       func(home string, at pleo) []string
	useful     string                 // text of its first screen; empty: it has no use for a terminal
	mask       string                 // what a typed character becomes; empty: it takes no key
	toKey      func(s *session) error // brings it from the first screen to the key; nil: it is there
	whole      []step                 // a whole run; nil: it has none
}

// step is a part of a whole run.
type step struct {
	name  string
	see   string // what is on its screen
	ready string // what is there later, when it takes keys
	send  string // what leads to the next one; {key} is the key
}

// start runs the program on a terminal, in a home of its own. The environment holds nothing of this computer's.
func (p program) start(home string, t terminal, at pleo, more ...string) (*session, error) {
	if err := os.MkdirAll(filepath.Join(home, "tmp"), 0o700); err != nil {
		return nil, err
	}
	cmd := exec.Command(p.path)
	if p.args != nil {
		cmd.Args = append(cmd.Args, p.args(home, at)...)
	}
	cmd.Dir = home
	cmd.Env = append(environment(home), more...)
	s, err := start(cmd, t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return s, nil
}

// environment is that of all programs.
func environment(home string) []string {
	return []string{
		"HOME=" + home, "TMPDIR=" + filepath.Join(home, "tmp"), "PATH=/usr/bin:/bin",
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}
}

// atKey starts the program and brings it to where it takes a key.
func (p program) atKey(home string, t terminal, at pleo) (*session, error) {
	s, err := p.start(home, t, at)
	if err != nil {
		return nil, err
	}
	if p.toKey != nil {
		err = p.toKey(s)
	} else {
		_, err = s.reach(step{see: p.useful})
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return s, nil
}

// programs builds the peers, and copies everything into dir, because the file that Go's linker wrote starts 0.8 ms
// slower than its copy.
func programs(dir, oursPath, basePath string) ([]program, error) {
	built := filepath.Join(dir, "built") + "/"
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", built, "./peers/...")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the peers, which works in the folder of the bench: %w\n%s", err, out)
	}
	all := []program{
		{name: echo, path: built + echo, useful: "hello", mask: "*"},
		{name: hello, path: built + hello, useful: "hello"},
		{name: huh, path: built + huh, useful: "Paste the key", mask: "*", whole: form},
		{name: goHello, path: built + "gohello"},
		{name: x25519, path: built + x25519},
		wizard(ours, oursPath),
	}
	if basePath != "" {
		all = append(all, wizard(base, basePath))
	}
	for _, p := range []program{
		{name: gum, useful: "Key:", mask: "•", args: func(string, pleo) []string {
			return []string{"input", "--password", "--prompt=Key: ", "--placeholder="}
		}},
		{name: age}, {name: gh},
	} {
		var err error
		if p.path, err = exec.LookPath(p.name); err == nil {
			all = append(all, p)
		}
	}
	for i, p := range all {
		all[i].path = filepath.Join(dir, "copy-of-"+strings.ReplaceAll(p.name, " ", "-"))
		if err := copyFile(all[i].path, p.path, 0o755); err != nil {
			return nil, err
		}
	}
	return all, sameBubbleTea(all)
}

// wizard is a build of this repository.
func wizard(name, path string) program {
	return program{
		name: name, path: path, useful: "Allow", mask: "•", whole: connecting,
		args: func(home string, at pleo) []string {
			return slices.Concat([]string{"connect"}, at.flags(), places(home))
		},
		toKey: func(s *session) error {
			if _, err := s.reach(connecting[0]); err != nil {
				return err
			}
			if err := s.send(connecting[0].send); err != nil {
				return err
			}
			_, err := s.reach(connecting[1])
			return err
		},
	}
}

// headless is a whole connection without a terminal.
func (p program) headless(home string, at pleo) process {
	args := []string{"connect", "--key-file", "-", "--accept-permissions", "--yes", "--json"}
	return process{
		program: p.name, path: p.path, args: append(append(args, at.flags()...), places(home)...), input: at.Keys.Good,
	}
}

// places are the flags for the key store of a home.
func places(home string) []string {
	return []string{
		"--force-store", "--store", filepath.Join(home, "store"),
		"--identity", filepath.Join(home, "config", "identity.txt"),
	}
}

const paste = "\x1b[200~{key}\x1b[201~"

// connecting is a whole run of the wizard, and form one of a form with a single field.
var (
	connecting = []step{
		{"Review", "Allow", "Key store ready", "\r"},
		{"Key", "Get your key from Pleo", "", paste},
		{"Check and Confirm", "Is this the right company?", "enter confirm", "\r"},
		{"Activate and Done", "Connected to ", "enter finish", "q"},
	}
	form = []step{
		{"form", "Paste the key", "", paste},
		{"pasted", "****", "", "\r"},
	}
)

// reach waits until a step takes keys and its screen is complete, and returns when the screen came in sight.
func (s *session) reach(at step) (time.Time, error) {
	seen, err := s.see(at.see)
	if err == nil && at.ready != "" {
		_, err = s.see(at.ready)
	}
	if err == nil {
		err = s.rest(settled)
	}
	return seen, err
}

func copyFile(to, from string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(struct{ io.Writer }{out}, in) // without sharing blocks, as file systems may do
	return errors.Join(err, out.Close())
}

// sameBubbleTea requires that the peers were built with our version of Bubble Tea.
func sameBubbleTea(all []program) error {
	const path = "charm.land/bubbletea/v2"
	found := map[string]string{}
	for _, p := range all {
		if p.name != ours && p.name != hello && p.name != huh {
			continue
		}
		info, err := buildinfo.ReadFile(p.path)
		if err != nil {
			return err
		}
		for _, m := range info.Deps {
			if m.Path == path {
				found[p.name] = m.Version
			}
		}
	}
	if found[ours] != found[hello] || found[ours] != found[huh] {
		return fmt.Errorf("ours has Bubble Tea %q, the peers %q and %q: go get %s@%[1]s in the folder of the bench",
			found[ours], found[hello], found[huh], path)
	}
	return nil
}
