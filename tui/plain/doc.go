// Package plain is the line-by-line face of the wizard, for screen readers, dumb terminals and whoever prefers lines.
// It draws nothing and moves no cursor: it prints what the full screen shows, and asks one question at a time.
//
// At a terminal it has a line editor of its own: nothing that is pasted or secret is echoed, no line is cut, and a
// paste at a question is a key.
//
// [Run] is the face. [Drive] is the loop under it, which carries out effects and asks for the next event when a person
// is awaited; the headless run uses it with answers of its own.
package plain
