package pleoclient

import "strings"

// Odd are characters of a key that may not be part of it, 0 for none: a comma after it, one bracket of a pair, the rest
// of a paste marker or of a prompt. They were kept, because no alphabet of keys is published.
type Odd struct{ Front, Middle, Back rune }

const (
	plainInFront = "-_/+"
	plainInside  = "-_/+.~"
	plainBehind  = "-_/+="
)

// oddIn finds characters that do not occur in base64 in either alphabet, hexadecimal, UUIDs and JSON web tokens. In the
// middle it is the first such character.
func oddIn(key string) (odd Odd) {
	last := len(key) - 1
	if !isPlain(key[0], plainInFront) {
		odd.Front = rune(key[0])
	}
	if !isPlain(key[last], plainBehind) {
		odd.Back = rune(key[last])
	}
	inside := strings.TrimRight(key[1:last], "=") // padding
	for i := range len(inside) {
		if !isPlain(inside[i], plainInside) {
			odd.Middle = rune(inside[i])
			break
		}
	}
	return odd
}

func isPlain(c byte, punctuation string) bool {
	letter := c|0x20 >= 'a' && c|0x20 <= 'z'
	return letter || c >= '0' && c <= '9' || strings.IndexByte(punctuation, c) >= 0
}
