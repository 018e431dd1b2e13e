//go:build unix && !linux

package main

import "golang.org/x/sys/unix"

const (
	getTermios = unix.TIOCGETA
	fionread   = 0x4004667f // FIONREAD
)
