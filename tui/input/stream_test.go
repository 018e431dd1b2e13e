//go:build unix

package input_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/tui"
	"pleo-connect/tui/input"
	"pleo-connect/tui/paint"
)

const (
	start    = "\x1b[200~"
	end      = "\x1b[201~"
	key      = "pls_invented0123456789abcdefghijklmnopqrstuvwxyz_0123456789_ABCDEF"
	ctrlC    = "\x03"
	patience = 3 * time.Minute // ends a test that waits for something that never comes
)

// piece is what one write delivers, and the pause before it.
type piece struct {
	after time.Duration
	bytes string
}

func at(ms int, bytes string) piece { return piece{time.Duration(ms) * time.Millisecond, bytes} }

func pasted(text string) string { return start + text + end }

// stream is what a terminal delivers, until the key is in hand.
type stream struct {
	name   string
	pieces []piece
	refuse string // what the screen must say of the pieces; the key is pasted again then
}

// cut breaks text at random points, with random pauses. The first piece is at least first bytes long.
func cut(r *rand.Rand, text string, first, longest int) []piece {
	var out []piece
	pause := 0
	for text != "" {
		n := min(first+1+r.IntN(12), len(text))
		out = append(out, at(pause, text[:n]))
		text, first = text[n:], 0
		pause = r.IntN(longest + 1)
	}
	return out
}

// streams are those that broke wizards, and random ones. The seeds are fixed, so that a row that fails does so again.
func streams() []stream {
	one := func(name string, pieces ...piece) stream { return stream{name: name, pieces: pieces} }
	refused := func(name, why string, pieces ...piece) stream { return stream{name, pieces, why} }
	out := []stream{
		one("whole", at(0, pasted(key))),
		one("whole, with a line break", at(0, pasted(key+"\n"))),
		one("wrapped", at(0, pasted(key[:40]+"\r\n"+key[40:]))),
		one("in quotes", at(0, pasted(`"`+key+`"`))),
		one("as a header", at(0, pasted("Authorization: Bearer "+key))),
		one("as a setting", at(0, pasted("export PLEO_API_KEY="+key+"\n"))),
		one("end marker missing", at(0, start+key)),
		one("end marker cut, rest missing", at(0, start+key+"\x1b[20")),
		one("end marker after 1.8 s", at(0, start+key), at(1800, end)),
		one("end marker after 2.5 s", at(0, start+key), at(2500, end)),
		one("end marker twice", at(0, pasted(key)+end)),
		one("end marker twice, cut", at(0, pasted(key)+"\x1b[2"), at(300, "01~")),
		one("start marker twice", at(0, start+pasted(key))),
		one("start marker missing", at(0, key+end)),
		one("start marker without esc", at(0, "[200~"+key+end)),
		one("no marker whole", at(0, "200~"+key)),
		one("pasted twice", at(0, pasted(key)+pasted(key))),
		one("pasted twice into one", at(0, pasted(key+key))),
		one("impatient: no end, pasted again", at(0, start+key), at(700, pasted(key))),
		one("impatient: cut end, pasted again", at(0, start+key+"\x1b[201"), at(700, pasted(key))),
		one("two keys", at(0, pasted("another-invented-key-00000000")), at(200, pasted(key))),
		one("line stalls for 2.6 s", at(0, start+key[:30]), at(2600, key[30:]+end)),
		one("enter right behind", at(0, pasted(key)+"\r")),
		one("esc right behind", at(0, pasted(key)+"\x1b")),
		one("arrow before and behind", at(0, "\x1b[A"+pasted(key)+"\x1b[B")),
		one("focus goes and comes", at(0, "\x1b[O"), at(40, "\x1b[I"+pasted(key))),
		one("an answer before", at(0, "\x1b[?1u"+pasted(key))),
		one("an answer behind, cut", at(0, pasted(key)+"\x1b[?62;"), at(200, "22c")),
		one("a colour answer, cut", at(0, "\x1b]11;rgb:00"), at(200, "00/0000/0000\x1b\\"+pasted(key))),
		one("typing before", at(0, "a"), at(120, "b"), at(120, pasted(key))),
		one("half a letter before", at(0, "\xc3"), at(120, pasted(key))),
		one("empty paste before", at(0, start+end), at(20, pasted(key))),
		one("empty paste, text without markers", at(0, start+end+key)),
		one("no markers", at(0, key)),
		one("no markers, enter", at(0, key+"\r")),
		one("no markers, wrapped", at(0, key[:40]+"\r"+key[40:]+"\r")),
		one("no markers, break in front", at(0, "\r\n"+key+"\r\n")),
		one("no markers, spaces around", at(0, "    "+key+"  \r")),
		one("no markers, line stalls", at(0, key[:30]), at(350, key[30:]+"\r")),
		one("no markers, twice", at(0, key+"\r"), at(2600, key+"\r")),
		refused("end marker inside", "escape (U+001B)", at(0, start+key[:20]+end+key[20:]+end)),
		refused("end marker inside, with commands", "escape (U+001B)", at(0, start+key+end+"q\rn\r"+end)),
		refused("NUL inside", "NUL (U+0000)", at(0, pasted(key[:20]+"\x00"+key[20:]))),
		refused("ctrl+c inside", "Ctrl+C (U+0003)", at(0, pasted(key[:20]+"\x03"+key[20:]))),
		refused("colours inside", "escape (U+001B)", at(0, pasted(key[:20]+"\x1b[31m"+key[20:]))),
		refused("clipboard command inside", "escape (U+001B)", at(0, pasted(key[:20]+"\x1b]52;c;aGk=\x07"+key[20:]))),
		refused("no UTF-8 inside", "replacement character", at(0, pasted(key[:20]+"\xff"+key[20:]))),
		refused("zero-width space inside", "zero-width space (U+200B)", at(0, pasted(key[:20]+"\u200b"+key[20:]))),
		refused("cut letter inside", "(U+00F8)", at(0, start+key+"\xc3"), at(200, "\xb8"+end)),
		refused("too long", "too long to be a key", at(0, pasted(strings.Repeat("x", 5121)))),
		refused("too long, no end", "too long to be a key", at(0, start+strings.Repeat("x", 5121))),
		refused("too long, no markers", "too long to be a key", at(0, strings.Repeat("x\r", 3000))),
	}
	for i := 1; i < len(start); i++ {
		out = append(out,
			one(fmt.Sprintf("start marker cut at %d, 60 ms", i), at(0, start[:i]), at(60, start[i:]+key+end)),
			one(fmt.Sprintf("start marker cut at %d, 400 ms", i), at(0, start[:i]), at(400, start[i:]+key+end)),
			one(fmt.Sprintf("end marker cut at %d, 60 ms", i), at(0, start+key+end[:i]), at(60, end[i:])),
			one(fmt.Sprintf("end marker cut at %d, 400 ms", i), at(0, start+key+end[:i]), at(400, end[i:])))
	}
	for i := range 10 {
		r := rand.New(rand.NewPCG(2026, uint64(i)))
		out = append(out,
			stream{name: fmt.Sprint("random cuts ", i), pieces: cut(r, pasted(key+"\r\n"), 0, 120)},
			stream{name: fmt.Sprint("random cuts without markers ", i), pieces: cut(r, key+"\r", 16, 60)})
	}
	return out
}

