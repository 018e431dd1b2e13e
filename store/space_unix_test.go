//go:build linux || darwin

package store

import "testing"

func TestSpace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bytes, inodes, freeInodes uint64
		want                      Kind
	}{
		{wantFree, 10, 1, ""}, {wantFree, 0, 0, ""},
		{wantFree - 1, 10, 1, KindFull}, {0, 0, 0, KindFull}, {wantFree, 10, 0, KindFull},
	} {
		if err := judgeSpace("/x", tt.bytes, tt.inodes, tt.freeInodes); kindOf(err) != tt.want {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	must(t, checkSpace(tempDir(t)))
}
