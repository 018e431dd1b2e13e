package storetest

import (
	"testing"

	"pleo-connect/store"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	Run(t, func(*testing.T) func() Keeper {
		var m Memory
		return func() Keeper { return records(&m) }
	})
	RunLost(t, func(*testing.T) func() store.Entries {
		var m Memory
		return func() store.Entries { return &m }
	})
}
