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
// maxAhead at most: so no more is in memory than that. None is left when the loop ends.
func Ahead[N, T any](in []N, read func(N) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		workers := make([]worker[N, T], min(runtime.GOMAXPROCS(0), len(in)))
		var running sync.WaitGroup
		defer running.Wait()
		done := make(chan struct{})
		defer close(done)
		for w := range workers {
			workers[w] = worker[N, T]{make(chan T, maxAhead), make(chan any)}
			running.Go(func() { workers[w].run(in[w:], len(workers), read, done) })
		}
		for i := range in {
			w := workers[i%len(workers)]
			select {
			case out := <-w.out:
				if !yield(out) {
					return
				}
			case p := <-w.panics:
				panic(p)
			}
		}
	}
}

// worker reads every nth of what is to be read.
type worker[N, T any] struct {
	out    chan T
	panics chan any // a panic belongs to the goroutine that waits, whose program may have a terminal to restore
}

func (w worker[N, T]) run(in []N, step int, read func(N) T, done <-chan struct{}) {
	defer func() {
		if p := recover(); p != nil {
			select {
			case w.panics <- p:
			case <-done:
			}
		}
	}()
	for i := 0; i < len(in); i += step {
		select {
		case w.out <- read(in[i]):
		case <-done:
			return
		}
	}
}
