package tui

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
)

// unasked are the screens that appear by themselves, and where an Enter that counts leads.
var unasked = []struct {
	name string
	make func(t testing.TB) *face
	next flow.Step
	told string
}{
	{"confirm", func(t testing.TB) *face { return at(t, finance(), goodWorld(), checked...) }, flow.StepActivate,
		confirmAgain},
	{"problem", func(t testing.TB) *face {
		return at(t, finance(), failing("introspect", pleoclient.KindDNS, ""), checked...)
	}, flow.StepCheck, problemAgain},
	{"done", func(t testing.TB) *face { return at(t, finance(), goodWorld(), done...) }, flow.StepOver, doneAgain},
}

// after lets the time pass.
func (f *face) after(d time.Duration) *face {
	f.clock = f.clock.Add(d)
	return f
}

// tells reports whether the words are in sight.
func (f *face) tells(words string) bool { return strings.Contains(unbroken(f.text()), unbroken(words)) }

// TestEveryEnter presses Enter in every way of a grid: one before the screen came, and some after it. An Enter counts
// when the screen has been in sight for a second and no other came within 700 ms. A line says so until then, and the
// one after a pause counts in any case.
func TestEveryEnter(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	gaps := []time.Duration{30 * ms, 660 * ms, 699 * ms, 700 * ms, 999 * ms, 1000 * ms}
	for _, sc := range unasked {
		for n := range len(gaps) * len(gaps) * len(gaps) * len(gaps) {
			if testing.Short() && n%7 != 0 {
				continue
			}
			f, i := sc.make(t), n
			f.sight.enter = f.clock.Add(-30 * ms) // the key that was entered
			since, last := f.clock, f.sight.enter
			var schedule []time.Duration
			for range 4 {
				gap := gaps[i%len(gaps)]
				i /= len(gaps)
				schedule = append(schedule, gap)
				before := f.state.Step
				f.after(gap).press("enter")
				counts := f.clock.Sub(since) >= freshAfter && f.clock.Sub(last) >= enterGap
				last = f.clock
				if (f.state.Step == sc.next) != counts || !counts && (f.state.Step != before || !f.tells(sc.told)) {
					t.Fatalf("%s: after Enters %v apart the step is %s:\n%s", sc.name, schedule, f.state.Step, f.text())
				}
				if counts {
					break
				}
			}
			if f.state.Step == sc.next {
				continue
			}
			if f.press(pause, "enter"); f.state.Step != sc.next {
				t.Fatalf("%s: after Enters %v apart the next one does not count", sc.name, schedule)
			}
		}
	}
}

// TestHeldEnter holds Enter from some moment after the screen came: nothing happens, however long.
func TestHeldEnter(t *testing.T) {
	t.Parallel()
	for _, sc := range unasked {
		for begin := range 100 {
			if testing.Short() && begin%9 != 0 {
				continue
			}
			f := sc.make(t)
			before := f.state.Step
			f.sight.enter = f.clock.Add(-time.Duration(begin) * 6 * time.Millisecond)
			f.after(660*time.Millisecond + f.sight.enter.Sub(f.clock)).press("enter") // the first repeat
			for range 200 {
				f.after(30 * time.Millisecond).press("enter")
			}
			if f.state.Step != before || !f.tells(sc.told) {
				t.Fatalf("%s: a held Enter leads to %s", sc.name, f.state.Step)
			}
			if f.press(pause, "enter"); f.state.Step != sc.next {
				t.Fatalf("%s: no Enter counts after one was held", sc.name)
			}
		}
	}
}

// TestEnterOnProblems does what the footer says for every problem, and never leaves: a key in hand would be lost.
func TestEnterOnProblems(t *testing.T) {
	t.Parallel()
	meet := func(problem flowtest.Situation) *face {
		f := at(t, problem.Setup, problem.World())
		for _, ev := range []flow.Event{flow.Allow{}, flow.Pasted(problem.Entry), flow.Confirm{}} {
			if f.state.Step != flow.StepProblem {
				f.happens(ev)
			}
		}
		return f
	}
	for _, problem := range flowtest.Situations() {
		f, g := meet(problem), meet(problem)
		if f.state.Step != flow.StepProblem {
			continue
		}
		best := actionKey(f.state.Explain().Actions[0]).Help().Key
		g.press(best)
		if f.fresh().press("enter"); f.state.Step != g.state.Step || f.state.Step == flow.StepOver {
			t.Errorf("%s: Enter leads to %s, %s to %s", problem.Name, f.state.Step, best, g.state.Step)
		}
	}
}

