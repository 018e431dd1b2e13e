//go:build unix

package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/host"
)

// helpOf calls visit for the help of every command, with what people see of it at a width.
func helpOf(t *testing.T, width int, visit func(cmd *cobra.Command, lines []string)) {
	t.Helper()
	a := newApp(nil, host.Host{})
	root := a.root(allCommands()...)
	root.InitDefaultHelpCmd()
	a.nameCompletion(root)
	walk(root, func(cmd *cobra.Command) {
		visit(cmd, helpLines(cmd, width, func(title string) string { return title }))
	})
}

// TestHelpFits: no words of help are wider than the terminal, however narrow, and no line to be copied is broken.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	for _, width := range []int{39, 79} {
		helpOf(t, width, func(cmd *cobra.Command, lines []string) {
			section := ""
			for _, line := range lines {
				switch line {
				case "USAGE", "EXAMPLES", "COMMANDS", "FLAGS":
					section = line
				}
				words := section == "" && !strings.HasPrefix(line, "  ") || section == "COMMANDS" || section == "FLAGS"
				whole := strings.Count(strings.TrimSpace(line), " ") > 0 // one word, such as a path, may be wider
				if words && whole && utf8.RuneCountInString(line) > width {
					t.Errorf("%s at %d columns: %q", cmd.CommandPath(), width, line)
				}
				commands := strings.Contains(cmd.CommandPath(), "completion ") // of cobra, in full
				if width == 79 && !commands && utf8.RuneCountInString(line) > width {
					t.Errorf("%s at %d columns: %q", cmd.CommandPath(), width, line)
				}
			}
			help := strings.Join(lines, "\n")
			if width == 39 && cmd.Annotations[noStore] == "" && !strings.Contains(help, "\n  --store DIR\n      Key store") {
				t.Errorf("%s at %d columns: no room for words beside the flags", cmd.CommandPath(), width)
			}
			for line := range strings.SplitSeq(cmd.Example, "\n") {
				if !strings.Contains(help, line) {
					t.Errorf("%s at %d columns lacks the example %q", cmd.CommandPath(), width, line)
				}
			}
		})
	}
}

var (
	sentenceEnd = regexp.MustCompile(`[.?!] [A-Z]`)
	anyValue    = regexp.MustCompile(`^[A-Z|]+$`)
)

// TestHelpReads: help begins with what the command does, in short paragraphs, and names the value of every flag.
func TestHelpReads(t *testing.T) {
	t.Parallel()
	seen := 0
	helpOf(t, 79, func(cmd *cobra.Command, lines []string) {
		seen++
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || utf8.RuneCountInString(cmd.Short) > 60 {
			t.Errorf("%s: %q is not a short line", cmd.CommandPath(), cmd.Short)
		}
		for paragraph := range strings.SplitSeq(cmd.Long, "\n\n") {
			if n := len(sentenceEnd.FindAllString(paragraph, -1)) + 1; n > 3 {
				t.Errorf("%s: a paragraph has %d sentences: %s", cmd.CommandPath(), n, paragraph)
			}
		}
		help := strings.Join(lines, "\n")
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			value := valueName(f)
			if f.NoOptDefVal == "" && !anyValue.MatchString(value) {
				t.Errorf("%s --%s: the value has the name %q", cmd.CommandPath(), f.Name, value)
			}
			shown := strings.Contains(help, strings.TrimSpace("--"+f.Name+" "+value))
			hidden := cmd.Annotations[noStore] != "" && slices.Contains([]string{"store", "identity", "force-store"}, f.Name)
			if shown == hidden {
				t.Errorf("%s --%s: shown is %v", cmd.CommandPath(), f.Name, shown)
			}
		})
	})
	if seen < 18 {
		t.Errorf("%d commands", seen)
	}
}

// TestHelpIsShown: each way to ask for help gives the same.
func TestHelpIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, ways := range [][][]string{
		{{"--help"}, {"-h"}, {"help"}, {"--store", s.store, "--help"}},
		{{"exec", "--help"}, {"help", "exec"}, {"exec", bakery, "-h"}, {"--help", "exec"}},
		{{"recipient", "add", "--help"}, {"help", "recipient", "add"}},
		{{"completion"}, {"completion", "--help"}, {"help", "completion"}},
	} {
		first := s.pipe("", ways[0]...)
		if first.code != exitDone || first.err != "" || !strings.Contains(first.out, "USAGE") {
			t.Errorf("%q: exit code %d: %s%s", ways[0], first.code, first.out, first.err)
		}
		for _, args := range ways[1:] {
			if got := s.pipe("", args...); got != first {
				t.Errorf("%q: exit code %d: %s%s", args, got.code, got.out, got.err)
			}
		}
	}
}
