package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"time"

	"pleo-connect/flow"
	"pleo-connect/store"
)

// leftNote is what lies beside the identity after a wizard was cut off: no key, no name and no id.
type leftNote struct {
	Step string    `json:"step"`
	At   time.Time `json:"at"`
	Salt string    `json:"salt"`
	Of   string    `json:"of"` // the connection, as doer.connection returns it for this salt
}

// left returns where an earlier run of this connection was cut off, or nil. A note that is odd, old or of tomorrow
// counts as none.
func (d doer) left() *flow.Left {
	n, ours := d.leftNote()
	ago := d.now().Sub(n.At)
	if !ours || ago < 0 || ago >= flow.LeftFor {
		return nil
	}
	for _, step := range []flow.Step{flow.StepKey, flow.StepCheck, flow.StepConfirm} {
		if n.Step == step.String() {
			return &flow.Left{Step: step, Ago: ago}
		}
	}
	return nil
}

// remember leaves a note for the next start when the wizard was cut off with nothing saved. After an end that the
// person chose there is none, and none when the store says more. Whoever was cut off before a key was asked for is
// where they were before.
func (d doer) remember(s flow.State, err error) {
	at := s.LeftOff()
	switch {
	case chosen(err), at == flow.StepActivate, at == flow.StepDone:
		d.forgetLeft()
	case at != flow.StepReview:
		d.leave(at)
	}
}

// chosen reports an end that a person chose, with a key or with the signal that means it.
func chosen(err error) bool {
	var stopped signalled
	return err == nil || errors.As(err, &stopped) && stopped.Signal == os.Interrupt
}

// leave is a courtesy: the wizard ends as it does without it.
func (d doer) leave(at flow.Step) {
	n := leftNote{Step: at.String(), At: d.now().UTC().Truncate(time.Second), Salt: rand.Text()}
	n.Of = d.connection(n.Salt)
	if text, err := json.Marshal(n); err == nil {
		_ = store.LeaveNote(d.store, append(text, '\n'))
	}
}

// forgetLeft takes the note of this connection away. That of another one stays.
func (d doer) forgetLeft() {
	if _, ours := d.leftNote(); ours {
		store.RemoveNote(d.store)
	}
}

func (d doer) leftNote() (n leftNote, ours bool) {
	err := json.Unmarshal(store.Note(d.store), &n)
	return n, err == nil && n.Of == d.connection(n.Salt)
}

// connection returns what identifies the connection, so that a note is shown to nobody else and names nothing.
func (d doer) connection(salt string) string {
	s := d.setup
	text, _ := json.Marshal([]any{salt, d.store.Dir, s.Integration.Name, s.Environment(), s.Origin, s.Company})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
