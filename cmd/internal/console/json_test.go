package console

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// TestJSONLines: every text comes back whole, in one line that can be drawn as it is.
func TestJSONLines(t *testing.T) {
	t.Parallel()
	odd := []rune("\x00\x1b\x7f\u009b\u0301\u200b\u2028\u202e\u3164\ue000\ufe0f\ufeff\U000E0041\U000F0000a漢\"\\ ")
	runes := rapid.OneOf(rapid.Rune(), rapid.SampledFrom(odd))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(runes).Draw(t, "text")
		var out bytes.Buffer
		c := New(nil, &out, nil, nil)
		if err := c.JSON([]string{text}); err != nil || !c.PrintedJSON() {
			t.Fatal(err)
		}
		line, ended := strings.CutSuffix(out.String(), "\n")
		if !ended || !pleoclient.IsSafe(strings.ReplaceAll(line, " ", "_")) {
			t.Errorf("%q is written as %q", text, line)
		}
		var back []string
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || back[0] != text {
			t.Errorf("%q comes back as %q: %v", text, back, err)
		}
	})
	var out bytes.Buffer
	New(nil, &out, nil, nil).JSON([]string{"Ærø <株式会社> שָׁלוֹם ☕"})
	if got, want := out.String(), "[\"Ærø <株式会社> שָׁלוֹם ☕\"]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFailureIsCleaned: no matter what a library says, exactly two lines are printed.
func TestFailureIsCleaned(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	New(nil, nil, &out, nil).Failure(&flow.Failure{
		Summary: "unknown flag: --\x1b]0;x\a\nerror: \u202enothing", Hint: "run \x9b2J",
	})
	const want = "error: unknown flag: --\ufffd]0;x\ufffd error: \ufffdnothing\nhint: run \ufffd2J\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