// TestPastedEnter: an Enter that may belong to a paste counts nowhere, and is told where one would be an answer.
func TestPastedEnter(t *testing.T) {
	t.Parallel()
	press := tea.KeyPressMsg{Code: tea.KeyF35}
	for _, sc := range unasked {
		f := sc.make(t).fresh()
		before := f.state.Step
		if f.Update(press); f.state.Step != before || !f.tells(sc.told) {
			t.Errorf("%s: a pasted Enter leads to %s:\n%s", sc.name, f.state.Step, f.text())
		}
		if f.after(enterGap - 1).press("enter"); f.state.Step != before {
			t.Errorf("%s: the one behind it leads to %s", sc.name, f.state.Step)
		}
	}
	f := at(t, finance(), goodWorld())
	if f.Update(press); f.state.Step != flow.StepReview {
		t.Errorf("on Review it leads to %s", f.state.Step)
	}
}

// TestMarkedRepeat: what a terminal marks as a repeat never counts.
func TestMarkedRepeat(t *testing.T) {
	t.Parallel()
	for _, sc := range unasked {
		f := sc.make(t).fresh()
		before := f.state.Step
		f.Update(tea.KeyPressMsg{Code: tea.KeyEnter, IsRepeat: true})
		if f.state.Step != before || !f.tells(sc.told) {
			t.Errorf("%s: a repeat leads to %s", sc.name, f.state.Step)
		}
	}
}

// TestInSightAgain hides each screen and shows it again: it has to be in sight for a second once more.
func TestInSightAgain(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(f *face){
		"help":          func(f *face) { f.press("?").after(time.Minute).press("x") },
		"small window":  func(f *face) { f.size(39, 12).after(time.Minute).size(40, 12) },
		"suspended":     func(f *face) { f.suspended() },
		"another focus": func(f *face) { f.Update(tea.BlurMsg{}); f.Update(tea.FocusMsg{}) },
	} {
		for _, sc := range unasked {
			for _, wait := range []time.Duration{freshAfter - 1, freshAfter} {
				f := sc.make(t).fresh()
				again(f)
				counts := wait == freshAfter
				if f.after(wait).press("enter"); (f.state.Step == sc.next) != counts {
					t.Errorf("%s, %s: an Enter %v later leads to %s", name, sc.name, wait, f.state.Step)
				}
			}
		}
	}
	f := unasked[0].make(t).size(40, 12).fresh()
	f.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if f.press("enter"); f.state.Step != flow.StepActivate {
		t.Error("a window that only grows hides nothing")
	}
}

// TestOtherEarlyKeys: another key is an answer of the person as well, and the rest works at once.
func TestOtherEarlyKeys(t *testing.T) {
	t.Parallel()
	f := unasked[0].make(t).press("n")
	if f.state.Step != flow.StepConfirm || !f.tells(otherKeyAgain) {
		t.Errorf("an early n leads to %s:\n%s", f.state.Step, f.text())
	}
	if f.press("left").fresh().press("enter"); f.state.Step != flow.StepKey {
		t.Errorf("an early arrow and an Enter lead to %s", f.state.Step)
	}
	if f = unasked[2].make(t).press("enter", "c"); f.tells(doneAgain) {
		t.Errorf("the line stays in the place of what c did:\n%s", f.text())
	}
	f = unasked[0].make(t).press("enter")
	f.Update(pasteOf("https://app.pleo.io"))
	if !f.tells("This is a web address") {
		t.Errorf("the line hides what is said of a paste:\n%s", f.text())
	}
}

// TestReadyIsDrawn looks at the buttons and the footer: what they say is when an Enter counts.
func TestReadyIsDrawn(t *testing.T) {
	t.Parallel()
	f := unasked[0].make(t)
	timer := f.sight.timer
	early := f.View().Content
	f.press("left", "right")
	if again := f.View().Content; again != early || strings.Contains(f.text(), "enter confirm") {
		t.Errorf("the button looks ready:\n%s", f.text())
	}
	if text := f.fresh().text(); !strings.Contains(text, "▐ Yes, connect ▌") ||
		!strings.Contains(text, "enter confirm") || f.View().Content == early {
		t.Errorf("the button never gets ready:\n%s", text)
	}
	f = unasked[0].make(t).press("enter")
	f.Update(readyMsg{timer})
	if strings.Contains(f.text(), "enter confirm") {
		t.Error("the timer of before the early Enter makes the button ready")
	}
}

