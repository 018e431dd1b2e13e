package main

import (
	"maps"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// TestQuestionsInPieces: a terminal answers each question once, however it is cut.
func TestQuestionsInPieces(t *testing.T) {
	const text = "\x1b[?1049h\x1b[?2026$p\x1b[?2027$phello\x1b[31m\x1b[?u\x1b]11;?\a\x1b[c\x1b[>0q"
	want := []string{"\x1b[?2026$p", "\x1b[?2027$p", "\x1b[?u", "\x1b]11;?\a", "\x1b[c", "\x1b[>0q"}
	for size := 1; size <= len(text); size++ {
		var q questions
		var got []string
		for piece := range slices.Chunk([]byte(text), size) {
			got = append(got, q.in(piece)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("in pieces of %d: %q, want %q", size, got, want)
		}
	}
}

// TestAnswers: the terminals differ in what they know, and one does not answer.
func TestAnswers(t *testing.T) {
	asked := []string{"\x1b[?2026$p", "\x1b[?u", "\x1b[c"}
	for _, x := range []struct {
		terminal
		want string
	}{
		{modern, "\x1b[?2026;2$y\x1b[?0u\x1b[?62;22;52c"},
		{plain, "\x1b[?2026;0$y\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"},
		{silent, ""},
	} {
		if got := x.answers(asked); got != x.want {
			t.Errorf("%s answers %q, want %q", x.name, got, x.want)
		}
	}
}

// TestRatioWithinRounds: a machine that is ten times slower in a round changes no ratio of medians.
func TestRatioWithinRounds(t *testing.T) {
	var r results
	for round, slow := range []float64{1, 10, 1} {
		for _, ms := range []float64{2, 1, 3} {
			r.add("x", "ms", ours, round, ms*slow)
			r.add("x", "ms", base, round, 4*ms*slow)
		}
	}
	s := r.find("x")
	if got := s.ratio(ours, base, median); got != 0.25 {
		t.Errorf("the ratio is %g, want 0.25", got)
	}
	if got := s.quantile(ours, most); got != 30 {
		t.Errorf("99 %% is %g, want 30", got)
	}
}

// TestJudge: a goal is met at its limit, and what has no figures is neither met nor missed.
func TestJudge(t *testing.T) {
	t.Parallel()
	var r results
	r.add("idle, CPU", "%", ours, 0, 0.05)
	r.add("idle, output", "B", ours, 0, 1)
	r.add("key", "ms", ours, 0, 1)
	got := map[string]string{}
	for _, g := range r.judge() {
		got[g.What] = g.Status
	}
	want := map[string]string{"idle, CPU": "met", "idle, output": "missed", "key": "not measured"}
	if !maps.Equal(got, want) {
		t.Errorf("the goals are %q, want %q", got, want)
	}
}

// TestPaintIsTimed: the harness sees a screen when it is written, and the processor time that a program took.
func TestPaintIsTimed(t *testing.T) {
	const script = "sleep 0.2; echo shown; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; read x"
	s, err := start(exec.Command("sh", "-c", script), silent)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	at, err := s.see("shown")
	if took := at.Sub(s.began); err != nil || took < 200*time.Millisecond {
		t.Errorf("the text came after %s: %v", took, err)
	}
	if done, err := s.see("done"); err != nil || !done.After(at) {
		t.Errorf("the text after it came at %s, not after %s: %v", done, at, err)
	}
	if took, err := cpuTime(s.cmd.Process.Pid); err != nil || took < 10*time.Millisecond {
		t.Errorf("the processor time is %s: %v", took, err)
	}
	if err := s.send("\r"); err != nil {
		t.Fatal(err)
	}
	if err := s.end(); err != nil {
		t.Error(err)
	}
}
