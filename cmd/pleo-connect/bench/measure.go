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
	authority
	all     []program
	dir     string
	quick   string // a folder in memory
	homes   int
	at      *sandbox
	tls     *front // of the same Pleo
	stores  map[string]stores
	round   int
	turns   uint64
	results results
}

// home returns a folder that is used once: a start finds no store, as a customer's first one does.
func (b *bench) home() string {
	b.homes++
	return filepath.Join(b.dir, "home-"+strconv.Itoa(b.homes))
}

// shuffled returns the programs for a terminal, in the order of a turn.
func (b *bench) shuffled() []program {
	out := make([]program, 0, len(b.all))
	for _, i := range b.order(len(b.all)) {
		if b.all[i].useful != "" {
			out = append(out, b.all[i])
		}
	}
	return out
}

// builds are those of the wizard, in the order of a turn.
func (b *bench) builds() (out []program) {
	for _, p := range b.shuffled() {
		if p.name == ours || p.name == base {
			out = append(out, p)
		}
	}
	return out
}

// order is one of n things. It differs from turn to turn, so that none has the same before it each time, and is the
// same in each run of the bench.
func (b *bench) order(n int) []int {
	b.turns++
	return rand.New(rand.NewPCG(21, b.turns)).Perm(n)
}

// firstScreens times each program on each terminal, from before the exec to when its first screen is complete. The last
// time the wizard has a file of certificates to read.
func (b *bench) firstScreens(times int) error {
	for range times {
		for _, t := range terminals {
			if err := b.firstScreen("first screen, "+t.name, t, b.at.pleo); err != nil {
				return err
			}
		}
		if err := b.firstScreen("first screen, --ca-file", modern, b.tls.pleo); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) firstScreen(what string, t terminal, at pleo) error {
	for _, p := range b.shuffled() {
		if p.name == gum {
			continue // it waits five seconds for the answer of a silent terminal
		}
		home := b.home()
		runtime.GC()     // now, not in the middle
		time.Sleep(calm) // what the program before left to the system
		s, err := p.start(home, t, at)
		if err != nil {
			return err
		}
		seen, err := s.see(p.useful)
		began := s.began
		s.close()
		if err = errors.Join(err, os.RemoveAll(home)); err != nil {
			return fmt.Errorf("%s, %s: %w", p.name, what, err)
		}
		b.add(what, "ms", p.name, ms(seen.Sub(began)))
	}
	return nil
}

// keys types a letter and ctrl+u in turn. Each changes every screen: the wizard shows a mask of one length for all
// keys, so that a second letter would change nothing.
func (b *bench) keys(pairs int) error {
	for _, p := range b.shuffled() {
		if p.mask == "" {
			continue
		}
		home := b.home()
		s, err := p.atKey(home, modern, b.at.pleo)
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
	painted, err := s.until("the paint of "+name, is)
	if err != nil {
		return err
	}
	b.add(name+" to paint", "ms", p.name, ms(painted.Sub(sent)))
	return nil
}

// idle watches all programs at once, each where it waits for a key: what they take is counted for each, and they
// disturb each other less than they would be disturbed one after the other.
func (b *bench) idle(d time.Duration) error {
	var running []*session
	all := b.shuffled()
	for _, p := range all {
		home := b.home()
		s, err := p.atKey(home, modern, b.at.pleo)
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
	for i, p := range all {
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
func (b *bench) wholeRuns() error {
	for _, p := range b.shuffled() {
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
	w, err := p.walk(home, at.pleo, overSSH...)
	if err != nil {
		return err
	}
	whole := 0
	for i, step := range append(p.whole, step{name: "end"}) {
		if i < len(w.took) {
			b.add("time to "+step.name, "ms", p.name, ms(w.took[i]))
		}
		b.add("bytes, "+step.name, "B", p.name, float64(w.bytes[i]))
		whole += w.bytes[i]
	}
	b.add("bytes, whole run", "B", p.name, float64(whole))
	if p.name == huh {
		b.add("memory of a run", "MiB", p.name, w.memory)
	}
	return nil
}

// walk is what a whole run took.
type walk struct {
	took   []time.Duration // until each step was in sight
	bytes  []int           // that each step wrote, and then the end
	memory float64         // in MiB, before the end
}

// walk goes through all steps of a program.
func (p program) walk(home string, at pleo, env ...string) (w walk, err error) {
	s, err := p.start(home, modern, at, env...)
	if err != nil {
		return w, err
	}
	defer s.close()
	counted := 0
	count := func() {
		w.bytes = append(w.bytes, s.written-counted)
		counted = s.written
	}
	sent := s.began
	for _, step := range p.whole {
		seen, err := s.reach(step)
		if err != nil {
			return w, err
		}
		w.took = append(w.took, seen.Sub(sent))
		count()
		if w.memory, err = peakMemory(s.cmd.Process.Pid); err != nil {
			return w, err
		}
		sent = time.Now()
		if err := s.send(strings.ReplaceAll(step.send, "{key}", at.Keys.Good)); err != nil {
			return w, err
		}
	}
	err = s.end()
	count()
	return w, err
}

// add adds a figure to those of this round. None is kept of a round before the first, which warms everything up.
func (b *bench) add(what, unit, program string, value float64) {
	if b.round >= 0 {
		b.results.add(what, unit, program, b.round, value)
	}
}

// program returns one by its name, or nothing.
func (b *bench) program(name string) program {
	for _, p := range b.all {
		if p.name == name {
			return p
		}
	}
	return program{}
}

func (b *bench) path(name string) string { return b.program(name).path }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
