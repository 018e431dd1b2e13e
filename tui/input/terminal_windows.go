package input

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// Terminal is the console as it is. Bubble Tea reads key records there, not bytes, and sets its modes.
type Terminal struct {
	In          *os.File
	Hurry       <-chan struct{} // has no effect
	Interrupted func()          // is never called
	jobs        Jobs
}

// Take returns the console.
func Take(f *os.File, jobs Jobs, _ func(error)) (*Terminal, error) {
	return &Terminal{In: f, jobs: jobs}, nil
}

// Start does nothing.
func (t *Terminal) Start() {}

// Raw passes on every key as a key, for an interface that does not do so itself.
func (t *Terminal) Raw() (restore func(), err error) {
	before, err := term.MakeRaw(int(t.In.Fd()))
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(int(t.In.Fd()), before) }, nil
}

// HoldEnter does nothing.
func (t *Terminal) HoldEnter(bool) {}

// Mark drops what was typed until now. No [Mark] comes, because an interface reads the console itself.
func (t *Terminal) Mark() (comes bool) {
	_ = windows.FlushConsoleInputBuffer(windows.Handle(t.In.Fd())) // what remains has no effect
	return false
}

// Suspend stops this program.
func (t *Terminal) Suspend() error { return t.jobs.Suspend() }

// Retaken delivers nothing: no one stops a program.
func (t *Terminal) Retaken() <-chan struct{} { return nil }

// Leave does nothing.
func (t *Terminal) Leave(time.Time) {}
