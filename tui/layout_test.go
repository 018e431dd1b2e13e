package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
)

// longWords is an integration whose every text is long, wide and hard to wrap.
func longWords() (flow.Setup, *world) {
	setup := finance()
	i := &setup.Integration
	i.Name = strings.Repeat("帳簿", 30)
	i.Vendor = strings.Repeat("V", 120)
	i.ReturnURL = "https://app.pleo.io/" + strings.Repeat("deep/", 60)
	i.ReturnHint = strings.Repeat("Settings > ", 20)
	for n := range 12 {
		title := fmt.Sprintf("Read number %d %s", n, strings.Repeat("and more ", 20))
		i.Permissions = append(i.Permissions, flow.Permission{Scope: "a-very-long-scope-name:read", Title: title})
	}
	return setup, with(func(w *world) { w.Name = strings.Repeat("ß", 80) })
}

func TestBoundsLongWords(t *testing.T) {
	t.Parallel()
	for n := range len(done) + 1 {
		setup, w := longWords()
		f := at(t, setup, w, done[:n]...).fresh()
		for _, size := range [][2]int{
			{40, 12}, {41, 13}, {59, 19}, {60, 20}, {80, 24}, {80, 25}, {100, 30}, {160, 50},
		} {
			newSizeCheck(f).checkFrame(t, f.state.Step.String(), f.size(size[0], size[1]).drawing(), size[0], size[1])
		}
	}
}

func TestTooSmall(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), goodWorld(), toKey...).typeText("ab")
	f.size(39, 12)
	if got, want := f.text(), "Make this window at least 40x12 (it is\n39x12); nothing is lost\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f.typeText("xyz").press("enter", "esc")
	f.size(120, 11)
	if got, want := f.text(), "Make this window at least 40x12 (it is 120x11); nothing is lost\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f.size(80, 24)
	if got := string(f.typed.typed); got != "ab" || f.state.Step != flow.StepKey {
		t.Errorf("typed %q at %s; what was typed unseen must not count, and what was there must stay",
			got, f.state.Step)
	}
}

func TestTooSmallTakesPasteAndQuit(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), goodWorld()).size(20, 5)
	f.Update(pasteOf(canary))
	if f.state.Key.IsZero() {
		t.Error("a paste into a small window was lost")
	}
	if f.press("ctrl+c"); f.state.Step != flow.StepOver {
		t.Error("ctrl+c does not work in a small window")
	}
}

// TestDemoMark looks for the mark in every frame of the demo.
func TestDemoMark(t *testing.T) {
	t.Parallel()
	f := demoFace(t)
	for _, ev := range []flow.Event{nil, flow.Allow{}, pasted, flow.Confirm{}} {
		if ev != nil {
			f.happens(ev)
		}
		for _, size := range [][2]int{{20, 5}, {40, 12}, {41, 40}, {80, 24}, {160, 50}} {
			if !strings.Contains(f.size(size[0], size[1]).text(), " DEMO ") && !strings.Contains(f.text(), " DEMO\n") {
				t.Errorf("%s at %v has no DEMO mark:\n%s", f.state.Step, size, f.text())
			}
			if strings.Contains(f.text(), "will be printed") { // the pages of a demo end with it
				t.Errorf("%s at %v promises a link that is not printed:\n%s", f.state.Step, size, f.text())
			}
		}
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		for _, size := range sizes {
			f := sc.make(t).size(size[0], size[1])
			f.look.ascii, f.look.glyphs = true, asciiGlyphs
			for _, r := range f.text() {
				if r > 126 {
					t.Errorf("%s at %v draws %q", sc.name, size, r)
				}
			}
		}
	}
	w := with(func(w *world) { w.Name = "Bäckerei 帳簿" })
	f := at(t, finance(), w, checked...)
	f.look.ascii, f.look.glyphs = true, asciiGlyphs
	if !strings.Contains(f.text(), `"Bäckerei 帳簿"`) {
		t.Errorf("a name in another script must stay:\n%s", f.text())
	}
}

