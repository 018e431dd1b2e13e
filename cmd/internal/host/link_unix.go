//go:build unix

package host

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const rootDirectory = "/"

// apart starts a session: it has no terminal, and no signal of ours reaches it.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// killWithChildren ends a program that was started apart, and what it started in its session.
func killWithChildren(p *os.Process) error { return unix.Kill(-p.Pid, unix.SIGKILL) }

// keepDescriptors keeps what we inherited, such as the pipe behind --key-file, from programs that we start. What we
// opened ourselves stays with us anyway. Where the system does not list them, nothing else tells which there are.
func keepDescriptors() { _ = closeOnExec() }
