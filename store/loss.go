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

// Lost is a record that was saved, was not removed on purpose, and does not exist.
type Lost struct {
	Ref
	File string // where a backup belongs; empty if it was in an earlier store, or in an engine
}

// Loss is what the marks beside the identity say about records that do not exist.
type Loss struct {
	Lost  []Lost   // in the order of their file names
	Marks []string // the directories that hold their marks
	Doubt Doubt    // why more may be lost than is known
}

// Doubt is why it is not known whether more is lost: a file or directory without which no one can know. The zero Doubt
// means that there is none.
type Doubt struct {
	Case string // "missing", "not_writable", "unreadable", or "not_own": an identity that is not the store's own
	Path string
}

// Any reports whether there is a doubt.
func (d Doubt) Any() bool { return d.Case != "" }

// LostError reports that a record was saved, was not removed on purpose, and does not exist. It is also an
// [ErrNotFound].
type LostError struct{ Lost }

// Error returns what happened, for logs.
func (e *LostError) Error() string {
	return "the record of company " + e.CompanyID + " and integration " + e.Integration + " is lost"
}

// Is reports whether target is ErrNotFound: a lost record does not exist either.
func (e *LostError) Is(target error) bool { return target == ErrNotFound }

// Loss returns what the store lost. It decrypts nothing, and reads no mark of a record that exists.
//
// Only the marks beside the store's own identity know of every removal: those beside the identity of another recipient
// know only what that person does.
func (s *Store) Loss() Loss {
	seen := s.listMarks()
	return s.lossOf(seen, s.listIn(s.installations()))
}

// listing is what is in a directory, or why that is unknown.
type listing struct {
	names []string
	err   error
}

func (s *Store) listIn(dir string) listing {
	names, err := s.fs.list(dir)
	return listing{names, err}
}

// listMarks lists those of the store. It runs before the records are listed: a record is saved before its mark, and
// removed after it.
func (s *Store) listMarks() listing { return s.listIn(s.ownSeen()) }

// lossOf is Loss, with the marks of the store and the records as they were listed.
func (s *Store) lossOf(seen, records listing) Loss {
	if !s.isOwner() {
		return Loss{Doubt: Doubt{"not_own", s.identity}}
	}
	l := s.newLossSearch(s.current().settings.StoreID)
	l.addMarks(l.own, seen)
	l.findEarlier()
	l.forgetFound(records)
	l.readMarks()
	return l.loss
}

// isOwner reports whether the identity is the store's own, and not that of another recipient.
func (s *Store) isOwner() bool {
	k := s.current()
	return k.ids.find(k.recipients()[0]) != nil
}

// missed reports whether a record that does not exist was not removed on purpose. In doubt it is not missed.
func (s *Store) missed(fileID string) bool {
	m, err := s.lastMark(fileID)
	return err == nil && !m.Removed && s.isOwner() && checkWritable(s.ownSeen()) == nil
}

// lost returns what is known about a record that is missed.
func (s *Store) lost(fileID string) *LostError {
	ref, _ := RefOf(fileID)
	e := &LostError{Lost{Ref: ref}}
	if _, err := s.loadMark(s.markPath(fileID)); err == nil { // otherwise it was in an earlier store
		e.File = s.live(fileID)
	}
	return e
}

// LossAt returns what was lost from a place that has no store any more. Several stores may have been there, one after
// the other.
func LossAt(cfg Config) (Loss, error) {
	s, err := newStore(cfg)
	if err != nil {
		return Loss{}, err
	}
	return s.lossWithoutStore(), nil
}

func (s *Store) lossWithoutStore() Loss {
	l := s.newLossSearch("")
	l.findEarlier()
	l.readMarks()
	return l.loss
}

// lossSearch looks for marks without a record.
type lossSearch struct {
	*Store
	loss  Loss
	own   string // the directory of the marks of the current store; "" if there is none
	found []marks
}

// marks are those in one directory whose record was not found yet.
type marks struct {
	dir     string
	fileIDs []string // sorted
}

func (s *Store) newLossSearch(storeID string) *lossSearch {
	l := &lossSearch{Store: s}
	if storeID != "" {
		l.own = s.seen(storeID)
	}
	return l
}

// findEarlier collects the marks of earlier stores in the directory of the store. No one writes them any more.
func (l *lossSearch) findEarlier() {
	if l.loss.Doubt.Any() { // removals since then are not known either
		return
	}
	for _, dir := range l.before() {
		l.addMarks(dir, l.listIn(dir))
	}
}

