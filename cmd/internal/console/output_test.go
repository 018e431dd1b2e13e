package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// writes keeps what is written, each write on its own.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

// TestGather: the first line is written at once, the others when there is enough of them, before anything is said to
// standard error, and at the end.
func TestGather(t *testing.T) {
	t.Parallel()
	var w writes
	c := New(nil, &w, &w, environment(""))
	long := strings.Repeat("x", maxWaiting/2)
	done := c.Gather()
	c.Print("first")
	if want := []string{"first\n"}; !slices.Equal(w, want) {
		t.Errorf("at first %q is written", w)
	}
	c.Print("second")
	c.Print(long)
	if len(w) != 1 {
		t.Errorf("%d writes for what fits into one", len(w)-1)
	}
	c.Print(long)
	c.Say("a failure")
	c.Print("last")
	done()
	c.Print("after it")
	want := []string{
		"first\n", "second\n" + long + "\n", long + "\n", "a failure\n", "last\n", "after it\n",
	}
	if !slices.Equal(w, want) {
		t.Errorf("written %q", w)
	}
}

// TestGatherKeepsErrors: an object that is no JSON takes nothing with it that was printed before.
func TestGatherKeepsErrors(t *testing.T) {
	t.Parallel()
	var w writes
	c := New(nil, &w, &w, environment(""))
	done := c.Gather()
	for i := range 3 {
		c.Print(fmt.Sprint(i))
	}
	if err := c.JSON(func() {}); err == nil {
		t.Error("no error")
	}
	done()
	if got := strings.Join(w, ""); got != "0\n1\n2\n" {
		t.Errorf("written %q", got)
	}
}
