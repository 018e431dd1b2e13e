package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Names of programs, as the table shows them.
const (
	ours  = "ours"
	base  = "base"
	echo  = "echo"
	hello = "hello"
	huh   = "huh"
	gum   = "gum"
)

// program is one of those that are compared.
type program struct {
	name, path string
	args       func(home string, at *sandbox) []string
	useful     string                 // text of its first screen
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
func (p program) start(home string, t terminal, at *sandbox, more ...string) (*session, error) {
	if err := os.MkdirAll(filepath.Join(home, "tmp"), 0o700); err != nil {
		return nil, err
	}
	cmd := exec.Command(p.path)
	if p.args != nil {
		cmd.Args = append(cmd.Args, p.args(home, at)...)
	}
	cmd.Dir = home
	cmd.Env = append([]string{
		"HOME=" + home, "TMPDIR=" + filepath.Join(home, "tmp"), "PATH=/usr/bin:/bin",
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}, more...)
	s, err := start(cmd, t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return s, nil
}

// atKey starts the program and brings it to where it takes a key.
func (p program) atKey(home string, t terminal, at *sandbox) (*session, error) {
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
		wizard(ours, oursPath),
	}
	if basePath != "" {
		all = append(all, wizard(base, basePath))
	}
	if path, err := exec.LookPath(gum); err == nil {
		all = append(all, program{name: gum, path: path, useful: "Key:", mask: "•",
			args: func(string, *sandbox) []string {
				return []string{"input", "--password", "--prompt=Key: ", "--placeholder="}
			}})
	}
	for i, p := range all {
		all[i].path = filepath.Join(dir, "copy-of-"+p.name)
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
		args: func(home string, at *sandbox) []string {
			return []string{
				"connect", "--api-base", at.APIBase, "--integration", at.integration, "--force-store",
				"--store", filepath.Join(home, "store"), "--identity", filepath.Join(home, "config", "identity.txt"),
			}
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

// sandbox is a simulated Pleo on loopback, a process of its own.
type sandbox struct {
	APIBase string                `json:"api_base"`
	Keys    struct{ Good string } `json:"keys"`

	integration string
	cmd         *exec.Cmd
}

// startSandbox runs the simulated Pleo of a build. The integration file is the wizard's as well: one that belongs to
// this computer is left alone.
func startSandbox(path, integration string) (*sandbox, error) {
	s := &sandbox{integration: integration}
	s.cmd = exec.Command(path, "sandbox", "--integration", integration)
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL} // the programs are hung up by their terminals
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	if err := json.NewDecoder(out).Decode(s); err != nil {
		s.close()
		return nil, fmt.Errorf("the sandbox printed no line of JSON: %w", err)
	}
	return s, nil
}

// another starts one more, of the same build.
func (s *sandbox) another() (*sandbox, error) { return startSandbox(s.cmd.Path, s.integration) }

func (s *sandbox) close() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}
