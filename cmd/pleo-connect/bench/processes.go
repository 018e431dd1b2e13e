package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// process is a program without a terminal, with pipes.
type process struct {
	program string
	path    string
	args    []string
	input   string
	next    string // a program to run afterwards, for the same figure
}

// run returns how long the process took, from before the exec to its end, and what it printed.
func (p process) run(home string) (took time.Duration, out []byte, err error) {
	commands := []*exec.Cmd{exec.Command(p.path, p.args...)}
	if p.next != "" {
		commands = append(commands, exec.Command(p.next))
	}
	for _, cmd := range commands {
		cmd.Dir, cmd.Env = home, environment(home)
	}
	if p.input != "" {
		commands[0].Stdin = strings.NewReader(p.input)
	}
	began := time.Now()
	for _, cmd := range commands {
		text, err := cmd.Output()
		if err != nil {
			return 0, nil, p.failed(err)
		}
		out = append(out, text...)
	}
	return time.Since(began), out, nil
}

func (p process) failed(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return fmt.Errorf("%s %s: %w", p.program, strings.Join(p.args, " "), err)
}

// processes times each process in turn.
func (b *bench) processes(what string, times int, all []process) error {
	for range times {
		for _, j := range b.order(len(all)) {
			runtime.GC()
			took, _, err := all[j].run(b.dir)
			if err != nil {
				return err
			}
			b.add(what, "ms", all[j].program, ms(took))
		}
	}
	return nil
}

// starts times programs that print a line or their help.
func (b *bench) starts(times int) error {
	for _, flag := range []string{"--version", "--help"} {
		all := []process{{program: goHello, path: b.path(goHello)}}
		for _, name := range []string{age, gum, gh, base, ours} {
			if path := b.path(name); path != "" {
				all = append(all, process{program: name, path: path, args: []string{flag}})
			}
		}
		if err := b.processes(flag, times, all); err != nil {
			return err
		}
	}
	return nil
}

// helloMemory reads the memory of the smallest program.
func (b *bench) helloMemory() error {
	cmd := exec.Command(b.path(goHello), "wait")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	_, readErr := io.ReadFull(out, make([]byte, len("hello\n")))
	memory, memoryErr := peakMemory(cmd.Process.Pid)
	b.add("memory of a run", "MiB", goHello, memory)
	return errors.Join(readErr, memoryErr, in.Close(), cmd.Wait())
}

// peakMemory returns the most memory that a process had so far, in MiB. What wait4(2) tells at the end counts the
// memory of its parent too, which the child has until the exec.
func peakMemory(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	var kib float64
	_, at, found := bytes.Cut(text, []byte("VmHWM:"))
	if !found {
		return 0, fmt.Errorf("process %d has ended", pid)
	}
	_, err = fmt.Sscanf(string(at), "%g kB", &kib)
	return kib / 1024, err
}

// versions asks the other programs for their versions.
func (b *bench) versions() map[string]string {
	out := map[string]string{}
	for _, name := range []string{age, gum, gh} {
		if path := b.path(name); path != "" {
			_, text, _ := process{program: name, path: path, args: []string{"--version"}}.run(b.dir)
			line, _, _ := strings.Cut(string(text), "\n")
			out[name] = line
		}
	}
	return out
}
