//go:build unix

package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"pleo-connect/pleoclient/pleosim/pages"
)

const (
	dynamicsName   = "Microsoft Dynamics 365 Finance"
	connectTile    = "Connect " + dynamicsName
	disconnectTile = "Disconnect " + dynamicsName + " from " + bakeryName
	goTo           = "Go to " + dynamicsName
	bakeryName     = "Harbour Lane Bakery ApS"
)

// allow presses Allow in the dialog of the integration, and returns the key that is then shown once.
func (f *frame) allow() string {
	f.t.Helper()
	f.click("link", connectTile)
	f.see(dynamicsName+" would like to", "export-jobs:read", "companies:read", "Optional")
	f.click("button", "Allow")
	f.see("Your Integrated API Key", "shows it only once")
	return f.find("textbox", "Key").value
}

// fingerprint returns the one that is shown, also if it is shown more than once.
func (f *frame) fingerprint() string {
	f.t.Helper()
	text, err := f.text()
	all := slices.Compact(shownFingerprint.FindAllString(text, -1))
	if err != nil || len(all) != 1 {
		f.t.Fatalf("%d fingerprints are shown: %v", len(all), err)
	}
	return all[0]
}

// TestPagesBesideTheWizard connects with the pages in a browser and the wizard on a terminal, and takes the connection
// away on one side and on the other. What one side does, the other shows.
func TestPagesBesideTheWizard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := open(t, s.sim.WebBase())
	p.see("Accounting", "Not connected", "DEMO")
	p.click("link", connectTile)
	p.click("link", "Cancel")
	p.gone("would like to")
	key := p.allow()
	if got := p.copied(); got != key {
		t.Errorf("%d characters are on the clipboard, want the key", len(got))
	}
	shown := p.fingerprint()
	p.click("link", goTo)
	p.see("switch to your terminal", "no web page")

	x := s.atKey()
	x.paste(key)
	confirm(x)
	x.see("Connected to ")
	p.see("Connected", bakeryName, shown, "is connected to")
	if got := shownFingerprint.FindString(x.text()); got != shown {
		t.Errorf("the terminal shows %q, the page %q", got, shown)
	}
	finish(x)
	s.connectedBy(x)

	if r := s.disconnect(); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	p.see("Not connected", "no longer connected")
	key = p.allow()
	if r := s.headless(key, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	p.gone("Your Integrated API Key") // there is nothing more to do with it
	p.click("button", disconnectTile)
	p.see("Not connected", "no longer connected")
	if r := s.disconnect(); r.code != exitDone || !strings.Contains(r.out, "Pleo: was already disconnected") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// programFile describes an integration that takes a Standalone API Key.
const programFile = `name = "Tide Table"
vendor = "Tide"
key_kind = "standalone"
help_url = "https://tide.example/help"
[[permissions]]
scope = "vendors:read"
title = "Read the vendors"
[[permissions]]
scope = "companies:read"
title = "Read the company's details"
`

// TestPagesForAStandaloneKey: a key of a form works as the wizard asks for it, and is shown once.
func TestPagesForAStandaloneKey(t *testing.T) {
	t.Parallel()
	browser(t)
	s := newSite(t)
	file := s.describedIn("program.toml", programFile)
	sandbox := s.serves(binary(t), "--integration", file)
	s.api = sandbox.APIBase
	p := open(t, sandbox.WebBase)
	p.expects("status of 422") // the answer to a form that is not complete
	p.see("Tide Table", "Standalone API Key", "vendors:read")
	p.click("link", "Create API Key for Tide Table")
	p.click("textbox", "Name")
	p.typeKeys("Tide on server 3")
	p.click("button", "Create API Key")
	p.see("Tick at least one permission.")
	p.click("radio", "30 days")
	p.click("radio", "The organisation: Nordvind Gruppen")
	p.click("radio", "Only this company: "+bakeryName)
	p.click("checkbox", "vendors:read Read the vendors")
	p.click("checkbox", "companies:read Read the company's details")
	p.click("button", "Create API Key")
	p.see("Your Standalone API Key", "shows it only once")
	key, shown := p.find("textbox", "Key").value, p.fingerprint()
	p.click("link", "Done")
	p.gone("shows it only once")
	p.see("Tide on server 3", "Standalone", shown, "vendors:read", bakeryName)
	for _, held := range []string{p.source(), p.address()} {
		if strings.Contains(held, key) {
			t.Error("the list holds the key")
		}
	}

	x := s.wizard("--integration", file)
	toKey(x)
	x.paste(key)
	confirm(x)
	x.see("Connected to ", shown)
	p.visit(sandbox.WebBase)
	p.see("Connected", bakeryName, shown)
	x.see("enter finish")
	x.send(enter)
	x.exit(exitDone)
	p.click("link", "API Keys")
	p.click("button", "Delete Tide on server 3")
	p.see("was deleted", "No keys yet")
	r := s.pipe("", s.places("status", "--check")...)
	if r.code != exitKey || !strings.Contains(r.out, "rejected") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestPagesShowAKeyOnce: neither going back nor loading the page again shows a key a second time.
func TestPagesShowAKeyOnce(t *testing.T) {
	t.Parallel()
	browser(t)
	s := newSite(t)
	p := open(t, s.sim.WebBase())
	key := p.allow()
	for about, again := range map[string]chromedp.Action[chromedp.Void]{
		"reloaded": chromedp.Reload(),
		"back":     chromedp.Steps(chromedp.Navigate(s.sim.WebBase()), chromedp.NavigateBack()),
	} {
		p.does(again)
		p.see("This key was shown before")
		if strings.Contains(p.source(), key) {
			t.Errorf("%s: the page holds the key", about)
		}
	}
}

// TestPagesAreForOneBrowser: another one gets nothing, however it comes to an address.
func TestPagesAreForOneBrowser(t *testing.T) {
	t.Parallel()
	browser(t)
	s := newSite(t)
	base, _ := url.Parse(s.sim.WebBase())
	base.Path = pages.AccountingPath
	p := open(t, "about:blank")
	p.expects("status of 403")
	p.visit(base.String())
	p.see("open the whole address that pleo-connect printed")
	p.visit(s.sim.WebBase())
	p.see("Accounting")
	if got := p.address(); got != base.String() {
		t.Errorf("the address is then %s", got)
	}
	p.beside(base.String()).see("Accounting")
}

// markupFile has names that would be markup, if they were not names.
const markupFile = `name = "<b>Tide & 'Table'</b><script>alert(1)</script>"
vendor = "Tide"
help_url = "https://tide.example/help"
[[permissions]]
scope = "tide:read"
title = "Read <img src=x onerror=alert(1)>"
`

// TestPagesShowTheNamesOfAFile: a vendor sees the names of his own product wherever the pages show one, as they are.
func TestPagesShowTheNamesOfAFile(t *testing.T) {
	t.Parallel()
	browser(t)
	s := newSite(t)
	const name, title = "<b>Tide & 'Table'</b><script>alert(1)</script>", "Read <img src=x onerror=alert(1)>"
	p := open(t, s.serves(binary(t), "--integration", s.describedIn("tide.toml", markupFile)).WebBase)
	p.click("link", "Connect "+name)
	p.see(name+" would like to", title, "tide:read")
	p.click("button", "Allow")
	p.click("link", "Go to "+name)
	p.see(name + " runs on your own server")
	p.click("link", "API Keys")
	p.see("Integrated", name, "tide:read")
	p.click("link", "Create API Key")
	p.see(title, "tide:read")
}

// TestPagesWithoutScript does everything but copying by the button: the key is selected and copied by the keyboard.
func TestPagesWithoutScript(t *testing.T) {
	t.Parallel()
	browser(t)
	s := newSite(t)
	p := open(t, s.sim.WebBase())
	do(p.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.does(chromedp.Reload())
	p.click("link", connectTile)
	p.click("link", "Cancel")
	key := p.allow()
	p.click("textbox", "Key")
	p.press("a", chromedp.ModifierCtrl)
	p.holdClipboard()
	p.press("c", chromedp.ModifierCtrl)
	p.click("link", goTo)
	p.see("switch to your terminal")
	p.click("link", "API Keys")
	p.click("link", "Create API Key")
	p.click("textbox", "Name")
	p.paste()
	if p.find("textbox", "Name").value != key {
		t.Error("the key is not on the clipboard")
	}
	if r := s.headless(key, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	p.click("link", "Accounting")
	p.see("Connected", bakeryName, "is connected to")
	p.click("button", disconnectTile)
	p.see("Not connected", "no longer connected")
}

// TestPagesOutOfSight: a page that no one sees holds no connection, of which a browser has six, and shows what happened
// in the meantime when it is seen again.
func TestPagesOutOfSight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := open(t, s.sim.WebBase())
	p.see("Accounting", "Not connected")
	// as if another tab were in front; 1 and 2 are EventSource.OPEN and CLOSED
	hidden := func(hidden bool) string {
		t.Helper()
		got := do(p.tab, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf(`
			Object.defineProperty(document, "hidden", {value: %t, configurable: true})
			document.dispatchEvent(new Event("visibilitychange"))
			String(events.readyState)`, hidden)})
		return string(got.Result.Value)
	}
	if state := hidden(true); state != `"2"` {
		t.Errorf("a page out of sight has a stream in the state %s", state)
	}
	if r := s.headless(s.sim.Keys().Good, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	hidden(false)
	p.see("✓ Connected", bakeryName, "is connected to")
}
