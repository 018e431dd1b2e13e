package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// floors are what nothing can go below. The first of them that was measured is the floor of a measure.
var floors = []string{least, x25519, goHello, echo}

// compared is a goal with the figures that show where ours stands.
type compared struct {
	goal
	unit, share string
	limit, ours float64
	floor, peer figure
}

// figure is what a program reached.
type figure struct {
	of    string // empty: there is none
	value float64
}

func (r report) compare() (out []compared) {
	for _, g := range r.Goals {
		s := r.Figures.find(g.What)
		c := compared{goal: g, unit: s.Unit, share: share(g.Share), limit: g.AtMost, ours: s.quantile(ours, g.Share)}
		if g.Share == most && len(slices.Concat(s.By[ours]...)) < 100 {
			c.share = share(all) // which it is
		}
		if g.Status == "not measured" {
			continue
		}
		if g.Against != "" {
			c.limit *= s.quantile(g.Against, g.Share)
		}
		for _, name := range names {
			f := figure{name, s.quantile(name, g.Share)}
			switch {
			case name == ours || name == base || name == oneRecord || math.IsNaN(f.value):
			case slices.Contains(floors, name):
				if c.floor.of == "" {
					c.floor = f
				}
			case c.peer.of == "" || f.value < c.peer.value:
				c.peer = f
			}
		}
		out = append(out, c)
	}
	return out
}

// called is how people know the programs.
var called = map[string]string{
	least: "least", goHello: "Go hello", echo: "raw echo", x25519: "X25519 alone", hello: "Bubble Tea hello",
	huh: "huh form",
}

func name(program string) string {
	if name, ok := called[program]; ok {
		return name
	}
	return program
}

// named returns a figure with the name of its program.
func (c compared) named(f figure) string {
	switch f.of {
	case "":
		return ""
	case least:
		return written(f.value, c.unit)
	}
	return name(f.of) + " " + written(f.value, c.unit)
}

// written returns a figure with its unit.
func written(value float64, unit string) string {
	switch unit {
	case "B":
		return strconv.FormatFloat(value, 'f', 0, 64) + " B"
	case "trips":
		unit = "round trips"
	}
	decimals := 2
	for limit := 10.0; decimals > 0 && value >= limit; limit *= 10 {
		decimals--
	}
	return strconv.FormatFloat(value, 'f', decimals, 64) + " " + unit
}

func (a about) String() string {
	return fmt.Sprintf("%s, %s, %d cores, %s, %s", a.Date, a.Machine, a.Cores, a.Kernel, a.Go)
}

// page returns all results in Markdown.
func (r report) page() string {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	line("# How fast\n\n`make results` measures this and writes this page. Run `go doc` in this folder to see how.\n")
	line("Measured on %s.", r.About)
	line("The load was %s before and %s after. Above 1.5, other programs were running, and the times are too long.",
		r.About.LoadBefore, r.About.LoadAfter)
	for _, peer := range slices.Sorted(maps.Keys(r.About.Versions)) {
		line("`%s --version` says %s.", peer, r.About.Versions[peer])
	}
	line("\n![Bars of ours beside the floor, the best peer and the goal](results.svg)\n\n## Goals\n")
	line("Figures in round trips are what the way to Pleo adds: the time of a run with Pleo on the same computer is " +
		"subtracted.\nA ratio of medians is the median of the ratios within a round.\n")
	line("| what | floor | best peer | ours | goal | |\n|---|---|---|---|---|---|")
	for _, c := range r.compare() {
		line("| %s, %s | %s | %s | %s | ≤ %s | %s |", c.What, c.share, c.named(c.floor), c.named(c.peer),
			written(c.ours, c.unit), c.allowed(), c.verdict())
	}
	line("\n## Figures\n\nEach was measured n times. The last column is what 99 %% do not exceed, or the largest of " +
		"fewer than 100.\n")
	line("| what | program | n | median | 99 %% or largest |\n|---|---|---|---|---|")
	for _, s := range r.Figures {
		for _, program := range names {
			if n := len(slices.Concat(s.By[program]...)); n > 0 {
				line("| %s | %s | %d | %s | %s |", s.What, name(program), n,
					written(s.quantile(program, median), s.Unit), written(s.quantile(program, most), s.Unit))
			}
		}
	}
	return b.String()
}

// verdict says whether the goal is met, and the ratio that decides it, which the medians of all rounds do not show.
func (c compared) verdict() string {
	if c.Against == "" {
		return c.Status
	}
	return fmt.Sprintf("%s, %.3g ×", c.Status, c.Value)
}

// allowed says what the goal is.
func (c compared) allowed() string {
	if c.Against == "" {
		return written(c.limit, c.unit)
	}
	return fmt.Sprintf("%g × %s, %s", c.AtMost, name(c.Against), written(c.limit, c.unit))
}
