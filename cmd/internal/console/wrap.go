package console

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// MaxWidth is the width of lines for people, in columns.
const MaxWidth = 79

// Hang puts a text after a lead, and wraps it with a hanging indent. A path, and the command at the end of a text, stay
// whole: they are to be copied.
func Hang(book *flow.Book, width int, lead, text string) []string {
	text, command := book.CutCommand(text)
	if command == "" {
		text, command = cutProgram(text)
	}
	words := strings.Fields(text)
	if command != "" {
		words = append(words, command)
	}
	return wrap(width, lead, words)
}

// Wrap puts a text after a lead, and wraps it with a hanging indent. It breaks no word.
func Wrap(width int, lead, text string) []string { return wrap(width, lead, strings.Fields(text)) }

func wrap(width int, lead string, words []string) []string {
	var out []string
	line := lead
	for i, word := range words {
		if i > 0 && ansi.StringWidth(line+word) > width {
			out = append(out, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", len(lead))
		}
		line += word + " "
	}
	return append(out, strings.TrimRight(line, " "))
}

// program matches a command of this program within a sentence, including one that sudo runs, with the path to the
// program, which may be quoted.
var program = regexp.MustCompile(`\brun ((?:sudo .*)?(?:'[^']*pleo-connect'|\S*pleo-connect) )`)

// cutProgram cuts text where a command of this program begins.
func cutProgram(text string) (before, command string) {
	at := program.FindStringSubmatchIndex(text)
	if at == nil {
		return text, ""
	}
	return text[:at[2]], text[at[2]:]
}

// Width returns the width for lines for people: a narrow terminal would break wider ones in the middle of words.
func (c *Console) Width() int {
	if !IsTerminal(c.Out) {
		return MaxWidth
	}
	columns, _, err := c.Size()
	if err != nil || columns < 2 {
		return MaxWidth
	}
	return min(columns-1, MaxWidth)
}
