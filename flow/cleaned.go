package flow

import (
	"strings"

	"pleo-connect/pleoclient"
)

// cleaned repeats what the cleaning did to a key that Pleo does not know, since that may be the reason.
func (b *Book) cleaned(c pleoclient.Cleaned) string {
	var parts []string
	if removed := b.removed(c); len(removed) > 0 {
		parts = append(parts, b.Client.Repaired.Fill(Values{List: b.List(removed)}))
	}
	parts = append(parts, odd(c.Odd, b.Client.Front, b.Client.Middle, b.Client.Back)...)
	return strings.Join(parts, "; ")
}

// received returns what the cleaning did, for the notice that a key was received.
func (b *Book) received(c pleoclient.Cleaned) []string {
	w := &b.Client
	return append(b.removed(c), odd(c.Odd, w.ReceivedFront, w.ReceivedMiddle, w.ReceivedBack)...)
}

// removed returns what the cleaning removed.
func (b *Book) removed(c pleoclient.Cleaned) []string {
	var out []string
	for _, r := range c.Removed {
		out = append(out, b.Count(b.Client.Removed.Get(r.What), r.Count, Values{}))
	}
	return out
}

// odd returns the words for characters that may not belong to the key.
func odd(o pleoclient.Odd, front, middle, back Text) []string {
	var out []string
	for _, at := range []struct {
		text      Text
		character rune
	}{{front, o.Front}, {middle, o.Middle}, {back, o.Back}} {
		if at.character != 0 {
			out = append(out, at.text.Fill(Values{Character: string(at.character)}))
		}
	}
	return out
}
