//go:build unix

package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"pleo-connect/pleoclient/pleosim"
)

// everyPage brings a tab to every page and every dialog of the simulated Pleo.
func everyPage(t *testing.T, look func(p *frame, name string)) {
	t.Helper()
	dynamicsWithTitles := pleosim.BuiltIn()
	dynamicsWithTitles.Titles = map[string]string{"export-jobs:read": "See exports and their results"}
	s := newSiteWith(t, pleosim.Options{Integrations: []pleosim.Integration{
		dynamicsWithTitles,
		{ID: "ledger", Name: "Canal Ledger for Harbours, Ferries & Small Boats", Scopes: []string{"accounts:read"}},
		{ID: "tide-table", Name: "Tide Table", Scopes: []string{"vendors:read"}, Standalone: true},
	}})
	p := open(t, s.sim.WebBase())
	p.see("Not connected")
	look(p, "accounting")
	p.click("link", connectTile)
	p.see("would like to")
	look(p, "permissions")
	p.click("button", "Allow")
	p.see("shows it only once")
	look(p, "key")
	key := p.find("textbox", "Key").value
	p.does(chromedp.Reload())
	p.see("was shown before")
	look(p, "key shown before")
	p.click("link", goTo)
	p.see("switch to your terminal")
	look(p, "switch")
	if r := s.headless(key, "--company", bakery); r.code != exitDone {
		t.Fatalf("exit code %d: %s", r.code, r.err)
	}
	p.see("is connected to")
	look(p, "connected")
	p.click("link", "API Keys")
	p.see("Create API Key", "Integrated")
	look(p, "keys")
	p.click("link", "Compare both kinds")
	p.see("Belongs to")
	look(p, "kinds")
	p.click("link", "Back to API Keys")
	p.click("link", "Create API Key")
	p.see("Expiration")
	look(p, "form")
	p.click("textbox", "Name")
	p.typeKeys("Tide")
	p.expects("status of 422")
	p.click("button", "Create API Key")
	p.see("Tick at least one permission.")
	look(p, "incomplete form")
	p.click("checkbox", "vendors:read")
	p.click("button", "Create API Key")
	p.see("shows it only once")
	look(p, "standalone key")
	p.does(chromedp.Reload())
	p.see("was shown before")
	look(p, "standalone key shown before")
	p.expects("status of 404")
	p.visit(s.sim.WebBase() + "/nowhere")
	p.see("There is no such page")
	look(p, "no such page")
}

// TestEveryPage looks at every page and every dialog as people with other needs do.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	browser(t)
	axe := axeCore(t)
	everyPage(t, func(p *frame, name string) {
		p.named(name)
		if n := p.count("status"); n != 1 {
			t.Errorf("%s: it says what happened in %d places", name, n)
		}
		p.fits(name)
		if axe != "" {
			p.pleases(axe, name)
		}
	})
}

// named requires that a screen reader tells which page it is, what happened, and what every control does.
func (f *frame) named(page string) {
	f.t.Helper()
	things, err := f.things()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, a := range things {
		if haveNames[a.role] && a.name == "" {
			f.t.Errorf("%s: a %s has no name", page, a.role)
		}
	}
	if title := must[string](f, "document.title"); !strings.HasPrefix(title, "Simulated Pleo") {
		f.t.Errorf("%s: the title is %q", page, title)
	}
	if n := must[int](f, "document.querySelectorAll('h1').length"); n != 1 {
		f.t.Errorf("%s: %d main headings", page, n)
	}
	f.see("DEMO")
}

// count returns how many things of a role there are.
func (f *frame) count(role string) int {
	f.t.Helper()
	things, err := f.things()
	if err != nil {
		f.t.Fatal(err)
	}
	return len(slices.DeleteFunc(things, func(a thing) bool { return a.role != role }))
}

// haveNames are the roles of what a person can use, go to or enter.
var haveNames = map[string]bool{
	"button": true, "link": true, "textbox": true, "checkbox": true, "radio": true, "combobox": true, "group": true,
	"radiogroup": true, "dialog": true, "navigation": true, "heading": true, "image": true, "Iframe": true,
}

// fits requires that nothing is cut off or overlaps, on a projector, in half of its width, and on a telephone.
func (f *frame) fits(page string) {
	f.t.Helper()
	for _, width := range []int64{320, 640, 1760, 1280} {
		f.does(chromedp.EmulateViewport(width, 800))
		for _, problem := range must[[]string](f, misfits) {
			f.t.Errorf("%s, %d wide: %s", page, width, problem)
		}
	}
}

// misfits names what is beside the window, and controls that overlap.
const misfits = `(() => {
	const problems = [], root = document.documentElement
	if (root.scrollWidth > root.clientWidth) problems.push("it scrolls sideways, to " + root.scrollWidth)
	const controls = [...document.querySelectorAll("a, button, input, select, textarea, iframe")]
		.filter((e) => e.checkVisibility() && !e.closest("[inert]"))
	const name = (e) => e.localName + " “" + (e.innerText || e.name || e.title) + "”"
	controls.forEach((e, n) => {
		for (const r of e.getClientRects()) {
			if (r.left < 0 || r.right > root.clientWidth) problems.push(name(e) + " is outside")
			for (const other of controls.slice(n + 1))
				for (const o of other.getClientRects())
					if (Math.min(r.right, o.right) - Math.max(r.left, o.left) > 1 &&
							Math.min(r.bottom, o.bottom) - Math.max(r.top, o.top) > 1)
						problems.push(name(e) + " overlaps " + name(other))
		}
	})
	return problems
})()`

// pleases requires that axe-core has nothing to say, in light and in dark.
func (f *frame) pleases(axe, page string) {
	f.t.Helper()
	must[any](f, axe+"; null")
	for _, scheme := range []string{"dark", "light"} {
		f.prefers(scheme)
		for _, problem := range must[[]string](f, violations) {
			f.t.Errorf("%s, %s: %s", page, scheme, problem)
		}
	}
}

// violations names what axe-core finds.
const violations = `axe.run(document, {resultTypes: ["violations"], iframes: false}).then((found) => found.violations
	.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target + ": " + n.failureSummary)))`

// prefers sets what the person has chosen in their system: dark or light, and that nothing moves.
func (x *tab) prefers(scheme string) {
	x.t.Helper()
	do(x, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// axeVariable names axe.min.js of axe-core.
const axeVariable = "AXE_CORE"

// axeCore returns the text of axe-core, or "" if it is not installed.
func axeCore(t *testing.T) string {
	t.Helper()
	places := []string{
		"/usr/share/nodejs/axe-core/axe.min.js", "/usr/share/javascript/axe-core/axe.min.js",
		"/usr/lib/node_modules/axe-core/axe.min.js", "/usr/local/lib/node_modules/axe-core/axe.min.js",
	}
	if named := os.Getenv(axeVariable); named != "" {
		return string(readFile(t, named))
	}
	for _, path := range places {
		if text, err := os.ReadFile(path); err == nil {
			return string(text)
		}
	}
	t.Log("without axe-core: it would be taken from where Debian and npm put its axe.min.js, or from " + axeVariable)
	return ""
}
