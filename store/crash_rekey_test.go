package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// guest is the recipient that is added.
const guest = "age1yqx3f5twjalannjr3jyrxhqhyswzc563wxt6ej8gcgp8zvwyw5dqe50750"

func rekeys(s *Store, ack func()) error {
	return acked(ack, func() error {
		_, err := s.rekey(nil)
		return err
	})
}

// rekeysAgain is rekeys after one that died when its new identity could be seen, and was not on the disk.
func rekeysAgain(s *Store, ack func()) error {
	whole := s.fs
	s.fs = &dying{fsys: whole}
	if _, err := s.rekey(nil); err == nil {
		return errors.New("it did not die")
	}
	s.fs = whole
	return rekeys(s, ack)
}

// dying ends before the flush that follows the rename of an identity file.
type dying struct {
	fsys
	renamed bool
}

func (d *dying) rename(from, to string) error {
	d.renamed = d.renamed || filepath.Base(to) == "identity.txt"
	return d.fsys.rename(from, to)
}

func (d *dying) syncDir(dir string) error {
	if d.renamed {
		return errKilled
	}
	return d.fsys.syncDir(dir)
}

func adds(s *Store, ack func()) error {
	return acked(ack, func() error {
		err := s.AddRecipient(guest, nil)
		if errors.Is(err, ErrRecipientKnown) { // nothing was left to finish
			return nil
		}
		return err
	})
}

// judgeRekey: the record and the version before it can be read, even with a sector lost, no matter what became of the
// change; it can be finished; and once acknowledged it is.
func judgeRekey(v *view, acks int) error {
	if err := judgeReadable(v); err != nil {
		return err
	}
	if acks > 0 && (len(v.s.ids) != 1 || v.s.Unfinished() != "") {
		return fmt.Errorf("%d identities, unfinished %q", len(v.s.ids), v.s.Unfinished())
	}
	s := v.store()
	if err := s.open(); err != nil {
		return err
	}
	if _, err := s.rekey(nil); err != nil || len(s.ids) != 1 {
		return unless(false, err, "%d identities after the next change", len(s.ids))
	}
	v.s = nil
	got, err := v.generation()
	return unless(err == nil && got == 2, err, "generation %d after the next change", got)
}

// judgeRecipient is judgeRekey for a change of the recipients.
func judgeRecipient(v *view, acks int) error {
	if err := judgeReadable(v); err != nil {
		return err
	}
	if acks > 0 && (len(v.s.Recipients()) != 1 || v.s.Unfinished() != "") {
		return fmt.Errorf("recipients %v, unfinished %q", v.s.Recipients(), v.s.Unfinished())
	}
	return adds(v.s, func() {})
}

func judgeReadable(v *view) error {
	if got, err := v.generation(); err != nil || got != 2 {
		return unless(false, err, "generation %d", got)
	}
	if got, err := v.spare(); err != nil || got != 1 {
		return unless(false, err, "the version before is generation %d", got)
	}
	return v.spareSettings()
}

// TestRekeyNeedsEveryFlush leaves out the flushes of one directory: all of them, or those of the settings that name the
// new identity, which come after those that announce it.
func TestRekeyNeedsEveryFlush(t *testing.T) {
	t.Parallel()
	for place, skipped := range map[string][]int{
		"config": {1, 2, 3}, "data/store": {3, 4}, "data/store/installations": {1},
	} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			flushes := 0
			wantCaught(t, "rekey", mutant{skip: func(_ int, path string) bool {
				if path == place {
					flushes++
				}
				return path == place && slices.Contains(skipped, flushes)
			}})
		})
	}
}
