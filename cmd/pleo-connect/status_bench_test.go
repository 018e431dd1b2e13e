package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/store"
)

// BenchmarkStatus lists stores of several sizes, from opening them to the last line.
func BenchmarkStatus(b *testing.B) {
	for _, n := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			dir := b.TempDir()
			cfg := store.Config{
				Dir: filepath.Join(dir, "store"), Identity: filepath.Join(dir, "identity.txt"), AnyPlace: true,
			}
			fill(b, cfg, n, testedAt)
			a := newApp(nil, host.Host{Home: dir, Out: io.Discard, Err: io.Discard})
			o := statusOptions{app: a, want: selection{names: true}}
			o.places = placeFlags{store: cfg.Dir, identity: cfg.Identity}
			b.ReportAllocs()
			for b.Loop() {
				if err := o.run(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/record")
		})
	}
}
