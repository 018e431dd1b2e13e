package pages

import (
	"testing"

	"pleo-connect/flow/flowtest/source"
)

func TestNode(t *testing.T) {
	t.Parallel()
	const odd = `<b>"it's" & &lt;</b>`
	const escaped = `&lt;b&gt;&#34;it&#39;s&#34; &amp; &amp;lt;&lt;/b&gt;`
	for _, c := range []struct {
		n    Node
		want string
	}{
		{text(odd), escaped},
		{el("p", class(odd), text(odd)), `<p class="` + escaped + `">` + escaped + `</p>`},
		{el("p", text("a"), attr("id", "b"), el("i"), flag("hidden")), `<p id="b" hidden>a<i></i></p>`},
		{el("input", attr("value", odd)), `<input value="` + escaped + `">`},
		{el("p", when(true, flag("hidden"), text("a")), when(false, text("b"))), `<p hidden>a</p>`},
		{el("ul", each([]string{"<", "b"}, func(s string) Node { return el("li", text(s)) })),
			`<ul><li>&lt;</li><li>b</li></ul>`},
		{el("ul", each(nil, text)), `<ul></ul>`},
		{all(doctype, text("a"), Node{}), `<!doctype html>a`},
	} {
		if got := c.n.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestEverythingIsEscaped: pages are made of what node.go makes, which escapes what it is given.
func TestEverythingIsEscaped(t *testing.T) {
	t.Parallel()
	source.CheckHomes(t, []source.Home{{
		What: "HTML that is not escaped", Pattern: `Node\{[^}]|\.(content|attributes)\b|\bname\(`,
		Files: "pleoclient/pleosim/pages/node.go", Instead: "text, attr or el",
	}}, "pleoclient/pleosim/pages")
}
