package pleoclient_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pleo-connect/pleoclient"
)

// TestNoErrorShowsTheKey: a stranger gets the key and sends it back in every place that may end up in an error.
func TestNoErrorShowsTheKey(t *testing.T) {
	t.Parallel()
	echoes := map[string]func(http.ResponseWriter, string){
		"body": func(w http.ResponseWriter, s string) { answer(w, "text/plain", s) },
		"late": func(w http.ResponseWriter, s string) { answer(w, "text/plain", strings.Repeat("x", 190)+s) },
		"JSON": func(w http.ResponseWriter, s string) { answer(w, "application/json", `{"message":"`+s+`"}`) },
		"type": func(w http.ResponseWriter, s string) { answer(w, "text/"+s, s) },
		"encoding": func(w http.ResponseWriter, s string) {
			w.Header().Set("Content-Encoding", s)
			answer(w, "text/plain", s)
		},
		"redirect": func(w http.ResponseWriter, s string) {
			w.Header().Set("Location", "https://"+url.PathEscape(s)+"/"+s)
			answer(w, "", s)
		},
		"wait time": func(w http.ResponseWriter, s string) {
			w.Header().Set("Retry-After", s)
			answer(w, "text/plain", s)
		},
	}
	forms := []string{
		canary, basicOf(canary + ":"), strings.TrimRight(basicOf(canary+":"), "="), basicOf(canary), canary + canary,
	}
	for where, echo := range echoes {
		for _, form := range forms {
			t.Run(where, func(t *testing.T) {
				t.Parallel()
				var status atomic.Int32
				base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					echo(&statusWriter{w, int(status.Load())}, form)
				})
				c := newClient(t, base)
				for _, next := range []int32{200, 302, 400, 401, 403, 404, 418, 429, 500, 511} {
					status.Store(next)
					for _, call := range calls[1:] {
						checkNoKey(t, call.do(t.Context(), c, canaryKey))
					}
				}
			})
		}
	}
}

// TestNoTagTearsTheKey: a key that looks like a part of a page is no part of one.
func TestNoTagTearsTheKey(t *testing.T) {
	t.Parallel()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		key, _, _ := r.BasicAuth()
		answer(&statusWriter{w, 500}, "text/html", "<p>no "+key+"</p>")
	})
	for _, key := range []string{canary + "<b>x", canary + "<b", "x<script>" + canary} {
		_, err := newClient(t, base).Introspect(t.Context(), pleoclient.NewKey(key))
		checkNoKey(t, err)
		if e := wantKind(t, err, pleoclient.KindPleoTrouble); e.Detail.String() != "no [redacted]" {
			t.Errorf("got detail %q", e.Detail)
		}
	}
}

// statusWriter answers with a fixed status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func answer(w http.ResponseWriter, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(w.(*statusWriter).status)
	_, _ = w.Write([]byte(body))
}

func basicOf(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// checkNoKey looks for the key, also for half of it, in everything an error can print.
func checkNoKey(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	prints := fmt.Sprintf("%v|%+v|%#v|%q|%s", err, err, err, err, err)
	var e *pleoclient.Error
	if errors.As(err, &e) {
		prints += fmt.Sprintf("|%+v|%#v|%s", *e, *e, e.Detail)
	}
	half := len(canary) / 2
	for _, secret := range []string{
		canary[:half], canary[half:], basicOf(canary)[:half], basicOf(canary)[half : len(basicOf(canary))-4],
		hex.EncodeToString([]byte(canary)),
	} {
		if strings.Contains(prints, secret) {
			t.Errorf("the error shows the key: %v", err)
			return
		}
	}
}

// mayReveal are the files whose code may see the text of a key.
var mayReveal = []string{
	"pleoclient/key.go",        // the type itself
	"pleoclient/do.go",         // the Authorization header
	"cmd/pleo-connect/key.go",  // the command that hands the key to a service
	"cmd/pleo-connect/exec.go", // the same through the environment of a child
}

// TestWhoReveals lists the callers of Key.Reveal in the whole module. Besides mayReveal, one file of store may call it:
// the encoder of its records.
func TestWhoReveals(t *testing.T) {
	t.Parallel()
	root := ".."
	callers := map[string]int{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		if n, err := countReveals(path); err != nil {
			return err
		} else if n > 0 {
			name, _ := filepath.Rel(root, path)
			callers[filepath.ToSlash(name)] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if callers["pleoclient/do.go"] != 1 {
		t.Errorf("pleoclient/do.go reveals the key %d times, want once", callers["pleoclient/do.go"])
	}
	var inStore []string
	for file := range callers {
		if strings.HasPrefix(file, "store/") {
			inStore = append(inStore, file)
		} else if !slices.Contains(mayReveal, file) {
			t.Errorf("%s reveals a key", file)
		}
	}
	if len(inStore) > 1 {
		t.Errorf("several files of store reveal a key: %v", inStore)
	}
}

// countReveals counts the uses of a method called Reveal in a file, called or taken as a value.
func countReveals(path string) (n int, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return 0, err
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if s, ok := node.(*ast.SelectorExpr); ok && s.Sel.Name == "Reveal" {
			n++
		}
		return true
	})
	return n, nil
}