// TestGlyphsAreNarrow holds both sets to one column.
func TestGlyphsAreNarrow(t *testing.T) {
	t.Parallel()
	for _, g := range []glyphs{unicodeGlyphs, asciiGlyphs} {
		all := append([]string{
			g.done, g.failed, g.unknown, g.waiting, g.bullet, g.dot, g.bar, g.line, g.heavy, g.bridgeEnd,
			g.up, g.down, g.prompt,
			g.mask, g.ellipsis, g.buttonLeft, g.buttonRight,
		}, g.spinner...)
		for _, glyph := range all {
			if ansi.StringWidth(glyph) != 1 {
				t.Errorf("%q is not one column wide", glyph)
			}
		}
		marks := map[string]bool{g.done: true, g.failed: true, g.unknown: true, g.waiting: true}
		if len(marks) != 4 {
			t.Errorf("marks must differ without colour: %v", marks)
		}
	}
}

// lineAt returns one row of a frame.
func lineAt(text string, n int) string { return strings.Split(text, "\n")[n] }

// TestScroll reaches every line of a long body, and no further.
func TestScroll(t *testing.T) {
	t.Parallel()
	setup, w := longWords()
	f := at(t, setup, w).size(80, 24)
	if !strings.Contains(f.text(), "↓ 11 more permissions") || strings.Contains(f.text(), "↑ ") {
		t.Fatalf("a long list must say that there is more:\n%s", f.text())
	}
	if f.press("down", "down"); !strings.Contains(f.text(), "↑ 2 more") {
		t.Errorf("two down must hide two lines:\n%s", f.text())
	}
	f.scroll = f.drawing().scrollLimit
	f.press("down")
	if text := f.text(); strings.Contains(text, " ↓ ") ||
		!strings.Contains(text, "saved encrypted on this computer") || !strings.Contains(text, "Allow") {
		t.Errorf("the end is not in sight:\n%s", text)
	}
	f.press("pgup", "pgup", "pgup", "pgup", "pgup", "pgup", "pgup", "pgup")
	if f.scroll != 0 {
		t.Errorf("page up stops at %d", f.scroll)
	}
	if f.press("end"); f.scroll != f.drawing().scrollLimit {
		t.Errorf("the end is at %d", f.scroll)
	}
	if f.press("home"); f.scroll != 0 {
		t.Errorf("the beginning is at %d", f.scroll)
	}
	last := f.text()
	for f.scroll < f.drawing().scrollLimit {
		before := f.scroll
		if f.press("pgdown"); f.scroll <= before || f.scroll > before+f.drawing().page {
			t.Fatalf("page down goes from %d to %d", before, f.scroll)
		}
		if f.scroll == before+f.drawing().page && !strings.Contains(last, lineAt(f.text(), 4)) {
			t.Errorf("a row is skipped between\n%s\nand\n%s", last, f.text())
		}
		last = f.text()
	}
	f.press("up")
	if !strings.Contains(f.text(), "↓ 1 more line") {
		t.Errorf("one up from the end must hide one line:\n%s", f.text())
	}
	f.happens(flow.Allow{})
	if f.scroll != 0 {
		t.Error("a new step must begin at its top")
	}
}

// TestHelpBeginsAtItsTop opens the help of a screen that was scrolled, which is as far down as before when it closes.
func TestHelpBeginsAtItsTop(t *testing.T) {
	t.Parallel()
	f := at(t, many(20), goodWorld()).size(40, 12).press("end")
	before := f.scroll
	for range 2 {
		if f.press("?"); f.scroll != 0 || f.drawing().scrollLimit == 0 {
			t.Fatalf("the help begins at row %d of %d:\n%s", f.scroll, f.drawing().scrollLimit, f.text())
		}
		if f.press("down", "x"); f.scroll != before {
			t.Fatalf("the screen was scrolled to %d, and to %d after its help", before, f.scroll)
		}
	}
}

// TestLinks holds an address to rows of its own, each of which is a link with the same id and the whole address.
// One that takes several rows begins at column 0.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		if !slices.Contains([]string{"key", "key_refused", "done", "done_copied", "done_long_link"}, sc.name) {
			continue
		}
		f := sc.make(t)
		address := f.state.Link()
		for w := MinWidth; w <= 160; w++ {
			if testing.Short() && w%8 != 0 { // the race detector's runs are short
				continue
			}
			var rows []string
			var params []string
			if len(address) > w {
				params = []string{"id=link"}
			}
			for piece := range strings.SplitSeq(ansi.Hardwrap(address, w, true), "\n") {
				rows = append(rows, ansi.SetHyperlink(address, params...)+piece+ansi.ResetHyperlink())
			}
			for _, h := range []int{12, 16, 20, 24, 50} {
				f.size(w, h)
				fr, _ := f.look.frame(f.state, 0)
				lead := strings.Repeat(" ", fr.left+fr.dent())
				if len(lead+address) > w {
					lead = ""
				}
				want := "\n" + lead + strings.Join(rows, "\n") + "\n"
				if !strings.Contains(f.reached(want), want) {
					t.Fatalf("%s at %dx%d: the link is not alone in its row:\n%s", sc.name, w, h, f.text())
				}
				words := strings.Join(strings.Fields(f.everything()), " ")
				if strings.Contains(words, linkAgain) != (len(rows) > 1) {
					t.Fatalf("%s at %dx%d: %d rows, and what helps is not said, or said in vain:\n%s",
						sc.name, w, h, len(rows), f.text())
				}
			}
		}
	}
}