// before returns the directories of marks whose stores were in this directory before the current one.
func (l *lossSearch) before() []string {
	names, err := l.fs.list(l.allSeen())
	if err != nil {
		if l.own == "" && !l.unused(err) {
			l.doubt(l.allSeen(), err)
		}
		return nil
	}
	var out []string
	for _, name := range names {
		dir := l.seen(name)
		if !pleoclient.IsUUID(name) || dir == l.own {
			continue
		}
		path := filepath.Join(dir, placeName)
		p, err := l.loadPlace(path)
		switch {
		case err == nil && p.Dir == l.dir:
			out = append(out, dir)
		case err != nil && l.own == "": // it may be about the current store
			l.doubt(path, err)
		}
	}
	return out
}

// unused reports whether there are no marks because nothing was saved yet: the identity does not exist, or a person
// prepared it for the first run. One that this package wrote had marks beside it.
func (l *lossSearch) unused(err error) bool {
	if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	data, err := l.readIdentityFile(checkIdentityFile)
	defer clear(data)
	return kindOf(err) == KindIdentityMissing ||
		err == nil && !isLocked(data) && !bytes.HasPrefix(data, []byte(identityTitle))
}

// addMarks collects the names in a directory of marks, whatever they are: nearly all of them are dropped again.
func (l *lossSearch) addMarks(dir string, in listing) {
	if err := cmp.Or(in.err, checkWritable(dir)); err != nil {
		l.doubt(dir, err)
		return
	}
	l.found = append(l.found, marks{dir, sortedIDs(in.names, func(name string) (string, bool) {
		return strings.CutSuffix(name, markSuffix)
	})})
}

// sortedIDs returns the file ids in the names of files, each once.
func sortedIDs(names []string, of func(name string) (fileID string, ok bool)) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		if fileID, ok := of(name); ok {
			out = append(out, fileID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out) // a file and the version before it have the same
}

// forgetFound drops the marks of all records that exist.
func (l *lossSearch) forgetFound(in listing) {
	if in.err != nil { // all of them may exist
		l.doubt(l.installations(), in.err)
		l.found = nil
		return
	}
	records := sortedIDs(in.names, fileIDOfName)
	unmarked := records
	for i, m := range l.found {
		unmarked = without(unmarked, m.fileIDs)
		l.found[i].fileIDs = without(m.fileIDs, records)
	}
	for _, fileID := range unmarked {
		l.checkMarked(fileID)
	}
}

// without returns all of a that are not in b. Both are sorted.
func without(a, b []string) []string {
	var out []string
	for _, text := range a {
		for len(b) > 0 && b[0] < text {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != text {
			out = append(out, text)
		}
	}
	return out
}

// checkMarked sets a doubt if a record has no mark: those of lost records may also be missing. It may have been saved
// after the marks were listed.
func (l *lossSearch) checkMarked(fileID string) {
	if _, ok := RefOf(fileID); !ok || l.loss.Doubt.Any() {
		return
	}
	path := filepath.Join(l.own, fileID+markSuffix)
	if _, err := l.loadMark(path); err != nil {
		l.doubt(path, err)
	}
}

// readMarks reads the marks of records that do not exist. If the current store has one, only that one counts.
func (l *lossSearch) readMarks() {
	dirs := map[string][]string{} // by file id
	for _, m := range l.found {
		for _, fileID := range m.fileIDs {
			if in := dirs[fileID]; len(in) == 0 || in[0] != l.own {
				dirs[fileID] = append(in, m.dir)
			}
		}
	}
	for _, fileID := range slices.Sorted(maps.Keys(dirs)) {
		ref, ok := RefOf(fileID)
		if !ok {
			continue
		}
		m, path, err := l.newest(dirs[fileID], fileID)
		switch {
		case err != nil:
			l.doubt(path, err)
		case path != "" && !m.Removed:
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

// newest returns the last mark of a record among those in dirs, and its path, or the path of one that cannot be read.
func (s *Store) newest(dirs []string, fileID string) (m mark, path string, err error) {
	for _, dir := range dirs {
		p := filepath.Join(dir, fileID+markSuffix)
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

// doubt records a reason for doubt. The first one is kept.
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

// lastMark returns the mark of a record: the store's own, or one of an earlier store.
func (s *Store) lastMark(fileID string) (mark, error) {
	m, err := s.loadMark(s.markPath(fileID))
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	var dirs []string
	for _, dir := range s.newLossSearch(s.current().settings.StoreID).before() {
		if _, err := os.Lstat(filepath.Join(dir, fileID+markSuffix)); err == nil {
			dirs = append(dirs, dir)
		}
	}
	m, path, err := s.newest(dirs, fileID)
	if path == "" {
		return mark{}, fs.ErrNotExist
	}
	return m, err
}
