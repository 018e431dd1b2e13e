//go:build unix

package trusted

import (
	"io/fs"
	"testing"

	"pleo-connect/store/trust"
)

// TestRefusals: the command is for what is at fault, also when its name needs quotes or cannot be drawn.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const real = "/a dir/file"
	for _, tt := range []struct {
		fault       trust.Fault
		why, remedy string
	}{
		{trust.Fault{Path: real, Foreign: true},
			"the file belongs to another account, which could read along", "use one of root's or of your own"},
		{trust.Fault{Path: real, Mode: 0o666},
			"others can write to the file, and could read along", "run: chmod go-w '/a dir/file'"},
		{trust.Fault{Path: "/a dir", Foreign: true, Mode: fs.ModeDir},
			"/a dir belongs to another account, which could read along", "keep the file in another place"},
		{trust.Fault{Path: "/a dir", Mode: fs.ModeDir | 0o777},
			"others can replace files in /a dir, and could read along",
			"run: chmod go-w '/a dir', or keep the file in another place"},
		{trust.Fault{Path: "/x\x1b[2J\u202e", Mode: fs.ModeDir | 0o777},
			`others can replace files in "/x\x1b[2J\u202e", and could read along`,
			`run: chmod go-w '"/x\x1b[2J\u202e"', or keep the file in another place`},
		{trust.Fault{Path: "/x\x1b", Foreign: true, Mode: fs.ModeSymlink},
			`"/x\x1b" belongs to another account, which could read along`, "keep the file in another place"},
	} {
		got := refusal(real, &tt.fault, "read along")
		if got.Why != tt.why || got.Remedy != tt.remedy || got.Error() != tt.why+"; "+tt.remedy {
			t.Errorf("%+v:\n%s\n%s", tt.fault, got.Why, got.Remedy)
		}
	}
	dir := trust.Fault{Path: "/certs", Mode: fs.ModeDir | 0o777}
	got := refusal("/certs", &dir, "read along")
	if got.Why != "others can replace files in /certs, and could read along" {
		t.Errorf("a directory itself: %s", got.Why)
	}
}
