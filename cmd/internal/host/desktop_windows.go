package host

import (
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// gather looks at the ancestors of this process.
//
// Source: https://learn.microsoft.com/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes
func (f *facts) gather(io.Reader) {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return
	}
	defer func() { _ = windows.CloseHandle(snapshot) }()
	all := map[int]process{}
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		all[int(entry.ProcessID)] = process{
			pid: int(entry.ProcessID), parent: int(entry.ParentProcessID),
			name: windows.UTF16ToString(entry.ExeFile[:]),
		}
	}
	f.processes, f.complete = ancestry(os.Getpid(), func(pid int) (process, bool) {
		p, found := all[pid]
		return p, found
	})
}