// reached scrolls until want is in the frame, and returns that frame.
func (f *face) reached(want string) string {
	defer func() { f.scroll = 0 }()
	content := ""
	for f.scroll = 0; f.scroll <= f.drawing().scrollLimit; f.scroll++ {
		content = f.View().Content
		if strings.Contains(content, want) {
			break
		}
	}
	return content
}

// TestCommandsStayWhole wraps what people copy into a shell at every width that has room for it.
func TestCommandsStayWhole(t *testing.T) {
	t.Parallel()
	f := frame{look: newLook(Options{})}
	for text, words := range map[string][]string{
		"tmux passes it on only with: set -g set-clipboard on":                {"-g", "set-clipboard"},
		"company networks do this: start again with --ca-file and their root": {"--ca-file"},
		"trusting extra certificates from office.pem (--ca-file)":             {"(--ca-file)"},
		"--force-store is for tests":                                          {"--force-store"},
		"tick only these: export-jobs:read, tax-codes:read":                   {"export-jobs:read,", "tax-codes:read"},
	} {
		for width := 17; width < 80; width++ {
			got := strings.Join(f.wrap(text, width, f.styles.plain), "\n")
			for _, word := range words {
				if !slices.Contains(strings.Fields(got), word) {
					t.Errorf("at %d columns %q is broken:\n%s", width, word, got)
				}
			}
			if strings.Join(strings.Fields(got), " ") != text {
				t.Errorf("at %d columns the text is another:\n%s", width, got)
			}
		}
	}
}

// TestWide: from 100x30 on, every scene is what it is in a lower window, moved to the middle with a third of the free
// rows above it. Only texts to copy stay at the left edge.
func TestWide(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		f := sc.make(t)
		for _, size := range [][3]int{{100, 30, 10}, {101, 31, 10}, {160, 50, 40}} {
			low := f.size(size[0], wideHeight-1).drawing()
			wide := f.size(size[0], size[1]).drawing()
			rows := strings.Split(low.text, "\n")
			if low.scrollLimit > 0 || len(rows) > tall {
				continue // it takes more rows where there are more
			}
			above, left := (size[1]-len(rows))/3, size[2]
			for i, row := range rows {
				if inner, ok := strings.CutPrefix(row, strings.Repeat(" ", margin)); ok {
					rows[i] = strings.Repeat(" ", left) + inner
					if ansi.StringWidth(rows[i]) > size[0] { // an address
						rows[i] = strings.TrimLeft(inner, " ")
					}
				}
			}
			if want := strings.Repeat("\n", above) + strings.Join(rows, "\n"); wide.text != want {
				t.Errorf("%s at %v:\n%s\nwant\n%s", sc.name, size, ansi.Strip(wide.text), ansi.Strip(want))
			}
			if c := low.cursor; c != nil && (wide.cursor.X != c.X-margin+left || wide.cursor.Y != c.Y+above) {
				t.Errorf("%s at %v: the cursor is at %v, and in a lower window at %v", sc.name, size, wide.cursor, c)
			}
		}
	}
}

// TestSmallWindow looks at every scene in the smallest window: one row says where the run is, in which integration and
// environment, and the headline is under it, whatever else is to be said.
func TestSmallWindow(t *testing.T) {
	t.Parallel()
	told := scene{"done_long_link_told", func(t testing.TB) *face {
		setup := finance()
		setup.Integration.ReturnURL = "https://app.pleo.example/" + strings.Repeat("settings/", 10)
		return at(t, setup, goodWorld(), done...).press("enter")
	}}
	for _, sc := range append(scenes[:len(scenes):len(scenes)], told) {
		f := sc.make(t).size(MinWidth, MinHeight)
		rows := strings.Split(f.text(), "\n")
		environment := f.state.Environment()
		if f.state.Demo {
			environment = " DEMO"
		}
		p := f.state.Progress()
		for _, part := range []string{fmt.Sprintf("  %d/4 ", railIndex(p)+1), " Microsoft", environment} {
			if !strings.Contains(rows[0], part) {
				t.Errorf("%s: %q is not in %q", sc.name, part, rows[0])
			}
		}
		if strings.Contains(rows[0], "✗") != p.Broken {
			t.Errorf("%s: broken is %v in %q", sc.name, p.Broken, rows[0])
		}
		fr, _ := f.look.frame(f.state, 0)
		if headline := ansi.Strip(fr.headline(f.screen.view(f.state, fr))[0]); rows[1] != "  "+headline {
			t.Errorf("%s: the headline %q is not on top:\n%s", sc.name, headline, f.text())
		}
	}
}

