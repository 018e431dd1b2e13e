// Package input is the reader between the terminal and the interfaces of the wizard. It repairs what arrives, above all
// pastes, and passes clean bytes on. Both interfaces read from it, and it imports neither.
//
// # What it repairs
//
// A terminal that supports bracketed paste puts ESC[200~ before a pasted text and ESC[201~ after it. On the way,
// through SSH, a jump host and tmux, a marker may be cut in two, or come late, twice or not at all; and some terminals
// have no markers. Bubble Tea waits 50 ms for the rest of a marker. After that it treats every later key as part of the
// paste, even Ctrl+C, or treats the pasted text as keys, one of which may be Enter. So:
//
//   - A piece of a marker, of another escape sequence or of a character is held back until the rest comes. A lone ESC
//     becomes the Esc key after 150 ms.
//   - A paste ends with its marker, or without one when nothing has come for 2 s.
//   - Text without markers that comes faster than people type is a burst: it is held back until nothing has come for
//     450 ms, and no line break in it is Enter. Programs that type pause in between, so a burst may lack its beginning,
//     and is then marked as such.
//   - While a key is asked for, a letter is passed on before it is certain that no burst begins with it. If one does, a
//     Backspace takes the letter back, and the burst is passed on as a whole.
//   - While a key is asked for, an Enter after a text is held back for as long: if more follows, it was a line break.
//   - A paste of more than 4 KiB is refused at once, even if more of it is still to come. Nothing is cut silently.
//   - What follows a paste within 150 ms was not typed by a person, and is dropped. An Enter becomes [PastedEnter].
//   - Ctrl+C works at any time: between markers it counts if it comes alone, elsewhere at once. Text that is held back
//     is then dropped.
//   - A pause counts only if the reader looked, and found nothing. On a busy machine it may look late.
//   - A program that was killed may leave a terminal that reports keys in a special form (CSI u, modifyOtherKeys, the
//     application keypad). Such a key becomes what it normally sends.
//
// # What it passes on
//
// Keys in their plain form, the Esc key as ESC[27u, and each paste between one whole pair of markers. A burst has
// markers as well, after [WholeBurst] or [RestOfText]: an interface must not take the rest of a text for all of it. The
// text between markers holds no ESC, and no control characters other than tab and line breaks: each comes as its
// picture, U+2400 to U+2421, and a byte that is not UTF-8 as U+2426. Bubble Tea would drop some of them silently, but a
// key that was pasted with one must be refused. [FromPictures] turns them back.
//
// [Repair] is the machine: bytes and times in, bytes out. [Terminal] runs it on a real terminal, and [Stream] on one that
// has no descriptor. [Scan] finds the keys and the marks in bytes, for Repair and for an interface that reads its output.
package input

import "errors"

// Jobs are what a shell may do with this process. A nil function does nothing.
type Jobs struct {
	Suspend   func() error                 // stops this process, and returns when it continues
	Continued func(f func()) (stop func()) // calls f whenever this process continues; stop waits for f
}

// Why nothing more will come.
var (
	ErrGone   = errors.New("the terminal was closed")
	ErrReader = errors.New("something went wrong while reading the terminal")
)
