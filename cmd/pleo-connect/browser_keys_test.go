//go:build unix

package main

import (
	"errors"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// tabTo presses Tab until the keyboard is at a thing, and requires that a person sees where it is at every step.
func (f *frame) tabTo(role, name string) {
	f.t.Helper()
	for range 60 {
		f.press(kb.Tab)
		switch at := f.focused(); {
		case at == role+" "+name:
			f.seesFocus()
			return
		case at != "":
			f.seesFocus()
		}
	}
	f.t.Fatalf("Tab does not lead to %s “%s”", role, name)
}

// seesFocus requires an outline around what has the focus.
func (f *frame) seesFocus() {
	f.t.Helper()
	seen := must[bool](f, `(() => {
		const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect()
		return at === document.body || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
			box.width > 1 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight
	})()`)
	if !seen {
		f.t.Errorf("the focus cannot be seen at %s", f.focused())
	}
}

// at waits until the keyboard is at a thing.
func (f *frame) at(role, name string) {
	f.t.Helper()
	f.until("the focus at "+role+" “"+name+"”", func() error {
		if at := f.focused(); at != role+" "+name {
			return errors.New("it is at " + at)
		}
		return nil
	})
}

// TestPagesByKeyboard goes the whole way without a mouse. The focus begins where the next step is, and what the pages
// put in by themselves does not take it.
func TestPagesByKeyboard(t *testing.T) {
	t.Parallel()
	browser(t)
	s := newSite(t)
	p := open(t, s.sim.WebBase())
	p.tabTo("link", connectTile)
	p.press(kb.Enter)
	p.at("link", "Cancel")
	p.press(kb.Escape)
	p.gone("would like to")
	p.tabTo("link", connectTile)
	p.press(kb.Enter)
	p.at("link", "Cancel")
	p.tabTo("button", "Allow")
	p.press(" ")
	p.at("textbox", "Key")
	key := p.find("textbox", "Key").value
	p.holdClipboard()
	p.tabTo("button", "Copy")
	p.press(kb.Enter)
	p.see("Copied")
	p.tabTo("link", goTo)
	p.press(kb.Enter)
	p.see("switch to your terminal")

	p.tabTo("link", connectTile)
	connects := func(key, company string) {
		t.Helper()
		if r := s.headless(key, "--company", company); r.code != exitDone {
			t.Fatalf("exit code %d: %s", r.code, r.err)
		}
	}
	connects(key, bakery)
	p.see("Connected", bakeryName, "is connected to")
	if id := must[string](p, "document.activeElement.id"); id != "live" {
		t.Errorf("the focus is at %q, want it where the link was", id)
	}
	p.press(kb.Tab)
	p.at("button", disconnectTile)
	connects(s.sim.Keys().OtherCompany, bikeShop)
	p.see("Klitgaard Cykler ApS")
	p.at("button", disconnectTile)
	p.press(" ")
	p.gone(bakeryName + " SHA256")

	p.tabTo("link", "API Keys")
	p.press(kb.Enter)
	p.see("API Keys", "Create API Key")
	p.tabTo("link", "Create API Key")
	p.press(kb.Enter)
	p.at("textbox", "Name")
	p.typeKeys("by hand")
	p.press(kb.Tab)
	p.press(kb.ArrowDown)
	p.tabTo("checkbox", "companies:read")
	p.press(" ")
	p.press(kb.Enter)
	p.at("textbox", "Key")
	p.tabTo("link", "Done")
	p.press(kb.Enter)
	p.see("by hand")
	p.gone("shows it only once")
}
