package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"pleo-connect/flow"
)

// The least window that the full screen needs, in columns and rows.
const minColumns, minRows = 40, 12

// examineTerminal returns what the wizard would find at this terminal.
func (a *app) examineTerminal() flow.Finding {
	out, ok := a.out.(*os.File)
	if !ok || !a.Interactive() {
		return done("none here; connect runs without one with --key-file")
	}
	columns, rows, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return unsure("its size cannot be told", "use another terminal, or --plain")
	}
	note := a.terminalNote(columns, rows)
	if small := columns < minColumns || rows < minRows; small && !a.plain && !a.plainTerminal() {
		return unsure(note, fmt.Sprintf("make the window %dx%d or larger, or use --plain", minColumns, minRows))
	}
	return done(note)
}

func (a *app) terminalNote(columns, rows int) string {
	parts := []string{fmt.Sprintf("%dx%d", columns, rows)}
	if t := a.Getenv("TERM"); t != "" {
		parts = append([]string{t}, parts...)
	}
	for _, fact := range []struct {
		holds bool
		text  string
	}{
		{!a.ASCII(), "UTF-8"}, {a.ASCII(), "plain ASCII signs"}, {a.plain || a.plainTerminal(), "line by line"},
		{a.Remote(), "over SSH"}, {a.Tmux(), "in tmux"},
	} {
		if fact.holds {
			parts = append(parts, fact.text)
		}
	}
	return strings.Join(parts, ", ")
}
