package tui

import (
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
)

const lastScope, lastWord = "the-last:read", "afterthought"

// lastSeen reports whether the end of what [many] asks for is drawn.
func (f *face) lastSeen() bool {
	fr, _ := f.look.frame(f.state, 0)
	cells := fr.permissionCells(f.state.Integration.Permissions, func(flow.Permission) string { return "" })
	if fr.scopeless(cells, fr.dent()) {
		return strings.Contains(f.text(), lastWord)
	}
	return strings.Contains(f.text(), lastScope)
}

// many asks for n permissions, and one that is the last.
func many(n int) flow.Setup {
	s := thirty()
	s.Integration.Permissions = append(s.Integration.Permissions[:n:n],
		flow.Permission{Scope: lastScope, Title: "Read the last thing, which is a long " + lastWord, Required: true})
	return s
}

// TestEndInSight compares what the layout says of the end of the list with what is drawn, at many sizes and each
// position of the scrolling.
func TestEndInSight(t *testing.T) {
	t.Parallel()
	for _, w := range []*world{goodWorld(), with(unfinished), failing("reach", pleoclient.KindDNS, "")} {
		for _, n := range []int{0, 1, 3, 10, 30} {
			f := at(t, many(n), w)
			for width := 38; width <= 90; width += 13 {
				for height := 11; height <= 50; height += 3 {
					if testing.Short() && (n+width+height)%7 != 0 {
						continue
					}
					f.look.width, f.look.height, f.scroll = width, height, 0
					for f.scroll <= f.drawing().scrollLimit {
						seen := f.lastSeen() && f.state.PreflightActions() == nil // else nothing can be allowed
						if got := f.drawing().endInSight; got != seen {
							t.Fatalf("%d permissions at %dx%d, scrolled by %d: in sight %v:\n%s",
								n+1, width, height, f.scroll, got, f.text())
						}
						f.scroll++
					}
				}
			}
		}
	}
}

// TestAllowNeedsTheEnd scrolls by some rows and allows: that counts if the end of the list was in sight.
func TestAllowNeedsTheEnd(t *testing.T) {
	t.Parallel()
	for _, size := range sizes[:2] {
		held := 0
		for rows := range 80 {
			if testing.Short() && rows%7 != 0 {
				continue
			}
			f := at(t, many(20), goodWorld()).size(size[0], size[1])
			seen := f.lastSeen()
			for range rows {
				f.press("down")
				seen = seen || f.lastSeen()
			}
			f.press("enter")
			if allowed := f.state.Step == flow.StepKey; allowed != seen {
				t.Fatalf("at %v, scrolled by %d: allowed %v, the end was in sight %v", size, rows, allowed, seen)
			}
			if seen {
				continue
			}
			held++
			if !f.tells(scrollToAllow) || !strings.Contains(f.text(), "↑/↓ scroll") {
				t.Fatalf("at %v, scrolled by %d, it is not said what to do:\n%s", size, rows, f.text())
			}
			f.scroll = 0
			for !f.look.endSeen {
				if f.press("down"); f.lastSeen() && f.tells(scrollToAllow) {
					t.Fatalf("what to do is still said:\n%s", f.text())
				}
			}
			if f.press("up", "up", "enter"); f.state.Step != flow.StepKey {
				t.Fatalf("at %v, the end was in sight, and nothing is allowed", size)
			}
		}
		if held == 0 {
			t.Errorf("at %v all permissions fit", size)
		}
	}
}

// TestEndSeenOnce: the end stays seen, no matter what follows, but it has to be seen.
func TestEndSeenOnce(t *testing.T) {
	t.Parallel()
	small := func() *face { return at(t, many(10), goodWorld()).size(40, 12) }
	for name, c := range map[string]struct {
		do   func(f *face)
		want flow.Step
	}{
		"nothing":                 {func(*face) {}, flow.StepReview},
		"a larger window":         {func(f *face) { f.size(160, 50).size(40, 12) }, flow.StepKey},
		"a larger window, hidden": {func(f *face) { f.press("?").size(160, 50).size(40, 12).press("x") }, flow.StepReview},
		"too small":               {func(f *face) { f.size(160, 11).press("down", "down").size(40, 12) }, flow.StepReview},
		"back from the key": {func(f *face) {
			f.size(160, 50).press("enter", "esc").size(40, 12)
			if f.state.Step != flow.StepReview {
				t.Error("no way back")
			}
		}, flow.StepKey},
	} {
		f := small()
		c.do(f)
		if f.press("enter"); f.state.Step != c.want {
			t.Errorf("%s: leads to %s, want %s", name, f.state.Step, c.want)
		}
	}
}

