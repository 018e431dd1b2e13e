package stage

// The last events of a stream.
const (
	takenEvent = "taken" // another viewer shows the terminal now
	endedEvent = "ended" // the program has ended
	lostEvent  = "lost"  // output was dropped: the viewer has to come again
)

// viewer is a page that shows the terminal. It is guarded by the lock of its stage. A nil viewer is none.
type viewer struct {
	id     uint64
	order  order
	ready  bool          // its size is known
	untold []byte        // output that it has not taken yet
	link   string        // a page to open; "": none
	last   string        // the last event; "": the stream continues
	wake   chan struct{} // holds a token when there is something to tell
}

// show adds output.
func (v *viewer) show(text []byte) {
	switch {
	case v == nil || !v.ready || v.last != "":
		return
	case len(v.untold)+len(text) > maxUntold:
		v.untold = nil
		v.end(lostEvent)
		return
	}
	v.untold = append(v.untold, text...)
	signal(v.wake)
}

// end ends the stream after what is already untold.
func (v *viewer) end(event string) {
	if v == nil || v.last != "" {
		return
	}
	v.last = event
	signal(v.wake)
}

// news returns what is not told yet, and the last event, if it has come.
func (s *Stage) news(v *viewer) (output []byte, link, last string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	output, link = v.untold, v.link
	v.untold, v.link = nil, ""
	return output, link, v.last
}
