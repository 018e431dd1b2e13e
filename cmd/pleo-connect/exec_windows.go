package main

import (
	"context"
	"errors"
	"os/exec"
)

// start runs the command and passes on its exit code: Windows has no way to let it take the place of this process.
func (o *execOptions) start(ctx context.Context, path string, handOver func() ([]string, error)) error {
	if err := interruptedBefore(ctx); err != nil {
		return err
	}
	env, err := handOver()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, o.command[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, o.console.In, o.console.Out, o.console.Err
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		return &commandExit{code: ended.ExitCode()}
	case err != nil:
		return o.cannotRun(err)
	}
	return nil
}
