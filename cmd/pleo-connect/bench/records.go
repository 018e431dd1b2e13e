package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// keyStores times what reads a record, and what reads all of them.
func (b *bench) keyStores(times int) error {
	var key, execs, status []process
	if path := b.path(age); path != "" {
		s := b.stores[ours]
		record, identity, err := recordIn(s.one)
		if err != nil {
			return err
		}
		opens := process{program: age, path: path, args: []string{"-d", "-i", identity, record}}
		key, execs = append(key, opens), append(execs, opens)
	}
	hello := process{program: goHello, path: b.path(goHello)}
	key, execs = append(key, hello), append(execs, hello)
	for i := range execs {
		execs[i].next = "/bin/true" // which exec starts itself
	}
	status = append(status, process{program: x25519, path: b.path(x25519)})
	for _, build := range b.builds() {
		s := b.stores[build.name]
		record, _, err := recordIn(s.one)
		if err != nil {
			return err
		}
		with := func(args ...string) process { return process{program: build.name, path: build.path, args: args} }
		company := append([]string{companyID.FindString(filepath.Base(record))}, places(s.one)...)
		key = append(key, with(append([]string{"key"}, company...)...))
		execs = append(execs, with(slices.Concat([]string{"exec"}, company, []string{"--", "/bin/true"})...))
		status = append(status, with(statusOf(s.many)...))
	}
	return errors.Join(b.processes("key", times, key), b.processes("exec", times, execs),
		b.processes("status of 10,000", 1, status), b.startsAmongRecords())
}

// statusMemory returns the memory of a status of all records, before the last lines, which do not fit into its pipe.
func (p program) statusMemory(home string) (memory float64, err error) {
	in, out, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer func() { _ = in.Close() }()
	cmd := exec.Command(p.path, statusOf(home)...)
	cmd.Env, cmd.Stdout = environment(home), out
	_, err = unix.FcntlInt(out.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize())
	if err == nil {
		err = cmd.Start()
	}
	_ = out.Close()
	if err != nil {
		return 0, err
	}
	const rest = 100 // lines: more than the pipe and the buffer take
	printed := bufio.NewReader(in)
	for lines := 0; lines < manyRecords-rest && err == nil; lines++ {
		_, err = printed.ReadSlice('\n')
	}
	if err == nil {
		memory, err = peakMemory(cmd.Process.Pid)
	}
	_, drainErr := io.Copy(io.Discard, printed)
	return memory, errors.Join(err, drainErr, cmd.Wait())
}

func statusOf(home string) []string { return append([]string{"status", "--json"}, places(home)...) }

// startsAmongRecords times the start of a wizard that has many records, and of one that has one.
func (b *bench) startsAmongRecords() error {
	for _, p := range b.builds() {
		s := b.stores[p.name]
		memory, err := p.statusMemory(s.many)
		if err != nil {
			return err
		}
		b.add("memory of status of 10,000", "MiB", p.name, memory)
		homes := []struct{ home, as string }{{s.many, p.name}, {s.one, oneRecord}}
		if p.name == base {
			homes = homes[:1]
		}
		for _, i := range b.order(len(homes)) {
			if err := b.startIn(homes[i].home, p, homes[i].as); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) startIn(home string, p program, as string) error {
	runtime.GC()
	time.Sleep(calm)
	s, err := p.start(home, modern, b.at.pleo)
	if err != nil {
		return err
	}
	defer s.close()
	seen, err := s.see(p.useful)
	if err != nil {
		return err
	}
	b.add("first screen among 10,000", "ms", as, ms(seen.Sub(s.began)))
	ready, err := s.see(connecting[0].ready)
	if err != nil {
		return err
	}
	b.add("store ready among 10,000", "ms", as, ms(ready.Sub(s.began)))
	if err := s.rest(settled); err != nil {
		return err
	}
	cpu, err := cpuTime(s.cmd.Process.Pid)
	b.add("CPU of a start among 10,000", "ms", as, ms(cpu))
	return err
}
