package paint

import (
	"io"
	"testing"
)

// TestSizeOfEnvironment: where the terminal does not know its size, the environment may.
func TestSizeOfEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		columns, lines string
		want           [2]int
	}{
		{"", "", [2]int{80, 24}},
		{"132", "43", [2]int{132, 43}},
		{"0", "-1", [2]int{80, 24}},
		{"wide", "1e3", [2]int{80, 24}},
		{"99999999", "100000", [2]int{1000, 1000}},
	} {
		p := New(io.Discard, Options{Getenv: func(name string) string {
			return map[string]string{"COLUMNS": c.columns, "LINES": c.lines}[name]
		}})
		if width, height := p.Size(); [2]int{width, height} != c.want {
			t.Errorf("COLUMNS=%s LINES=%s: %dx%d, want %v", c.columns, c.lines, width, height, c.want)
		}
	}
}
