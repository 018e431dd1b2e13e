package storetest

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"pleo-connect/store"
)

// Memory are entries in memory. Any number of readers and writers may share them, as computers share an engine. The
// zero Memory is empty.
type Memory struct {
	mu      sync.Mutex
	entries map[string]kept
}

// kept is the JSON of a document, or what a removed one left.
type kept struct {
	text       []byte // nil: it was removed
	version    uint64
	generation uint64 // of the removed one
}

// Get implements store.Entries.
func (m *Memory) Get(name string) (store.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(name)
}

func (m *Memory) get(name string) (store.Entry, error) {
	k := m.entries[name]
	e := store.Entry{Version: k.version, Place: "memory/" + name, Highest: k.generation}
	if k.text == nil {
		return e, nil
	}
	d, err := store.DecodeDocument(name, k.text)
	e.Document = d
	return e, err
}

// Put implements store.Entries.
func (m *Memory) Put(name string, d *store.Document, over uint64) (store.Entry, error) {
	text, err := d.Encode()
	if err != nil {
		return store.Entry{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.change(name, over, kept{text: bytes.Clone(text)}); err != nil {
		return store.Entry{}, err
	}
	return m.get(name)
}

// Settle implements store.Entries. There is no version before.
func (m *Memory) Settle(name string, version uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries[name].version != version {
		return store.ErrChanged
	}
	return nil
}

// Delete implements store.Entries. A save that is on its way is over another version then.
func (m *Memory) Delete(name string, was store.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	left := kept{generation: was.Highest}
	if was.Document != nil {
		left.generation = was.Document.Generation
	}
	return m.change(name, was.Version, left)
}

func (m *Memory) change(name string, over uint64, to kept) error {
	if m.entries[name].version != over {
		return store.ErrChanged
	}
	if m.entries == nil {
		m.entries = map[string]kept{}
	}
	to.version = over + 1
	m.entries[name] = to
	return nil
}

// List implements store.Entries. As in an engine, what is removed keeps its name.
func (m *Memory) List() ([]store.Listed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []store.Listed
	for _, name := range slices.Sorted(maps.Keys(m.entries)) {
		out = append(out, store.Listed{Name: name, MayBeGone: true})
	}
	return out, nil
}