// TestStreams delivers each stream through a pseudo-terminal to the full screen: the key is in hand afterwards, nothing
// else happened, and Ctrl+C works.
func TestStreams(t *testing.T) {
	t.Parallel()
	all := streams()
	if len(all) < 60 {
		t.Fatalf("%d streams", len(all))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := delivered(t, c.pieces)
			if c.refuse != "" {
				w.see(c.refuse)
				w.deliver([]piece{at(200, pasted(key))})
			}
			w.seeOne("Is this the right company?", fmt.Sprintf("Key received, %d characters", len(key))) // on Review
			s := w.leave(ctrlC)
			if s.Key.Reveal() != key {
				t.Errorf("the key in hand has %d characters, want %d", len(s.Key.Reveal()), len(key))
			}
			if s.Outcome.Kind != flow.KindInterrupted {
				t.Errorf("it ended with %q", s.Outcome.Kind)
			}
		})
	}
}

// delivered returns a wizard that got the pieces with their pauses. A busy machine makes a pause longer, which is
// another stream: that is done again, and what came of it is not judged.
func delivered(t *testing.T, pieces []piece) *wizard {
	t.Helper()
	for range 20 {
		w := open(t)
		if w.deliver(pieces) {
			return w
		}
		w.leave(ctrlC)
	}
	t.Fatal("this machine is too busy for these pauses")
	return nil
}

// TestCtrlCInAPaste: Ctrl+C ends the program in the middle of a paste, no matter what the paste lacks.
func TestCtrlCInAPaste(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, ctrlC string }{
		"no end":            {start + key, ctrlC},
		"cut end":           {start + key + "\x1b[20", ctrlC},
		"no markers":        {key, ctrlC},
		"too long, no end":  {start + strings.Repeat("x", 9000), ctrlC},
		"kitty":             {start + key, "\x1b[99;5u"},
		"modifyOtherKeys":   {start + key, "\x1b[27;5;99~"},
		"in a piece of esc": {"\x1b[2", ctrlC},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.deliver([]piece{at(0, c.before)})
			if s := w.leave(c.ctrlC); s.Outcome.Kind != flow.KindInterrupted {
				t.Errorf("it ended with %q", s.Outcome.Kind)
			}
		})
	}
}

