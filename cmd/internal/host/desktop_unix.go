//go:build unix

package host

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// gather looks at this process, its ancestors and its terminal.
func (f *facts) gather(in io.Reader) {
	f.processes, f.complete = ancestry(os.Getpid(), findProcess)
	f.session, _ = unix.Getsid(0) // process 0 leads no session
	f.terminal = -1
	file, ok := in.(*os.File)
	var stat unix.Stat_t
	if !ok || unix.Fstat(int(file.Fd()), &stat) != nil {
		return
	}
	f.terminal, f.pseudo = int(stat.Uid), isPseudoTerminal(uint64(stat.Rdev))
}
