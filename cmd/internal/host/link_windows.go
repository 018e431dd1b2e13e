package host

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// rootDirectory is the root of the current drive.
const rootDirectory = `\`

// apart gives the program no console, and none of its signals.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}

// killWithChildren ends only the program: clip starts no other.
func killWithChildren(p *os.Process) error { return p.Kill() }

// keepDescriptors does nothing: package os/exec passes on only the three streams.
func keepDescriptors() {}
