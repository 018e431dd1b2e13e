package tui

import (
	"context"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// TestAllocations holds what each screen takes for a frame, and for what comes most often: a letter, a turn of the
// spinner, which draws the lines that turn, and a size that is the same as before. The limits are a sixth above what
// the largest scene of a screen takes. The race detector allocates by itself: its runs are short.
func TestAllocations(t *testing.T) {
	if testing.Short() {
		t.Skip("a short run is one with the race detector, which allocates by itself")
	}
	type limits struct{ view, letter, turn, sameSize float64 }
	screens := map[string]limits{
		"review": {330, 660, 16, 330}, "key": {170, 165, 0, 0}, "check": {240, 240, 36, 0},
		"confirm": {290, 280, 0, 275}, "activate": {106, 107, 6, 0}, "problem": {330, 0, 0, 0},
		"doctor": {235, 237, 18, 0}, "done": {225, 226, 0, 0},
	}
	for _, sc := range scenes {
		name, _, _ := strings.Cut(sc.name, "_")
		f, most := sc.make(t), screens[name]
		update := func(msg tea.Msg) func() { return func() { f.Update(msg) } }
		got := limits{
			view:     testing.AllocsPerRun(10, func() { _ = f.View() }),
			turn:     testing.AllocsPerRun(10, update(spinMsg{})),
			sameSize: testing.AllocsPerRun(10, update(tea.WindowSizeMsg{Width: 80, Height: 24})),
			letter:   testing.AllocsPerRun(10, update(keyPress("x"))),
		}
		if got.view > most.view || got.letter > most.letter || got.turn > most.turn || got.sameSize > most.sameSize {
			t.Errorf("%s: %+v allocations, want at most %+v", sc.name, got, most)
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