// TestToldAnywhere: what is told is in sight in every window, at each position of its scrolling.
func TestToldAnywhere(t *testing.T) {
	t.Parallel()
	long := func(t testing.TB, n int) *face {
		setup, w := longWords()
		return at(t, setup, w, done[:n]...)
	}
	faces := map[string]func(t testing.TB) *face{
		"long confirm": func(t testing.TB) *face { return long(t, 2) },
		"long done":    func(t testing.TB) *face { return long(t, 3) },
		"long review":  func(t testing.TB) *face { return long(t, 0) },
		"review": func(t testing.TB) *face {
			return at(t, thirty(), failing("reach", pleoclient.KindProxyLogin, strings.Repeat("proxy ", 20)))
		},
	}
	for _, sc := range scenes {
		if slices.Contains([]string{"confirm", "problem", "done"}, strings.Split(sc.name, "_")[0]) &&
			!strings.HasSuffix(sc.name, "help") {
			faces[sc.name] = sc.make
		}
	}
	for name, make := range faces {
		for _, size := range [][2]int{{40, 12}, {41, 13}, {59, 19}, {60, 20}, {80, 24}, {160, 50}} {
			f := make(t).size(size[0], size[1])
			f.inSight()
			f.press("enter")
			told := shown(f.look.told)
			if told == "" {
				t.Fatalf("%s at %v: nothing is told", name, size)
			}
			for f.scroll = 0; f.scroll <= f.drawing().scrollLimit; f.scroll++ {
				newSizeCheck(f).checkFrame(t, name, f.drawing(), size[0], size[1])
				if !f.tells(told) {
					t.Fatalf("%s at %v, scrolled by %d: %q is not in sight:\n%s", name, size, f.scroll, told, f.text())
				}
			}
		}
	}
}

// hold presses Enter and holds it for d, by the clock of synctest: the first repeat comes after 660 ms, the others each
// 30 ms.
func (r *run) hold(d time.Duration) {
	r.t.Helper()
	wait := 660 * time.Millisecond
	for past := time.Duration(0); past < d; past += wait {
		r.write(enter)
		synctest.Wait()
		time.Sleep(wait)
		wait = 30 * time.Millisecond
	}
}

// TestHeldEnterByProgram holds Enter from the paste on, in windows of both sizes: the company is not confirmed, a
// problem is not tried again and again, and the last screen stays.
func TestHeldEnterByProgram(t *testing.T) {
	t.Parallel()
	for _, size := range sizes[:2] {
		for _, delay := range []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond, 990 * time.Millisecond} {
			t.Run(fmt.Sprint(size, delay), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					counted := map[string]int{}
					r := startIn(t, counting(goodWorld(), counted), size)
					r.toKey()
					r.write(pastedOnTTY)
					time.Sleep(delay)
					r.hold(10 * time.Second)
					r.activations(counted, 0)
					r.settle()
					r.hold(10 * time.Second)
					r.activations(counted, 1)
					if r.ended() {
						t.Error("the last screen did not stay")
					}
					r.settle()
					if r.send(enter); !r.ended() || !r.state.Outcome.Active {
						t.Errorf("ended %v, outcome %+v", r.ended(), r.state.Outcome)
					}
				})
				synctest.Test(t, func(t *testing.T) {
					counted := map[string]int{}
					r := startIn(t, counting(failing("introspect", pleoclient.KindDNS, ""), counted), size)
					r.toKey()
					r.write(pastedOnTTY)
					time.Sleep(delay)
					for want := 1; want < 4; want++ {
						r.hold(10 * time.Second)
						if got := counted["flow.Introspect"]; got != want {
							t.Errorf("Pleo was asked %d times, want %d", got, want)
						}
						r.settle()
					}
				})
			})
		}
	}
}

// TestSuspendByProgram stops the program on Confirm and lets it go on: the screen comes in sight only then.
func TestSuspendByProgram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		counted := map[string]int{}
		s, effects := flow.Begin(finance())
		opt := Options{Suspend: func() error {
			time.Sleep(time.Hour)
			return nil
		}}
		r := startWith(t, counting(goodWorld(), counted), s, effects, sizes[1], opt)
		r.toKey()
		r.send(pastedOnTTY)
		r.write("\x1a")
		time.Sleep(time.Hour + freshAfter*7/10)
		r.write(enter)
		r.activations(counted, 0)
		r.settle()
		r.write(enter)
		r.activations(counted, 1)
	})
}

// suspended stops the program for a moment, with ctrl+z.
func (f *face) suspended() {
	var opt Options
	byPainter(&opt, io.Discard, [2]int{80, 24})
	f.painter, f.broken, f.suspend = opt.Painter, func() {}, func() error { return nil }
	f.painter.Enter(f.broken)
	defer f.painter.Leave()
	f.Update(tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl})
}
