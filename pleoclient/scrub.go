package pleoclient

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// scrubber keeps secrets out of what comes from the wire: a stranger who was sent the key may send it back. The zero
// scrubber only cleans.
type scrubber struct {
	login []string  // pairs of a secret for the proxy and its replacement
	key   []keyForm // how the key may come back
}

// loginScrubber removes the secrets, the first of two that begin alike first. Those under 4 bytes stay: they would tear
// words apart, and so show where they were.
func loginScrubber(secrets ...string) scrubber {
	var s scrubber
	for _, secret := range secrets {
		if len(secret) >= 4 {
			s.login = append(s.login, secret, redacted)
		}
	}
	return s
}

// clean is for a text of the length of a name. One that repeats the key is dropped as a whole, because a part of it
// would be left.
func (s scrubber) clean(text string) SafeText {
	if s.repeats(text) {
		return Safe(redacted)
	}
	return Safe(strings.NewReplacer(s.login...).Replace(text))
}

// repeats reports whether most of the key is in text, whatever its case, in hex or Base64, and with anything
// between its characters.
func (s scrubber) repeats(text string) bool {
	plain := canonical(text)
	return slices.ContainsFunc(s.key, func(f keyForm) bool { return f.in(plain) || f.in(text) })
}

// repeatedIn reports whether one of the texts in a JSON body repeats the key. What is no JSON is refused elsewhere.
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

// keyForms returns the forms in which a key is recognised: as it is, in hex, and in Base64 alone and behind a prefix of
// one or two bytes, which shifts all that follows.
func keyForms(key string) []keyForm {
	forms := []keyForm{newKeyForm(key), newKeyForm(hex.EncodeToString([]byte(key)))}
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), key...))
		alone := encoded[(shift*8+5)/6 : (shift+len(key))*8/6] // without the characters that others have a part in
		forms = append(forms, newKeyForm(alone))
	}
	return forms
}

// keyForm is what of a secret has to appear for it to be recognised: any three quarters of it. Less may be public, such
// as a prefix with the id that some keys have in them.
type keyForm struct {
	size  int
	parts map[string]bool // all of that size
}

func newKeyForm(secret string) keyForm {
	plain := canonical(secret)
	if len(plain) < 8 { // little but punctuation
		plain = secret
	}
	f := keyForm{min(len(plain), max(16, (3*len(plain)+3)/4)), map[string]bool{}}
	for i := range len(plain) - f.size + 1 {
		f.parts[plain[i:i+f.size]] = true
	}
	return f
}

func (f keyForm) in(text string) bool {
	for i := range len(text) - f.size + 1 {
		if f.parts[text[i:i+f.size]] {
			return true
		}
	}
	return false
}

var tags = regexp.MustCompile(`<[^<>]*>`)

// canonical returns the ASCII letters and digits of text, in lower case and without what looks like tags of a page.
func canonical(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, tags.ReplaceAllString(text, ""))
}
