//go:build unix

package main

import (
	"errors"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// bothSides is demo --web in a tab: Pleo's side, and the terminal of the customer's server.
type bothSides struct {
	stage, pleo, server *frame
	demo                *webDemo
}

func (s *site) bothSides(args ...string) *bothSides {
	s.t.Helper()
	notShort(s.t)
	browser(s.t)
	demo := s.startWeb(args...)
	stage := open(s.t, demo.base)
	b := &bothSides{stage, stage.frame("/settings/accounting"), stage.frame("/terminal"), demo}
	b.server.parts = "header, .xterm-rows, #notice" // and not what is read aloud, which it keeps for a while
	b.pleo.see("DEMO", "Not connected")
	b.server.see("DEMO", "Allow", "Pleo is reachable", "Key store ready")
	return b
}

// terminalField is where keys for the terminal go.
const terminalField = "Terminal of the customer's server. F6 leaves it"

// atTerminal waits until keys go to the terminal.
func (b *bothSides) atTerminal() {
	b.stage.t.Helper()
	b.stage.until("the focus on the right", func() error {
		side, err := ask[string](b.stage, "document.activeElement.name || 'neither'")
		if err == nil && side != "server" {
			err = errors.New("it is at " + side)
		}
		return err
	})
	b.server.at("textbox", terminalField)
}

// when notes the time at which a frame shows a text first.
func (f *frame) when(text string) {
	f.t.Helper()
	must[any](f, `new MutationObserver((_, self) => {
		if (!`+f.shown()+`.includes("`+text+`")) return
		globalThis.shownAt = Date.now()
		self.disconnect()
	}).observe(document.body, {subtree: true, childList: true, characterData: true}); null`)
}

// shownAt returns the time that when has noted, in milliseconds.
func (f *frame) shownAt() int64 { f.t.Helper(); return must[int64](f, "shownAt") }

// TestDemoInABrowser shows the whole flow as a salesperson does, with a mouse: copy on the left, Ctrl+V on the right.
// The tile lights before the wizard is done, so the eye can follow.
func TestDemoInABrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.bothSides("--pace", "50ms")
	b.server.clickInto("#screen")
	b.server.press(kb.Enter)
	b.server.see("Get your key from Pleo")
	b.pleo.allow()
	b.pleo.copied()
	shown := b.pleo.fingerprint()
	b.pleo.click("link", "Close")
	b.pleo.gone("Your Integrated API Key")
	b.server.clickInto("#screen")
	b.server.paste()
	b.server.see("Is this the right company?", bakeryName, shown, "enter confirm")
	b.pleo.when("✓ Connected")
	b.server.when("Connected to ")
	b.server.press(kb.Enter)
	b.server.see("Connected to ", shown, "enter finish")
	b.pleo.see("Connected", bakeryName, shown, "is connected to")
	if first, then := b.pleo.shownAt(), b.server.shownAt(); first >= then {
		t.Errorf("the tile lights %d ms after Done", first-then)
	}
	b.atTerminal()
	b.server.press(kb.Enter)
	b.server.see("DEMO: nothing was saved")
	b.pleo.click("button", disconnectTile)
	b.pleo.see("Not connected", "no longer connected")
}

// TestDemoByKeyboard goes the same way without a mouse. The terminal has the focus first. What changes on the other
// side never takes it.
func TestDemoByKeyboard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.bothSides()
	b.atTerminal()
	b.server.press(kb.Enter)
	b.server.see("Get your key from Pleo")
	b.server.press(kb.F6)
	b.pleo.tabTo("link", connectTile)
	b.pleo.press(kb.Enter)
	b.pleo.at("link", "Cancel")
	b.pleo.tabTo("button", "Allow")
	b.pleo.press(kb.Enter)
	b.pleo.at("textbox", "Key")
	b.pleo.holdClipboard()
	b.pleo.tabTo("button", "Copy")
	b.pleo.press(kb.Enter)
	b.pleo.see("Copied")
	b.pleo.tabTo("link", goTo)
	b.pleo.press(kb.Enter)
	b.pleo.see("switch to your terminal")
	b.atTerminal()
	b.server.paste()
	b.server.see("Is this the right company?", bakeryName, "enter confirm")
	b.server.press(kb.Enter)
	b.pleo.see("Connected", bakeryName, "is connected to")
	b.server.see("Connected to ", "enter finish")
	b.atTerminal()
}

// TestDemoLooks: both sides are beside each other on a projector, and one below the other in a narrow window.
// Everything has a name, and axe-core has nothing to say.
func TestDemoLooks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.bothSides()
	axe := axeCore(t)
	for _, side := range []*frame{b.stage, b.server} {
		side.named("the demo")
		if axe != "" {
			side.pleases(axe, "the demo")
		}
	}
	for _, size := range [][2]int64{{1280, 720}, {1760, 990}, {900, 1200}} {
		b.stage.does(chromedp.EmulateViewport(size[0], size[1]))
		for _, side := range []*frame{b.stage, b.pleo, b.server} {
			for _, problem := range must[[]string](side, misfits) {
				t.Errorf("%d wide: %s", size[0], problem)
			}
		}
		sides := must[[][4]float64](b.stage, `[...document.querySelectorAll("iframe")].map((e) => {
			const box = e.getBoundingClientRect()
			return [box.left, box.top, box.right, box.bottom]
		})`)
		pleo, server := sides[0], sides[1]
		beside, below := pleo[2] <= server[0], pleo[3] <= server[1]
		if wide := size[0] >= 1000; beside != wide || below == wide || server[2] > float64(size[0]) {
			t.Errorf("%d wide: the sides are at %v", size[0], sides)
		}
	}
}

// TestDemoHasOneViewer: the terminal moves to the page that was opened last, and comes back on request.
func TestDemoHasOneViewer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.bothSides()
	other := b.stage.beside(b.demo.origin + "/terminal")
	other.see("DEMO", "Allow")
	b.server.see("now shown in another window")
	b.server.click("button", "Show it here")
	b.server.gone("now shown in another window")
	other.see("now shown in another window")
	b.server.see("Allow")
	b.atTerminal()
	b.server.press(kb.Enter)
	b.server.see("Get your key from Pleo")
}

// TestDemoKilledInABrowser: a demo that cannot say goodbye does not look as if it were there.
func TestDemoKilledInABrowser(t *testing.T) {
	t.Parallel()
	b := newSite(t).bothSides()
	b.stage.expects("net::ERR_") // of the streams
	if err := b.demo.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	b.server.see("The demo has ended, or does not answer", "Show it here")
	b.pleo.see("The simulated Pleo has ended")
}
