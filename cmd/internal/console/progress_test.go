package console

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// TestProgress reads the line at several moments of a run through 10,000 records.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		width := 80
		p := &Progress{
			out: &out, book: &flow.English, width: func() int { return width },
			passed: func(bar string) string { return bar },
		}
		line := func() string {
			_, text, _ := strings.Cut(out.String(), ansi.EraseLineRight)
			out.Reset()
			return text
		}
		p.Step(0, 10_000, nil)
		if got := line(); got != "──────────────────── 0 of 10,000" {
			t.Errorf("at the start %q", got)
		}
		time.Sleep(drawEvery / 2) // these are sleeps by the clock of synctest: no real time passes
		p.Step(1, 10_000, nil)
		if out.Len() > 0 {
			t.Errorf("drawn too soon: %q", out.String())
		}
		time.Sleep(160 * time.Second)
		p.Step(1234, 10_000, []string{"2 rejected"})
		if got := line(); got != "━━────────────────── 1,234 of 10,000 · 2 rejected · about 19 minutes left" {
			t.Errorf("on the way %q", got)
		}
		time.Sleep(drawEvery)
		width = 20
		p.Step(1234, 10_000, []string{"2 rejected"})
		if got := line(); ansi.StringWidth(got) > 20 {
			t.Errorf("too wide %q", got)
		}
		time.Sleep(drawEvery)
		width, p.ascii = 80, true
		p.Step(9_999, 10_000, []string{"2 rejected"})
		if got := line(); got != "===================- 9,999 of 10,000 - 2 rejected - less than a minute left" {
			t.Errorf("in ASCII %q", got)
		}
		p.Clear()
		if got := out.String(); got != "\r"+ansi.EraseLineRight {
			t.Errorf("cleared by %q", got)
		}
	})
}

func TestTimeLeft(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "less than a minute left", 59 * time.Second: "less than a minute left",
		80 * time.Second: "about a minute left", 100 * time.Second: "about 2 minutes left",
		119 * time.Minute: "about 119 minutes left", 25 * time.Hour: "about 25 hours left",
	} {
		if got := timeLeft(&flow.English, d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}

// TestNobodyWatches: without a terminal, nothing is drawn.
func TestNobodyWatches(t *testing.T) {
	t.Parallel()
	var err bytes.Buffer
	p := New(nil, nil, &err, environment("TERM=xterm")).Progress(&flow.English)
	p.Say("reading")
	p.Step(1, 2, nil)
	p.Clear()
	if err.Len() > 0 {
		t.Errorf("%q", err.String())
	}
}
