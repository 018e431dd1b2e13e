package store

import (
	"slices"

	"pleo-connect/pleoclient"
)

// Rekey replaces the identity of the store and encrypts every record again, its contents unchanged. It stops before it
// writes anything if a record cannot be read or is lost, if a passphrase locks the identity, or if another store shares
// it.
// After any other error, or a crash, the old and the new identity are both in the identity file and everything can be
// read; the next Rekey then finishes, and reports that with resumed. Stores that are open at the time can still be
// used.
//
// Copies of the store that were made earlier can no longer be opened with the identity file. progress may be nil.
func Rekey(cfg Config, progress Progress) (resumed bool, err error) {
	s, err := newStore(cfg)
	if err != nil {
		return false, err
	}
	if s.identityLocked() {
		return false, fail(caseRekey, s.identity)
	}
	if err := s.open(); err != nil {
		return false, err
	}
	return s.rekey(progress)
}

// rekey does the work of Rekey. The order of the steps keeps every file readable with the identity file at each moment.
func (s *Store) rekey(progress Progress) (resumed bool, err error) {
	unlock, err := s.lockAll()
	if err != nil {
		return false, err
	}
	defer unlock()
	if err := s.reload(); err != nil {
		return false, err
	}
	files, err := s.survey()
	if err != nil {
		return false, err
	}
	if l := s.Loss(); len(l.Lost) > 0 { // a backup of it could no longer be opened
		return false, &LostError{l.Lost[0]}
	}
	if err := s.checkReplaceable(); err != nil {
		return false, err
	}
	if resumed = s.current().replacing(); !resumed {
		if err := s.beginRekey(); err != nil {
			return false, err
		}
	}
	// From here on both identities are in the file, and only the files of the store show which one is needed.
	if err := s.writeSettings(s.current().replaced()); err != nil {
		return resumed, err
	}
	if err := s.reseal(files, progress); err != nil {
		return resumed, err
	}
	return resumed, s.endRekey()
}

// lockAll keeps out writers of this store, and new stores that would share its identity.
func (s *Store) lockAll() (func(), error) {
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	unlockIdentity, err := s.lockIdentity()
	if err != nil {
		unlock()
		return nil, err
	}
	return func() { unlockIdentity(); unlock() }, nil
}

// beginRekey adds the new identity. The settings name both first, so that an interrupted change is recognised, and an
// identity in the file that has nothing to do with it is not.
func (s *Store) beginRekey() error {
	id, err := newIdentity()
	if err != nil {
		return err
	}
	k := s.current()
	k.settings.Recipients = k.recipients() // listed, not derived, before there are two identities
	k.settings.Change = &changing{From: k.recipients()[0], To: id.Recipient().String()}
	if err := s.writeSettings(k); err != nil {
		return err
	}
	k = s.current()
	k.ids = append(slices.Clone(k.ids), id)
	if err := s.writeIdentity(k.ids); err != nil {
		return err
	}
	s.use(k)
	return nil
}

// endRekey removes the old identity: nothing needs it any more, except perhaps what crashed writers left behind, which
// may even hold it.
func (s *Store) endRekey() error {
	s.sweep(s.now().AddDate(1, 0, 0), s.dir, s.installations(), s.identityDir())
	k := s.current()
	k.ids = k.ids.without(k.settings.Change.From)
	if err := s.writeIdentity(k.ids); err != nil {
		return err
	}
	k.settings.Change = nil
	return s.writeSettings(k)
}

// replacing reports whether a change of the identity got as far as having both in the file.
func (k keys) replacing() bool {
	c := k.settings.Change
	return c != nil && c.To != "" && k.ids.find(c.To) != nil
}

// replaced returns the keys with the new identity's recipient in place of the old one's.
func (k keys) replaced() keys {
	c := k.settings.Change
	extra := slices.DeleteFunc(slices.Clone(k.recipients()), func(r string) bool { return r == c.From || r == c.To })
	k.settings.Recipients = append([]string{c.To}, extra...)
	return k
}

// checkReplaceable refuses an identity file that cannot be written, or that something else depends on.
func (s *Store) checkReplaceable() error {
	data, err := s.readIdentityFile(checkFile) // not a credential of root's
	if err != nil {
		return err
	}
	clear(data)
	k := s.current()
	if k.ids.find(k.recipients()[0]) == nil {
		return fail(caseRecipientOnly, s.identity)
	}
	if other := s.otherStore(); other != "" {
		e := fail(KindIdentityShared, s.identity)
		e.Dir = other
		return e
	}
	// This ends with a flush of the directory. An earlier run may have died before the name of the file with both
	// identities was on the disk.
	return s.ofIdentity(s.probeFile(s.identityDir()))
}

// otherStore returns the marks of another store that shares the identity, or "".
func (s *Store) otherStore() string {
	names, _ := s.fs.list(s.allSeen()) // one that cannot be read does not exist: every store makes its own
	for _, name := range names {
		if pleoclient.IsUUID(name) && name != s.current().settings.StoreID {
			return s.seen(name)
		}
	}
	return ""
}
