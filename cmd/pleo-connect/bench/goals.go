package main

import (
	"fmt"
	"io"
	"math"
)

// goal is what ours must reach. The share is that of the figures which reach it.
type goal struct {
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
	out := []goal{
		{What: "--version", Share: median, Against: goHello, AtMost: 2.4},
		{What: "--help", Share: median, Against: goHello, AtMost: 3.2},
	}
	for _, on := range []string{modern.name, plain.name, silent.name, late.name, "--ca-file"} {
		out = append(out, goal{What: "first screen, " + on, Share: median, Against: hello, AtMost: 0.35})
	}
	for _, key := range []string{"letter", "ctrl+u"} {
		out = append(out, goal{What: key + " to paint", Share: median, Against: huh, AtMost: 0.4},
			goal{What: key + " to paint", Share: most, Against: huh, AtMost: 0.4})
	}
	return append(out,
		goal{What: "paste to company", Share: median, AtMost: 2.1}, // a tenth of a round trip is 10 ms
		goal{What: "Enter to Done, without saving", Share: median, AtMost: 2.1},
		goal{What: "headless connect, alike", Share: median, AtMost: 6.1},
		goal{What: "idle, CPU", Share: median, AtMost: 0.05}, // per cent of a core
		goal{What: "idle, output", Share: all, AtMost: 0},
		goal{What: "bytes, whole run", Share: all, AtMost: 6500},
		goal{What: "memory of a run", Share: median, AtMost: 18},
		goal{What: "key", Share: median, Against: age, AtMost: 1.3},
		goal{What: "exec", Share: median, Against: age, AtMost: 1.3},
		goal{What: "status of 10,000", Share: median, AtMost: 500},
		goal{What: "memory of status of 10,000", Share: all, AtMost: 64},
		goal{What: "first screen among 10,000", Share: median, Against: oneRecord, AtMost: 1.1},
		goal{What: "store ready among 10,000", Share: median, Against: oneRecord, AtMost: 1.1},
		goal{What: "CPU of a start among 10,000", Share: median, Against: oneRecord, AtMost: 1.1},
	)
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
		return "all"
	}
	return fmt.Sprintf("%g %%", 100*s)
}
