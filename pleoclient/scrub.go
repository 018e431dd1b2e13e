package pleoclient

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/pleoclient/lazy"
)

// scrubber keeps secrets out of what comes from the network: a stranger that received the key may send it back. The
// zero scrubber only cleans.
type scrubber struct {
	login []string  // pairs of a secret for the proxy and its replacement
	key   []keyForm // how the key may come back
}

// loginScrubber removes the secrets; of two that begin alike, the first one first. Secrets under 4 bytes stay: removing
// them would tear words apart, and so show where they were.
func loginScrubber(secrets ...string) scrubber {
	var s scrubber
	for _, secret := range secrets {
		if len(secret) >= 4 {
			s.login = append(s.login, secret, redacted)
		}
	}
	return s
}

// clean is for a text of the length of a name. A text that repeats the key is dropped as a whole, because otherwise a
// part of the key would be left.
func (s scrubber) clean(text string) SafeText {
	if s.repeats(text) {
		return Safe(redacted)
	}
	return Safe(strings.NewReplacer(s.login...).Replace(text))
}

// repeats reports whether most of the key, or of its secret end, is in text: in either case, in hex or Base64, escaped
// as in an address, and with anything between its characters, including tags.
func (s scrubber) repeats(text string) bool {
	if len(s.key) == 0 {
		return false
	}
	return slices.ContainsFunc(readings(text), func(reading string) bool {
		return slices.ContainsFunc(s.key, func(f keyForm) bool { return f.in(reading) })
	})
}

// readings returns what a text may stand for, as canonical has it, and the text itself.
func readings(text string) []string {
	out := []string{text, canonical(text)}
	if strings.Contains(text, "<") {
		out = append(out, canonical(untagged(text)))
	}
	if strings.Contains(text, "%") {
		out = append(out, canonical(percentEscapes.ReplaceAllStringFunc(text, unescaped)))
	}
	if digits := strings.NewReplacer(hexPrefixes...).Replace(text); digits != text {
		out = append(out, canonical(digits))
	}
	return out
}

// percentEscapes matches the escapes of an address. Any other percent sign stays.
var percentEscapes = lazy.NewRegexp(`%[0-9a-fA-F]{2}`)

func unescaped(escape string) string {
	b, _ := hex.DecodeString(escape[1:])
	return string(b)
}

// hexPrefixes are the prefixes by which programs mark the digits of a byte, each with its replacement: nothing.
var hexPrefixes = []string{"0x", "", "0X", "", `\x`, "", `\u00`, "", "&#x", ""}

// repeatedIn reports whether one of the texts in a JSON body repeats the key. A body that is not JSON is refused
// elsewhere.
func (s scrubber) repeatedIn(body []byte) bool {
	for d := jsontext.NewDecoder(bytes.NewReader(body)); len(s.key) > 0; {
		token, err := d.ReadToken()
		if err != nil {
			return false
		}
		if token.Kind() == '"' && s.repeats(token.String()) {
			return true
		}
	}
	return false
}

// keyForms returns the forms in which a key is recognised. Only its last part may be secret.
func keyForms(key string) []keyForm {
	forms := formsOf(key)
	if last := key[strings.LastIndexAny(key, "-_.")+1:]; last != key && len(canonical(last)) >= 16 {
		forms = append(forms, formsOf(last)...)
	}
	return forms
}

// formsOf returns a secret as it is, in hex, and in Base64, alone and after a prefix of one or two bytes, which shifts
// all that follows.
func formsOf(secret string) []keyForm {
	forms := []keyForm{newKeyForm(secret), newKeyForm(hex.EncodeToString([]byte(secret)))}
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), secret...))
		alone := encoded[(shift*8+5)/6 : (shift+len(secret))*8/6] // without the characters that also encode other bytes
		forms = append(forms, newKeyForm(alone))
	}
	return forms
}

// keyForm is how much of a secret has to appear for it to be recognised: any three quarters of it, or 64 characters. A
// smaller part may be public, such as a prefix with the id that some keys contain.
type keyForm struct {
	size   int
	parts  map[string]bool // all of that size
	halves map[string]bool // all of half that size
}

func newKeyForm(secret string) keyForm {
	plain := canonical(secret)
	if len(plain) < 8 { // hardly more than punctuation
		plain = secret
	}
	size := min(len(plain), 64, max(16, (3*len(plain)+3)/4))
	f := keyForm{size: size, parts: piecesOf(plain, size)}
	f.halves = piecesOf(plain, f.half())
	return f
}

// piecesOf returns all parts of text that have the size.
func piecesOf(text string, size int) map[string]bool {
	parts := map[string]bool{}
	for i := range len(text) - size + 1 {
		parts[text[i:i+size]] = true
	}
	return parts
}

// half is half the size of a part, rounded up.
func (f keyForm) half() int { return max(1, (f.size+1)/2) }

// in goes through text by halves, which is much faster than by characters: a part, wherever it begins, covers one of
// them. Around one that is in the key, it looks closer.
func (f keyForm) in(text string) bool {
	half := f.half()
	for i := 0; i+half <= len(text); i += half {
		if f.halves[text[i:i+half]] && f.around(text[max(0, i-half+1):min(len(text), i+f.size)]) {
			return true
		}
	}
	return false
}

// around reports whether any part of the size is in text.
func (f keyForm) around(text string) bool {
	for i := range len(text) - f.size + 1 {
		if f.parts[text[i:i+f.size]] {
			return true
		}
	}
	return false
}

// tags matches what looks like the tags of a page. A key may also look like that.
var tags = lazy.NewRegexp(`<[^<>]*>`)

// untagged removes the tags, including those that appear when others are removed, at any depth.
func untagged(text string) string {
	for range 8 {
		text = tags.ReplaceAllString(text, "")
	}
	return text
}

// canonical returns the ASCII letters and digits of text, in lower case.
func canonical(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, text)
}
