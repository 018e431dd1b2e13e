package store

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pleo-connect/pleoclient"
)

// Lost is a record that was saved, was not removed on purpose, and is not there.
type Lost struct {
	Ref
	File string // where a backup belongs; empty: it was in a store that was there before
}

// Loss is what the marks beside the identity say about records that are not there.
type Loss struct {
	Lost  []Lost   // in the order of their file names
	Marks []string // the directories that hold their marks
	Doubt Doubt    // why more may be lost than is known
}

// Doubt is why it is not known whether more is lost: a file or directory without which no one can know. The zero Doubt
// is none.
type Doubt struct {
	Case string // "missing", "not_writable", "unreadable", or "not_own": an identity that is not the store's own
	Path string
}

// Any reports whether there is a doubt.
func (d Doubt) Any() bool { return d.Case != "" }

// LostError says that a record was saved, was not removed on purpose, and is not there. It is an [ErrNotFound], too.
type LostError struct{ Lost }

// Error returns what happened, for logs.
func (e *LostError) Error() string {
	return "the record of company " + e.CompanyID + " and integration " + e.Integration + " is lost"
}

// Is reports that the record is not there.
func (e *LostError) Is(target error) bool { return target == ErrNotFound }

// Loss returns what the store lost. It decrypts nothing, and reads no mark of a record that is there.
//
// Only beside the store's own identity the marks know of every removal: that of one more recipient sees what that
// person does.
func (s *Store) Loss() Loss {
	if !s.isOwner() {
		return Loss{Doubt: Doubt{"not_own", s.identity}}
	}
	l := s.newLossSearch(s.current().settings.StoreID)
	l.findMarks()
	l.forgetFound()
	l.readMarks()
	return l.loss
}

// isOwner reports that the identity is the store's own, and not that of one more recipient.
func (s *Store) isOwner() bool {
	k := s.current()
	return k.ids.find(k.recipients()[0]) != nil
}

// missed reports a record that is not there, and was not removed on purpose. In doubt it is not missed.
func (s *Store) missed(fileID string) bool {
	m, err := s.lastMark(fileID)
	return err == nil && !m.Removed && s.isOwner() && checkWritable(s.ownSeen()) == nil
}

// lost returns what there is to know about a record that is missed.
func (s *Store) lost(ref Ref, fileID string) *LostError {
	e := &LostError{Lost{Ref: ref}}
	if _, err := s.loadMark(s.markPath(fileID)); err == nil { // else it was in a store that was here before
		e.File = s.live(fileID)
	}
	return e
}

// LossAt returns what the store at a place lost that has none any more. Several stores may have been there, one after
// the other.
func LossAt(cfg Config) (Loss, error) {
	s, err := newStore(cfg)
	if err != nil {
		return Loss{}, err
	}
	l := s.newLossSearch("")
	l.findMarks()
	l.readMarks()
	return l.loss, nil
}

// lossSearch looks for marks without a record.
type lossSearch struct {
	*Store
	loss  Loss
	own   string              // the directory of the marks of the store that is there; "": there is none
	marks map[string][]string // the marks of a record that is not found yet, by its file id
}

func (s *Store) newLossSearch(storeID string) *lossSearch {
	l := &lossSearch{Store: s, marks: map[string][]string{}}
	if storeID != "" {
		l.own = s.seen(storeID)
	}
	return l
}

// findMarks collects the marks of the store, and then those of stores that were in its directory before. It runs before
// forgetFound, and readMarks after it: a record is saved before its mark, and removed after it.
func (l *lossSearch) findMarks() {
	if l.own != "" {
		l.addMarks(l.own)
	}
	if l.loss.Doubt.Any() { // what was removed since is not known either
		return
	}
	for _, dir := range l.before() {
		l.addMarks(dir)
	}
}

// before returns the directories of marks whose store was in this directory and is not the one that is there now.
func (l *lossSearch) before() []string {
	entries, err := l.fs.list(l.allSeen())
	if err != nil {
		if l.own == "" && !l.unused(err) {
			l.doubt(l.allSeen(), err)
		}
		return nil
	}
	var out []string
	for _, e := range entries {
		dir := l.seen(e.Name())
		if !pleoclient.IsUUID(e.Name()) || dir == l.own {
			continue
		}
		path := filepath.Join(dir, placeName)
		p, err := l.loadPlace(path)
		switch {
		case err == nil && p.Dir == l.dir:
			out = append(out, dir)
		case err != nil && l.own == "": // it may be about the store that is not there
			l.doubt(path, err)
		}
	}
	return out
}

