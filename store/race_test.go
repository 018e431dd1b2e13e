package store

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// job is what a process of its own does to a store.
type job struct {
	Do     string // "write", "read" or "hold"
	Config Config
	Ref    Ref
	Rounds int
}

// process is a running job. It says one line when it has begun, and one line when its standard input ends
// or its work is done.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.Closer
	out *bufio.Reader
}

func start(t *testing.T, j job) *process {
	t.Helper()
	text, err := json.Marshal(j)
	must(t, err)
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), jobVar+"="+string(text))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &process{t, cmd, in, bufio.NewReader(out)}
}

// line waits for the next line of the process.
func (p *process) line() string {
	p.t.Helper()
	text, err := p.out.ReadString('\n')
	if err != nil {
		p.t.Fatalf("process %d: %v", p.cmd.Process.Pid, err)
	}
	return strings.TrimSpace(text)
}

// number ends the process, unless it ends by itself, and returns what it counted.
func (p *process) number() int {
	p.t.Helper()
	n, err := strconv.Atoi(p.line())
	must(p.t, err)
	return n
}

func (j job) run() int {
	s, err := Create(j.Config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	n, err := j.do(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(n)
	return 0
}

func (j job) do(s *Store) (int, error) {
	switch j.Do {
	case "write":
		return j.write(s)
	case "read":
		return j.read(s)
	case "hold":
		return j.hold(s)
	}
	return 0, fmt.Errorf("no such job: %s", j.Do)
}

// write adds one to the number in the company's name, many times, and returns the number of conflicts.
func (j job) write(s *Store) (int, error) {
	conflicts, done := 0, 0
	for done < j.Rounds {
		r, err := s.Get(j.Ref)
		if errors.Is(err, ErrNotFound) {
			r, err = recordOf(j.Ref), nil
			r.CompanyName = "0"
		}
		if err != nil {
			return 0, err
		}
		count, err := strconv.Atoi(r.CompanyName)
		if err != nil {
			return 0, err
		}
		r.CompanyName, r.Key = strconv.Itoa(count+1), raceKey(count+1)
		var conflict *ConflictError
		switch _, err = s.Put(r); {
		case errors.As(err, &conflict):
			conflicts++
		case err == nil:
			done++
		case kindOf(err) != KindLocked: // a slow machine: the lock is not fair
			return 0, err
		}
	}
	return conflicts, nil
}

func raceKey(count int) pleoclient.Key { return pleoclient.NewKey(fmt.Sprint("canary-race-", count)) }

// read gets and lists all records until the input ends, and returns how often. Every record is whole, and none is older
// than the one that was read before it.
func (j job) read(s *Store) (int, error) {
	last := map[Ref]uint64{}
	check := func(r Record, err error) error {
		switch count, numErr := strconv.Atoi(r.CompanyName); {
		case err != nil:
			return err
		case numErr != nil, !r.Key.Equal(raceKey(count)), r.FromPrevious, r.RolledBack, r.Generation < last[r.Ref()]:
			return fmt.Errorf("after generation %d: generation %d of %q, from previous %v, rolled back %v",
				last[r.Ref()], r.Generation, r.CompanyName, r.FromPrevious, r.RolledBack)
		}
		last[r.Ref()] = r.Generation
		return nil
	}
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); close(ended) }()
	for n := 0; ; n++ {
		select {
		case <-ended:
			return n, nil
		default:
		}
		for r, err := range s.List() {
			if err := check(r, err); err != nil {
				return 0, fmt.Errorf("List: %w", err)
			}
		}
		if r, err := s.Get(j.Ref); !errors.Is(err, ErrNotFound) {
			if err := check(r, err); err != nil {
				return 0, fmt.Errorf("Get: %w", err)
			}
		}
	}
}

// hold reads the record and keeps the lock until the input ends, then saves. It returns 1 when that was a conflict.
func (j job) hold(s *Store) (int, error) {
	r, err := s.Get(j.Ref)
	if err != nil {
		return 0, err
	}
	if j.Rounds > 0 {
		unlock, err := s.lock()
		if err != nil {
			return 0, err
		}
		defer unlock()
	}
	fmt.Println("holding")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if j.Rounds > 0 {
		return 0, nil
	}
	var conflict *ConflictError
	if _, err = s.Put(r); errors.As(err, &conflict) {
		return 1, nil
	}
	return 0, err
}

// companyNumber is an invented company id.
func companyNumber(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }

// TestProcessesOnOneCompany: every successful save counts. A lost update would be missing from the
// number in the record.
func TestProcessesOnOneCompany(t *testing.T) {
	t.Parallel()
	for _, writers := range []int{2, 8} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) {
			t.Parallel()
			const rounds = 6
			conflicts := race(t, newConfig(t), rounds, func(int) Ref { return crashRef }, writers)
			t.Logf("%d conflicts", conflicts)
		})
	}
}

// TestProcessesOnTheirOwnCompanies: a process that saves another company is not a conflict.
func TestProcessesOnTheirOwnCompanies(t *testing.T) {
	t.Parallel()
	own := func(writer int) Ref { return Ref{"production", ledger, companyNumber(writer)} }
	if conflicts := race(t, newConfig(t), 4, own, 8); conflicts != 0 {
		t.Errorf("%d conflicts", conflicts)
	}
}

