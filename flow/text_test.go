package flow

import "testing"

// TestSentence: a headline may begin with a detail, which is in any script.
func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "pleo rejected it": "Pleo rejected it", "Pleo": "Pleo", "ørsted/store": "ørsted/store",
		"株式": "株式", "~/x": "~/x",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
