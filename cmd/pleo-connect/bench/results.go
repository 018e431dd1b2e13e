package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// report is all that is kept of a measurement.
type report struct {
	About   about   `json:"about"`
	Goals   []goal  `json:"goals"`
	Figures results `json:"figures"`
}

// results are all figures, in the order in which they came.
type results []*series

// series is one thing that was measured, of several programs.
type series struct {
	What string                 `json:"what"`
	Unit string                 `json:"unit"`
	By   map[string][][]float64 `json:"by"` // program, round, figures
}

func (r *results) add(what, unit, program string, round int, value float64) {
	s := r.find(what)
	if s == nil {
		s = &series{what, unit, map[string][][]float64{}}
		*r = append(*r, s)
	}
	rounds := s.By[program]
	for len(rounds) <= round {
		rounds = append(rounds, nil)
	}
	rounds[round] = append(rounds[round], value)
	s.By[program] = rounds
}

func (r results) find(what string) *series {
	for _, s := range r {
		if s.What == what {
			return s
		}
	}
	return nil
}

// quantile returns the smallest figure of a program that a share of them does not exceed, over all rounds. A median
// may be between two figures.
func (s *series) quantile(program string, share float64) float64 {
	return quantile(slices.Concat(s.By[program]...), share)
}

func quantile(figures []float64, share float64) float64 {
	if len(figures) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(figures))
	if half := len(sorted) / 2; share == median && len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}

// ratio compares two programs: the median over the rounds of what their medians within a round make, because clocks
// and machines drift. Rounds are too short for other shares, which are compared over all rounds.
func (s *series) ratio(program, other string, share float64) float64 {
	if share != median {
		return s.quantile(program, share) / s.quantile(other, share)
	}
	var ratios []float64
	for i, figures := range s.By[program] {
		if i < len(s.By[other]) && len(figures) > 0 {
			ratios = append(ratios, quantile(figures, share)/quantile(s.By[other][i], share))
		}
	}
	return quantile(ratios, median)
}

// peer is what a measure is compared with: what its goal is set against, or a form of huh.
func (s *series) peer() string {
	for _, g := range goals() {
		if g.What == s.What && g.Against != "" {
			return g.Against
		}
	}
	return huh
}

// names are all that a series may have figures of, in the order of the table.
var names = []string{
	least, goHello, echo, x25519, oneRecord, hello, age, gh, gum, huh, base, ours,
}

// table prints all figures: medians, 99 %, and how both compare with the peer's, and ours with the base's.
func (r results) table(w io.Writer) {
	const row = "%-34s  %-8s%5s%10s%10s  %7s%7s  %7s%7s\n"
	_, _ = fmt.Fprintf(w, row, "", "", "n", "median", "99 %", "x peer", "99 %", "x base", "99 %")
	for _, s := range r {
		what := s.What + ", " + s.Unit
		for _, name := range names {
			n := len(slices.Concat(s.By[name]...))
			if n == 0 {
				continue
			}
			before := ""
			if name == ours {
				before = base
			}
			_, _ = fmt.Fprintf(w, row, what, name, strconv.Itoa(n), s.format(s.quantile(name, median)),
				s.format(s.quantile(name, most)), s.times(name, s.peer(), median), s.times(name, s.peer(), most),
				s.times(name, before, median), s.times(name, before, most))
			what = ""
		}
	}
}

func (s *series) format(figure float64) string {
	if s.Unit == "B" {
		return fmt.Sprintf("%.0f", figure)
	}
	return fmt.Sprintf("%.3f", figure)
}

// times returns how many times the figure of another program that of this one is, or nothing if there is no other.
func (s *series) times(program, other string, share float64) string {
	r := s.ratio(program, other, share)
	if program == other || math.IsNaN(r) || math.IsInf(r, 0) {
		return ""
	}
	return fmt.Sprintf("%.2f", r)
}
