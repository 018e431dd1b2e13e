package console

import (
	"slices"
	"strings"
	"testing"

	"pleo-connect/flow"
)

// TestHangKeepsCommands: what is to be copied stays on one line, however long it is, and the words before it are
// wrapped.
func TestHangKeepsCommands(t *testing.T) {
	t.Parallel()
	const words = "some words of a sentence that is long enough to be wrapped at any width"
	for _, tt := range []struct{ before, command string }{
		{words + ", run:", "chmod -R go-rwx '/srv/a b/store' /srv/identity.txt"},
		{words + ", run:", "find / -xdev -samefile '/srv/a b/pleo-connect '"},
		{words + ", run:", "sudo -u erp pleo-connect --store '/srv/a b'"},
		{words + ", run", "pleo-connect reconnect COMPANY --store '/srv/a b'"},
		{words + ", run", "/opt/pleo-connect/bin/pleo-connect status"},
		{words + ", run", "'/opt/a b/pleo-connect' status --store /srv/store"},
		{words + ", run", "sudo -u erp /opt/pleo-connect reconnect COMPANY"},
		{words + ":", "pleo-connect --store '/srv/a b' key COMPANY | PROGRAM"},
		{words, ""},
	} {
		text := strings.TrimSpace(tt.before + " " + tt.command)
		for width := 20; width < 200; width += 9 {
			rows := Hang(&flow.English, width, "- ", text)
			if tt.command != "" && !slices.ContainsFunc(rows, func(row string) bool {
				return strings.HasSuffix(row, " "+tt.command)
			}) {
				t.Errorf("%d columns: the command is broken: %q", width, rows)
			}
			if got := strings.Join(strings.Fields(strings.Join(rows, " ")), " "); got != "- "+text {
				t.Errorf("%d columns: the text is another: %q", width, rows)
			}
		}
	}
}

// TestHangGivesCommandsARow: a command that ends a sentence is alone on its row, even if there is room.
func TestHangGivesCommandsARow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"to finish, run: pleo-connect rekey": {"- to finish, run:", "  pleo-connect rekey"},
		"run: pleo-connect --help":           {"- run: pleo-connect --help"},
		"run pleo-connect status to see it":  {"- run pleo-connect status to see it"},
	} {
		if got := Hang(&flow.English, 79, "- ", text); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	}
}

// TestWrapBelow: a word that does not fit beside its label goes below it, if it fits there.
func TestWrapBelow(t *testing.T) {
	t.Parallel()
	const id = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	for width, want := range map[int][]string{
		79: {"company ID   " + id}, 45: {"company ID", "    " + id}, 30: {"company ID   " + id},
	} {
		if got := Wrap(width, "company ID   ", id); !slices.Equal(got, want) {
			t.Errorf("%d columns: %q", width, got)
		}
	}
}

// TestHangWrapsPaths: the directory of the key store has the name of the program, and is no command.
func TestHangWrapsPaths(t *testing.T) {
	t.Parallel()
	text := "/var/lib/pleo-connect is on a network file system, where a saved key could be lost"
	if rows := Hang(&flow.English, 40, "- ", text); len(rows) < 3 {
		t.Errorf("%q", rows)
	}
}
