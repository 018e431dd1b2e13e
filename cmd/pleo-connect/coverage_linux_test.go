//go:build linux && torture

package main

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
)

// coverage knows what is still to be hit: each step by any action, and each file by every action.
type coverage struct {
	missing map[wanted]bool
	seen    map[step][]int // numbers in their threads under which a step could have been hit
	byPath  map[step]int   // how many calls there are on a file
	calls   int            // in a whole run
}

type wanted struct {
	step
	action string
}

func wantedOf(s step, action string) (by, on wanted) {
	return wanted{s, ""}, wanted{step{call: s.call, file: s.file}, action}
}

func newCoverage(ref []sysCall, actions []string) *coverage {
	c := &coverage{map[wanted]bool{}, map[step][]int{}, map[step]int{}, len(ref)}
	for _, call := range ref {
		c.byPath[step{call: call.call, file: call.file}]++
		for _, action := range actions {
			by, on := wantedOf(call.step, action)
			if call.file != "" {
				c.missing[by], c.missing[on] = true, true
			}
		}
	}
	c.learn(ref)
	return c
}

// learn remembers under which numbers the steps of a run can be met. A number that another thread reaches earlier is no
// good.
func (c *coverage) learn(calls []sysCall) {
	first := map[int]bool{}
	for _, call := range calls {
		if !first[call.nth] && call.file != "" {
			c.seen[call.step] = append(c.seen[call.step], call.nth)
		}
		first[call.nth] = true
	}
}

// next chooses what to try. Where strace can distinguish the file, its calls are counted alone. Every third run takes
// any number instead of one that was seen: those may all come from a run in which work wandered between threads as it
// rarely does.
func (c *coverage) next(out tampering, home string, run int) tampering {
	for want := range c.missing {
		if want.action != "" {
			out.action = want.action
		}
		if path, ok := exact(home, want.step); ok {
			out.path, out.nth = path, 1+rand.IntN(c.reach(want.step, run))
			return out
		}
		var numbers []int
		for s, nths := range c.seen {
			if s == want.step || want.action != "" && s.file == want.file {
				numbers = append(numbers, nths...)
			}
		}
		if len(numbers) > 0 && run%3 > 0 {
			out.nth = numbers[rand.IntN(len(numbers))]
			return out
		}
	}
	out.nth = 1 + rand.IntN(c.calls) // in no run so far was it first: it is, when all of them happen in one thread
	return out
}

// reach returns how many calls on a file there may be up to a step. To hit any of them, the first is mostly enough.
func (c *coverage) reach(s step, run int) int {
	all := c.byPath[step{call: s.call, file: s.file}]
	switch {
	case s.ordinal > 0:
		return min(2*s.ordinal, all) // a lock is taken and given back
	case run%2 == 0:
		return 1
	}
	return all
}

// exact returns the path by which strace can find the calls of a step, if that is known before the run.
func exact(home string, s step) (string, bool) {
	path := strings.Replace(s.file, "seen/*", marksOf(home), 1)
	return filepath.Join(home, path), !strings.Contains(path, "*")
}

// marksOf returns the directory of marks of the one store of a site, if it is there already.
func marksOf(home string) string {
	if dirs, _ := filepath.Glob(filepath.Join(home, "config", "seen", "*")); len(dirs) == 1 {
		return "seen/" + filepath.Base(dirs[0])
	}
	return "seen/*"
}

// mustStop reports a step of a save that success depends on. At the end, the version before is made a copy of what was
// saved: that and the marks are courtesies.
func (c *coverage) mustStop(s step) bool {
	last := s.ordinal == c.byPath[step{call: s.call, file: s.file}] && !strings.HasSuffix(s.file, ".age")
	return slices.Contains([]string{"fsync", "write", "renameat"}, s.call) &&
		strings.HasPrefix(s.file, "data/store/installations") && s.ordinal > 0 && !last
}

// hit reports whether a step brought something new.
func (c *coverage) hit(s step, action string) bool {
	by, on := wantedOf(s, action)
	fresh := c.missing[by] || c.missing[on]
	delete(c.missing, by)
	delete(c.missing, on)
	return fresh
}
