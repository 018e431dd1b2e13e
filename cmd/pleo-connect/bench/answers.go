package main

import (
	"regexp"
	"strings"
	"time"
)

// terminal is how a terminal answers what programs ask it.
type terminal struct {
	name  string
	delay time.Duration
	reply func(question string) string // nil: none
}

var (
	modern = terminal{name: "modern", reply: replyModern}
	plain  = terminal{name: "plain xterm", reply: replyPlain}
	silent = terminal{name: "silent"}
	late   = terminal{name: "100 ms late", delay: 100 * time.Millisecond, reply: replyModern}
)

// replyModern answers like kitty or Ghostty: synchronized output, graphemes and the kitty keyboard.
func replyModern(question string) string {
	switch question {
	case "\x1b[?2026$p", "\x1b[?2027$p":
		return mode(question, "2") // known, and off
	case "\x1b[?u":
		return "\x1b[?0u"
	case "\x1b[c", "\x1b[0c":
		return "\x1b[?62;22;52c"
	case "\x1b[>q", "\x1b[>0q":
		return "\x1bP>|ghostty 1.2.0\x1b\\"
	}
	return replyPlain(question)
}

// replyPlain answers like xterm, which knows neither.
func replyPlain(question string) string {
	switch {
	case question == "\x1b[c" || question == "\x1b[0c":
		return "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"
	case question == "\x1b[>c" || question == "\x1b[>0c":
		return "\x1b[>41;390;0c"
	case question == "\x1b[>q" || question == "\x1b[>0q":
		return "\x1bP>|XTerm(390)\x1b\\"
	case question == "\x1b[6n": // nothing here depends on where the cursor really is
		return "\x1b[1;1R"
	case strings.HasSuffix(question, "$p"):
		return mode(question, "0")
	case strings.HasPrefix(question, "\x1b]10;"):
		return "\x1b]10;rgb:e6e6/e6e6/e6e6\x1b\\"
	case strings.HasPrefix(question, "\x1b]11;"):
		return "\x1b]11;rgb:1010/1010/1010\x1b\\"
	}
	return ""
}

// mode answers a question about a mode.
func mode(question, setting string) string {
	return strings.TrimSuffix(question, "$p") + ";" + setting + "$y"
}

func (t terminal) answers(questions []string) string {
	var b strings.Builder
	for _, q := range questions {
		if t.reply != nil {
			b.WriteString(t.reply(q))
		}
	}
	return b.String()
}

var question = regexp.MustCompile(`\x1b\[(0?c|>0?c|>0?q|\?u|6n|\?\d+\$p)|\x1b\]1[01];\?(\a|\x1b\\)`)

// questions finds what a program asks, however its output is cut.
type questions struct{ held string }

func (q *questions) in(text []byte) []string {
	q.held += string(text)
	found := question.FindAllStringIndex(q.held, -1)
	var out []string
	done := max(0, len(q.held)-16) // no question is longer
	for _, at := range found {
		out = append(out, q.held[at[0]:at[1]])
		done = max(done, at[1])
	}
	q.held = q.held[done:]
	return out
}
