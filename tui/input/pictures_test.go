package input

import "testing"

// TestPictures takes every control character there and back, and leaves all other text alone.
func TestPictures(t *testing.T) {
	t.Parallel()
	for c := range rune(0x80) {
		text := "a" + string(c) + "b"
		drawn := drawable([]byte(text))
		if got := FromPictures(drawn); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
		if control := c < 0x20 && c != '\r' && c != '\n' && c != '\t' || c == 0x7f; control == (drawn == text) {
			t.Errorf("%q is handed on as %q", text, drawn)
		}
	}
	for text, want := range map[string]string{
		"␠ ␢ ␤ ␥": "␠ ␢ \u2424 ␥", drawable([]byte("a\xffb")): "a\ufffdb", "": "", "漢\ufffd•": "漢\ufffd•",
	} {
		if got := FromPictures(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
