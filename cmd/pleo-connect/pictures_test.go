//go:build unix

package main

import (
	"strings"
	"testing"

	"pleo-connect/flow/flowtest/picture"
)

// TestDrawPrinted draws what is on a terminal after some commands, for a person to look at.
func TestDrawPrinted(t *testing.T) {
	t.Parallel()
	if !picture.Wanted() {
		t.Skip("it is for make pictures")
	}
	s := newSite(t)
	s.more = []string{"PLEO_CONNECT_STORE=" + s.store, "PLEO_CONNECT_IDENTITY=" + s.identity}
	run := func(args ...string) *terminal { return start(t, s.env(), args...) }
	save := func(name string, code int, x *terminal) {
		x.exit(code)
		const end = "\x00"
		_, _ = x.tty.WriteString(end)
		x.until("everything is read", func() bool { return strings.HasSuffix(x.written(), end) })
		picture.Save(t, "printed_"+name, picture.Printed(name, x.written(), 80))
	}

	save("error", exitStore, run("status"))
	x := run("connect", "--api-base", s.api, "--force-store")
	toKey(x)
	x.paste(s.sim.Keys().Good)
	confirmAndFinish(x)
	save("receipt", exitDone, x)
	save("doctor", exitDone, run("doctor", "--api-base", s.api, "--force-store"))
	s.put(cycles, s.sim.Keys().Revoked, nil)
	save("status", exitDone, run("status"))
	save("status_check", exitKey, run("status", "--check"))
	save("disconnect", exitDone, run("disconnect", bakery, "--yes"))
	s.gone()
	save("doctor_offline", exitNoAnswer, run("doctor", "--api-base", s.api, "--force-store"))
	picture.Index(t)
}
