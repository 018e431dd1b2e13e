package flow

import "testing"

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := Text("{n}").Fill(Values{N: n}); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}
