package console

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// MaxWidth is how wide lines for people are, in columns.
const MaxWidth = 79

// Hang puts words behind a lead, and wraps them below themselves. A path, and the command at the end of a text, stay
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

// Wrap puts a text behind a lead, and wraps it below itself. No word of it is broken.
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

// program matches a command of ours within a sentence, also one that sudo runs, with the path to the program, which may
// be quoted.
var program = regexp.MustCompile(`(sudo .*)?('[^']*pleo-connect'|\S*pleo-connect) `)

// cutProgram cuts off what begins with a command of ours.
func cutProgram(text string) (before, command string) {
	at := program.FindStringIndex(text)
	if at == nil {
		return text, ""
	}
	return text[:at[0]], text[at[0]:]
}

// Width returns how wide lines for people may be: a small terminal would break them in the middle of words.
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
