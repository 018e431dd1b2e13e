package tui

import "testing"

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
