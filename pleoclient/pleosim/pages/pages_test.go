package pages_test

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"pleo-connect/pleoclient/pleosim/pages"
)

// page is a parsed page. Its methods return nodes in the order of the document.
type page struct {
	text string
	root *html.Node
}

func eachPage(t *testing.T, check func(t *testing.T, p page)) {
	t.Helper()
	for name, view := range views {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := view.String()
			root, err := html.Parse(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			check(t, page{text, root})
		})
	}
}

// elements returns those with one of the names, or all for none.
func (p page) elements(names ...string) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := range p.root.Descendants() {
			if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) && !yield(n) {
				return
			}
		}
	}
}

func (p page) count(names ...string) int { return len(slices.Collect(p.elements(names...))) }

// with returns the first element that has an attribute with a value, or nil.
func (p page) with(name, value string) *html.Node {
	for n := range p.elements() {
		if v, ok := attr(n, name); ok && v == value {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// content returns the text that a screen reader reads of an element.
func content(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if hidden, _ := attr(n, "aria-hidden"); hidden == "true" {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(b.String())
}

func inside(n *html.Node, is func(*html.Node) bool) bool {
	for a := range n.Ancestors() {
		if is(a) {
			return true
		}
	}
	return false
}

func isInert(n *html.Node) bool { _, ok := attr(n, "inert"); return ok }

// TestWellFormed: every element is closed where it was opened.
func TestWellFormed(t *testing.T) {
	t.Parallel()
	void := []string{"meta", "link", "input", "br"}
	eachPage(t, func(t *testing.T, p page) {
		var open []string
		tokens := html.NewTokenizer(strings.NewReader(p.text))
		for tokens.Next() != html.ErrorToken {
			switch tok := tokens.Token(); tok.Type {
			case html.StartTagToken:
				if !slices.Contains(void, tok.Data) {
					open = append(open, tok.Data)
				}
			case html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != tok.Data {
					t.Fatalf("</%s> closes %v", tok.Data, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("not closed: %v", open)
		}
	})
}

// TestOutline: a screen reader finds its way, and a page behind a dialog is not in it.
func TestOutline(t *testing.T) {
	t.Parallel()
	eachPage(t, func(t *testing.T, p page) {
		for n := range p.elements("title") {
			if title := content(n); title != "Simulated Pleo" {
				t.Errorf("the title is %q", title)
			}
		}
		for _, name := range []string{"title", "h1", "header", "nav", "main", "footer"} {
			if n := p.count(name); n != 1 {
				t.Errorf("%d elements %s", n, name)
			}
		}
		status := p.with("role", "status")
		if status == nil || strings.Count(p.text, `role="status"`) != 1 {
			t.Error("there is not one status")
		}
		if dialogs := p.count("dialog"); dialogs > 1 || (p.with("class", "page") != nil && dialogs == 1 &&
			!isInert(p.with("class", "page"))) {
			t.Errorf("the page behind %d dialogs is not inert", dialogs)
		}
		for n := range p.elements("dialog") {
			label, _ := attr(n, "aria-labelledby")
			if title := p.with("id", label); title == nil || content(title) == "" {
				t.Error("the dialog has no name")
			}
			if !inside(status, func(a *html.Node) bool { return a == n }) {
				t.Error("the status is not in the dialog")
			}
		}
		if live := p.with("id", "live"); live != nil && inside(status, func(a *html.Node) bool { return a == live }) {
			t.Error("the status is replaced with the part that changes")
		}
		if !strings.Contains(content(p.root), "DEMO") || !strings.Contains(content(p.root), "This is not Pleo.") {
			t.Error("the page could be mistaken for Pleo's")
		}
	})
}

// TestControls: each has a name and is of use without the script, except for the one that the script shows.
func TestControls(t *testing.T) {
	t.Parallel()
	eachPage(t, func(t *testing.T, p page) {
		focused := 0
		for n := range p.elements() {
			id, _ := attr(n, "id")
			if _, ok := attr(n, "data-focus"); ok {
				focused++
				if inside(n, isInert) {
					t.Errorf("%s has the focus, but is behind a dialog", n.Data)
				}
			}
			if kind, _ := attr(n, "type"); kind == "hidden" {
				continue
			}
			_, hidden := attr(n, "hidden")
			switch n.Data {
			case "a":
				if href, _ := attr(n, "href"); href == "" || content(n) == "" {
					t.Errorf("a link to %q is called %q", href, content(n))
				}
			case "button":
				if content(n) == "" || hidden != (id == "copy") {
					t.Errorf("a button is called %q, and hidden is %t", content(n), hidden)
				}
				if !hidden && !inside(n, func(a *html.Node) bool { return a.Data == "form" }) {
					t.Errorf("the button %q does nothing", content(n))
				}
			case "input", "textarea", "select":
				label := p.with("for", id)
				inLabel := inside(n, func(a *html.Node) bool { return a.Data == "label" && content(a) != "" })
				if !inLabel && (label == nil || content(label) == "") {
					t.Errorf("a field has no label: %v", n.Attr)
				}
			}
		}
		if want := p.count("dialog"); focused < want || focused > 1 {
			t.Errorf("%d elements have the focus, with %d dialogs", focused, want)
		}
	})
}

// TestIDs: they are unique, and what refers to one finds it.
func TestIDs(t *testing.T) {
	t.Parallel()
	eachPage(t, func(t *testing.T, p page) {
		seen := map[string]bool{"": true}
		for n := range p.elements() {
			if id, ok := attr(n, "id"); ok {
				if seen[id] {
					t.Errorf("the id %q is empty or not unique", id)
				}
				seen[id] = true
			}
			for _, name := range []string{"for", "aria-labelledby", "aria-describedby"} {
				if id, ok := attr(n, name); ok && p.with("id", id) == nil {
					t.Errorf("%s=%q refers to nothing", name, id)
				}
			}
		}
	})
}

// TestPolicy: nothing on a page is against "default-src 'none'; style-src 'self'; script-src 'self'", and nothing that
// comes from outside becomes part of the page.
func TestPolicy(t *testing.T) {
	t.Parallel()
	allowed := []string{"/page.js", "/style.css", "/icon.svg"}
	eachPage(t, func(t *testing.T, p page) {
		for n := range p.elements() {
			for _, a := range n.Attr {
				switch {
				case a.Key == "style", strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s has the attribute %s", n.Data, a.Key)
				case a.Key == "src", n.Data == "link" && a.Key == "href":
					if !slices.Contains(allowed, a.Val) {
						t.Errorf("%s loads %s", n.Data, a.Val)
					}
				case a.Key == "href", a.Key == "action":
					if !strings.HasPrefix(a.Val, "/settings/") && a.Val != "#main" {
						t.Errorf("%s leads to %s", n.Data, a.Val)
					}
				}
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("there is a %s in the page", n.Data)
			}
		}
		if n := p.count("script"); n != 1 {
			t.Errorf("%d scripts", n)
		}
	})
}

// TestKeyIsShownOnce: only the dialog has its text.
func TestKeyIsShownOnce(t *testing.T) {
	t.Parallel()
	for name, view := range views {
		want := 0
		if name == "key" || name == "standalone key" {
			want = 1
		}
		text := view.String()
		if n := strings.Count(text, key); n != want {
			t.Errorf("%s: the key is shown %d times", name, n)
		}
		if strings.Contains(name, "key shown") && !strings.Contains(text, secret.Fingerprint) {
			t.Errorf("%s does not say which key it was", name)
		}
	}
}

// TestParts: what the server sends later is what the page has at first.
func TestParts(t *testing.T) {
	t.Parallel()
	for view, part := range map[string]pages.Node{
		"accounting": pages.Tiles([]pages.Integration{dynamics, ledger, books, odd, long}),
		"keys":       pages.KeyList(keys),
	} {
		if !strings.Contains(views[view].String(), part.String()+"</div>") {
			t.Errorf("%s does not have the part that changes", view)
		}
	}
}

// TestForm: the fields have the names that the server reads, and the labels that the terminal names.
func TestForm(t *testing.T) {
	t.Parallel()
	text := views["new key"].String()
	for _, want := range []string{
		`>Name</label>`, `<legend>Expiration</legend>`, `<legend>Access level</legend>`, `<legend>Permissions</legend>`,
		`name="name"`, `name="expiration" value="90" checked`, `name="expiration" value=""`,
		`name="access" value="company" checked`, `name="access" value="organisation"`,
		`name="scope" value="export-items:read"`, `method="post" action="/settings/api-keys"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

// TestScriptIsSmall: without its comments, it is something to read in a minute.
func TestScriptIsSmall(t *testing.T) {
	t.Parallel()
	script, err := pages.Assets.ReadFile("page.js")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`(?m)^\s+|\s*// .*$`).ReplaceAll(script, nil)
	if len(code) > 1700 {
		t.Errorf("the script has %d bytes", len(code))
	}
}
