package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// pleo is how a wizard gets to Pleo.
type pleo struct {
	APIBase string                `json:"api_base"`
	Keys    struct{ Good string } `json:"keys"`

	integration string // a file
	caFile      string // if it trusts Pleo by one
}

func (p pleo) flags() []string {
	out := []string{"--api-base", p.APIBase, "--integration", p.integration}
	if p.caFile != "" {
		out = append(out, "--ca-file", p.caFile)
	}
	return out
}

// sandbox is a simulated Pleo on loopback, a process of its own.
type sandbox struct {
	pleo
	cmd *exec.Cmd
}

// startSandbox runs the simulated Pleo of a build. The integration file is the wizard's as well: one that belongs to
// this computer is left alone.
func startSandbox(path, integration string) (*sandbox, error) {
	s := &sandbox{pleo: pleo{integration: integration}}
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
	if err := json.NewDecoder(out).Decode(&s.pleo); err != nil {
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
