package tui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// railIndex returns which step of the rail is the current one.
func railIndex(p flow.Progress) int {
	switch p.Step {
	case flow.StepReview:
		return 0
	case flow.StepKey:
		return 1
	case flow.StepDone:
		return 3
	}
	return 2
}

// railSteps returns the names of the four steps.
func (f frame) railSteps() [4]string {
	words, none := &f.book.Screen, flow.Values{}
	return [...]string{words.Review.Fill(none), words.Key.Fill(none), words.Check.Fill(none), words.Done.Fill(none)}
}

// rail draws the four steps over the whole width. Those that are done are ticked, and the line after each is heavy. The
// line after the current step fills with what is done of it. All of that can be seen without colour.
func (f frame) rail(s flow.State) string {
	p, steps := s.Progress(), f.railSteps()
	at, lines := railIndex(p), len(steps)-1
	room := f.w - widthOf("1 "+strings.Join(steps[:], "  1 "))
	if room < 2*lines { // a part of a line, and a cross
		return f.shortRail(s, f.w)
	}
	var out strings.Builder
	for i, name := range steps {
		switch {
		case i < at, p.Step == flow.StepDone:
			out.WriteString(f.mark(flow.MarkDone) + f.styles.plain.Render(" "+name))
		case i == at:
			out.WriteString(f.styles.accent.Render(strconv.Itoa(i+1) + " " + name))
		default:
			out.WriteString(f.styles.faint.Render(strconv.Itoa(i+1) + " " + name))
		}
		if i < lines {
			out.WriteString(f.railLine(i-at, room*(i+1)/lines-room*i/lines, p))
		}
	}
	return out.String()
}

// railLine draws the line after a step, which is the current one or so many after it. The blanks on both sides look
// like what they are beside, so that the look seldom changes.
func (f frame) railLine(after, length int, p flow.Progress) string {
	heavy := 0
	switch {
	case after < 0:
		heavy = length
	case after == 0:
		heavy = length * p.Done / max(p.Of, 1)
	}
	broken := after == 0 && p.Broken
	if broken {
		length-- // for the cross
		heavy = min(heavy, length)
	}
	passed, toCome := strings.Repeat(f.glyphs.heavy, heavy), strings.Repeat(f.glyphs.line, length-heavy)
	switch {
	case broken:
		return " " + f.styles.good.Render(passed) + f.mark(flow.MarkFailed) + f.styles.faint.Render(toCome+" ")
	case toCome == "":
		return f.styles.good.Render(" " + passed + " ")
	case passed == "":
		return f.styles.faint.Render(" " + toCome + " ")
	}
	return f.styles.good.Render(" "+passed) + f.styles.faint.Render(toCome+" ")
}

// shortRail is the current step in so many columns, for where there is no room for all.
func (f frame) shortRail(s flow.State, room int) string {
	p, steps, cross := s.Progress(), f.railSteps(), ""
	if p.Broken {
		cross = " " + f.mark(flow.MarkFailed)
	}
	at := railIndex(p)
	step := fmt.Sprintf("%d/%d %s", at+1, len(steps), steps[at])
	return f.styles.accent.Render(ansi.Truncate(step, room-widthOf(cross), f.glyphs.ellipsis)) + cross
}
