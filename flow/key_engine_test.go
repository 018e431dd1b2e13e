package flow

import (
	"strings"
	"testing"
)

// TestSaysHowAKeyIsSaved: what is promised, and what is said afterwards, fits files, an engine, and an engine whose
// entries are sealed.
func TestSaysHowAKeyIsSaved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		engine                  KeyEngine
		promise, overview, done string
	}{
		{KeyEngine{}, "saved encrypted on this computer", "The key is saved encrypted, and", "Key saved, encrypted"},
		{
			KeyEngine{Name: "Vault"}, "saved in Vault, readable to everyone its policies allow",
			"The key is saved in Vault, and", "Key saved in Vault, readable there",
		},
		{
			KeyEngine{Name: "Vault", Sealed: true}, "saved encrypted in Vault",
			"The key is saved encrypted in Vault, and", "Key saved in Vault, encrypted",
		},
	} {
		book, setup := English, testSetup()
		book.Engine, setup.Words = c.engine, &book
		for _, kind := range []string{Integrated, Standalone} {
			setup.Integration.KeyKind = kind
			s := drive(t, setup, newFake(), Allow{}, pasted(canary), Confirm{})
			for want, text := range map[string]string{
				c.promise: s.Promise(), c.overview: strings.Join(s.Overview(), "\n"),
				c.done: s.Lines(StepActivate)[0].Label,
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%+v: %q is not in %q", c.engine, want, text)
				}
			}
		}
	}
}
