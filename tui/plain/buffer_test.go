package plain

import (
	"context"
	"strings"
	"sync"
)

// syncBuffer is an output that a test can wait for.
type syncBuffer struct {
	mu    sync.Mutex
	text  strings.Builder
	grown chan struct{} // closed at the next write
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.grown != nil {
		close(b.grown)
		b.grown = nil
	}
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// wait returns when text was written so many times, or when ctx ends.
func (b *syncBuffer) wait(ctx context.Context, text string, times int) error {
	for {
		b.mu.Lock()
		found := strings.Count(b.text.String(), text) >= times
		if b.grown == nil {
			b.grown = make(chan struct{})
		}
		grown := b.grown
		b.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
