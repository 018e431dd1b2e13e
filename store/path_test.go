package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFileIDs(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{"production": "prod-", "staging": "stg-", "demo": "demo-"} {
		ref := Ref{env, ledger, companyA}
		id, err := ref.fileID()
		must(t, err)
		back, ok := RefOf(id)
		if id != want+ledger+"-"+companyA || !ok || back != ref {
			t.Errorf("%s: %q, back to %v", env, id, back)
		}
	}
	for _, id := range []string{
		"", "prod-", companyA, "x-" + companyA, "prod-" + companyA, "prod--" + companyA, "prod-ab-" + companyA,
		"prod-" + ledger + companyA, "prod-" + ledger + "--" + companyA, "prod-Ledger-" + companyA,
		"prod-" + ledger + "-" + strings.ToUpper(companyA), "PROD-" + ledger + "-" + companyA,
	} {
		if ref, ok := RefOf(id); ok {
			t.Errorf("RefOf(%q) is %v", id, ref)
		}
	}
}

// TestFileIDsOfOddIntegrations: no two records share a file, no matter what their ids look like.
func TestFileIDsOfOddIntegrations(t *testing.T) {
	t.Parallel()
	seen := map[string]Ref{}
	for _, id := range []string{
		"prod", "stg-a", "prod-a", "demo-demo", "123", companyB, "a--b", "a-b", strings.Repeat("9", 40),
		companyB[:8], "prod-" + companyB[:30],
	} {
		for _, ref := range []Ref{{"production", id, companyA}, {"staging", id, companyA}, {"demo", id, companyB}} {
			fileID, err := ref.fileID()
			must(t, err)
			if other, taken := seen[fileID]; taken {
				t.Errorf("%v and %v are both %q", ref, other, fileID)
			}
			seen[fileID] = ref
			if back, ok := RefOf(fileID); !ok || back != ref {
				t.Errorf("%v: %q, back to %v", ref, fileID, back)
			}
		}
	}
}

// refused holds Open, Create and Probe to one kind, and to leaving no trace.
func refused(t *testing.T, cfg Config, root string, want Kind) {
	t.Helper()
	before := strings.Join(files(t, root), "\n")
	_, openErr := Open(cfg)
	_, createErr := Create(cfg)
	for name, err := range map[string]error{"Open": openErr, "Create": createErr, "Probe": probe(cfg)} {
		if err == nil || kindOf(err) != want {
			t.Errorf("%s: %v, want kind %q", name, err, want)
		}
	}
	if after := strings.Join(files(t, root), "\n"); after != before {
		t.Errorf("files changed from\n%s\nto\n%s", before, after)
	}
}

// TestIdentityInside: a file that is there can be moved; one that is not can only be named elsewhere.
func TestIdentityInside(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	cfg.Identity = filepath.Join(cfg.Dir, "identity.txt")
	if err := probe(cfg); rowOf(err) != caseInsideFirst {
		t.Errorf("not there: %v", err)
	}
	must(t, os.MkdirAll(cfg.Dir, 0o700))
	writeFile(t, cfg.Identity, []byte("x"))
	if err := probe(cfg); rowOf(err) != KindIdentityInside {
		t.Errorf("there: %v", err)
	}
}

func TestRefusedPlaces(t *testing.T) {
	t.Parallel()
	for about, tt := range map[string]struct {
		change func(t *testing.T, cfg *Config)
		want   Kind
	}{
		"relative store":    {func(_ *testing.T, c *Config) { c.Dir = "store" }, ""},
		"relative identity": {func(_ *testing.T, c *Config) { c.Identity = "identity.txt" }, ""},
		"empty":             {func(_ *testing.T, c *Config) { c.Dir = "" }, ""},
		"a whole disk": {
			func(_ *testing.T, c *Config) { c.Dir = filepath.VolumeName(c.Dir) + string(filepath.Separator) },
			KindForeign},
		"identity inside": {
			func(_ *testing.T, c *Config) { c.Identity = filepath.Join(c.Dir, "keys", "identity.txt") },
			KindIdentityInside},
		"identity inside, by another name": {func(t *testing.T, c *Config) {
			must(t, os.MkdirAll(c.Dir, 0o700))
			link := filepath.Join(tempRoot(*c), "link")
			must(t, os.Symlink(c.Dir, link))
			c.Identity = filepath.Join(link, "identity.txt")
		}, KindIdentityInside},
		"identity is the store": {func(_ *testing.T, c *Config) { c.Identity = c.Dir }, KindIdentityInside},
		"a file": {func(t *testing.T, c *Config) {
			must(t, os.MkdirAll(filepath.Dir(c.Dir), 0o700))
			writeFile(t, c.Dir, []byte("x"))
		}, KindForeign},
		"not empty": {func(t *testing.T, c *Config) {
			must(t, os.MkdirAll(c.Dir, 0o700))
			writeFile(t, filepath.Join(c.Dir, "letter.txt"), []byte("x"))
		}, KindForeign},
		"below a file": {func(t *testing.T, c *Config) {
			writeFile(t, filepath.Dir(c.Dir), []byte("x"))
		}, KindForeign},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			cfg := newConfig(t)
			root := tempRoot(cfg)
			tt.change(t, &cfg)
			refused(t, cfg, root, tt.want)
		})
	}
}

// TestHomeIsNoStore: not even where the identity is inside, as it is by default.
func TestHomeIsNoStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	must(t, os.MkdirAll(cfg.Dir, 0o700))
	cfg.Home = cfg.Dir
	refused(t, cfg, tempRoot(cfg), KindForeign)
	cfg.Identity = filepath.Join(cfg.Dir, "config", "identity.txt")
	_, err := Open(cfg)
	wantKind(t, err, KindForeign)
}

// TestLinkedPlaces: links on the way are followed once, and the checks look at where they lead.
func TestLinkedPlaces(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	root := tempRoot(cfg)
	must(t, os.Mkdir(filepath.Join(root, "real"), 0o700))
	must(t, os.Symlink(filepath.Join(root, "real"), filepath.Join(root, "link")))
	cfg.Dir = filepath.Join(root, "link", "store")
	r := put(t, create(t, cfg), newRecord(companyA))
	if want := filepath.Join(root, "real", "store", "installations", prod+companyA+".age"); r.File != want {
		t.Errorf("File is %s, want %s", r.File, want)
	}
}

// TestUnfinishedStore: the next use continues from anything that the first one left behind.
func TestUnfinishedStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	must(t, os.MkdirAll(filepath.Join(cfg.Dir, installationsName), 0o700))
	for _, name := range []string{lockName, formatName, readmeName, tempPrefix + "X"} {
		writeFile(t, filepath.Join(cfg.Dir, name), nil)
	}
	must(t, probe(cfg))
	put(t, create(t, cfg), newRecord(companyA))
}

func TestNotesBesideAStore(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	create(t, cfg)
	writeFile(t, filepath.Join(cfg.Dir, "notes.txt"), nil)
	put(t, create(t, cfg), newRecord(companyA))
}

func TestIdentityIsShared(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t)
	one := create(t, cfg)
	before := readFile(t, cfg.Identity)
	cfg.Dir += "-two"
	two := create(t, cfg)
	if string(before) != string(readFile(t, cfg.Identity)) {
		t.Fatal("a second store made a new identity")
	}
	put(t, one, newRecord(companyA))
	if r := put(t, two, newRecord(companyA)); r.RolledBack || r.Generation != 1 {
		t.Errorf("the marks of two stores mix: generation %d", r.Generation)
	}
}
