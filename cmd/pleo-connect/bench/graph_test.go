package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func measured() report {
	var r report
	for i, g := range goals() {
		r.Figures.add(g.What, "ms", ours, 0, float64(i))
		for _, other := range []string{least, hello, huh, age, goHello, x25519, oneRecord} {
			r.Figures.add(g.What, "ms", other, 0, 10)
		}
	}
	r.About.Machine = "a & b"
	r.Goals = r.Figures.judge()
	return r
}

// TestGraph: it is well-formed and small, has a row for each goal with a label, and no bar is longer than its place.
func TestGraph(t *testing.T) {
	t.Parallel()
	text := measured().graph()
	if len(text) >= 12<<10 {
		t.Errorf("the graph has %d bytes", len(text))
	}
	var said []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if words, ok := token.(xml.CharData); ok {
			said = append(said, string(words))
		}
	}
	all := strings.Join(said, "\n")
	for _, g := range goals() {
		if g.Label != "" && !strings.Contains(all, "\n"+g.Label+"\n") {
			t.Errorf("the graph has no row %q", g.Label)
		}
	}
	if !strings.Contains(all, "a & b") || !strings.Contains(all, "missed") {
		t.Errorf("the graph says neither where it was measured nor what was missed:\n%s", all)
	}

	var c canvas
	c.bar("ours", 0, 10, 1000, "much")
	if !strings.Contains(c.String(), `width="275.0"`) || !strings.Contains(c.String(), "» much") {
		t.Errorf("a bar that is too long is not cut: %s", &c)
	}
}

// TestPage: it has the floor, the best peer and the goal beside each figure.
func TestPage(t *testing.T) {
	t.Parallel()
	var r report
	const what = "memory of a run"
	figures := map[string]float64{ours: 18.04, hello: 13, huh: 14, gum: 12.34, goHello: 1.9, base: 1}
	for program, figure := range figures {
		r.Figures.add(what, "MiB", program, 0, figure)
	}
	r.Goals = r.Figures.judge()
	const want = "| memory of a run, median | Go hello 1.90 MiB | gum 12.3 MiB | 18.0 MiB | ≤ 18.0 MiB | missed |\n"
	if page := r.page(); !strings.Contains(page, want) {
		t.Errorf("the page lacks\n%s:\n%s", want, page)
	}
}
