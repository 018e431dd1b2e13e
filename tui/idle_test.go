package tui

import (
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
)

// mostIdle is how many goroutines wait for a key: two are of synctest. Of Bubble Tea, they are the loop of events, two
// that read, and one each for commands and for a renderer that draws nothing; of the painter, one that writes, and one
// that hears of another size.
const mostIdle = 9

// TestIdle: where the person has to act, and all is drawn, nothing happens in a minute, and no goroutine is there that
// could wait for a clock.
func TestIdle(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		s := sc.make(t).state
		busy := func(l flow.Line) bool { return l.Mark == flow.MarkBusy }
		if slices.ContainsFunc(s.Lines(s.Step), busy) {
			continue
		}
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var messages atomic.Int32
				r := startDrawn(t, never, s, nil, sizes[1], Options{}, func(opt *Options, out io.Writer, size [2]int) {
					byPainter(opt, out, size)
					opt.Program = append(opt.Program, tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
						messages.Add(1)
						return msg
					}))
				})
				r.settle()
				before := messages.Load()
				time.Sleep(time.Minute) // by the clock of synctest
				synctest.Wait()
				if n := messages.Load() - before; n != 0 || before == 0 {
					t.Errorf("%d messages in a minute, after %d", n, before)
				}
				if stacks := inBubble(); len(stacks) > mostIdle {
					t.Errorf("%d goroutines, want at most %d:\n%s",
						len(stacks), mostIdle, strings.Join(stacks, "\n\n"))
				}
				r.send("\x03")
			})
		})
	}
}

// inBubble returns the stacks of all goroutines in the caller's bubble, except the caller's.
func inBubble() (stacks []string) {
	buf := make([]byte, 16<<20)
	all := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
	bubble := regexp.MustCompile(`synctest bubble \d+\]`).FindString(all[0]) // the caller is the first
	for _, stack := range all[1:] {
		if head, _, _ := strings.Cut(stack, "\n"); strings.Contains(head, bubble) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