// TestOnlyAllowNeedsTheEnd: to continue with a key that was allowed, or to leave, no one has to read.
func TestOnlyAllowNeedsTheEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		w    *world
		keys []string
		want flow.Step
	}{
		"cancel":          {goodWorld(), []string{"left", "enter"}, flow.StepOver},
		"continue":        {with(unfinished), []string{"enter"}, flow.StepCheck},
		"use another key": {with(unfinished), []string{"left", "enter"}, flow.StepReview},
	} {
		f := at(t, many(20), c.w).size(40, 12)
		if f.press(c.keys...); f.state.Step != c.want {
			t.Errorf("%s leads to %s, want %s", name, f.state.Step, c.want)
		}
	}
}

// TestOwnerIsSeen: before a key can be entered in any way, the account that gets it was in sight.
func TestOwnerIsSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		w    *world
		keys []string
		told string
		want flow.Step
	}{
		"allow":           {goodWorld(), []string{"enter"}, scrollToAllow, flow.StepKey},
		"use another key": {with(unfinished), []string{"left", "enter"}, scrollToAllow, flow.StepKey},
		"continue":        {with(unfinished), []string{"enter"}, scrollToContinue, flow.StepCheck},
	} {
		f := at(t, ownedByOther(many(20)), c.w).size(40, 12)
		if f.press(c.keys...); f.state.Step != flow.StepReview || !f.tells(c.told) {
			t.Errorf("%s, unseen: step %s\n%s", name, f.state.Step, f.text())
		}
		f.press("end")
		if !strings.Contains(f.text(), "and can read\n  ┃  it\n") {
			t.Errorf("%s: the account is not at the end:\n%s", name, f.text())
		}
		if f.press("enter"); f.state.Step != c.want {
			t.Errorf("%s, seen: step %s, want %s", name, f.state.Step, c.want)
		}
	}
}

// TestConfirmNeedsTheWarning: what speaks against a key has to be read before the company is confirmed, each time it is
// asked about.
func TestConfirmNeedsTheWarning(t *testing.T) {
	t.Parallel()
	const last = "last:read" // which does not break
	surplus := with(func(w *world) {
		for i := range 19 {
			w.Scopes = append(w.Scopes, pleoclient.Scope(strings.Repeat("x", i+1)+":read"))
		}
		w.Scopes = append(w.Scopes, last)
	})
	for _, size := range sizes {
		f := at(t, finance(), surplus, checked...).size(size[0], size[1])
		for range 2 {
			seen := strings.Contains(f.text(), last)
			if f.fresh().press("enter"); (f.state.Step == flow.StepActivate) != seen {
				t.Fatalf("at %v: the warning was in sight: %v, and the step is %s", size, seen, f.state.Step)
			}
			if seen {
				break
			}
			if !f.tells(scrollToConfirm) {
				t.Fatalf("at %v, it is not said what to do:\n%s", size, f.text())
			}
			for !strings.Contains(f.text(), last) {
				f.press("down")
			}
			if f.press(pause); f.tells(scrollToConfirm) {
				t.Errorf("at %v, it is still said:\n%s", size, f.text())
			}
			f.press("up", "up", "up", "up", pause, "esc") // and comes back
			if f.state.Step != flow.StepKey {
				t.Fatalf("step %s", f.state.Step)
			}
			f.happens(pasted)
			if f.state.Step != flow.StepConfirm || f.scroll != 0 {
				t.Fatalf("step %s, scrolled by %d", f.state.Step, f.scroll)
			}
			for !strings.Contains(f.text(), last) {
				f.press("pgdown")
			}
		}
		if size[1] <= 24 && f.state.Step != flow.StepActivate {
			t.Errorf("at %v: step %s", size, f.state.Step)
		}
	}
	f := at(t, finance(), goodWorld(), checked...).size(40, 12).fresh().press("enter")
	if f.state.Step != flow.StepActivate {
		t.Errorf("without a warning: step %s", f.state.Step)
	}
}

// TestAllowNeedsWhatCameLater: what is told after the first frame has to be in sight as well, and at the end that is
// possible in every window.
func TestAllowNeedsWhatCameLater(t *testing.T) {
	t.Parallel()
	for _, size := range sizes[:2] {
		f := newFace(t, finance(), with(flowtest.Known), Options{}).size(size[0], size[1])
		f.press("end") // all that there is yet
		for _, e := range f.begin {
			f.Update(answerMsg{event: f.world.Answer(e)})
		}
		if f.press("enter"); f.state.Step != flow.StepReview {
			t.Errorf("%dx%d: allowed unseen", size[0], size[1])
		}
		f.press("end").press("enter")
		if f.state.Step != flow.StepKey {
			t.Errorf("%dx%d: not allowed at the end:\n%s", size[0], size[1], f.text())
		}
	}
	strict := finance()
	strict.Integration.RefuseSurplus = true // the promise under the list has more rows than a small window
	f := at(t, strict, with(flowtest.Known)).size(40, 12).press("enter", "end", "enter")
	if f.state.Step != flow.StepKey {
		t.Errorf("not allowed at the end:\n%s", f.text())
	}
}