// TestKeyInPieces types a key without markers, as a remote console does: nothing is sent before Enter, and then all of
// it.
func TestKeyInPieces(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.deliver([]piece{at(0, key[:8])})
	w.see("••••") // so that the reader has noticed a pause
	w.deliver([]piece{at(100, key[8:]), at(250, "\x1b[I")})
	w.see(flow.Capital(string(flow.English.Wizard.Added)))
	w.deliver([]piece{at(0, "\r")})
	w.see("Is this the right company?")
	if s := w.leave(ctrlC); s.Key.Reveal() != key || s.Pasted {
		t.Errorf("the key in hand has %d characters, want %d", len(s.Key.Reveal()), len(key))
	}
}

// TestMain lets many streams pass at once: they wait for the clock, not for the processor.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// wizard is the full screen on a pseudo-terminal, at its key field.
type wizard struct {
	t        *testing.T
	pty, tty *os.File
	screen   *vt.SafeEmulator
	news     chan struct{}
	done     chan struct{}
	state    flow.State
	err      error
}

// kept holds the terminals that tests have left: Bubble Tea does not wait for readers of the size of one, so they are
// never closed.
var kept sync.Map

func open(t *testing.T) *wizard {
	t.Helper()
	p, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(p.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	w := &wizard{
		t: t, pty: p, tty: tty, screen: vt.NewSafeEmulator(80, 24),
		news: make(chan struct{}, 1), done: make(chan struct{}),
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	go w.draw()
	go func() { _, _ = io.Copy(p, w.screen) }() // what the emulator answers
	go w.run(ctx, cancel)
	t.Cleanup(func() {
		cancel(nil)
		<-w.done
		_ = p.Close()
		kept.Store(tty, true)
		if answers, ok := w.screen.InputPipe().(io.Closer); ok {
			_ = answers.Close()
		}
	})
	w.see("Allow", "Key store ready")
	w.deliver([]piece{at(0, "\r")})
	w.see("Get your key from Pleo")
	return w
}

func (w *wizard) run(ctx context.Context, cancel context.CancelCauseFunc) {
	defer close(w.done)
	in, err := input.Take(w.tty, input.Jobs{}, cancel)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer in.Leave(time.Time{})
	if _, err := in.Raw(); err != nil {
		w.t.Error(err)
	}
	in.Start()
	s, effects := flow.Begin(flowtest.Setup())
	term := func(string) string { return "xterm-256color" }
	w.state, w.err = tui.Run(ctx, flowtest.Good().Do, s, effects, tui.Options{
		Painter: paint.New(w.tty, paint.Options{Getenv: term, Profile: colorprofile.ANSI256}),
		Program: []tea.ProgramOption{tea.WithInput(in.In)},
	})
}

func (w *wizard) draw() {
	buf := make([]byte, 32<<10)
	for {
		n, err := w.pty.Read(buf)
		if err != nil {
			return
		}
		_, _ = w.screen.Write(buf[:n])
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
}

// tooLate is how much longer a pause may take and still be the same to the reader.
const tooLate = 50 * time.Millisecond

// deliver writes the pieces with their pauses, which are what is tested. It reports whether all were as
// long as they should be.
func (w *wizard) deliver(pieces []piece) bool {
	w.t.Helper()
	inTime, last := true, time.Now()
	for _, p := range pieces {
		<-time.After(p.after)
		if _, err := io.WriteString(w.pty, p.bytes); err != nil {
			w.t.Fatal(err)
		}
		now := time.Now()
		inTime = inTime && now.Sub(last) <= p.after+tooLate
		last = now
	}
	return inTime
}

// see waits until all the words are on the screen.
func (w *wizard) see(words ...string) {
	w.t.Helper()
	w.wait(words, func(missing int) bool { return missing == 0 })
}

// seeOne waits until one of the words is on the screen.
func (w *wizard) seeOne(words ...string) {
	w.t.Helper()
	w.wait(words, func(missing int) bool { return missing < len(words) })
}

func (w *wizard) wait(words []string, enough func(missing int) bool) {
	w.t.Helper()
	deadline := time.After(patience)
	for {
		text, missing := ansi.Strip(w.screen.Render()), 0
		for _, word := range words {
			if !strings.Contains(text, word) {
				missing++
			}
		}
		if enough(missing) {
			return
		}
		select {
		case <-w.news:
		case <-deadline:
			w.t.Fatalf("never came: %q\n%s", words, text)
		}
	}
}

// leave presses Ctrl+C, as people do: alone, and once more when nothing happens. It returns the last state.
func (w *wizard) leave(ctrlC string) flow.State {
	w.t.Helper()
	press := time.NewTicker(200 * time.Millisecond)
	defer press.Stop()
	deadline := time.After(patience)
	for {
		select {
		case <-w.done:
			if w.err != nil {
				w.t.Error(w.err)
			}
			return w.state
		case <-press.C:
			_, _ = io.WriteString(w.pty, ctrlC) // fails if it has ended in the meantime
		case <-deadline:
			w.t.Fatalf("the program does not end\n%s", ansi.Strip(w.screen.Render()))
		}
	}
}
