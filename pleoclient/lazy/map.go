package lazy

import "sync"

// Map is a map that Fill makes when it is first used. A literal of this type, unlike a call, is laid out by the linker.
type Map[K comparable, V any] struct {
	Fill func() map[K]V
	once sync.Once
	made map[K]V
}

// All returns the map, which must not be changed.
func (m *Map[K, V]) All() map[K]V {
	m.once.Do(func() { m.made = m.Fill() })
	return m.made
}

// Get returns the value of a key, or the zero value.
func (m *Map[K, V]) Get(key K) V { return m.All()[key] }

// Find returns the value of a key, and whether there is one.
func (m *Map[K, V]) Find(key K) (V, bool) {
	v, found := m.All()[key]
	return v, found
}
