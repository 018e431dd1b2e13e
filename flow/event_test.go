package flow

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

// TestFromPictures takes every control character there and back, and leaves all other text alone.
func TestFromPictures(t *testing.T) {
	t.Parallel()
	for r := range rune(0x20) {
		if got := FromPictures("a" + string('␀'+r) + "b"); got != "a"+string(r)+"b" {
			t.Errorf("the picture of %U becomes %q", r, got)
		}
	}
	for text, want := range map[string]string{
		"␡": "\x7f", "␠ ␢ ␤ ␥": "␠ ␢ \u2424 ␥", "␦": "\ufffd", "": "", "a\r\n\tb": "a\r\n\tb", canary: canary,
		"漢\ufffd•": "漢\ufffd•",
	} {
		if got := FromPictures(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	ev, _ := Pasted(FromPictures(canary[:9] + "␛" + canary[9:])).(EnterKey)
	if ev.Refused == nil || ev.Refused.Kind != pleoclient.KindKeyMalformed ||
		!strings.Contains(ev.Refused.Character, "escape") {
		t.Errorf("a key with ESC in it is refused with %+v", ev.Refused)
	}
}