// TestProcessesOnOneGrid: neither is one that saves another integration of the same company.
func TestProcessesOnOneGrid(t *testing.T) {
	t.Parallel()
	refs := grid()[:4]
	conflicts := race(t, newConfig(t), 3, func(writer int) Ref { return refs[writer%len(refs)] }, len(refs))
	if conflicts != 0 {
		t.Errorf("%d conflicts", conflicts)
	}
}

// TestTwoProcesses lets two read, and then save. Of one connection the second to save has a conflict; two integrations
// of a company, and two companies of an integration, have none.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		other Ref
		want  int
	}{
		"one connection":   {crashRef, 1},
		"two integrations": {Ref{"production", besides, companyA}, 0},
		"two companies":    {Ref{"production", ledger, companyB}, 0},
		"two environments": {Ref{"staging", ledger, companyA}, 0},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			s := create(t, cfg)
			refs := []Ref{crashRef, tt.other}
			var running []*process
			for _, ref := range refs {
				if _, err := s.Get(ref); errors.Is(err, ErrNotFound) {
					put(t, s, recordOf(ref))
				}
				running = append(running, start(t, job{Do: "hold", Config: cfg, Ref: ref}))
			}
			for _, p := range running {
				p.line() // it runs
				p.line() // it has read the record
			}
			for _, p := range running {
				must(t, p.in.Close())
			}
			conflicts := 0
			for _, p := range running {
				conflicts += p.number()
			}
			if conflicts != tt.want {
				t.Errorf("%d conflicts, want %d", conflicts, tt.want)
			}
			for _, ref := range refs {
				if r, err := s.Get(ref); err != nil || r.Generation != 2 {
					t.Errorf("%v: generation %d, %v", ref, r.Generation, err)
				}
			}
		})
	}
}

// race lets processes write while two others read, and returns the number of conflicts.
func race(t *testing.T, cfg Config, rounds int, ref func(writer int) Ref, writers int) int {
	t.Helper()
	var readers, running []*process
	for n := range 2 {
		readers = append(readers, start(t, job{Do: "read", Config: cfg, Ref: ref(n)}))
	}
	for _, r := range readers {
		r.line() // both are there before the first save
	}
	saves := map[Ref]int{}
	for n := range writers {
		running = append(running, start(t, job{Do: "write", Config: cfg, Ref: ref(n), Rounds: rounds}))
		saves[ref(n)] += rounds
	}
	conflicts := 0
	for _, w := range running {
		w.line()
		conflicts += w.number()
	}
	for _, r := range readers {
		must(t, r.in.Close())
		t.Logf("a reader read %d times", r.number())
	}
	s := create(t, cfg)
	for ref, want := range saves {
		r, err := s.Get(ref)
		must(t, err)
		if r.CompanyName != strconv.Itoa(want) || r.Generation != uint64(want) {
			t.Errorf("%d saves were reported; the record counts %s, generation %d", want, r.CompanyName, r.Generation)
		}
	}
	return conflicts
}

// TestLockFileOfAnotherProcess: while another process holds the lock, no one else saves. When the file is removed under
// it, its lock excludes no one any more, and the next writer continues with a file of its own.
func TestLockFileOfAnotherProcess(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	s := create(t, cfg)
	r := put(t, s, newRecord(companyA))
	p := start(t, job{Do: "hold", Config: cfg, Ref: crashRef, Rounds: 1})
	p.line()
	p.line()
	s.locker.wait = 3 * lockPoll
	_, err := s.Put(r)
	wantKind(t, err, KindLocked)
	if !strings.Contains(err.Error(), fmt.Sprint("by pid ", p.cmd.Process.Pid)) {
		t.Errorf("the error does not name the holder: %v", err)
	}
	must(t, os.Remove(s.in(lockName)))
	r = put(t, s, r)
	other := hold(t, s.in(lockName)) // of the new file
	must(t, p.in.Close())
	p.number() // which the old holder does not unlock
	_, err = s.Put(r)
	wantKind(t, err, KindLocked)
	must(t, other.Unlock())
	put(t, s, r)
}

// interrupted runs something between the first read of a file and everything that follows.
type interrupted struct {
	fsys
	path string
	then func()
}

func (i *interrupted) read(path string, check fileCheck) ([]byte, error) {
	data, err := i.fsys.read(path, check)
	if then := i.then; path == i.path && then != nil {
		i.then = nil
		then()
	}
	return data, err
}

// TestSavedWhileReading saves in the worst moments of a reader. It gets an old or a new record, and never an alarm.
func TestSavedWhileReading(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		before int                                  // saves before the read
		pause  func(s *Store, fileID string) string // the file after whose read two more are done
		want   uint64
	}{
		"mark read":             {1, (*Store).markPath, 3},
		"live file read":        {1, func(s *Store, id string) string { return s.live(id) }, 1},
		"no live file found":    {0, func(s *Store, id string) string { return s.live(id) }, 2},
		"no mark found, before": {0, (*Store).markPath, 2},
	} {
		cfg := newConfig(t)
		writer, reader := create(t, cfg), create(t, cfg)
		for range tt.before {
			must(t, save(writer, StatusActive))
		}
		reader.fs = &interrupted{reader.fs, tt.pause(reader, prod+companyA), func() {
			must(t, save(writer, StatusActive))
			must(t, save(writer, StatusActive))
		}}
		r, err := reader.Get(crashRef)
		if err != nil || r.Generation != tt.want || r.FromPrevious || r.RolledBack {
			t.Errorf("%s: generation %d, from previous %v, rolled back %v, %v",
				about, r.Generation, r.FromPrevious, r.RolledBack, err)
		}
	}
}
