// Package lazy holds package-level values that are made when they are first used, and not at every start. Start with
// [Map] and [NewRegexp]. To fill all tables and to compile all expressions of this program takes a millisecond.
package lazy
