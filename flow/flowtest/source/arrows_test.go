package source

import (
	"go/ast"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports is what a package may see.
type imports struct {
	why    string
	ours   string            // packages of this repository, without "pleo-connect/"
	others string            // of other modules
	std    string            // of the standard library; empty: all that is not in never
	never  string            // of the standard library
	names  map[string]string // the names that may be used of an imported package, as a pattern
}

const (
	noNetwork = "net net/http net/netip crypto/tls"
	noProcess = "os/exec os/signal os/user"
	xansi     = "github.com/charmbracelet/x/ansi"

	jsonAndText = "github.com/go-json-experiment/json github.com/go-json-experiment/json/jsontext"
)

// arrows are all there are between the packages of this repository, lowest first. A package without a row may not be
// there.
var arrows = map[string]imports{
	"pleoclient/textfile": {
		why: "text files are the same for every reader",
		std: "bytes encoding/binary errors io strconv unicode/utf16 unicode/utf8",
	},
	"pleoclient/lazy": {why: "what is made at its first use does not know what it is for", std: "regexp sync"},
	"pleoclient": {
		why:    "the client knows nothing of this program",
		ours:   "pleoclient/lazy pleoclient/textfile",
		others: jsonAndText + " golang.org/x/net/http/httpproxy",
		never:  noProcess,
	},
	"pleoclient/pleosim/pages": {
		why: "the pages of the simulated Pleo draw what they are given",
		std: "embed fmt html slices strconv strings time",
	},
	"pleoclient/pleosim": {
		why: "the simulated Pleo serves what the client asks for", ours: "pleoclient pleoclient/pleosim/pages",
		others: jsonAndText,
	},
	"store/trust": {why: "who may replace a file is a question of its own", never: noNetwork + " " + noProcess},
	"store": {
		why:  "the store knows the key, how ids look and how paths are shown, and nothing of Pleo's API",
		ours: "pleoclient pleoclient/textfile store/trust",
		others: "filippo.io/age filippo.io/age/armor golang.org/x/crypto/chacha20poly1305 " +
			"github.com/gofrs/flock golang.org/x/sys/unix " + jsonAndText,
		never: noNetwork + " os/exec os/signal",
		names: map[string]string{"pleoclient": `Key|NewKey|IsUUID|SafePath|ShellWord|ShellWords|SystemReason`},
	},
	"store/kv": {
		why:  "a store in an engine is one of entries, and does not look at the process",
		ours: "pleoclient store", others: jsonAndText + " golang.org/x/net/http/httpproxy", never: "os " + noProcess,
	},
	"flow": {
		why:  "flow does no I/O, reads no clock, and knows types of the client but no client",
		ours: "pleoclient pleoclient/lazy pleoclient/textfile",
		// context for the type Do, which the interfaces call
		std: "cmp context errors fmt maps slices strconv strings time unicode unicode/utf8",
		names: map[string]string{
			"pleoclient": `Key|KeyError|CleanKey|Cleaned|Removal|Scope|MissingScopes|SameScopes|` +
				`SafeText|Safe|SafeUpTo|SafePath|IsSafe|ShellWord|ShellWords|` +
				`Company|CompanyID|ParseCompanyID|Installation|Installations|Introspection|Owner|` +
				`Error|Cause|Character|Odd|SettingError|` +
				`(Kind|Looks|Removed|Reason|Setting|Sort|Status|AuthMethod|ErrorCode)\w*`,
			"pleoclient/textfile": `Fault|What|Empty|NUL|NotUTF8|Damaged|Unmarked`,
			"time":                `Time|Duration|Second|Minute|Hour`,
			"context":             `Context`,
		},
	},
	"tui/input": {
		why:    "the reader in front of both faces knows no face",
		ours:   "pleoclient/lazy",
		others: "golang.org/x/sys/unix golang.org/x/sys/windows golang.org/x/term",
		never:  noNetwork + " " + noProcess,
	},
	"tui": {
		why:  "the full-screen face sees flow and what the reader hands on, and draws",
		ours: "flow pleoclient/lazy tui/colors tui/input tui/paint",
		others: "charm.land/bubbles/v2/key charm.land/bubbletea/v2 charm.land/lipgloss/v2 " +
			"github.com/charmbracelet/colorprofile " + xansi,
		std: "context errors fmt image/color io slices strconv strings sync time unicode unicode/utf8",
	},
	"tui/colors": {
		why:    "the colours of marks do not depend on what draws them",
		others: "github.com/charmbracelet/colorprofile " + xansi, std: "image/color",
	},
	"tui/paint": {
		why: "what writes frames does not know what they show",
		others: "charm.land/bubbletea/v2 github.com/charmbracelet/colorprofile github.com/charmbracelet/ultraviolet " +
			"golang.org/x/sys/unix golang.org/x/term " + xansi,
		std: "bytes io os os/signal slices strconv strings sync time",
	},
	"tui/plain": {
		why: "the line face sees flow, lines and nothing else", ours: "flow tui/input", others: xansi,
		std: "bytes context errors fmt io strings unicode unicode/utf8",
	},
	"cmd/internal/early": {why: "early is initialised before every package that reads the environment", std: "os"},
	"cmd/internal/integration": {
		why:    "the vendor's file is for no command in particular",
		ours:   "cmd/internal/trusted flow pleoclient pleoclient/lazy pleoclient/textfile store",
		others: "github.com/pelletier/go-toml/v2 github.com/pelletier/go-toml/v2/unstable", never: noProcess,
	},
	"cmd/internal/trusted": {
		why: "who may replace a file that we rely on does not depend on what is in it", ours: "pleoclient store/trust",
		never: noNetwork + " " + noProcess,
	},
	"cmd/internal/console": {
		why: "a console prints what it is given", ours: "flow pleoclient pleoclient/lazy tui/colors",
		others: "github.com/charmbracelet/colorprofile golang.org/x/term " + xansi, never: noNetwork + " " + noProcess,
	},
	"cmd/internal/host": {
		why:    "what belongs to the process is for no command in particular",
		ours:   "cmd/internal/early flow pleoclient pleoclient/lazy store",
		others: "github.com/gofrs/flock golang.org/x/net/http/httpproxy golang.org/x/sys/unix golang.org/x/sys/windows",
		never:  noNetwork,
	},
	"cmd/internal/stage": {why: "a terminal in a browser does not know what is shown on it", never: "os " + noProcess},
	"cmd/internal/engine": {
		why:   "an engine sees no environment and no terminal",
		ours:  "cmd/internal/integration flow pleoclient pleoclient/lazy store",
		never: "os net " + noProcess,
	},
	"cmd/pleo-connect": {
		why: "everything meets here",
		ours: "cmd/internal/console cmd/internal/early cmd/internal/engine cmd/internal/host cmd/internal/integration " +
			"cmd/internal/stage cmd/internal/trusted flow pleoclient pleoclient/pleosim pleoclient/textfile store " +
			"store/kv tui tui/input tui/paint tui/plain",
		others: "charm.land/bubbletea/v2 github.com/muesli/mango-cobra github.com/muesli/roff " +
			"github.com/spf13/cobra github.com/spf13/pflag " + xansi,
		never: "os/signal os/user",
	},
}

// TestArrows holds every package to its row, and every row to what its package uses.
func TestArrows(t *testing.T) {
	t.Parallel()
	dirs := Packages(t)
	for _, dir := range dirs {
		row, known := arrows[dir]
		if !known {
			t.Errorf("%s has no row in this test", dir)
			continue
		}
		files := map[string]*ast.File{}
		for name := range Files(t, dir) {
			files[name] = Parse(t, filepath.Join(dir, name))
		}
		row.check(t, dir, files)
	}
	if len(dirs) != len(arrows) {
		t.Errorf("%d packages for %d rows", len(dirs), len(arrows))
	}
}

const module = "pleo-connect/"

func (row imports) check(t *testing.T, dir string, files map[string]*ast.File) {
	used := map[string]bool{}
	for name, file := range files {
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if spec.Name != nil && row.names[filepath.Base(path)] != "" {
				t.Errorf("%s/%s gives %s another name, which hides it from this test", dir, name, path)
			}
			used[path] = true
			if !row.allows(path) {
				t.Errorf("%s/%s imports %s: %s", dir, name, path, row.why)
			}
		}
		row.checkNames(t, dir+"/"+name, file)
	}
	for _, path := range strings.Fields(row.others + " " + row.std) {
		if !used[path] {
			t.Errorf("%s may import %s and does not: take it out of its row", dir, path)
		}
	}
	for _, path := range strings.Fields(row.ours) {
		if !used[module+path] {
			t.Errorf("%s may import %s and does not: take it out of its row", dir, path)
		}
	}
}

func (row imports) allows(path string) bool {
	if ours, found := strings.CutPrefix(path, module); found {
		return slices.Contains(strings.Fields(row.ours), ours)
	}
	first, _, _ := strings.Cut(path, "/")
	switch {
	case strings.Contains(first, "."):
		return slices.Contains(strings.Fields(row.others), path)
	case row.std != "":
		return slices.Contains(strings.Fields(row.std), path)
	}
	return !slices.Contains(strings.Fields(row.never), path)
}

// checkNames looks at what a file uses of the packages whose names are limited.
func (row imports) checkNames(t *testing.T, file string, parsed *ast.File) {
	ast.Inspect(parsed, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && row.names[pkg.Name] != "" &&
			!regexp.MustCompile(`^(`+row.names[pkg.Name]+`)$`).MatchString(sel.Sel.Name) {
			t.Errorf("%s uses %s.%s: %s", file, pkg.Name, sel.Sel.Name, row.why)
		}
		return true
	})
}
