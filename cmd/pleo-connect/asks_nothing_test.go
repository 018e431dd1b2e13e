//go:build unix

package main

import (
	"regexp"
	"strings"
	"testing"
)

// queries are sequences that a terminal answers: colours, device attributes, modes, the cursor's place, the keyboard.
var queries = regexp.MustCompile(
	`\x1b\](1[0-9]|4);[^\x07\x1b]*\?|\x1b\[[>=]?[0-9]*c|\x1b\[\??[0-9;]*\$p|\x1b\[\??6n|\x1b\[\?u|\x1bP\+q|\x1b\[>0?q`,
)

// TestShortRunsAskNothing: help, version and refusals end at once, so the shell would get the answer to anything that
// they ask. Nor do they have colours where those are not wanted.
func TestShortRunsAskNothing(t *testing.T) {
	t.Parallel()
	for args, code := range map[string]int{
		"--help": 0, "connect --help": 0, "--version": 0,
		"status --nonsense": exitUsage, "key": exitUsage, "demo --scenario none": exitUsage,
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			x := start(t, append(newSite(t).env(), "NO_COLOR=yes"), strings.Fields(args)...)
			x.exit(code)
			if asked := queries.FindString(x.written()); asked != "" {
				t.Errorf("%q asks the terminal %q", args, asked)
			}
			if got := colouring(x.written()); len(got) > 0 {
				t.Errorf("%q is coloured in spite of NO_COLOR: %q", args, got)
			}
		})
	}
}
