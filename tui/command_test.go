package tui

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// TestCommandsAreCopied: a command takes rows of its own from the left edge, broken only where the window ends, so that
// what is selected is the command. One that takes several rows is announced as printed again, or as too long.
func TestCommandsAreCopied(t *testing.T) {
	t.Parallel()
	long := "/srv/" + strings.Repeat("pleo connect/", 16) + "store"
	for _, path := range []string{"/tmp/shop/pleo-connect", "/var/lib/pleo-connect/w1/store", "/srv/a b/c-d", long} {
		word := pleoclient.ShellWord(path)
		fault := flow.NewFault(flow.KindStoreOwner+"/file",
			flow.Values{Path: path, Owner: "nobody", Account: "root", Paths: word + " " + word})
		command := "sudo chown -R root " + word + " " + word
		w := with(func(w *world) { w.Faults["store"] = fault })
		onReview, onProblem := at(t, finance(), w), at(t, finance(), w, flow.Allow{})
		inDoctor := at(t, finance(), w, flow.Allow{})
		inDoctor.state.Step, inDoctor.screen = flow.StepDoctor, doctorScreen{}
		inDoctor.state.Doctor.Findings[flow.ExamStore] = flow.Finding{Mark: flow.MarkFailed, Fault: fault}
		words := &onReview.state.Book().Wizard.Link
		for f, tooLong := range map[*face]flow.Text{
			onReview: words.CommandAgain, onProblem: words.CommandAgain, inDoctor: words.Widen,
		} {
			for _, size := range [][2]int{{40, 12}, {60, 20}, {80, 24}, {160, 50}} {
				rows := strings.Split(ansi.Hardwrap(command, size[0], true), "\n")
				all := unpadded(f.size(size[0], 500).text())
				if !strings.Contains(all, "\n"+unpadded(strings.Join(rows, "\n"))) {
					t.Errorf("at %v the command is not alone in its rows:\n%s", size, all)
				}
				said := strings.Join(strings.Fields(all), " ")
				if strings.Contains(said, tooLong.String()) != (len(rows) > 1) {
					t.Errorf("at %v: %d rows, and what helps is not said, or said in vain:\n%s", size, len(rows), all)
				}
				small := unpadded(f.size(size[0], size[1]).everything())
				if !strings.Contains(small, "\n"+unpadded(rows[0])) {
					t.Errorf("at %v the command is not in sight:\n%s", size, small)
				}
			}
		}
	}
}

// TestNextRunIsCopied: what is to be run after a connection is not broken in its column.
func TestNextRunIsCopied(t *testing.T) {
	t.Parallel()
	setup := finance()
	setup.Integration.Service.Restart = "systemctl restart dynamics-bridge@harbour-lane"
	f := at(t, setup, goodWorld(), flow.Allow{}, pasted, flow.Confirm{})
	for w, command := range map[int]string{
		40: "\n" + setup.Integration.Service.Restart[:40] + "\n" + setup.Integration.Service.Restart[40:],
		50: "\n" + setup.Integration.Service.Restart, 80: "   " + setup.Integration.Service.Restart,
	} {
		if all := unpadded(f.size(w, 500).text()); !strings.Contains(all, command+"\n") {
			t.Errorf("at %d columns the command is broken:\n%s", w, all)
		}
	}
}

// unpadded ends every line, and leaves out the blanks at its end.
func unpadded(text string) string {
	return regexp.MustCompile(` +\n`).ReplaceAllString(text+"\n", "\n")
}
