package stage

import "errors"

// The bounds of what has come before its turn.
const (
	maxAhead = 64       // numbers
	maxHeld  = 64 << 10 // bytes
)

// errAhead is why a message is refused: more is missing before it than can be on its way.
var errAhead = errors.New("too far ahead")

// order puts the messages of a viewer in order. Each is a request of its own, and one may overtake the other.
type order struct {
	next  uint64 // the number of the message whose turn it is
	early map[uint64]message
	held  int // bytes of early
}

// message is what a viewer sends.
type message struct {
	typed []byte
	size  size // zero: it has not changed
}

// take returns the messages whose turn has come. One that comes again is dropped.
func (o *order) take(number uint64, m message) (ready []message, err error) {
	_, again := o.early[number]
	switch {
	case number < o.next || again:
		return nil, nil
	case number != o.next && (number-o.next > maxAhead || o.held+len(m.typed) > maxHeld):
		return nil, errAhead
	case o.early == nil:
		o.early = map[uint64]message{}
	}
	o.early[number] = m
	o.held += len(m.typed)
	for {
		m, here := o.early[o.next]
		if !here {
			return ready, nil
		}
		delete(o.early, o.next)
		o.held -= len(m.typed)
		o.next++
		ready = append(ready, m)
	}
}
