package pleosim

import (
	"slices"
	"sync"
)

// happening is a change that the pages tell about.
type happening struct {
	text         string   // in words; empty: the pages change, and say nothing
	event        string   // eventConnected or eventDisconnected; may be empty
	owner        owner    // of the installation, for an event
	integrations []string // the ids of those it belongs to, for an event
}

const (
	eventConnected    = "connected"
	eventDisconnected = "disconnected"
)

// board holds all that has happened, for the pages that are looked at.
type board struct {
	mu       sync.Mutex
	happened []happening
	changed  chan struct{} // closed and replaced on a change
}

func newBoard() *board { return &board{changed: make(chan struct{})} }

func (b *board) add(h happening) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.happened = append(b.happened, h)
	close(b.changed)
	b.changed = make(chan struct{})
}

// since returns what has happened after the first n happenings, and a channel that is closed by the next one.
func (b *board) since(n int) ([]happening, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.happened[min(max(n, 0), len(b.happened)):]), b.changed
}

// seen returns how much has happened.
func (b *board) seen() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.happened)
}

// last returns what happened last of what the pages say in words.
func (b *board) last() happening {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range slices.Backward(b.happened) {
		if h.text != "" {
			return h
		}
	}
	return happening{}
}
