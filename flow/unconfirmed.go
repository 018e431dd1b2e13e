package flow

import "pleo-connect/pleoclient"

// hangUp ends the wizard because no one can answer any more. Pleo shows a key only once, so a key that Confirm asks
// about and that is not saved yet is saved first. One that was saved as unconfirmed before is saved again, because
// someone else may have removed it. Nothing else leaves an unconfirmed record, and the demo leaves none.
func (s State) hangUp() (State, []Effect) {
	stored := s.Check.Stored
	if s.Step != StepConfirm || s.writing || stored.SameKey && !stored.Unconfirmed || s.Demo {
		return s.interrupt()
	}
	s, q := s.ask()
	s.writing = true
	return s, []Effect{s.save(q, SaveUnconfirmed)}
}

// Finish stops a wizard from outside, and uses do to carry out what must be done before it ends.
func Finish(s State, cause error, do func(Effect) Event) State {
	s, effects := Next(s, Stopped(cause))
	for len(effects) > 0 {
		ev := finishing(do, effects[0])
		if ev == nil {
			break
		}
		var more []Effect
		s, more = Next(s, ev)
		effects = append(effects[1:], more...)
	}
	return s
}

// finishing returns nil when do panics: the value may hold anything.
func finishing(do func(Effect) Event, e Effect) (ev Event) {
	defer func() { _ = recover() }()
	return do(e)
}

// lastSaved ends the wizard after the last save, and keeps its fault for the words.
func (s State) lastSaved(ev Saved) (State, []Effect) {
	s.writing = false
	if ev.Fault.Failed() { // what was saved before may still be there
		s.inStore = min(s.inStore.after(ev.Fault.Kind), uncertain)
		s.unsaved = Problem{Fault: ev.Fault, From: StepConfirm}
		return s.interrupt()
	}
	s.Check.Stored, s.inStore = ev.Stored, present
	return s.interrupt()
}

// restore undoes the save of an unconfirmed key that belongs to the wrong company.
func (s State) restore() (State, []Effect) {
	s, q := s.ask()
	s.writing, s.Notice = true, Notice{Text: s.words().Dropping.String()}
	return s.timed(q, Restore{q, s.Check.Company.ID, s.Check.Stored.Generation})
}

func (s State) restored(ev Restored) (State, []Effect) {
	if !s.writing {
		return s, nil
	}
	s = s.heard()
	if s.writing = false; ev.Fault.Failed() {
		switch ev.Fault.Kind { // of the removal
		case KindEngineUncertain:
			ev.Fault.Row, s.inStore = EngineRemovalUncertain, uncertain
		case KindStoreUncertain:
			s.inStore = uncertain
		}
		return s.fail(ev.Fault)
	}
	notice := s.words().Dropped
	if !s.Check.Stored.InUse.Fingerprint.IsZero() {
		notice = s.words().DroppedInUse
	}
	s.inStore = absent
	s.Key, s.Check, s.Preflight.Unfinished = pleoclient.Key{}, Check{}, nil
	s, effects := s.toKey()
	s.Notice.Text = notice.String()
	return s, effects
}

// Writing reports whether Confirm waits for the store, and takes no answer.
func (s State) Writing() bool { return s.writing }

// endsWriting reports whether an event may happen while Confirm waits for the store.
func endsWriting(ev Event) bool {
	switch ev.(type) {
	case Saved, Restored, Ticked, Interrupt, HangUp:
		return true
	}
	return false
}
