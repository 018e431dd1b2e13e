package paint

import (
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// pace is the shortest time between two frames. Steps that follow each other at once become one frame, and a person
// does not see the difference.
const pace = 5 * time.Millisecond

// Options say what the terminal is.
type Options struct {
	Getenv  func(string) string  // TERM, and COLUMNS and LINES for a terminal that does not know its size
	Profile colorprofile.Profile // the colours to draw
	Ask     bool                 // ask what the terminal supports; the answers are for [Painter.Answered]
	Window  Window               // of a terminal that has no descriptor; nil: the output knows its size
}

// Window is where the output is shown.
type Window interface {
	Size() (width, height int)
	Resized() <-chan struct{} // delivers a value after the size may have changed
}

// Painter has the screen of a terminal from Enter to Leave. It may be entered again.
type Painter struct {
	out     io.Writer
	opt     Options
	resized chan os.Signal

	mu     sync.Mutex
	next   frame
	beside string        // sequences that are written before the next frame
	wake   chan struct{} // holds a token when there is something to write
	stop   chan struct{} // closed by Leave
	first  chan struct{} // closed when a frame is written
	done   chan struct{} // closed when nothing more is written
	asked  bool
}

// frame is what the screen has to show, and how.
type frame struct {
	text          string
	cursor        tea.Position
	pointed       bool // the cursor is shown
	width, height int
	repaints      int // how often all of it had to be written again
	support
}

// support is what the terminal has said about itself.
type support struct {
	synchronized bool // shows all changes between two marks at once (mode 2026)
	clusters     bool // measures whole grapheme clusters (mode 2027)
}

// synchronizes reports whether a type of terminal, as terminfo names it, shows changes at once. Others are asked, if
// they may be. A version that is too old ignores the marks. GNU screen puts its own name before that of the terminal it
// runs in.
//
// Source: https://github.com/contour-terminal/vt-extensions/blob/master/synchronized-output.md
func synchronizes(term string) bool {
	known := []string{"alacritty", "contour", "foot", "ghostty", "kitty", "wezterm"}
	within := strings.HasPrefix(term, "screen.")
	return !within && slices.ContainsFunc(known, func(name string) bool { return strings.Contains(term, name) })
}

// New returns a painter. It listens for changes of the window's size from now on, so that none is missed between this
// call, [Painter.Size] and [Painter.Watch].
func New(out io.Writer, opt Options) *Painter {
	p := &Painter{out: out, opt: opt, resized: make(chan os.Signal, 1), wake: make(chan struct{}, 1)}
	p.next.synchronized = synchronizes(opt.Getenv("TERM"))
	if _, ok := p.terminal(); ok {
		notifyResized(p.resized)
	}
	return p
}

// Enter takes the screen as soon as a frame is drawn. broken is called when drawing has ended by a fault of this
// program, with the screen given back.
func (p *Painter) Enter(broken func()) {
	p.stop, p.first, p.done = make(chan struct{}), make(chan struct{}), make(chan struct{})
	s := newScreen(p.out, p.opt)
	s.ask, p.asked = p.opt.Ask && !p.asked, true
	go p.work(s, broken)
}

// Draw replaces what is to be shown, in a window of this size.
func (p *Painter) Draw(v tea.View, width, height int) {
	p.mu.Lock()
	p.next.text, p.next.pointed = v.Content, v.Cursor != nil
	if v.Cursor != nil {
		p.next.cursor = v.Cursor.Position
	}
	p.next.width, p.next.height = width, height
	p.mu.Unlock()
	p.tell()
}

// Await returns when a frame is written, when told is closed, or after a fault.
func (p *Painter) Await(told <-chan struct{}) {
	select {
	case <-p.first:
	case <-p.done:
	case <-told:
	}
}

// Repaint makes the next frame one that is written as a whole, even if nothing differs. Programs that let a person come
// back to a terminal, such as dtach, ask for that with the signal for a new size.
func (p *Painter) Repaint() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next.repaints++
}

// Answered takes what the terminal says about itself.
func (p *Painter) Answered(report tea.ModeReportMsg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch report.Mode {
	case ansi.ModeSynchronizedOutput:
		p.next.synchronized = report.Value == ansi.ModeReset
	case ansi.ModeUnicodeCore:
		p.next.clusters = report.Value == ansi.ModeReset || report.Value == ansi.ModeSet ||
			report.Value == ansi.ModePermanentlySet
	}
}

// Copy asks the terminal to put text into the clipboard (OSC 52). It is written before the next frame, and before the
// screen is given back.
func (p *Painter) Copy(text string) {
	p.mu.Lock()
	p.beside += ansi.SetSystemClipboard(text)
	p.mu.Unlock()
	p.tell()
}

// Leave gives the screen back, and returns when that is written. A frame that is not drawn yet is not drawn any more,
// nor when the screen is entered again: the window may have another size then.
func (p *Painter) Leave() {
	p.mu.Lock()
	p.next.text = ""
	p.mu.Unlock()
	close(p.stop)
	<-p.done
}

func (p *Painter) tell() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// work draws until Leave. A write that fails is not reported: what reads the terminal sees its end.
func (p *Painter) work(s *screen, broken func()) {
	defer func() {
		fault := recover() != nil // the value may hold anything
		if fault {
			s.leave("")
		}
		close(p.done)
		if fault {
			broken()
		}
	}()
	written := sync.OnceFunc(func() { close(p.first) })
	rest := time.NewTimer(pace)
	defer rest.Stop()
	for {
		select {
		case <-p.stop:
			_, beside := p.newest()
			s.leave(beside)
			return
		case <-p.wake:
		}
		if !s.show(p.newest()) {
			continue
		}
		written()
		rest.Reset(pace)
		select {
		case <-p.stop:
		case <-rest.C:
		}
	}
}

// newest returns what has to be on the screen now, and what is to be written before.
func (p *Painter) newest() (f frame, beside string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	beside, p.beside = p.beside, ""
	return p.next, beside
}
