package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/console"
)

// noStore marks a command that does not use the person's key store, so that the flags about it are left out.
const noStore = "no_store"

var storeFlags = []string{"store", "identity", "force-store"}

// helpRoom is the least room for words beside the name of a flag or a command.
const helpRoom = 30

// showHelp prints what a command does and how it is used. Fang's own help is not used: it cuts examples that are to be
// copied, does not wrap lines about flags, and does not name values.
func (a *app) showHelp(cmd *cobra.Command) error {
	title := func(text string) string { return text }
	if console.IsTerminal(a.console.Out) && a.console.KnowsSequences() {
		title = func(text string) string { return "\x1b[1m" + text + "\x1b[m" }
	}
	a.console.Print(helpLines(cmd, a.console.Width(), title)...)
	return a.console.Failed()
}

// helpLines returns the help of a command. Of the lines wider than width, only those to be copied are not wrapped.
func helpLines(cmd *cobra.Command, width int, title func(string) string) []string {
	cmd.InheritedFlags() // adds them to those of cmd
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(longOf(cmd)), "\n\n") {
		if command, is := strings.CutPrefix(paragraph, "\t"); is { // stays whole, to be copied
			lines = append(lines, "  "+command, "")
			continue
		}
		lines = append(append(lines, console.Wrap(width, "", paragraph)...), "")
	}
	lines = append(append(lines, title("USAGE")), usageOf(cmd)...)
	if cmd.Example != "" {
		lines = append(lines, "", title("EXAMPLES"))
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			lines = append(lines, strings.TrimRight("  "+line, " "))
		}
	}
	for _, section := range []struct {
		title string
		rows  [][2]string
	}{{"COMMANDS", commandsOf(cmd)}, {"FLAGS", flagsOf(cmd)}} {
		if len(section.rows) > 0 {
			lines = append(append(lines, "", title(section.title)), columns(width, section.rows)...)
		}
	}
	return lines
}

func longOf(cmd *cobra.Command) string {
	if cmd.Long == "" {
		return cmd.Short + "."
	}
	return cmd.Long
}

// usageOf returns how a command is called, by itself and with a command below it.
func usageOf(cmd *cobra.Command) []string {
	var out []string
	below := cmd.HasAvailableSubCommands()
	if cmd.Runnable() && !(below && cmd.HasParent()) { // one that has a parent only shows its help
		out = append(out, "  "+cmd.UseLine())
	}
	if below {
		out = append(out, "  "+cmd.CommandPath()+" COMMAND")
	}
	return out
}

func commandsOf(cmd *cobra.Command) [][2]string {
	var out [][2]string
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() || below.Name() == "help" {
			out = append(out, [2]string{below.Name(), below.Short})
		}
	}
	return out
}

func flagsOf(cmd *cobra.Command) [][2]string {
	var out [][2]string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || cmd.Annotations[noStore] != "" && slices.Contains(storeFlags, f.Name) {
			return
		}
		name := strings.TrimSpace("--" + f.Name + " " + valueName(f))
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		usage := strings.ToUpper(f.Usage[:1]) + f.Usage[1:]
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
			usage += " (default " + f.DefValue + ")"
		}
		out = append(out, [2]string{name, usage})
	})
	return out
}

// columns puts the second text of each row beside the first, or below it in a narrow terminal.
func columns(width int, rows [][2]string) []string {
	wide := 0
	for _, row := range rows {
		wide = max(wide, len(row[0]))
	}
	var out []string
	for _, row := range rows {
		lead := fmt.Sprintf("  %-*s  ", wide, row[0])
		if width-len(lead) < helpRoom {
			out, lead = append(out, "  "+row[0]), "      "
		}
		out = append(out, console.Wrap(width, lead, row[1])...)
	}
	return out
}

// helpFlags defines --help of all commands, and --version.
func (a *app) helpFlags(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.result = a.showHelp(cmd) })
	root.PersistentFlags().BoolP("help", "h", false, "show help")
	root.Flags().BoolP("version", "v", false, "show the version")
}

// nameCompletion sets the texts of the commands that cobra adds for the completion of shells.
func (a *app) nameCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil || completion == root {
		return
	}
	completion.Short = "Set up shell completion"
	completion.Long = "Prints a script with which your shell completes commands and flags. Choose your shell; the " +
		"help of its command says how to load the script."
	completion.Annotations = map[string]string{noStore: "yes"}
	completion.RunE = func(cmd *cobra.Command, _ []string) error { return a.finish(a.showHelp(cmd)) }
	for _, shell := range completion.Commands() {
		shell.Short = "Print the completion script for " + shell.Name()
		shell.Annotations = map[string]string{noStore: "yes"}
		if _, rest, found := strings.Cut(shell.Long, " shell.\n"); found {
			shell.Long = "Prints the completion script for " + shell.Name() + ".\n" + rest
		}
		if f := shell.Flags().Lookup("no-descriptions"); f != nil {
			f.Usage = "leave out the descriptions"
		}
	}
}

// newHelp returns the help command in place of cobra's, which quotes what it does not know.
func newHelp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show help for a command",
		Long:  "Shows what a command does, and its flags. Without a command, it lists all commands.",

		Annotations: map[string]string{noStore: "yes"},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			var names []cobra.Completion
			if about, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, below := range about.Commands() {
					if below.IsAvailableCommand() && strings.HasPrefix(below.Name(), typed) {
						names = append(names, cobra.CompletionWithDesc(below.Name(), below.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return a.takesCommand(cmd.Root(), args)
			case len(rest) > 0:
				return a.takesCommand(about, rest)
			}
			return a.finish(a.showHelp(about))
		},
	}
}

// completes reports whether cobra can complete the arguments. If it cannot, it quotes them on standard error; the shell
// then gets no completion, which is also what [app.completesNothing] gives it.
func (a *app) completes() bool {
	typed := a.args[1:]
	if len(typed) == 0 {
		return true
	}
	last := len(typed) - 1
	// It sets flags, so they must not be ours.
	cmd, rest, err := newApp(nil, a.host).root(allCommands()...).Find(typed[:last])
	if err != nil {
		return false
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	if name, _, valued := strings.Cut(typed[last], "="); valued && strings.HasPrefix(name, "-") {
		rest = append(rest, name)
	}
	var open *pflag.ValueRequiredError // that value is to be completed
	err = cmd.ParseFlags(rest)
	return err == nil || errors.As(err, &open)
}

// completesNothing answers a shell that asks for a completion that is not possible.
func (a *app) completesNothing(ctx context.Context) int {
	fmt.Fprintf(a.console.Stream(a.console.Out), ":%d\n", cobra.ShellCompDirectiveError)
	return exitCode(ctx, nil)
}
