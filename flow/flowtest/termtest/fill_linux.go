package termtest

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// HeldByReader is how many bytes of output the kernel keeps for who reads a pseudo-terminal, one less than a page. More
// stays with the writers' side, up to its own limit.
const HeldByReader = 4095

// Fill writes points to a terminal that no one reads, as many as it takes now. Full reports that it will take no more:
// the kernel moves output from one side to the other when it has time, and what it moves makes room.
func Fill(t *testing.T, person, tty *os.File) (points int, full bool) {
	t.Helper()
	fd, err := unix.Open(tty.Name(), unix.O_WRONLY|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	conn, err := person.SyscallConn() // Fd could make the file a blocking one
	if err != nil {
		t.Fatal(err)
	}
	var moved int
	var countErr error
	err = conn.Control(func(fd uintptr) { moved, countErr = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	if err = errors.Join(err, countErr); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := unix.Write(fd, []byte("."))
		points += max(n, 0)
		if errors.Is(err, unix.EAGAIN) {
			return points, moved >= HeldByReader
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
