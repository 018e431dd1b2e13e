package plain

import (
	"context"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/pleoclient"
	"pleo-connect/tui/input"
)

// wizardOnPTY is the wizard on a pseudo-terminal. Each question about the key is held until the test lets it go.
type wizardOnPTY struct {
	t      *testing.T
	person *os.File
	in     *input.Terminal
	out    *syncBuffer
	asked  chan struct{} // a check has begun
	let    chan struct{} // it may end
	pasted bool          // a paste came last
	state  flow.State
	ended  chan error
}

func onPTY(t *testing.T, w *flowtest.World) *wizardOnPTY {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	in, err := input.Take(tty, input.Jobs{}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	in.Start()
	x := &wizardOnPTY{
		t: t, person: person, in: in, out: &syncBuffer{},
		asked: make(chan struct{}), let: make(chan struct{}), ended: make(chan error, 1),
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s, effects := flow.Begin(flowtest.Setup())
		var err error
		x.state, err = Run(ctx, x.holding(w), s, effects, Options{
			Terminal: Terminal{In: in.In, Out: x.out, Raw: in.Raw, Mark: in.Mark},
		})
		x.ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		in.Leave(time.Time{})
		_, _ = person.Close(), tty.Close()
	})
	return x
}

func (x *wizardOnPTY) holding(w *flowtest.World) flow.Do {
	return func(ctx context.Context, e flow.Effect) flow.Event {
		if _, ok := e.(flow.Introspect); ok {
			select {
			case x.asked <- struct{}{}:
			case <-ctx.Done():
			}
			select {
			case <-x.let:
			case <-ctx.Done():
			}
		}
		return w.Do(ctx, e)
	}
}

// see waits until the text has been shown so many times.
func (x *wizardOnPTY) see(text string, times int) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	if err := x.out.wait(ctx, text, times); err != nil {
		x.t.Fatalf("never came: %s\n%s", text, x.out)
	}
}

// send types. What comes within 150 ms of a paste is dropped by the reader: that guard is a time, which can only be
// waited for by the clock.
func (x *wizardOnPTY) send(keys string) {
	x.t.Helper()
	if x.pasted {
		<-time.After(200 * time.Millisecond)
	}
	x.pasted = strings.Contains(keys, pasteStart)
	if _, err := io.WriteString(x.person, keys); err != nil {
		x.t.Fatal(err)
	}
}

// ahead types while nothing is asked, and waits until the interface could read it.
func (x *wizardOnPTY) ahead(keys string) {
	x.t.Helper()
	x.send(keys)
	for x.waiting() < len(keys) {
		runtime.Gosched()
	}
}

// waiting returns how many bytes the interface could read.
func (x *wizardOnPTY) waiting() (n int) {
	x.t.Helper()
	pipe, err := x.in.In.SyscallConn()
	if err != nil {
		x.t.Fatal(err)
	}
	if err := pipe.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) }); err != nil {
		x.t.Fatal(err)
	}
	return n
}

func (x *wizardOnPTY) toCheck() {
	x.t.Helper()
	x.see("Type allow or cancel: ", 1)
	x.send("allow\r")
	x.see("Enter alone goes back): ", 1)
	x.send(paste(flowtest.Canary))
	<-x.asked
}

const confirmPrompt = "Type yes, other (use another key) or back: "

// TestYesAheadDoesNotConfirm types the answer while the check runs, and then when it is asked for.
func TestYesAheadDoesNotConfirm(t *testing.T) {
	t.Parallel()
	x := onPTY(t, flowtest.Good())
	x.toCheck()
	x.ahead("yes\r")
	x.let <- struct{}{}
	x.see(confirmPrompt, 1)
	x.send("maybe\r") // would be the second answer
	x.see(confirmPrompt, 2)
	x.send("yes\r")
	if err := <-x.ended; err != nil || !x.state.Outcome.Active {
		t.Errorf("ends with %v, %+v", err, x.state.Outcome)
	}
	if got := x.out.String(); !strings.Contains(got, confirmPrompt+"maybe") {
		t.Errorf("the first answer is another:\n%s", got)
	}
}

// TestRetryAheadDoesNotRetry does so on Problem. A paste stays, and is a key.
func TestRetryAheadDoesNotRetry(t *testing.T) {
	t.Parallel()
	w := flowtest.Good()
	w.Faults["introspect"] = flow.Fault{Kind: pleoclient.KindDNS}
	x := onPTY(t, w)
	x.toCheck()
	x.ahead("retry\r")
	x.let <- struct{}{}
	x.see("or quit: ", 1)
	x.send("retry\r")
	<-x.asked
	x.ahead("quit\r" + paste(otherCanary))
	x.let <- struct{}{}
	<-x.asked // with the other key
	x.let <- struct{}{}
	x.see("or quit: ", 3)
	x.send("quit\r")
	if err := <-x.ended; err != nil || x.state.Key.Reveal() != otherCanary {
		t.Errorf("ends with %v, and another key", err)
	}
	if got := strings.Count(x.out.String(), ": retry"); got != 1 {
		t.Errorf("%d retries:\n%s", got, x.out)
	}
}
