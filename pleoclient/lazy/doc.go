// Package lazy holds package-level values that are made when they are first used, so that a start pays for none of them.
// Start with [Map] and [NewRegexp]. To fill all tables and to compile all expressions of this program takes a
// millisecond.
package lazy
