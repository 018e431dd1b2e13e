package input

import (
	"errors"
	"io"
	"testing"
	"time"
)

// reads fails the test unless a stream delivers exactly these bytes next.
func reads(t *testing.T, s *Stream, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(s.In, got); err != nil || string(got) != want {
		t.Fatalf("the face reads %q, %v, want %q", got, err, want)
	}
}

// TestStreamRepairs: what a stream delivers is repaired as that of a terminal is.
func TestStreamRepairs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pieces []string
		want   string
	}{
		"a letter":             {[]string{"y"}, "y"},
		"a paste":              {[]string{pasted(invented)}, pasted(invented)},
		"a cut marker":         {[]string{"\x1b[20", "0~" + invented + "\x1b[", "201~"}, pasted(invented)},
		"a paste without end":  {[]string{pasteStart + invented}, pasted(invented)},
		"a burst":              {[]string{invented + "\r"}, whole(invented + "\r")},
		"a burst of letters":   {split(invented), whole(invented)},
		"the Esc key":          {[]string{"\x1b"}, escKey},
		"an arrow":             {[]string{"\x1b[A"}, "\x1b[A"},
		"Ctrl+C":               {[]string{"\x03"}, "\x03"},
		"Ctrl+C in its form":   {[]string{"\x1b[99;5u"}, "\x03"},
		"Ctrl+C after a burst": {[]string{invented, "\x03"}, "\x03"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			typed := make(chan []byte, len(c.pieces)) // all of it is there, however late the reader looks
			for _, piece := range c.pieces {
				typed <- []byte(piece)
			}
			s := NewStream(typed)
			defer s.Close()
			reads(t, s, c.want)
			typed <- []byte("\x1b[B")
			reads(t, s, "\x1b[B") // and nothing was in between
		})
	}
}

// split returns the characters of an ASCII text.
func split(text string) (out []string) {
	for _, c := range text {
		out = append(out, string(c))
	}
	return out
}

// TestStreamIsLate: the time for the rest of a text has passed because the reader was busy, and the rest is there.
func TestStreamIsLate(t *testing.T) {
	t.Parallel()
	typed := make(chan []byte, 1)
	s := &Stream{typed: typed, closed: make(chan struct{})}
	expired := make(chan time.Time)
	close(expired)
	for range 100 { // a choice by chance would be wrong in half of them
		typed <- []byte("rest")
		if text, ok := s.next(expired); !ok || string(text) != "rest" {
			t.Fatalf("the reader sees %q, %t", text, ok)
		}
	}
}

// TestStreamEnds: Close returns although no one reads, and a stream from which nothing more comes says so.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	typed := make(chan []byte)
	s := NewStream(typed)
	typed <- []byte("\x1b[A") // is passed on at once, and the reader waits for the face
	s.Close()
	if _, err := s.In.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("after Close, the face reads %v", err)
	}
	gone := make(chan []byte)
	close(gone)
	s = NewStream(gone)
	if _, err := s.In.Read(make([]byte, 1)); !errors.Is(err, ErrGone) {
		t.Errorf("at the end, the face reads %v", err)
	}
	s.Close()
}
