package main

import (
	"fmt"
	"io"
	"math"
)

// goal is what ours must reach. The share is that of the figures which reach it.
type goal struct {
	Label   string  `json:"-"` // what the graph calls it; empty: it is on the page only
	What    string  `json:"what"`
	Share   float64 `json:"share"`
	Against string  `json:"against,omitempty"` // a peer, whose figure AtMost is multiplied with
	AtMost  float64 `json:"at_most"`

	Value  float64 `json:"value"`
	Status string  `json:"status"` // met, missed, or not measured
}

const (
	median = 0.5
	most   = 0.99
	all    = 1
)

// goals are in the order of the page and the graph.
func goals() []goal {
	first := func(label, on string) goal {
		return goal{Label: label, What: "first screen, " + on, Share: median, Against: hello, AtMost: 0.35}
	}
	paint := func(label, key string, share float64) goal {
		return goal{Label: label, What: key + " to paint", Share: share, Against: huh, AtMost: 0.4}
	}
	among := func(label, what string) goal {
		return goal{Label: label, What: what + " among 10,000", Share: median, Against: oneRecord, AtMost: 1.1}
	}
	return []goal{
		{Label: "--version", What: "--version", Share: median, Against: goHello, AtMost: 2.4},
		{Label: "--help", What: "--help", Share: median, Against: goHello, AtMost: 3.2},
		first("First screen", modern.name),
		first("", plain.name), first("", silent.name), first("", late.name),
		first("First screen, --ca-file", "--ca-file"),
		paint("Key to paint", "letter", median),
		paint("Key to paint, 99 %", "letter", most),
		paint("", "ctrl+u", median),
		paint("", "ctrl+u", most),
		// A tenth of a round trip is 10 ms.
		{Label: "Paste to company", What: "paste to company", Share: median, AtMost: 2.1},
		{Label: "Enter to Done", What: "Enter to Done", Share: median, AtMost: 2.1},
		{Label: "Headless connect", What: "headless connect", Share: median, AtMost: 6.1},
		{Label: "Idle, share of a core", What: "idle, CPU", Share: median, AtMost: 0.05},
		{What: "idle, output", Share: all, AtMost: 0},
		{Label: "Bytes of a whole run", What: "bytes, whole run", Share: all, AtMost: 6500},
		{Label: "Memory of a run", What: "memory of a run", Share: median, AtMost: 18},
		{Label: "key", What: "key", Share: median, Against: age, AtMost: 1.3},
		{Label: "exec", What: "exec", Share: median, Against: age, AtMost: 1.3},
		// Twice the time of its X25519 alone on the same cores: half a second, where that takes a quarter.
		{Label: "status of 10,000", What: "status of 10,000", Share: median, Against: x25519, AtMost: 2},
		{Label: "Memory of that", What: "memory of status of 10,000", Share: all, AtMost: 64},
		among("First screen among 10,000", "first screen"),
		among("", "store ready"),
		among("CPU of a start among them", "CPU of a start"),
	}
}

// judge returns the goals of what was measured.
func (r results) judge() []goal {
	var out []goal
	for _, g := range goals() {
		s := r.find(g.What)
		if s == nil {
			continue
		}
		value := s.quantile(ours, g.Share)
		if g.Against != "" {
			value = s.ratio(ours, g.Against, g.Share)
		}
		switch {
		case math.IsNaN(value): // which JSON does not have
			g.Status = "not measured"
		case value <= g.AtMost:
			g.Status, g.Value = "met", value
		default:
			g.Status, g.Value = "missed", value
		}
		out = append(out, g)
	}
	return out
}

func printGoals(w io.Writer, all []goal) {
	for _, g := range all {
		against := ""
		if g.Against != "" {
			against = " x " + g.Against
		}
		_, _ = fmt.Fprintf(w, "%-12s  %s, %s: %.5g%s, at most %g\n",
			g.Status, g.What, share(g.Share), g.Value, against, g.AtMost)
	}
}

func share(s float64) string {
	switch s {
	case median:
		return "median"
	case all:
		return "largest"
	}
	return fmt.Sprintf("%g %%", 100*s)
}
