package host

import "golang.org/x/sys/unix"

// findProcess asks the system for what any account may know about a process.
func findProcess(pid int) (process, bool) {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return process{}, false
	}
	return process{
		pid: pid, parent: int(info.Eproc.Ppid), uid: int(info.Eproc.Pcred.P_ruid),
		name: unix.ByteSliceToString(info.Proc.P_comm[:]),
	}, true
}

// isPseudoTerminal is not needed on macOS.
func isPseudoTerminal(uint64) bool { return false }
