package tui

import "testing"

// TestViewAllocatesLittle holds each scene well above what it takes. The race detector allocates by itself: its runs are short.
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

// BenchmarkKeyToFrame is what lies between a key press and its frame.
func BenchmarkKeyToFrame(b *testing.B) {
	f := at(b, finance(), goodWorld(), toKey...)
	b.ReportAllocs()
	for b.Loop() {
		f.press("k", "backspace")
		_ = f.View()
	}
}