// TestSmallReview: the permissions are what a small window has room for. What they mean is in sight where the window is
// as wide as many terminals are at first.
func TestSmallReview(t *testing.T) {
	t.Parallel()
	f := at(t, finance(), goodWorld())
	for _, size := range [][2]int{{MinWidth, MinHeight}, {60, 20}, {60, 24}, {80, 24}} {
		text := strings.Join(strings.Fields(f.size(size[0], size[1]).text()), " ")
		want := []string{"Allow ▌"}
		for _, p := range f.state.Integration.Permissions {
			want = append(want, p.Title)
		}
		if !f.drawing().endInSight {
			t.Errorf("at %v, there is more to be seen:\n%s", size, f.text())
		}
		if size[0] > MinWidth {
			want = append(want, f.state.Promise())
		}
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("at %v, %q is not in sight:\n%s", size, part, f.text())
			}
		}
		f.press("?")
		help := f.everything()
		f.press("?")
		for _, p := range f.state.Integration.Permissions {
			if scope := string(p.Scope); !strings.Contains(text+help, scope) {
				t.Errorf("at %v, %s is not shown", size, scope)
			}
		}
	}
}

// TestMoreSaysWhat scrolls through many permissions: those not yet seen are counted, and then the lines.
func TestMoreSaysWhat(t *testing.T) {
	t.Parallel()
	for _, g := range []glyphs{unicodeGlyphs, asciiGlyphs} {
		f := at(t, thirty(), goodWorld()).size(MinWidth, MinHeight)
		f.look.glyphs = g
		begins, seen := regexp.MustCompile(`(?m)^  `+g.bullet+` .*$`), map[string]bool{}
		limit := f.drawing().scrollLimit
		for ; f.scroll < limit; f.scroll++ {
			text := f.text()
			for _, row := range begins.FindAllString(text, -1) {
				seen[row] = true
			}
			want := f.state.Book().Count(flow.English.Screen.Below, limit-f.scroll, flow.Values{})
			if n := len(f.state.Integration.Permissions) - len(seen); n > 0 {
				want = f.state.Book().Count(flow.English.Screen.MorePermissions, n, flow.Values{})
			}
			if !strings.Contains(text, g.down+" "+want+"\n") {
				t.Fatalf("%q is not said:\n%s", want, text)
			}
		}
	}
}

// TestPathsFit shortens a path as long as real ones to every width: it stays in a row, and is of whole words but in the
// narrowest.
func TestPathsFit(t *testing.T) {
	t.Parallel()
	f := frame{look: newLook(Options{})}
	const name = "prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5.age"
	const path = "~/.local/share/pleo-connect/installations/" + name
	parts := append(strings.Split(path, "/"), f.glyphs.ellipsis)
	for width := 5; width < 120; width++ {
		short := f.path(path, width)
		if got := f.wrap(short, width, f.styles.plain); len(got) != 1 || got[0] != short {
			t.Errorf("at %d columns: %q", width, got)
		}
		for part := range strings.SplitSeq(short, "/") {
			if !slices.Contains(parts, part) || !strings.HasPrefix(short, "~") {
				t.Errorf("at %d columns %q is broken: %q", width, part, short)
			}
		}
		if whole := width >= len("~/./"+name); strings.HasSuffix(short, name) != whole {
			t.Errorf("at %d columns: %q", width, short)
		}
	}
	for width, want := range map[int]string{
		4: "~/.…", 5: "~/…/…", 22: "~/.local/…/…", 27: "~/.local/…/installations/…", 57: "~/.local/share/pleo-connect/installations/…",
	} {
		if got := f.path(path, width); got != want {
			t.Errorf("at %d columns: %q, want %q", width, got, want)
		}
	}
}
