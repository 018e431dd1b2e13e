//go:build unix

package main

import (
	"context"
	"syscall"
)

// start lets the command take the place of this process, which then no longer decides about signals, job control and
// the exit code. It returns only if that failed, or if a signal came before. The core limit stays at 0: a core file of
// the command would hold the key.
//
// SIGHUP and SIGINT stay ignored if they were. Other signals that were ignored, such as SIGPIPE under systemd, are back
// at their default: the Go runtime takes them over before any of our code runs.
func (o *execOptions) start(ctx context.Context, path string, handOver func() ([]string, error)) error {
	o.release()
	if err := interruptedBefore(ctx); err != nil {
		return err
	}
	o.host.RestoreUmask()
	env, err := handOver()
	if err != nil {
		return err
	}
	return o.cannotRun(syscall.Exec(path, o.command, env))
}
