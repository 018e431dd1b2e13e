package flow

// KeyLine is what a person reads about the key next to a problem. Pleo may show a key only once, so where it is matters
// as much as what went wrong. The zero KeyLine says nothing.
type KeyLine int

// The lines about the key, each with its words in [Book.Key].
const (
	KeyUnsaid         KeyLine = iota
	KeyUnused                 // none was entered yet
	KeyNothingHere            // none was entered, and the run is over
	KeyCurrent                // none was entered, and another one was to be replaced
	KeyNotSent                // what was entered was refused on this computer
	KeyNotRejected            // in hand, and Pleo did not reject it
	KeyInHand                 // in hand, and Pleo was not asked or rejected it earlier, or the key store failed
	KeySaved                  // in the key store
	KeyLost                   // the run is over, and it was not saved
	KeyMaybeSaved             // the run is over, and it may have been saved
	KeyUnusable               // Pleo judged it, and it is not saved
	KeyNotSaved               // the same, after this run changed something in Pleo
	KeyOldStays               // not saved; the key that it was to replace stays in use
	KeyAsked                  // a saved key that Pleo was asked about, without an answer
	KeyDiscarded              // a real key in the demo
	KeyNotOverwritten         // someone else saved first
	KeySavedStays             // judged, and saved
)

var keyStates = [...]string{
	KeyUnsaid: "none", KeyUnused: "none", KeyNothingHere: "none", KeyCurrent: "none", KeyNotSent: "not_sent",
	KeyNotRejected: "in_hand", KeyInHand: "in_hand", KeySaved: "saved",
	KeyLost: "not_saved", KeyMaybeSaved: "maybe_saved", KeyUnusable: "not_saved", KeyNotSaved: "not_saved",
	KeyOldStays: "not_saved", KeyAsked: "saved", KeyDiscarded: "not_sent", KeyNotOverwritten: "in_hand",
	KeySavedStays: "saved",
}

// State returns the word for scripts: none, not_sent, in_hand, saved, not_saved or maybe_saved.
func (k KeyLine) State() string { return keyStates[k] }

// keyRule is what a kind of problem means for the key.
type keyRule int

const (
	keyNone           keyRule = iota // nothing: the run did not get as far as a key
	keyNotSent                       // what was entered is not a key
	keyDiscarded                     // a real one in the demo
	keyNotOverwritten                // the store holds what someone else saved
	keyJudged                        // Pleo said something about it
	keyOpen                          // nothing: it depends on how far the run got
)

// presence is whether the key in hand is known to be in the key store.
type presence int

const (
	absent presence = iota
	uncertain
	present
)

// after returns what is known after a fault of the store.
func (p presence) after(k Kind) presence {
	if mayBeSaved(k) {
		return max(p, uncertain)
	}
	switch k {
	case KindConflict, KindStoreMissing, KindConnectionLost, KindStoreDamaged, KindStoreTooLarge, KindStorePassphrase,
		KindStoreForeign, KindStoreOther, KindStoreOtherRecord, KindStoreNotFile, KindStoreDemo, KindEngineEntry:
		return min(p, uncertain)
	}
	return p
}

// mayBeSaved reports whether a save that ended with a fault of a kind may have worked.
func mayBeSaved(k Kind) bool { return k == KindStoreUncertain || k == KindEngineUncertain }

// losesKeys reports whether a fault of a kind makes it uncertain what was saved.
func losesKeys(k Kind) bool { return present.after(k) != present }

// keyLine returns what is said about the key with a problem.
func (s State) keyLine(p Problem) KeyLine {
	switch r := ruleOf(p.Kind).key; {
	case !p.Failed():
		return KeyUnsaid
	case r == keyNotSent: // also if a key file holds no key, before a wizard begins
		return KeyNotSent
	case s.noKey, s.Step == StepDoctor, s.Doctor.Alone, r == keyNone:
		return KeyUnsaid
	case r == keyDiscarded:
		return KeyDiscarded
	case r == keyNotOverwritten && s.Step != StepOver && !s.Key.IsZero():
		return KeyNotOverwritten
	case r == keyJudged:
		return s.judged()
	case s.asked:
		return KeyAsked
	case s.Step == StepOver && s.Demo: // its key store is deleted, and the line about the demo says so
		return KeyUnsaid
	case s.Key.IsZero():
		return s.noKeyInHand(p.Kind)
	}
	return s.keyInHand(p.Kind)
}

// judged returns what is said about a key that Pleo has judged and that cannot be used.
func (s State) judged() KeyLine {
	switch {
	case s.asked:
		return KeyUnsaid
	case s.inStore == present:
		return KeySavedStays
	case s.inStore == uncertain:
		return KeyMaybeSaved
	case s.replaces():
		return KeyOldStays
	case s.sent:
		return KeyNotSaved
	}
	return KeyUnusable
}

// keyInHand returns where the key in hand is, after a fault that says nothing about it.
func (s State) keyInHand(k Kind) KeyLine {
	switch over := s.Step == StepOver; {
	case s.inStore == present:
		return KeySaved
	case over && s.inStore == uncertain:
		return KeyMaybeSaved
	case over && s.replaces() && !losesKeys(k):
		return KeyOldStays
	case over && s.useless: // it is not needed again
		return s.judged()
	case over:
		return KeyLost
	case s.early, s.rejected, ClassOf(k) == ClassStore: // then the problem is not about the key
		return KeyInHand
	}
	return KeyNotRejected
}

// noKeyInHand returns what is said when no key is in hand.
func (s State) noKeyInHand(k Kind) KeyLine {
	saved := s.Preflight.Unfinished != nil || s.left // and not active yet, by an earlier run or by this one
	switch {
	case saved && losesKeys(k):
		return KeyUnsaid
	case saved:
		return KeySaved
	case s.Reconnect != nil && !losesKeys(k):
		return KeyCurrent
	case s.Step == StepOver:
		return KeyNothingHere
	}
	return KeyUnused
}

// replaces reports whether another key stays in use until the one in hand is saved.
func (s State) replaces() bool { return s.Reconnect != nil || s.Check.Stored.InUse.Other }
