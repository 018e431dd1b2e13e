// Package paint draws the full screen, each frame as soon as it is ready.
//
// Bubble Tea's own renderer writes on a clock of 60 Hz: the first frame and the frame after a key press wait for the
// next tick, the clock runs while nothing happens, and a program whose terminal is not read never ends, because its
// end waits for the lock of a frame that cannot be written. A [Painter] takes the renderer's place in a program with
// [tea.WithoutRenderer]. One goroutine waits for a frame, finds what differs on the screen, and writes that. While it
// writes, and for a moment afterwards, newer frames replace each other, so a slow line gets only the last one.
// [Painter.Draw] never waits for the terminal; only [Painter.Leave] does.
//
// The cells and the sequences that change them are those of ultraviolet, on which Bubble Tea's renderer is built as
// well. This package adds what is around them: when a frame is drawn, in which order it is written, and which modes
// the terminal is in. .github/frames-on-a-clock.md says what Bubble Tea would need for this package to be deleted.
package paint
