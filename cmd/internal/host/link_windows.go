package host

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// rootDirectory is the one of the current drive.
const rootDirectory = `\`

// apart gives no console to the program, and none of its signals.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}

// killWithChildren ends a program alone: clip starts no other.
func killWithChildren(p *os.Process) error { return p.Kill() }

// keepDescriptors does nothing: package os/exec hands on the three streams and nothing else.
func keepDescriptors() {}
