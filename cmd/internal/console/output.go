package console

import "io"

// Gather lets what is printed wait until it is worth a write, as thousands of lines come, and returns a function that
// ends that. The first of it is written at once, and all of it before anything goes to standard error.
func (c *Console) Gather() (done func()) {
	c.printed.gathering = true
	return func() {
		c.printed.flush()
		c.printed.gathering, c.printed.begun = false, false
	}
}

// output keeps the first error of a stream, and writes nothing after it.
type output struct {
	w   io.Writer
	err error

	gathering bool
	begun     bool // the first of what is gathered was written
	waiting   []byte
}

// maxWaiting bounds what is gathered: all of it can be written again after output was dropped.
const maxWaiting = maxSince

func (o *output) Write(text []byte) (int, error) {
	if !o.gathering || !o.begun {
		o.begun = o.gathering
		o.write(text)
		return len(text), o.err
	}
	if len(o.waiting)+len(text) > maxWaiting {
		o.flush()
	}
	o.waiting = append(o.waiting, text...)
	return len(text), o.err
}

func (o *output) flush() {
	if len(o.waiting) > 0 {
		o.write(o.waiting)
		o.waiting = o.waiting[:0]
	}
}

func (o *output) write(text []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(text)
	}
}