// unused reports that there are no marks because nothing was saved yet: the identity is not there, or a person prepared
// it for the first run. One that this package wrote had marks beside it.
func (l *lossSearch) unused(err error) bool {
	if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	data, err := l.readIdentityFile(checkIdentityFile)
	defer clear(data)
	return kindOf(err) == KindIdentityMissing ||
		err == nil && !isLocked(data) && !bytes.HasPrefix(data, []byte(identityTitle))
}

// addMarks collects the names in a directory of marks. The mark of the store that is there counts alone.
func (l *lossSearch) addMarks(dir string) {
	entries, err := l.fs.list(dir)
	if err = cmp.Or(err, checkWritable(dir)); err != nil {
		l.doubt(dir, err)
		return
	}
	for _, e := range entries {
		fileID, _ := strings.CutSuffix(e.Name(), markSuffix)
		if _, ok := refOf(fileID); !ok {
			continue
		}
		if paths := l.marks[fileID]; len(paths) == 0 || filepath.Dir(paths[0]) != l.own {
			l.marks[fileID] = append(paths, filepath.Join(dir, e.Name()))
		}
	}
}

// forgetFound drops the marks of all records that are there.
func (l *lossSearch) forgetFound() {
	entries, err := l.fs.list(l.installations())
	if err != nil { // all of them may be there
		l.doubt(l.installations(), err)
		clear(l.marks)
		return
	}
	for _, e := range entries {
		fileID, _, ok := recordOfName(e.Name())
		if !ok {
			continue
		}
		if len(l.marks[fileID]) == 0 && !l.loss.Doubt.Any() {
			l.checkMarked(fileID)
		}
		l.marks[fileID] = nil
	}
}

// checkMarked doubts when a record has no mark: those of lost records may be missing, too. It may have been saved since
// the marks were listed.
func (l *lossSearch) checkMarked(fileID string) {
	path := filepath.Join(l.own, fileID+markSuffix)
	if _, err := l.loadMark(path); err != nil {
		l.doubt(path, err)
	}
}

// readMarks reads the marks of records that are not there.
func (l *lossSearch) readMarks() {
	for _, fileID := range slices.Sorted(maps.Keys(l.marks)) {
		m, path, err := l.newest(l.marks[fileID])
		switch {
		case err != nil:
			l.doubt(path, err)
		case path != "" && !m.Removed:
			ref, _ := refOf(fileID)
			lost := Lost{Ref: ref}
			if l.own == "" || filepath.Dir(path) == l.own {
				lost.File = l.live(fileID)
			}
			l.loss.Lost = append(l.loss.Lost, lost)
			if dir := filepath.Dir(path); !slices.Contains(l.loss.Marks, dir) {
				l.loss.Marks = append(l.loss.Marks, dir)
			}
		}
	}
}

// newest returns the last mark among those of a record, and the path of one.
func (s *Store) newest(paths []string) (m mark, path string, err error) {
	for _, p := range paths {
		next, err := s.loadMark(p)
		if err != nil {
			return mark{}, p, err
		}
		if order := next.At.Compare(m.At); path == "" || order > 0 || order == 0 && next.Removed {
			m, path = next, p
		}
	}
	return m, path, nil
}

// doubt keeps the first reason.
func (l *lossSearch) doubt(path string, err error) {
	if l.loss.Doubt.Any() {
		return
	}
	l.loss.Doubt = Doubt{"unreadable", path}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.loss.Doubt.Case = "missing"
	case kindOf(err) == KindNotWritable, kindOf(err) == KindReadOnly:
		l.loss.Doubt.Case = "not_writable"
	}
}

// lastMark returns the mark of a record: the store's own, or one of a store that was here before.
func (s *Store) lastMark(fileID string) (mark, error) {
	m, err := s.loadMark(s.markPath(fileID))
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	var paths []string
	for _, dir := range s.newLossSearch(s.current().settings.StoreID).before() {
		path := filepath.Join(dir, fileID+markSuffix)
		if _, err := os.Lstat(path); err == nil {
			paths = append(paths, path)
		}
	}
	m, path, err := s.newest(paths)
	if path == "" {
		return mark{}, fs.ErrNotExist
	}
	return m, err
}
