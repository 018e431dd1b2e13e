// Package typing delivers text to an interface as terminals and programs that type do: in pieces, through the reader,
// in the time of a synctest bubble.
package typing

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
	"pleo-connect/tui/input"
)

// Piece is what one read delivers, and the pause before it.
type Piece struct {
	After time.Duration
	Bytes string
}

// Longest is the longest pause within what counts as one text.
const Longest = 400 * time.Millisecond

// pauses are just below and above each time limit of the reader, and those of programs that type.
var pauses = []time.Duration{
	0, time.Millisecond, 3 * time.Millisecond, 9 * time.Millisecond, 11 * time.Millisecond, 20 * time.Millisecond,
	24 * time.Millisecond, 26 * time.Millisecond, 30 * time.Millisecond, 100 * time.Millisecond,
	149 * time.Millisecond, 151 * time.Millisecond, 250 * time.Millisecond, Longest,
}

// quick are pauses within a burst.
var quick = pauses[:4]

// Pieces cuts a text anywhere, also in the middle of a letter, with any pauses.
func Pieces(t *rapid.T, text string) []Piece {
	usual := rapid.SampledFrom(pauses).Draw(t, "usual pause")
	long := rapid.SampledFrom([]int{1, 8, len(text)}).Draw(t, "longest piece")
	var out []Piece
	for text != "" {
		n := min(rapid.IntRange(1, long).Draw(t, "bytes"), len(text))
		pause := usual
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			pause = rapid.SampledFrom(pauses).Draw(t, "pause")
		}
		out = append(out, Piece{pause, text[:n]})
		text = text[n:]
	}
	return out
}

// Deliver passes the pieces through the reader to an interface, and lets the reader pass on all that it holds back. It
// returns after the last piece.
func Deliver(face io.Writer, r *input.Repair, pieces ...Piece) (last time.Time) {
	for _, p := range pieces {
		wait(face, r, time.Now().Add(p.After))
		last = time.Now()
		r.Feed([]byte(p.Bytes), last)
		handOn(face, r)
	}
	wait(face, r, time.Now().Add(10*time.Second))
	return last
}

// wait lets the time pass until then.
func wait(face io.Writer, r *input.Repair, then time.Time) {
	for {
		at := r.Deadline()
		if at.IsZero() || at.After(then) {
			<-time.After(time.Until(then))
			return
		}
		<-time.After(time.Until(at))
		r.Expire(time.Now())
		handOn(face, r)
	}
}

// handOn passes on what is ready. A write fails when the interface has ended, which does no harm.
func handOn(face io.Writer, r *input.Repair) {
	var buf [100]byte
	for r.Ready() {
		_, _ = face.Write(buf[:r.Take(buf[:])])
	}
}

// Result is what an interface made of the pieces at its key field.
type Result struct {
	Sent        []pleoclient.Key // the keys that Pleo was asked about
	Interrupted bool             // the wizard ended with Ctrl+C
	Late        time.Duration    // how long after the last piece it ended
}

// Face runs a wizard in one interface from its key field on, delivers the pieces to it, and ends it.
type Face func(t *testing.T, pieces []Piece) Result

