//go:build unix

package host

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const rootDirectory = "/"

// apart starts a session, which has no terminal and gets none of our signals.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// killWithChildren ends a program that was started apart, and what it started in its session.
func killWithChildren(p *os.Process) error { return unix.Kill(-p.Pid, unix.SIGKILL) }

// keepDescriptors keeps files that we inherited, such as the pipe behind --key-file, from programs that we start. Those
// we opened ourselves stay with us anyway. Where the system does not list them, there is no other way to find them.
func keepDescriptors() { _ = closeOnExec() }
