// Package input is the reader between the terminal and the interfaces of the wizard. It repairs what arrives, above all
// pastes, and passes clean bytes on. Both interfaces read from it, and it imports neither.
//
// # What it repairs
//
// A terminal that knows bracketed paste puts ESC[200~ in front of a pasted text and ESC[201~ behind it. On the way,
// over SSH, a jump host and tmux, a marker is cut in two, comes late, twice, or not at all; and some terminals have no
// markers. Bubble Tea waits 50 ms for the rest of a marker. After that it takes every later key as part of the paste,
// even Ctrl+C, or it takes the pasted text as keys, one of which may be Enter. So:
//
//   - A piece of a marker, of another escape sequence or of a letter is held back until the rest comes. A lone ESC is
//     the Esc key after 150 ms.
//   - A paste ends with its marker; without one, when nothing came for 2 s.
//   - Text without markers that comes faster than people type is a burst: it is held until nothing came for 450 ms, and
//     no line break in it is Enter. Programs that type stop in between, so a burst may lack what came before it, and
//     says so.
//   - While a key is asked for, an Enter behind a text is held for as long: when more follows, it was a line break.
//   - A paste of more than 4 KiB is refused at once, whatever still comes of it. Nothing is cut silently.
//   - What follows a paste within 150 ms was not typed by a person, and is dropped. An Enter becomes [PastedEnter].
//   - Ctrl+C works at any time: between markers it counts when it comes alone, and elsewhere at once. What is held is
//     forgotten then.
//   - A program that was killed leaves a terminal that reports each key in a form of its own (CSI u, modifyOtherKeys,
//     the application keypad). Such a key becomes what it sends otherwise.
//
// # What it passes on
//
// Keys as a terminal sends them that reports nothing more, the Esc key as ESC[27u, and each paste between one whole
// pair of markers. A burst has them as well, after [WholeBurst] or [RestOfText]: an interface must not take the rest of
// a text for all of it. The text between holds no ESC, and no other control character but tab and line breaks: each
// comes as its picture, U+2400 to U+2421, and a byte that is not UTF-8 as U+2426. Bubble Tea would drop some of them
// silently, and a key that was pasted with one must be refused. [FromPictures] turns them back.
//
// [Repair] is the machine: bytes and times in, bytes out. [Terminal] drives it on a real terminal. [Scan] finds the
// keys and the marks in bytes, for Repair and for an interface that reads what it passes on.
package input

import "errors"

// Why nothing more will come.
var (
	ErrGone   = errors.New("the terminal was closed")
	ErrReader = errors.New("something went wrong while reading the terminal")
)
