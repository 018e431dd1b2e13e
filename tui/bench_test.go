package tui

import (
	"context"
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// TestViewAllocatesLittle holds each scene well above what it takes. The race detector allocates by
// itself: its runs are short.
func TestViewAllocatesLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("a short run is one with the race detector, which allocates by itself")
	}
	const most = 300
	for _, sc := range scenes {
		f := sc.make(t)
		if n := testing.AllocsPerRun(10, func() { _ = f.View() }); n > most {
			t.Errorf("%s: %.0f allocations a frame, want at most %d", sc.name, n, most)
		}
	}
}

// BenchmarkView draws each scene at the design size.
func BenchmarkView(b *testing.B) {
	for _, sc := range scenes {
		b.Run(sc.name, func(b *testing.B) {
			f := sc.make(b)
			b.ReportAllocs()
			for b.Loop() {
				_ = f.View()
			}
		})
	}
}

// BenchmarkKeyToFrame is what happens between a key press and its frame.
func BenchmarkKeyToFrame(b *testing.B) {
	f := at(b, finance(), goodWorld(), toKey...)
	b.ReportAllocs()
	for b.Loop() {
		f.press("k", "backspace")
		_ = f.View()
	}
}

// BenchmarkSpinner is what waiting costs on the line: one turn of the spinner is one operation.
func BenchmarkSpinner(b *testing.B) {
	for _, sc := range []struct {
		name   string
		remote bool
	}{{"local", false}, {"remote", true}} {
		b.Run(sc.name, func(b *testing.B) {
			s := at(b, finance(), goodWorld(), toKey...).hold(pasted, only[flow.Introspect]).state
			s.Remote = sc.remote
			ctx, cancel := context.WithCancel(b.Context())
			out, ended := make(turns), make(chan struct{})
			in, keys := io.Pipe()
			opt := Options{Program: []tea.ProgramOption{tea.WithInput(in)}}
			byPainter(&opt, out, [2]int{80, 24})
			go func() {
				defer close(ended)
				_, _ = Run(ctx, nil, s, nil, opt)
			}()
			for <-out < 500 { // until the first frame
			}
			<-out // so that the next turn is a whole interval away
			bytes := 0
			for b.Loop() {
				bytes += <-out
			}
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/turn")
			b.ReportMetric(float64(bytes)/b.Elapsed().Seconds(), "bytes/s")
			cancel()
			go func() {
				for range out { // what it writes at its end
				}
			}()
			<-ended
			_ = keys.Close()
			close(out)
		})
	}
}

// turns gives out the number of bytes of each write.
type turns chan int

func (w turns) Write(p []byte) (int, error) {
	w <- len(p)
	return len(p), nil
}
