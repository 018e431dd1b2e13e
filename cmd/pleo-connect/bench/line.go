package main

import (
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// line is a way to an address on this computer that is as long as a round trip: what either side writes reaches the
// other half a round trip later.
//
// A connection on this computer is there at once, where TCP takes a round trip before the first byte may leave. Nothing
// can delay that, so the line is closed for the first round trip of each connection, and what is written before leaves
// then: the first answer comes as late as it would over a real line.
type line struct {
	net.Listener
	to   string
	trip time.Duration
}

func startLine(to string, trip time.Duration) (*line, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	out := &line{l, to, trip}
	go out.serve()
	return out, nil
}

func (l *line) serve() {
	for {
		near, err := l.Accept()
		if err != nil {
			return // closed
		}
		open := time.Now().Add(l.trip)
		far, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		go l.join(near, far, open)
	}
}

// join carries what two ends write, until both have ended.
func (l *line) join(near, far net.Conn, open time.Time) {
	var ways sync.WaitGroup
	ways.Go(func() { l.carry(far, near, open) })
	ways.Go(func() { l.carry(near, far, open) })
	ways.Wait()
	_, _ = near.Close(), far.Close()
}

// parcel is what one read returned, and when it arrives.
type parcel struct {
	due  time.Time
	text []byte
}

// carry takes to one end what comes from the other, and its end too.
func (l *line) carry(to, from net.Conn, open time.Time) {
	parcels := make(chan parcel, 4096)
	go func() {
		defer close(parcels)
		for buf := make([]byte, 64<<10); ; {
			n, err := from.Read(buf)
			leaves := time.Now()
			if leaves.Before(open) {
				leaves = open
			}
			parcels <- parcel{leaves.Add(l.trip / 2), append([]byte(nil), buf[:n]...)}
			if err != nil {
				return
			}
		}
	}()
	for p := range parcels {
		sleepUntil(p.due)
		_, _ = to.Write(p.text) // an end that is gone reads no more
	}
	if end, ok := to.(*net.TCPConn); ok {
		_ = end.CloseWrite()
	}
}

// sleepUntil is exact. time.Sleep is late by up to a millisecond: the poller of Go's scheduler counts those.
func sleepUntil(at time.Time) {
	for left := time.Until(at); left > 0; left = time.Until(at) {
		t := unix.NsecToTimespec(int64(left))
		_ = unix.Nanosleep(&t, nil)
	}
}
