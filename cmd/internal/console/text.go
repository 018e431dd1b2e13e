package console

import (
	"fmt"
	"io"
	"strings"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/tui/colors"
)

// Print writes lines for people to standard output.
func (c *Console) Print(lines ...string) { c.Text(strings.Join(lines, "\n") + "\n") }

// Text writes a text for people to standard output, such as a question, without a line feed at its end.
func (c *Console) Text(text string) { _, _ = io.WriteString(&c.printed, c.Drawable(text)) } // Failed returns the error

// Say writes lines for people to standard error. They stay as they are, because paths in them are to be copied.
func (c *Console) Say(lines ...string) {
	c.printed.flush()
	for _, line := range lines {
		fmt.Fprintln(c.stderr, line)
	}
}

// Warn writes warnings to standard error, one sentence each.
func (c *Console) Warn(sentences ...string) {
	for _, s := range sentences {
		c.say(c.Book.Lead.Warning, look{bold: true}, s)
	}
}

// say writes a sentence after the word for what it is, or nothing if there is no sentence. A terminal gets it in rows
// that fit, with a command on one of its own; a log gets one line.
func (c *Console) say(what flow.Text, l look, sentence string) {
	if sentence == "" {
		return
	}
	sentence = Safe(sentence)
	text := what.Fill(flow.Values{Detail: sentence})
	if !IsTerminal(c.Err) {
		c.Say(text)
		return
	}
	lead := strings.TrimSuffix(text, sentence)
	rows := Hang(c.Book, min(columnsOf(c.Err), MaxWidth), lead, sentence)
	word := strings.TrimRight(lead, " ")
	rows[0] = c.painted(c.Err, l, word) + strings.TrimPrefix(rows[0], word)
	c.Say(rows...)
}

// Failure writes a failure to standard error. It is the only place where errors are written for people.
func (c *Console) Failure(f *flow.Failure) {
	words := &c.Book.Lead
	c.say(words.Error, look{bold: true, color: colors.Bad}, f.Summary)
	c.say(words.Note, look{bold: true}, f.Note)
	c.say(words.Hint, look{bold: true}, f.Hint)
	c.say(words.Hint, look{bold: true}, f.Also)
	c.candidates(f.Candidates)
	if f.More != "" {
		c.Say("  " + f.More)
	}
}

// candidates writes the connections that may be meant, each on a line of its own, to be copied.
func (c *Console) candidates(all []flow.Candidate) {
	for _, one := range all[:min(len(all), flow.MaxCandidates)] {
		if text := c.Book.Candidate(one); text != "" {
			c.Say("  " + text + ":")
		}
		c.Say("  " + one.Arguments())
	}
}

// Rows writes rows for people to standard output, wrapped at the width of the window.
func (c *Console) Rows(rows ...flow.Row) {
	var lines []string
	for _, row := range rows {
		lines = append(lines, Wrap(c.Width(), row.Lead, row.Text)...)
	}
	c.Print(lines...)
}

// Drawable spells our own glyphs in ASCII where the terminal may lack them.
func (c *Console) Drawable(text string) string {
	if c.ASCII() {
		return flow.ASCII(text)
	}
	return text
}

// sentenceRunes bounds what is printed at once: it leaves room for a sentence with several paths and commands.
const sentenceRunes = 50_000

// Safe is the last safeguard: errors of the system and of libraries quote names of files, flags and accounts as they
// are.
func Safe(text string) string { return pleoclient.SafeUpTo(text, sentenceRunes).String() }
