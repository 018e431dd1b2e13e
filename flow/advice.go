package flow

import "strings"

// Advice is a next step as a sentence of a screen. What is to be copied at its end, usually a command, is separate, so
// that no interface breaks it.
type Advice struct{ Text, Command string }

// advice fills a next step. One that ends with something after a colon has no full stop.
func (t Text) advice(v Values) Advice {
	at := t.colon()
	switch {
	case at < 0:
		if text := t.Fill(v); text != "" {
			return Advice{Text: Capital(text) + "."}
		}
		return Advice{}
	case strings.HasPrefix(string(t[at:]), ": {list}"): // permissions to tick
		return Advice{Text: Capital(t.Fill(v))}
	}
	return Advice{Capital(t[:at+1].Fill(v)), t[at+2:].Fill(v)}
}

// colon returns the index of the colon before what is to be copied in the last sentence, or -1.
func (t Text) colon() int {
	at := strings.LastIndex(string(t), ": ")
	if at < strings.LastIndex(string(t), ". ") {
		return -1
	}
	return at
}

// CutCommand cuts off the command at the end of a filled sentence. If there is none, command is empty.
func (b *Book) CutCommand(sentence string) (text, command string) {
	run := b.Lead.Run.String()
	text, command, found := strings.Cut(sentence, run+" ")
	if !found {
		return sentence, ""
	}
	return text + run, command
}
