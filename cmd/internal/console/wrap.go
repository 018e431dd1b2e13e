package console

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// MaxWidth is how wide lines for people are, in columns.
const MaxWidth = 79

// Hang puts words behind a lead, and wraps them below themselves. A path, and the command at the end of a text, stay
// whole: they are to be copied.
func Hang(width int, lead, text string) []string { return wrap(width, lead, wordsOf(text)) }

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

func wordsOf(text string) []string {
	before, arguments, found := strings.Cut(text, "pleo-connect ")
	if !found {
		return strings.Fields(text)
	}
	return append(strings.Fields(before), "pleo-connect "+arguments)
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
