//go:build unix

package main

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	domain "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/go-json-experiment/json"
)

// frame is what a tab shows, or an iframe in it.
type frame struct {
	*tab
	id    cdp.FrameID
	parts string // a selector of what a person sees; "" is all
}

// frame returns the iframe that shows a path of the origin, once it is there.
func (f *frame) frame(path string) *frame {
	f.t.Helper()
	inner := &frame{tab: f.tab}
	f.until("the frame "+path, func() error {
		tree, err := chromedp.Call(f.ctx, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return err
		}
		for _, child := range tree.FrameTree.ChildFrames {
			if u, err := url.Parse(child.Frame.URL); err == nil && u.Path == path {
				inner.id = child.Frame.ID
				return nil
			}
		}
		return errNotYet
	})
	return inner
}

// errNotYet is the error of a state that has not come.
var errNotYet = chromedp.Error("not yet")

// until waits for a state. While a page loads, looking at it may fail.
func (f *frame) until(what string, is func() error) {
	f.t.Helper()
	deadline := time.After(patience)
	for err := is(); err != nil; err = is() {
		select {
		case <-f.news:
		case <-deadline:
			text, _ := f.text()
			f.t.Fatalf("never came: %s: %v\npage:\n%s", what, err, censored(text))
		}
	}
}

// ask evaluates an expression, which cannot reach the scripts of the page.
func ask[T any](f *frame, expression string) (value T, err error) {
	got, err := f.evaluate(expression, true)
	if err != nil {
		return value, err
	}
	return value, json.Unmarshal(got.Value, &value)
}

func (f *frame) evaluate(expression string, byValue bool) (*runtime.RemoteObject, error) {
	in, err := chromedp.Call(f.ctx, page.CreateIsolatedWorld,
		page.CreateIsolatedWorldParams{FrameID: f.id, WorldName: world})
	if err != nil {
		return nil, err
	}
	got, err := chromedp.Call(f.ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: in.ExecutionContextID, ReturnByValue: &byValue, AwaitPromise: new(true),
	})
	if err != nil {
		return nil, err
	}
	if got.ExceptionDetails != nil {
		return nil, &chromedp.ExceptionError{ExceptionDetails: got.ExceptionDetails}
	}
	return got.Result, nil
}

// text returns what a person reads, without line breaks.
func (f *frame) text() (string, error) {
	text, err := ask[string](f, f.shown())
	return strings.Join(strings.Fields(text), " "), err
}

// shown is an expression for what a person reads.
func (f *frame) shown() string {
	return "[...document.querySelectorAll('" + cmp.Or(f.parts, "body") + "')].map((e) => e.innerText).join(' ')"
}

// see waits until all the words are in the frame.
func (f *frame) see(words ...string) {
	f.t.Helper()
	f.until(strings.Join(words, " and "), func() error {
		text, err := f.text()
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			return errNotYet
		}
		return err
	})
}

// gone waits until none of the words is in the frame.
func (f *frame) gone(words ...string) {
	f.t.Helper()
	f.until("the end of "+strings.Join(words, " and "), func() error {
		text, err := f.text()
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
			return errNotYet
		}
		return err
	})
}

// thing is what assistive technology knows about a part of a page.
type thing struct {
	role, name, value string
	is                map[string]bool // its properties, such as focused
	node              cdp.BackendNodeID
}

// things returns all that is not hidden, in the order of the document.
func (f *frame) things() ([]thing, error) {
	tree, err := chromedp.Call(f.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{FrameID: f.id})
	if err != nil {
		return nil, err
	}
	text := func(v *accessibility.Value) (s string) {
		if v != nil {
			_ = json.Unmarshal(v.Value, &s) // other values are not text
		}
		return s
	}
	var all []thing
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		a := thing{text(n.Role), text(n.Name), text(n.Value), map[string]bool{}, n.BackendDOMNodeID}
		for _, p := range n.Properties {
			a.is[string(p.Name)] = string(p.Value.Value) == "true"
		}
		all = append(all, a)
	}
	return all, nil
}

// find waits until there is one thing with this role and this accessible name.
func (f *frame) find(role, name string) thing {
	f.t.Helper()
	var found []thing
	f.until("one "+role+" “"+name+"”", func() error {
		all, err := f.things()
		found = slices.DeleteFunc(all, func(a thing) bool { return a.role != role || a.name != name })
		if err == nil && len(found) != 1 {
			err = errNotYet
		}
		return err
	})
	return found[0]
}

