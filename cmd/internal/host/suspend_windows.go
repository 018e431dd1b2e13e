package host

import "errors"

// Suspend is not supported: this system has no jobs.
func Suspend() error { return errors.ErrUnsupported }

// Continued never calls f.
func Continued(func()) (stop func()) { return func() {} }

func neverStop() {}
