package store

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestAheadPanicsHere: a panic while a record is read reaches the caller, who may have a terminal to restore, behind
// all that was read before it.
func TestAheadPanicsHere(t *testing.T) {
	t.Parallel()
	for range 100 {
		last := 0
		func() {
			defer func() {
				if p := recover(); p != "canary" || last != 40 {
					t.Errorf("recovered %v behind %d", p, last)
				}
			}()
			for last = range Ahead(upTo(100), func(n int) int {
				if n == 41 {
					panic("canary")
				}
				return n
			}) {
			}
			t.Error("no panic")
		}()
	}
}

// TestAheadEndsWithTheLoop: no read begins once the loop has ended.
func TestAheadEndsWithTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int64
		gate := make(chan struct{})
		for range Ahead(upTo(1000), func(n int) int {
			begun.Add(1)
			if n > 1 {
				<-gate
			}
			return n
		}) {
			time.AfterFunc(time.Second, func() { close(gate) }) // when nothing else can go on: the loop has ended
			break
		}
		if most := int64(1 + runtime.GOMAXPROCS(0)); begun.Load() > most {
			t.Errorf("%d reads began, and %d were under way when the loop ended", begun.Load(), most)
		}
	})
}

// upTo returns the numbers from 1 to n.
func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}
