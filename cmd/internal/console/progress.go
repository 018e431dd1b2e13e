package console

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/tui/colors"
)

const (
	drawEvery = 100 * time.Millisecond
	barCells  = 20
)

// Progress is one line at the bottom of a terminal that shows how far a long run is. It is redrawn in place, and
// removed before anything else is printed. The zero value draws nothing.
type Progress struct {
	out          io.Writer // nil if nothing is drawn
	book         *flow.Book
	width        func() int
	ascii        bool
	passed       func(bar string) string // gives the part that is done its look
	began, drawn time.Time
	shown        bool
}

// Progress returns a line on standard error, in the words of b, if that is a terminal that can redraw a line.
func (c *Console) Progress(b *flow.Book) *Progress {
	if !IsTerminal(c.Err) || c.Plain() {
		return &Progress{}
	}
	return &Progress{
		out: c.stderr, book: b, ascii: c.ASCII(), width: func() int { return columnsOf(c.Err) },
		passed: func(bar string) string { return c.painted(c.Err, look{color: colors.Good}, bar) },
	}
}

// Step draws how much is done, and what is remarkable so far. A line that was only just drawn stays as it is.
func (p *Progress) Step(done, total int, remarkable []string) {
	if p.out == nil {
		return
	}
	now := time.Now()
	if p.began.IsZero() {
		p.began = now
	}
	if p.shown && now.Sub(p.drawn) < drawEvery {
		return
	}
	p.drawn = now
	count := p.book.Report.Progress.Of.Fill(flow.Values{N: done, M: total})
	parts := append([]string{p.bar(done, total) + " " + count}, remarkable...)
	if done > 0 {
		parts = append(parts, timeLeft(p.book, now.Sub(p.began)/time.Duration(done)*time.Duration(total-done)))
	}
	p.Say(strings.Join(parts, " · "))
}

// Say draws a line of words.
func (p *Progress) Say(text string) {
	if p.out == nil {
		return
	}
	if p.ascii {
		text = flow.ASCII(text)
	}
	p.shown = true
	fmt.Fprint(p.out, "\r"+ansi.EraseLineRight+ansi.Truncate(text, p.width(), ""))
}

// Clear removes the line.
func (p *Progress) Clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r"+ansi.EraseLineRight)
		p.shown = false
	}
}

// bar draws what is done as the steps of the full screen are drawn: heavy if it is behind, light if it is ahead.
func (p *Progress) bar(done, total int) string {
	cells := barCells * done / total
	return p.passed(strings.Repeat("━", cells)) + strings.Repeat("─", barCells-cells)
}

// timeLeft returns the words for an estimate.
func timeLeft(b *flow.Book, d time.Duration) string {
	words := &b.Report.Progress
	switch minutes := int(d.Round(time.Minute) / time.Minute); {
	case d < time.Minute:
		return words.MomentLeft.String()
	case minutes < 120:
		return b.Count(words.MinutesLeft, minutes, flow.Values{})
	default:
		return b.Count(words.HoursLeft, minutes/60, flow.Values{})
	}
}
