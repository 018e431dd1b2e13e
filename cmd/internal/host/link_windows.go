package host

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// rootDirectory is the one of the current drive.
const rootDirectory = `\`

// apart gives no console to the program, and none of its signals.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}

// keepDescriptors does nothing: package os/exec hands on the three streams and nothing else.
func keepDescriptors() {}
