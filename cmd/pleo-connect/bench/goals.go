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
	Status string  `json:"status"` // met, missed
}

const (
	median = 0.5
	most   = 0.99
	all    = 1
)

// goals are those of the frames that are drawn as soon as they are ready.
func goals() []goal {
	var out []goal
	for _, t := range terminals {
		out = append(out, goal{What: "first screen, " + t.name, Share: median, Against: hello, AtMost: 0.35})
	}
	for _, key := range []string{"letter", "ctrl+u"} {
		out = append(out, goal{What: key + " to paint", Share: median, Against: huh, AtMost: 0.4},
			goal{What: key + " to paint", Share: most, Against: huh, AtMost: 0.4})
	}
	return append(out,
		goal{What: "idle, CPU", Share: median, AtMost: 0.05}, // per cent of a core
		goal{What: "idle, output", Share: all, AtMost: 0},
		goal{What: "bytes, whole run", Share: all, AtMost: 6500})
}

// judge returns the goals whose figures are there.
func (r results) judge() []goal {
	var out []goal
	for _, g := range goals() {
		s := r.find(g.What)
		if s == nil {
			continue
		}
		g.Value = s.quantile(ours, g.Share)
		if g.Against != "" {
			g.Value = s.ratio(ours, g.Against, g.Share)
		}
		g.Status = "missed"
		if !math.IsNaN(g.Value) && g.Value <= g.AtMost {
			g.Status = "met"
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
		_, _ = fmt.Fprintf(w, "%-6s  %s, %s: %.5g%s, at most %g\n",
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
