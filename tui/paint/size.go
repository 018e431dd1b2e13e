package paint

import (
	"os/signal"
	"strconv"

	"golang.org/x/term"
)

const (
	usualWidth, usualHeight = 80, 24
	longest                 = 1000 // columns or rows: a window that claims more gets no more
)

// terminal returns the descriptor of the output, if that has one.
func (p *Painter) terminal() (fd int, ok bool) {
	file, ok := p.out.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	return int(file.Fd()), true
}

// Size returns the columns and rows of the window. A serial line knows neither: then they are what the environment
// says, or 80 and 24.
func (p *Painter) Size() (width, height int) {
	if p.opt.Window != nil {
		width, height = p.opt.Window.Size()
	} else if fd, ok := p.terminal(); ok {
		width, height, _ = term.GetSize(fd) // 0 if it is unknown
	}
	return p.orSaid(width, "COLUMNS", usualWidth), p.orSaid(height, "LINES", usualHeight)
}

func (p *Painter) orSaid(n int, name string, usual int) int {
	if n <= 0 {
		n, _ = strconv.Atoi(p.opt.Getenv(name))
	}
	if n <= 0 {
		n = usual
	}
	return min(n, longest)
}

// Watch calls signalled after every signal for a new size of the window, until stop is called. The size may be the
// same.
func (p *Painter) Watch(signalled func()) (stop func()) {
	var resized <-chan struct{}
	if p.opt.Window != nil {
		resized = p.opt.Window.Resized()
	}
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case <-ended:
				return
			case <-p.resized:
				signalled()
			case <-resized:
				signalled()
			}
		}
	}()
	return func() {
		signal.Stop(p.resized)
		close(ended)
	}
}
