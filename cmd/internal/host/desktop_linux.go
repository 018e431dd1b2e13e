package host

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// findProcess reads what the system reports to every account about a process.
//
// Source: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func findProcess(pid int) (process, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return process{}, false
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	realUID, _, _ := strings.Cut(fields["Uid"], "\t")
	parent, parentErr := strconv.Atoi(fields["PPid"])
	uid, uidErr := strconv.Atoi(realUID)
	return process{pid: pid, parent: parent, uid: uid, name: fields["Name"]}, parentErr == nil && uidErr == nil
}

// isPseudoTerminal reports whether a device has the number of a pseudo-terminal.
//
// Source: https://www.kernel.org/doc/Documentation/admin-guide/devices.txt, Unix98 PTY slaves
func isPseudoTerminal(device uint64) bool {
	return unix.Major(device) >= 136 && unix.Major(device) <= 143
}
