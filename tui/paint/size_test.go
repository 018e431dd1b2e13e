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

// window is one that a test resizes.
type window struct {
	sizes   chan [2]int // holds the size
	resized chan struct{}
}

func (w window) Size() (width, height int) {
	size := <-w.sizes
	w.sizes <- size
	return size[0], size[1]
}

func (w window) Resized() <-chan struct{} { return w.resized }

// TestSizeOfWindow: a terminal without a descriptor has the size of its window, and the environment counts only where
// that is unknown. Each change is told.
func TestSizeOfWindow(t *testing.T) {
	t.Parallel()
	w := window{make(chan [2]int, 1), make(chan struct{}, 1)}
	w.sizes <- [2]int{0, 0}
	p := New(io.Discard, Options{Window: w, Getenv: func(name string) string {
		return map[string]string{"COLUMNS": "132", "LINES": "43"}[name]
	}})
	seen := func(want [2]int) {
		t.Helper()
		if width, height := p.Size(); [2]int{width, height} != want {
			t.Errorf("the size is %dx%d, want %v", width, height, want)
		}
	}
	seen([2]int{132, 43})
	told := make(chan struct{})
	defer p.Watch(func() { told <- struct{}{} })()
	for is, want := range map[[2]int][2]int{{100, 30}: {100, 30}, {5000, 1}: {1000, 1}} {
		<-w.sizes
		w.sizes <- is
		w.resized <- struct{}{}
		<-told
		seen(want)
	}
}
