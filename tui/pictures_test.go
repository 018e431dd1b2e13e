package tui

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/flow/flowtest/picture"
)

// kept are the pictures in keptIn.
var kept = []string{
	"check_80x24", "confirm_80x24", "doctor_80x24", "done_120x40", "done_80x24", "key_80x24", "problem_rejected_80x24",
	"review_40x12", "review_80x24", "review_offline_80x24",
}

const keptIn = "../cmd/pleo-connect/pictures"

// eachPicture calls do with every scene in every size that has a picture.
func eachPicture(do func(name string, sc scene, size [2]int)) {
	for _, sc := range scenes {
		for _, size := range [][2]int{{80, 24}, {40, 12}, {120, 40}} {
			do(fmt.Sprintf("%s_%dx%d", sc.name, size[0], size[1]), sc, size)
		}
	}
}

// TestPictures compares the pictures in the repository with what the program draws.
func TestPictures(t *testing.T) {
	t.Parallel()
	eachPicture(func(name string, sc scene, size [2]int) {
		if slices.Contains(kept, name) {
			golden.Compare(t, "../"+keptIn+"/"+name+".svg", sc.picture(t, size, colorprofile.ANSI256))
		}
	})
	files, err := os.ReadDir(keptIn)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".svg"))
	}
	if !slices.Equal(names, kept) {
		t.Errorf("%s holds %q, want %q", keptIn, names, kept)
	}
}

// TestDrawPictures draws everything for a person to look at.
func TestDrawPictures(t *testing.T) {
	t.Parallel()
	if !picture.Wanted() {
		t.Skip("it is for make pictures")
	}
	eachPicture(func(name string, sc scene, size [2]int) {
		t.Run(name, func(t *testing.T) {
			picture.Save(t, name, sc.picture(t, size, colorprofile.ANSI256))
			picture.Save(t, name+picture.Colourless, sc.picture(t, size, colorprofile.ASCII))
		})
	})
	picture.Index(t)
}

// picture returns what a terminal of this size shows of the scene.
func (sc scene) picture(t *testing.T, size [2]int, colors colorprofile.Profile) (svg string) {
	t.Helper()
	f := sc.make(t)
	f.look.styles = newStyles(colors)
	view := f.size(size[0], size[1]).View()
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, size)
		painter := newPainter(e, size, colors)
		painter.Enter(func() { t.Error("the painter broke") })
		painter.Draw(view, size[0], size[1])
		elapse()
		synctest.Wait()
		var cursor *uv.Position
		if e.pointed {
			position := e.CursorPosition()
			cursor = &position
		}
		svg = picture.SVG(sc.name, e.Emulator, cursor)
		painter.Leave()
	})
	return svg
}
