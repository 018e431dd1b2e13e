//go:build unix

package main

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/pleoclient/pleosim"
)

// pieceLength is how many characters of a written key are noticed: few enough for a key that was printed in part, or
// wrapped.
const pieceLength = 16

// canaryKey looks like a key that no simulated Pleo knows.
const canaryKey = "canary-real-looking-key-2b7f90d1"

// keyPieces maps every piece of every key of the tests, in every form, to the name of the key and the form. A key
// begins with a mark and its name, which are not secret.
var keyPieces = sync.OnceValue(func() map[string]string {
	sim, err := pleosim.Start(pleosim.Options{Integrations: served})
	if err != nil {
		panic(err)
	}
	defer func() { _ = sim.Close() }()
	keys := map[string]string{"canary": canaryKey}
	for _, i := range served {
		of, _ := sim.KeysOf(i.ID)
		for role, key := range keysByRole(of) {
			keys[i.ID+" "+role] = key
		}
	}
	pieces := map[string]string{}
	for name, key := range keys {
		for form, texts := range secretForms(key) {
			for _, text := range texts {
				for i := range len(text) - pieceLength + 1 {
					piece, what := text[i:i+pieceLength], "the key "+name+" as "+form
					if other, taken := pieces[piece]; taken && other != what {
						what = "a key as " + form // the mark alone, encoded
					}
					pieces[piece] = what
				}
			}
		}
	}
	for _, key := range keys {
		for i := range strings.LastIndex(key, "-") + 1 - pieceLength + 1 {
			delete(pieces, key[i:i+pieceLength])
		}
	}
	return pieces
})

// secretForms are the ways in which a key could be written. Base64 has three, by the place of the key in what was
// encoded; each is cut to what the key alone decides.
func secretForms(key string) map[string][]string {
	digits := hex.EncodeToString([]byte(key))
	forms := map[string][]string{"text": {key}, "hex": {digits, strings.ToUpper(digits)}}
	for shift := range 3 {
		whole := []byte(key[shift : len(key)-(len(key)-shift)%3])
		forms["base64"] = append(forms["base64"],
			base64.RawStdEncoding.EncodeToString(whole), base64.RawURLEncoding.EncodeToString(whole))
	}
	return forms
}

// keysIn names the keys of which a piece is in the text.
func keysIn(text string) map[string]bool {
	found, pieces := map[string]bool{}, keyPieces()
	for i := range len(text) - pieceLength + 1 {
		if what, ok := pieces[text[i:i+pieceLength]]; ok {
			found[what] = true
		}
	}
	return found
}

// keysShown does so for what is read on a terminal, where frames, colours and line breaks may be inside a key.
func keysShown(text string) map[string]bool {
	return keysIn(strings.Map(func(r rune) rune {
		if strings.ContainsRune("+/=_-", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, ansi.Strip(text)))
}

// censored is the text for a message about a failure, which may be the failure to hide a key.
func censored(text string) string {
	if len(keysIn(text)) > 0 || len(keysShown(text)) > 0 {
		return "(not shown: a key is in it)"
	}
	return text
}

// TestKeysAreNoticed in every disguise, and nothing else is.
func TestKeysAreNoticed(t *testing.T) {
	t.Parallel()
	key := newSite(t).sim.Keys().Good
	for about, text := range map[string]string{
		"whole": "x" + key + "x", "half": key[:36], "the other half": key[36:], "a piece": key[50:66],
		"in a request":       "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":")),
		"in an encoded text": base64.StdEncoding.EncodeToString([]byte(`{"key":"` + key + `"}`)),
		"one byte further":   base64.RawURLEncoding.EncodeToString([]byte(`{"a":1,"key":"` + key + `"}`)),
		"in a dump":          "00 " + hex.EncodeToString([]byte(key[20:40])),
		"in capitals":        strings.ToUpper(hex.EncodeToString([]byte(key[20:40]))),
	} {
		if len(keysIn(text)) == 0 {
			t.Errorf("%s: not noticed", about)
		}
		if censored(text) == text {
			t.Errorf("%s: not censored", about)
		}
	}
	drawn := "│ \x1b[1m" + key[25:35] + "\x1b[m │\r\n│ " + key[35:45] + " │"
	if len(keysShown(drawn)) == 0 || censored(drawn) == drawn {
		t.Error("a key that is wrapped in a frame is not noticed")
	}
	harmless := key[50 : 50+pieceLength-1]
	for _, text := range []string{
		"", pleosim.KeyPrefix + "good-", "other_application", harmless, "Harbour Lane Bakery ApS", bakery,
	} {
		if len(keysIn(text)) > 0 || censored(text) != text {
			t.Errorf("a key is seen in %d harmless characters", len(text))
		}
	}
}
