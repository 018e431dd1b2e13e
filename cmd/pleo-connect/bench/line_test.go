package main

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestLine: the first answer on a connection takes two round trips, the second one.
func TestLine(t *testing.T) {
	t.Parallel()
	const trip = 20 * time.Millisecond
	echoing, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = echoing.Close() }()
	go func() {
		if c, err := echoing.Accept(); err == nil {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	l, err := startLine(echoing.Addr().String(), trip)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	sent := time.Now()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, trips := range []time.Duration{2, 1} {
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(sent); took < trips*trip {
			t.Errorf("an answer came after %s, sooner than %d round trips", took, trips)
		}
		sent = time.Now()
	}
	_ = c.(*net.TCPConn).CloseWrite()
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the end did not come back: %v", err)
	}
	if took := time.Since(sent); took < trip {
		t.Errorf("the end came after %s, sooner than a round trip", took)
	}
}
