package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// settled is how long nothing must have been written until a screen is complete: what is written late, as a repaint
	// 300 ms after a change, counts as a part of it. A person takes longer too.
	settled = 500 * time.Millisecond

	calm = 20 * time.Millisecond // before a start

	// A key comes not sooner than keyGap after the paint of the one before, which is more than the gap within a burst,
	// and up to jitter later, which is two frames of a clock of 60 Hz.
	keyGap = 40 * time.Millisecond
	jitter = 2 * time.Second / 60
)

const (
	ctrlU      = "\x15"        // as most terminals send it
	ctrlUKitty = "\x1b[117;5u" // as the kitty protocol does, where a program has asked for it
)

// overSSH is how a program knows that it runs over SSH.
var overSSH = []string{"SSH_TTY=/dev/pts/0", "SSH_CONNECTION=192.0.2.1 40022 192.0.2.2 22"}

// bench measures programs in turn, and collects what it finds.
type bench struct {
	all     []program
	dir     string
	homes   int
	at      *sandbox
	round   int
	results results
}

// home returns a folder that is used once: a start finds no store, as a customer's first one does.
func (b *bench) home() string {
	b.homes++
	return filepath.Join(b.dir, "home-"+strconv.Itoa(b.homes))
}

// shuffled returns the programs in an order of this turn. It differs from turn to turn, so that none has the same
// program before it each time, and is the same in each run of the bench.
func (b *bench) shuffled(turn int) []program {
	out := make([]program, len(b.all))
	for i, j := range rand.New(rand.NewPCG(21, uint64(turn))).Perm(len(b.all)) {
		out[i] = b.all[j]
	}
	return out
}

// firstScreens times each program once per terminal, from before the exec to when its first screen is complete.
func (b *bench) firstScreens(turn int) error {
	for i, t := range terminals {
		for _, p := range b.shuffled(turn*len(terminals) + i) {
			if p.name == gum {
				continue // it waits five seconds for the answer of a silent terminal
			}
			home := b.home()
			runtime.GC()     // now, not in the middle
			time.Sleep(calm) // what the program before left to the system
			s, err := p.start(home, t, b.at)
			if err != nil {
				return err
			}
			at, err := s.see(p.useful)
			began := s.began
			s.close()
			if err = errors.Join(err, os.RemoveAll(home)); err != nil {
				return fmt.Errorf("%s, on a terminal that is %s: %w", p.name, t.name, err)
			}
			b.add("first screen, "+t.name, "ms", p.name, ms(at.Sub(began)))
		}
	}
	return nil
}

// keys types a letter and ctrl+u in turn. Each changes every screen: the wizard shows a mask of one length for all
// keys, so that a second letter would change nothing.
func (b *bench) keys(turn, pairs int) error {
	for _, p := range b.shuffled(turn) {
		if p.mask == "" {
			continue
		}
		home := b.home()
		s, err := p.atKey(home, modern, b.at)
		if err != nil {
			return err
		}
		clearKey := ctrlU
		if s.kitty {
			clearKey = ctrlUKitty
		}
		masked := func(screen string) bool { return strings.Contains(screen, p.mask) }
		for range pairs {
			err = errors.Join(b.key(s, p, "letter", "k", masked),
				b.key(s, p, "ctrl+u", clearKey, func(screen string) bool { return !masked(screen) }))
			if err != nil {
				break
			}
		}
		s.close()
		if err = errors.Join(err, os.RemoveAll(home)); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (b *bench) key(s *session, p program, name, key string, is func(screen string) bool) error {
	runtime.GC()
	s.pass(keyGap + rand.N(jitter))
	if is(s.screen.String()) {
		return fmt.Errorf("%s would change nothing:\n%s", name, s.screen)
	}
	sent := time.Now()
	if err := s.send(key); err != nil {
		return err
	}
	first, last, err := s.until("the paint of "+name, is)
	if err != nil {
		return err
	}
	b.add(name+" to first byte", "ms", p.name, ms(first.Sub(sent)))
	b.add(name+" to paint", "ms", p.name, ms(last.Sub(sent)))
	return nil
}

// idle watches all programs at once, each where it waits for a key: what they take is counted for each, and they
// disturb each other less than they would be disturbed one after the other.
func (b *bench) idle(d time.Duration) error {
	var running []*session
	for _, p := range b.all {
		home := b.home()
		s, err := p.atKey(home, modern, b.at)
		if err != nil {
			return err
		}
		defer func() { s.close(); _ = os.RemoveAll(home) }()
		running = append(running, s)
	}
	time.Sleep(time.Second) // what a start still does is over then
	type count struct {
		at    time.Time
		cpu   time.Duration
		bytes int
	}
	counts := func() (out []count, err error) {
		for _, s := range running {
			s.pass(time.Millisecond)
			cpu, err := cpuTime(s.cmd.Process.Pid)
			if err != nil {
				return nil, err
			}
			out = append(out, count{time.Now(), cpu, s.written})
		}
		return out, nil
	}
	before, err := counts()
	if err != nil {
		return err
	}
	time.Sleep(d) // the time that is measured
	after, err := counts()
	if err != nil {
		return err
	}
	for i, p := range b.all {
		share := float64(after[i].cpu-before[i].cpu) / float64(after[i].at.Sub(before[i].at))
		b.add("idle, CPU", "%", p.name, 100*share)
		b.add("idle, output", "B", p.name, float64(after[i].bytes-before[i].bytes))
	}
	return nil
}

// cpuTime returns the time on processors of all threads of a process, also of those that have ended, in nanoseconds:
// utime and stime in /proc/PID/stat count ticks of 10 ms, and the schedstat there is one thread's. The clock is that of
// clock_getcpuclockid(3).
func cpuTime(pid int) (time.Duration, error) {
	const ofScheduler = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|ofScheduler), &t); err != nil {
		return 0, fmt.Errorf("the processor time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// wholeRuns counts what each program writes from the exec to its end, as over SSH, and when the company is in sight.
func (b *bench) wholeRuns(turn int) error {
	for _, p := range b.shuffled(turn) {
		if p.whole == nil {
			continue
		}
		home := b.home()
		if err := errors.Join(b.wholeRun(p, home), os.RemoveAll(home)); err != nil {
			return fmt.Errorf("%s, a whole run: %w", p.name, err)
		}
	}
	return nil
}

func (b *bench) wholeRun(p program, home string) error {
	at, err := b.at.another() // the key was not used there
	if err != nil {
		return err
	}
	defer at.close()
	s, err := p.start(home, modern, at, overSSH...)
	if err != nil {
		return err
	}
	defer s.close()
	counted := 0
	count := func(step string) {
		b.add("bytes, "+step, "B", p.name, float64(s.written-counted))
		counted = s.written
	}
	for sent, i := s.began, 0; i < len(p.whole); i++ {
		step := p.whole[i]
		seen, err := s.reach(step)
		if err != nil {
			return err
		}
		b.add("time to "+step.name, "ms", p.name, ms(seen.Sub(sent)))
		count(step.name)
		sent = time.Now()
		if err := s.send(strings.ReplaceAll(step.send, "{key}", at.Keys.Good)); err != nil {
			return err
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	count("end")
	b.add("bytes, whole run", "B", p.name, float64(s.written))
	return nil
}

// add adds a figure to those of this round. None is kept of a round before the first, which warms everything up.
func (b *bench) add(what, unit, program string, value float64) {
	if b.round >= 0 {
		b.results.add(what, unit, program, b.round, value)
	}
}

// path returns where a program is.
func (b *bench) path(name string) string {
	for _, p := range b.all {
		if p.name == name {
			return p.path
		}
	}
	return ""
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
