package input

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkRepair passes a key press, a key that is pasted and a flood through the machine. Beside them is what a
// reader does anyway: copying the bytes.
func BenchmarkRepair(b *testing.B) {
	for name, stream := range map[string]string{
		"press": "a", "paste": pasted(invented), "flood": pasteStart + strings.Repeat("x", 1<<20) + pasteEnd,
	} {
		reads := chunks(stream)
		b.Run(name, func(b *testing.B) {
			var r Repair
			now := time.Unix(1_000_000, 0)
			buf := make([]byte, 4096)
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				for _, read := range reads {
					r.Feed(buf[:copy(buf, read)], now)
				}
				now = now.Add(time.Second)
				r.Expire(now)
				for r.Ready() {
					r.Take(buf)
				}
			}
		})
		b.Run(name+", copied", func(b *testing.B) {
			from, to := make([]byte, 4096), make([]byte, 4096)
			b.SetBytes(int64(len(stream)))
			for b.Loop() {
				for _, read := range reads {
					copy(to, from[:copy(from, read)])
				}
			}
		})
	}
}

// chunks are reads of at most 4 KiB.
func chunks(stream string) []string {
	var out []string
	for len(stream) > 4096 {
		out = append(out, stream[:4096])
		stream = stream[4096:]
	}
	return append(out, stream)
}
