package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"pleo-connect/store"
	"pleo-connect/store/storetest"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) func() storetest.Keeper {
		base := t.TempDir()
		if err := os.Chmod(base, 0o700); err != nil {
			t.Fatal(err)
		}
		cfg := store.Config{
			Dir: filepath.Join(base, "store"), Identity: filepath.Join(base, "config", "identity.txt"), AnyPlace: true,
		}
		return func() storetest.Keeper {
			s, err := store.Create(cfg)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	})
}
