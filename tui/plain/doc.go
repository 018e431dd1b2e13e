// Package plain is the line-by-line interface of the wizard, for screen readers and basic terminals.
// It draws nothing and moves no cursor: it prints what the full screen shows, and asks one question at a time.
//
// At a terminal it has its own line editor: nothing that is pasted or secret is echoed, no line is cut, and a paste at
// a question is taken as a key.
//
// [Run] is the interface. [Drive] is the loop below it, which carries out effects and asks for the next event when a
// person has to answer; the headless run uses it with its own answers.
package plain
