package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

const (
	maxEntry = 8192    // bytes; twice the longest key
	maxOver  = 1 << 16 // characters; what comes after them is not counted
)

// entry is a text that is being entered. Its bytes never move, so that overwriting them leaves no copy behind. What
// comes when it is full is only counted, and makes it too long for any answer: nothing is ever cut.
type entry struct {
	text   []byte
	over   int  // characters that came when it was full
	unseen bool // some of it was pasted, and may be a key: none of it is shown
}

func newEntry() *entry { return &entry{text: make([]byte, 0, maxEntry)} }

func (e *entry) empty() bool { return len(e.text) == 0 && e.over == 0 }

// add takes p whole or not at all.
func (e *entry) add(p []byte) {
	if e.over == 0 && len(e.text)+len(p) <= cap(e.text) {
		e.text = append(e.text, p...)
		return
	}
	e.over = min(e.over+utf8.RuneCount(p), maxOver)
}

// last returns the last character, or 0 for one that was only counted.
func (e *entry) last() rune {
	if e.over > 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRune(e.text)
	return r
}

func (e *entry) dropLast() {
	if e.over > 0 {
		e.over--
		return
	}
	_, n := utf8.DecodeLastRune(e.text)
	keep := len(e.text) - n
	clear(e.text[keep:])
	e.text = e.text[:keep]
}

func (e *entry) wipe() {
	clear(e.text[:cap(e.text)])
	e.text, e.over, e.unseen = e.text[:0], 0, false
}

// String returns the text. One that is too long remains too long, by as much.
func (e *entry) String() string { return string(e.text) + strings.Repeat("?", e.over) }

// line is what is typed as the answer to one question.
type line struct {
	*entry
	hidden bool
	ascii  bool
}

// press edits the line and returns what shows it on the terminal.
func (l line) press(key rune) string {
	if l.empty() {
		l.unseen = false
	}
	switch key {
	case backspace, ctrlH:
		return l.shown(back(l.eraseCharacter()))
	case ctrlU:
		return l.shown(back(l.erase(func(rune) bool { return true })))
	case ctrlW:
		spaces := l.erase(unicode.IsSpace)
		return l.shown(back(spaces + l.erase(func(r rune) bool { return !unicode.IsSpace(r) })))
	}
	if !l.takes(key) {
		return ""
	}
	l.add(utf8.AppendRune(make([]byte, 0, utf8.UTFMax), key))
	if l.over > 0 {
		return ""
	}
	return l.shown(l.glyph(key))
}

// takes reports whether a key can be part of the line. In a hidden line, an invisible character must be refused by its
// name, not dropped, and so must a tab in the middle of a text.
func (l line) takes(key rune) bool {
	if l.hidden {
		return !unicode.IsControl(key) || key == '\t' && !l.empty()
	}
	return unicode.IsPrint(key)
}

func (l line) shown(text string) string {
	if l.hidden || l.unseen {
		return ""
	}
	return text
}

// drawn returns what the terminal shows for the whole line.
func (l line) drawn() string {
	var out strings.Builder
	for _, r := range string(l.text) {
		out.WriteString(l.glyph(r))
	}
	return l.shown(out.String())
}

// glyph returns what the terminal shows for a character of the line.
func (l line) glyph(r rune) string {
	if l.ascii && r > unicode.MaxASCII {
		return "?"
	}
	return string(r)
}

// erase erases characters from the end as long as they fit, and returns the columns that they took.
func (l line) erase(fits func(rune) bool) (columns int) {
	for !l.empty() && fits(l.last()) {
		columns += l.eraseCharacter()
	}
	return columns
}

// eraseCharacter erases the last character. A visible one is erased with its accents, which take no column.
func (l line) eraseCharacter() (columns int) {
	for !l.empty() {
		r := l.last()
		l.dropLast()
		if r == 0 || l.hidden {
			return 0
		}
		if columns = ansi.StringWidthWc(l.glyph(r)); columns > 0 {
			return columns
		}
	}
	return 0
}

// back returns what erases columns at the end of the line. It has no escape sequence, which a dumb terminal would not
// know.
func back(columns int) string {
	return strings.Repeat("\b", columns) + strings.Repeat(" ", columns) + strings.Repeat("\b", columns)
}
