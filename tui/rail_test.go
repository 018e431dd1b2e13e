package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// TestRail reads the rail without its colours, in both sets of signs.
func TestRail(t *testing.T) {
	t.Parallel()
	offline := failing("reach", pleoclient.KindDNS, "")
	rejected := failing("introspect", pleoclient.KindKeyRejected, "")
	unsaved := failing("save", flow.KindStoreFull, "")
	asked := at(t, finance(), goodWorld(), toKey...).hold(pasted, only[flow.Introspect])
	stopped := at(t, finance(), rejected, checked...)
	stopped.happens(flow.Interrupt{})
	for name, tc := range map[string]struct {
		face        *face
		want, ascii string
	}{
		"review": {at(t, finance(), goodWorld()),
			"1 Review ───────────── 2 Key ────────────── 3 Check ────────────── 4 Done",
			"1 Review ------------- 2 Key -------------- 3 Check -------------- 4 Done"},
		"review offline": {at(t, finance(), offline),
			"1 Review ✗──────────── 2 Key ────────────── 3 Check ────────────── 4 Done",
			"1 Review x------------ 2 Key -------------- 3 Check -------------- 4 Done"},
		"key": {at(t, finance(), goodWorld(), toKey...),
			"✓ Review ━━━━━━━━━━━━━ 2 Key ────────────── 3 Check ────────────── 4 Done",
			"+ Review ============= 2 Key -------------- 3 Check -------------- 4 Done"},
		"check": {asked,
			"✓ Review ━━━━━━━━━━━━━ ✓ Key ━━━━━━━━━━━━━━ 3 Check ━━━━━━──────── 4 Done",
			"+ Review ============= + Key ============== 3 Check ======-------- 4 Done"},
		"confirm": {at(t, finance(), goodWorld(), checked...),
			"✓ Review ━━━━━━━━━━━━━ ✓ Key ━━━━━━━━━━━━━━ 3 Check ━━━━━━━─────── 4 Done",
			"+ Review ============= + Key ============== 3 Check =======------- 4 Done"},
		"rejected": {at(t, finance(), rejected, checked...),
			"✓ Review ━━━━━━━━━━━━━ ✓ Key ━━━━━━━━━━━━━━ 3 Check ━✗──────────── 4 Done",
			"+ Review ============= + Key ============== 3 Check =x------------ 4 Done"},
		"stopped": {stopped,
			"✓ Review ━━━━━━━━━━━━━ ✓ Key ━━━━━━━━━━━━━━ 3 Check ━✗──────────── 4 Done",
			"+ Review ============= + Key ============== 3 Check =x------------ 4 Done"},
		"not saved": {at(t, finance(), unsaved, done...),
			"✓ Review ━━━━━━━━━━━━━ ✓ Key ━━━━━━━━━━━━━━ 3 Check ━━━━━━━✗────── 4 Done",
			"+ Review ============= + Key ============== 3 Check =======x------ 4 Done"},
		"done": {at(t, finance(), goodWorld(), done...),
			"✓ Review ━━━━━━━━━━━━━ ✓ Key ━━━━━━━━━━━━━━ ✓ Check ━━━━━━━━━━━━━━ ✓ Done",
			"+ Review ============= + Key ============== + Check ============== + Done"},
	} {
		for _, signs := range []struct {
			glyphs glyphs
			want   string
		}{{unicodeGlyphs, tc.want}, {asciiGlyphs, tc.ascii}} {
			l := tc.face.look
			l.glyphs = signs.glyphs
			f, _ := l.frame(tc.face.state, 0)
			if f.w = ansi.StringWidth(signs.want); ansi.Strip(f.rail(tc.face.state)) != signs.want {
				t.Errorf("%s:\n%s, want\n%s", name, ansi.Strip(f.rail(tc.face.state)), signs.want)
			}
		}
	}
}

// TestRailFillsTheWidth holds the rail to the width of the content, whatever the state is. If the names leave no room
// for lines, only the current step is named.
func TestRailFillsTheWidth(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		face := sc.make(t)
		for width := roomyWidth; width <= 100; width++ {
			f, _ := face.size(width, roomyHeight).look.frame(face.state, 0)
			if got := ansi.StringWidth(f.rail(face.state)); got != f.w {
				t.Fatalf("%s at %d columns: the rail has %d of %d:\n%s", sc.name, width, got, f.w, f.rail(face.state))
			}
		}
	}
	book := flow.English
	book.Screen.Review = flow.Text(strings.Repeat("long ", 10))
	setup := finance()
	setup.Words = &book
	face := at(t, setup, failing("reach", pleoclient.KindDNS, ""))
	f, _ := face.size(roomyWidth, roomyHeight).look.frame(face.state, 0)
	if got := ansi.Strip(f.rail(face.state)); !strings.HasPrefix(got, "1/4 long ") || !strings.HasSuffix(got, " ✗") {
		t.Errorf("with long names: %q", got)
	}
}
