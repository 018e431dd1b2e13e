package console

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/pleoclient/lazy"
)

// MaxWidth is the width of lines for people, in columns.
const MaxWidth = 79

// Hang puts a text after a lead, and wraps it with a hanging indent. A path and a command stay whole: they are to be
// copied. A command that ends a sentence gets a row of its own.
func Hang(book *flow.Book, width int, lead, text string) []string {
	text, command := book.CutCommand(text)
	words := strings.Fields(text)
	switch {
	case command == "":
		text, command = cutProgram(text)
		words = strings.Fields(text)
		if command != "" {
			words = append(words, command)
		}
	case len(words) > 1:
		return append(wrap(width, lead, words), strings.Repeat(" ", ansi.StringWidth(lead))+command)
	default: // there is no sentence before it
		words = append(words, command)
	}
	return wrap(width, lead, words)
}

// Wrap puts a text after a lead, and wraps it with a hanging indent. It breaks no word.
func Wrap(width int, lead, text string) []string { return wrap(width, lead, strings.Fields(text)) }

// below is the indent of a text that goes below its lead, because its first word does not fit beside that.
const below = "    "

func wrap(width int, lead string, words []string) []string {
	var out []string
	if len(words) > 0 && ansi.StringWidth(lead+words[0]) > width && ansi.StringWidth(below+words[0]) <= width {
		if lead = strings.TrimRight(lead, " "); lead != "" {
			out = append(out, lead)
		}
		lead = below
	}
	line := lead
	for i, word := range words {
		if i > 0 && ansi.StringWidth(line+word) > width {
			out = append(out, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", ansi.StringWidth(lead))
		}
		line += word + " "
	}
	return append(out, strings.TrimRight(line, " "))
}

// program matches a command of this program within a sentence or at its end, including one that sudo runs, with the
// path to the program, which may be quoted.
var program = lazy.NewRegexp(`(?:\brun|:) ((?:sudo .*)?(?:'[^']*pleo-connect'|\S*pleo-connect) )`)

// cutProgram cuts text where a command of this program begins.
func cutProgram(text string) (before, command string) {
	at := program.FindStringSubmatchIndex(text)
	if at == nil {
		return text, ""
	}
	return text[:at[2]], text[at[2]:]
}

// Width returns the width for lines for people on standard output.
func (c *Console) Width() int { return min(c.Columns(), MaxWidth) }

// Columns returns how many columns a table may have on standard output: all but the last one of a window, where some
// terminals begin a new line.
func (c *Console) Columns() int { return columnsOf(c.Out) }

func columnsOf(out io.Writer) int {
	columns, _, err := sizeOf(out)
	if !IsTerminal(out) || err != nil || columns < 2 {
		return MaxWidth
	}
	return columns - 1
}
