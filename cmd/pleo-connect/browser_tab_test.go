//go:build unix

package main

import (
	"context"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a tab of the browser. It ends its test with an error if a page writes to the console, if a policy stops
// something, or if a request goes to another origin.
type tab struct {
	t    *testing.T
	ctx  context.Context
	news chan struct{} // holds one token when something happened

	mu       sync.Mutex
	origin   string
	problems []string
	expected []string // in problems that the test causes
}

// tellChanges tells about everything in a document that a person could notice.
const tellChanges = `
	new MutationObserver(() => changed("")).observe(document,
		{subtree: true, childList: true, attributes: true, characterData: true})
	for (const name of ["focusin", "focusout", "input", "toggle", "transitionend", "scrollend"])
		addEventListener(name, () => changed(""), true)`

// world is where tellChanges runs: it has the document of the page, but not the page's scripts and policy.
const world = "tests"

// open opens an address in a new tab with cookies of its own.
func open(t *testing.T, address string) *frame {
	t.Helper()
	all := browser(t)
	tabsAtOnce <- struct{}{}
	t.Cleanup(func() { <-tabsAtOnce })
	return openTab(t, all, address, chromedp.WithNewBrowserContext())
}

// beside opens an address in another tab, with the cookies of this one.
func (x *tab) beside(address string) *frame {
	x.t.Helper()
	return openTab(x.t, x.ctx, address)
}

// openTab opens a tab of what parent is: the browser, or another tab.
func openTab(t *testing.T, parent context.Context, address string, opts ...chromedp.ContextOption) *frame {
	t.Helper()
	x := &tab{t: t, news: make(chan struct{}, 1)}
	ctx, closeTab := chromedp.NewContext(parent, append(opts, chromedp.WithListener(x.heard))...)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	var cancel context.CancelFunc
	x.ctx, cancel = context.WithTimeout(ctx, patience+time.Minute)
	t.Cleanup(cancel)
	t.Cleanup(x.end)
	do(x, runtime.AddBinding, runtime.AddBindingParams{Name: "changed", ExecutionContextName: world})
	do(x, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: tellChanges, WorldName: world})
	do(x, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	f := &frame{tab: x, id: cdp.FrameID(chromedp.FromContext(ctx).Target.TargetID)}
	x.does(chromedp.EmulateViewport(1280, 800))
	x.visit(address)
	return f
}

// do runs a command of the protocol.
func do[P, R any](x *tab, command cdp.Command[P, R], params P) R {
	x.t.Helper()
	result, err := chromedp.Call(x.ctx, command, params)
	if err != nil {
		x.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// visit opens another address in the tab, whose origin is then the only one that it may ask.
func (x *tab) visit(address string) {
	x.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		x.t.Fatal(err)
	}
	x.mu.Lock()
	x.origin = u.Scheme + "://" + u.Host
	x.mu.Unlock()
	if err := chromedp.Do(x.ctx, chromedp.Navigate(address)); err != nil {
		x.t.Fatal(err)
	}
}

// heard takes what the browser tells about the tab.
func (x *tab) heard(event any) {
	problem := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		problem = "written to the console:"
		for _, a := range e.Args {
			problem += " " + string(a.Value) + a.Description
		}
	case *runtime.EventExceptionThrown:
		problem = "an exception: " + (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error()
	case *log.EventEntryAdded:
		problem = "a message of the browser: " + e.Entry.Text + " " + e.Entry.URL
	case *network.EventRequestWillBeSent:
		if !x.own(e.Request.URL) {
			problem = "a request to another origin: " + e.Request.URL
		}
	}
	if problem != "" {
		x.mu.Lock()
		x.problems = append(x.problems, problem)
		x.mu.Unlock()
	}
	select {
	case x.news <- struct{}{}:
	default:
	}
}

// own reports whether an address is of the origin of the tab.
func (x *tab) own(address string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return address == x.origin || strings.HasPrefix(address, x.origin+"/")
}

// expects lets the tab have problems with this text.
func (x *tab) expects(problem string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.expected = append(x.expected, problem)
}

// told returns the problems of the tab so far.
func (x *tab) told() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(x.problems), func(problem string) bool {
		return slices.ContainsFunc(x.expected, func(part string) bool { return strings.Contains(problem, part) })
	})
}

// end reports what the tab has to say at the end of a test, with a picture if it failed.
func (x *tab) end() {
	for _, problem := range x.told() {
		x.t.Error(censored(problem))
	}
	if !x.t.Failed() {
		return
	}
	file, err := os.CreateTemp(x.t.ArtifactDir(), "tab-*.png") // kept with go test -artifacts
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if picture, err := chromedp.Run(x.ctx, chromedp.CaptureScreenshot()); err == nil {
		_, _ = file.Write(picture)
		x.t.Logf("a picture of the tab: %s", file.Name())
	}
}

// does runs an action of the browser.
func (x *tab) does(action chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	if err := chromedp.Do(x.ctx, action); err != nil {
		x.t.Fatal(err)
	}
}

// clipboard is one for all tabs.
var clipboard sync.Mutex

// holdClipboard keeps other tests from the clipboard, to the end of this one.
func (x *tab) holdClipboard() {
	clipboard.Lock()
	x.t.Cleanup(clipboard.Unlock)
}