// drawn waits until a page is loaded and drawn: before, the browser drops what the mouse and the keyboard do.
func (f *frame) drawn() {
	f.t.Helper()
	f.until("a page that is drawn", func() error {
		is, err := ask[bool](f, `document.readyState === "complete" &&
			performance.getEntriesByName("first-contentful-paint").length > 0`)
		if err == nil && !is {
			err = errNotYet
		}
		return err
	})
}

// click clicks the thing with this role and this accessible name.
func (f *frame) click(role, name string) {
	f.t.Helper()
	f.clickAt(role+" “"+name+"”", func() (dom.GetContentQuadsParams, error) {
		node := f.find(role, name).node
		_, err := chromedp.Call(f.ctx, dom.ScrollIntoViewIfNeeded,
			dom.ScrollIntoViewIfNeededParams{BackendNodeID: node})
		return dom.GetContentQuadsParams{BackendNodeID: node}, err
	})
}

// clickInto clicks into the middle of what a selector finds.
func (f *frame) clickInto(selector string) {
	f.t.Helper()
	f.clickAt(selector, func() (dom.GetContentQuadsParams, error) {
		object, err := f.evaluate("document.querySelector('"+selector+"')", false)
		if err != nil {
			return dom.GetContentQuadsParams{}, err
		}
		return dom.GetContentQuadsParams{ObjectID: object.ObjectID}, nil
	})
}

func (f *frame) clickAt(what string, find func() (dom.GetContentQuadsParams, error)) {
	f.t.Helper()
	var x, y float64
	f.drawn()
	f.until("a place to click at "+what, func() error {
		node, err := find()
		if err != nil {
			return err
		}
		at, err := chromedp.Call(f.ctx, dom.GetContentQuads, node)
		if err != nil {
			return err
		}
		if len(at.Quads) == 0 {
			return errNotYet
		}
		q := at.Quads[0]
		x, y = (q[0]+q[4])/2, (q[1]+q[5])/2
		return nil
	})
	do(f.tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: chromedp.MouseMoved, X: x, Y: y})
	f.does(chromedp.MouseClickXY(x, y))
}

// focused returns what the keyboard is at: its role and its name.
func (f *frame) focused() string {
	all, err := f.things()
	if err != nil {
		return err.Error()
	}
	for _, a := range slices.Backward(all) { // the document comes first, and has the focus too
		if a.is["focused"] {
			return a.role + " " + a.name
		}
	}
	return ""
}

// press presses a key.
func (f *frame) press(key string, modifiers ...chromedp.Modifier) {
	f.t.Helper()
	f.drawn()
	f.does(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

// typeKeys types a text.
func (f *frame) typeKeys(text string) { f.t.Helper(); f.press(text) }

// paste presses Ctrl+V.
func (f *frame) paste() { f.t.Helper(); f.press("v", chromedp.ModifierCtrl) }

// copied presses Copy and returns what is then on the clipboard.
func (f *frame) copied() string {
	f.t.Helper()
	f.holdClipboard()
	f.click("button", "Copy")
	f.see("Copied")
	_, err := chromedp.CallBrowser(f.ctx, domain.SetPermission, domain.SetPermissionParams{
		Permission:       &domain.PermissionDescriptor{Name: "clipboard-read"},
		Setting:          domain.PermissionSettingGranted,
		BrowserContextID: chromedp.FromContext(f.ctx).BrowserContextID,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return must[string](f, "navigator.clipboard.readText()")
}

// must is ask for what cannot fail.
func must[T any](f *frame, expression string) T {
	f.t.Helper()
	value, err := ask[T](f, expression)
	if err != nil {
		f.t.Fatal(err)
	}
	return value
}

// source returns the whole document.
func (f *frame) source() string {
	f.t.Helper()
	return must[string](f, "document.documentElement.outerHTML")
}

// address returns that of the document.
func (f *frame) address() string { f.t.Helper(); return must[string](f, "location.href") }

// shownFingerprint matches what people compare on both sides.
var shownFingerprint = regexp.MustCompile(`SHA256:[0-9a-f]{8}`)
