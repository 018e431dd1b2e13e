package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pleo-connect/store"
)

// TestStatusOfThousands reads the first line of 10,000, and then removes the last record. A program that prints each
// record as it is read waits at a full pipe by then, and never meets it. At its end it has not needed more than 64 MiB,
// and has no more files open than at its start.
func TestStatusOfThousands(t *testing.T) {
	t.Parallel()
	const records = 10_000
	dir := quickDir(t)
	cfg := store.Config{Dir: filepath.Join(dir, "store"), Identity: filepath.Join(dir, "identity.txt"), AnyPlace: true}
	fill(t, cfg, records, testedAt)
	cmd := exec.Command(binary(t), "status", "--json", "--store", cfg.Dir, "--identity", cfg.Identity)
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	lines := startOnSmallPipe(t, cmd)

	if first := readLine(t, lines); !strings.Contains(first, filledID(0)) {
		t.Fatalf("the first line is %s", first)
	}
	last := filepath.Join(cfg.Dir, "installations", "prod-"+dynamics+"-"+filledID(records-1)+".age")
	if err := os.Remove(last); err != nil {
		t.Fatal(err)
	}
	const rest = 100 // lines that fit neither into the pipe nor into our buffer: the program still runs
	for i := 1; i < records-rest; i++ {
		if line := readLine(t, lines); !strings.Contains(line, filledID(i)) {
			t.Fatalf("line %d is %s", i, line)
		}
	}
	if peak := memoryOf(t, cmd.Process.Pid, "VmHWM"); peak > 64<<20 {
		t.Errorf("%d MiB of memory", peak>>20)
	}
	if os.Geteuid() == 0 { // see needRoot
		// Its own, those of the runtime, and perhaps a record for each processor.
		if files := openFiles(t, cmd.Process.Pid); len(files) > 12+runtime.NumCPU() {
			t.Errorf("%d open files: %v", len(files), files)
		}
	}
	end, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(end), "\n"); n != rest-1 || strings.Contains(string(end), filledID(records-1)) {
		t.Errorf("the last %d lines were prepared before they could be printed", n)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// quickDir is a private directory, in memory where there is a place with room: thousands of files take a disk seconds.
func quickDir(t *testing.T) string {
	t.Helper()
	const memory, room = "/dev/shm", 256 << 20
	var fs unix.Statfs_t
	if err := unix.Statfs(memory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "pleo-connect-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// output is what a program writes to a small pipe, line by line. The program is killed when no line comes for long.
type output struct {
	*bufio.Reader
	stuck *time.Timer
}

// startOnSmallPipe starts cmd with a standard output that holds one page.
func startOnSmallPipe(t *testing.T, cmd *exec.Cmd) output {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize()); err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	stuck := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { stuck.Stop() })
	return output{bufio.NewReader(r), stuck}
}

func readLine(t *testing.T, from output) string {
	t.Helper()
	from.stuck.Reset(patience)
	line, err := from.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// memoryOf returns what the kernel counts of the memory of a process, in bytes: VmHWM is the largest resident set so
// far. The figure that a finished process leaves behind would include ours.
func memoryOf(t *testing.T, pid int, name string) int {
	t.Helper()
	status := readFile(t, fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), name+":")
	kib, err := strconv.Atoi(strings.Fields(rest + " none")[0])
	if err != nil {
		t.Fatalf("no %s in %s", name, status)
	}
	t.Logf("%s %d KiB", name, kib)
	return kib << 10
}