// Check checks what every interface guarantees to a person who types, or lets a program type: a text is judged as a
// whole or not at all.
func Check(t *testing.T, face Face) {
	t.Run("any text", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			text := rapid.OneOf(keys, odd, texts).Draw(rt, "text")
			pieces := Pieces(rt, text)
			if rapid.Bool().Draw(rt, "enter") {
				pieces = append(pieces, Piece{rapid.SampledFrom(pauses).Draw(rt, "before enter"), "\r"})
			}
			all(rt, text, run(t, face, pieces).Sent)
		})
	})
	t.Run("a key and Enter", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			key := keys.Draw(rt, "key")
			pieces := append(Pieces(rt, key), Piece{rapid.SampledFrom(pauses).Draw(rt, "before enter"), "\r"})
			if sent := run(t, face, pieces).Sent; len(sent) != 1 {
				rt.Fatalf("%d keys were sent", len(sent))
			} else {
				all(rt, key, sent)
			}
		})
	})
	t.Run("a burst", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			text := keys.Draw(rt, "text")
			var pieces []Piece
			for left := text; left != ""; {
				n := rapid.OneOf(rapid.Just(1), rapid.IntRange(1, len(left))).Draw(rt, "bytes")
				pieces = append(pieces, Piece{rapid.SampledFrom(quick).Draw(rt, "pause"), left[:n]})
				left = left[n:]
			}
			if sent := run(t, face, pieces).Sent; len(sent) != 1 {
				rt.Fatalf("%d keys were sent", len(sent))
			} else {
				all(rt, text, sent)
			}
		})
	})
	t.Run("a wrapped key", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			key := keys.Draw(rt, "key")
			width := rapid.IntRange(2, 40).Draw(rt, "width")
			br := rapid.SampledFrom([]string{"\r", "\r\n", "\n"}).Draw(rt, "break")
			all(rt, key, run(t, face, Pieces(rt, wrapped(key, width, br)+br)).Sent)
		})
	})
	t.Run("Ctrl+C", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			pieces := Pieces(rt, keys.Draw(rt, "key"))
			last := &pieces[len(pieces)-1].Bytes
			at := rapid.IntRange(0, len(*last)).Draw(rt, "at")
			*last = (*last)[:at] + rapid.SampledFrom(interrupts).Draw(rt, "ctrl+c") + (*last)[at:]
			switch r := run(t, face, pieces); {
			case len(r.Sent) > 0:
				rt.Fatalf("%d keys were sent", len(r.Sent))
			case !r.Interrupted || r.Late > 0:
				rt.Fatalf("it ended after %v, with Ctrl+C: %v", r.Late, r.Interrupted)
			}
		})
	})
}

var interrupts = []string{"\x03", "\x03\x03\x03", "\x1b[99;5u", "\x1b[27;5;99~"}

// keys are invented keys, some of which begin with the letter that is a command in an empty field. Odd ones contain
// something that may confuse a reader or an interface, and texts are anything that a person may type instead.
var (
	keys = rapid.Custom(func(t *rapid.T) string {
		begin := rapid.SampledFrom([]string{"pleo-simulated-key-", "canary-invented-key-"}).Draw(t, "begin")
		return begin + rapid.StringMatching(`[A-Za-z0-9_~-]{1,70}[A-Za-z0-9]`).Draw(t, "letters")
	})
	odd = rapid.Custom(func(t *rapid.T) string {
		key := keys.Draw(t, "key")
		at := rapid.SampledFrom([]int{0, 1, len(key) / 2, len(key)}).Draw(t, "at")
		return key[:at] + rapid.SampledFrom([]string{"?", "200~", "[200~", " ", "é", "\u200b"}).Draw(t, "odd") + key[at:]
	})
	texts = rapid.StringOfN(rapid.RuneFrom([]rune("acZ09-_~?/=+ .\"é漢\u200b\u00a0\U0001f511q[2")), 1, 80, -1)
)

func wrapped(text string, width int, br string) string {
	var lines []string
	for len(text) > width {
		lines = append(lines, text[:width])
		text = text[width:]
	}
	return strings.Join(append(lines, text), br)
}

// all fails unless what was sent is nothing but the key in the text.
func all(t *rapid.T, text string, sent []pleoclient.Key) {
	key, _, _ := pleoclient.CleanKey(text)
	for _, s := range sent {
		if !s.Equal(key) {
			t.Fatalf("something was sent, and not the %d characters of the text", len(text))
		}
	}
}

// run runs an interface in a bubble.
func run(t *testing.T, face Face, pieces []Piece) (r Result) {
	synctest.Test(t, func(t *testing.T) { r = face(t, pieces) })
	return r
}
