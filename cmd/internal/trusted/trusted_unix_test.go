//go:build unix

package trusted

import (
	"io/fs"
	"os"
	"testing"

	"pleo-connect/store/trust"
)

// TestRefusals: a refusal is about what is at fault, which may be on the way to the file.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const real = "/a dir/file"
	notRoot := os.Geteuid() != 0
	for _, tt := range []struct {
		fault trust.Fault
		want  Refusal
		says  string
	}{
		{trust.Fault{Path: real, Foreign: true}, Refusal{real, true, true, false},
			"/a dir/file belongs to another account"},
		{trust.Fault{Path: real, Mode: 0o666}, Refusal{real, true, false, notRoot},
			"other accounts can write to /a dir/file"},
		{trust.Fault{Path: "/a dir", Foreign: true, Mode: fs.ModeDir}, Refusal{"/a dir", false, true, false},
			"/a dir belongs to another account"},
		{trust.Fault{Path: "/a dir", Mode: fs.ModeDir | 0o777}, Refusal{"/a dir", false, false, notRoot},
			"other accounts can write to /a dir"},
		{trust.Fault{Path: "/x\x1b[2J\u202e", Mode: fs.ModeDir | 0o777},
			Refusal{"/x\x1b[2J\u202e", false, false, notRoot},
			`other accounts can write to "/x\x1b[2J\u202e"`},
		{trust.Fault{Path: "/x\x1b", Foreign: true, Mode: fs.ModeSymlink}, Refusal{"/x\x1b", false, true, false},
			`"/x\x1b" belongs to another account`},
	} {
		got := refusal(real, &tt.fault)
		if *got != tt.want || got.Error() != tt.says {
			t.Errorf("%+v: %+v, %s", tt.fault, *got, got)
		}
	}
	dir := trust.Fault{Path: "/certs", Mode: fs.ModeDir | 0o777}
	if got := refusal("/certs", &dir); got.Itself {
		t.Errorf("a directory itself: %+v", *got)
	}
}
