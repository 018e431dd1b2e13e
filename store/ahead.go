package store

import (
	"iter"
	"runtime"
	"sync"
)

// maxAhead is how many results of each goroutine may wait for the loop. With none, a core would sleep and be woken
// again for each.
const maxAhead = 8

// Ahead yields what read returns for each of in, in this order. One goroutine per core reads ahead, each one more than
// maxAhead at most: so no more is in memory than that. None begins another when the loop ends, and none is left.
func Ahead[N, T any](in []N, read func(N) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		results := make([]chan result[T], min(runtime.GOMAXPROCS(0), len(in)))
		var running sync.WaitGroup
		defer running.Wait()
		done := make(chan struct{})
		defer close(done)
		for n := range results {
			results[n] = make(chan result[T], maxAhead)
			running.Go(func() { readEvery(len(results), in[n:], read, results[n], done) })
		}
		for i := range in {
			r := <-results[i%len(results)]
			if r.panicked != nil { // it belongs to this goroutine, whose program may have a terminal to restore
				panic(r.panicked)
			}
			if !yield(r.value) {
				return
			}
		}
	}
}

// result is what a read returned, or its panic.
type result[T any] struct {
	value    T
	panicked any
}

// readEvery reads every nth of in, until done is closed.
func readEvery[N, T any](n int, in []N, read func(N) T, to chan<- result[T], done <-chan struct{}) {
	for i := 0; i < len(in); i += n {
		select {
		case <-done:
			return
		default:
		}
		select {
		case to <- recovered(read, in[i]):
		case <-done:
			return
		}
	}
}

func recovered[N, T any](read func(N) T, n N) (r result[T]) {
	defer func() { r.panicked = recover() }()
	return result[T]{value: read(n)}
}
