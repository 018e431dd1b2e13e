package pleoclient_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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
	for where, echo := range echoes {
		for _, form := range repeated(canary) {
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

// repeated are the forms in which a stranger may send the key back.
func repeated(key string) map[string]string {
	between := func(with string) string { return strings.Join(strings.Split(key, ""), with) }
	var pairs, pieces []string
	for _, c := range []byte(key) {
		pairs = append(pairs, fmt.Sprintf("%02x", c))
	}
	for piece := range slices.Chunk([]byte(key), 4) {
		pieces = append(pieces, string(piece))
	}
	return map[string]string{
		"plain": key, "in a sentence": "Bakery " + key + " ApS", "capitals": strings.ToUpper(key),
		"hex": hex.EncodeToString([]byte(key)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(key))),
		"hex with colons": fmt.Sprintf("% x", key), "Base64": basicOf(key), "Basic": basicOf(key + ":"),
		"Base64 behind a name": basicOf("u:" + key), "Base64 behind another": basicOf("user:" + key),
		"tags": key[:9] + "<b>" + key[9:20] + "</b><i class=x>" + key[20:], "spaces": between(" "),
		"in a tag": "<" + key + ">", "capitals in a tag": "<" + strings.ToUpper(key) + ">",
		"hex in a tag": "<" + hex.EncodeToString([]byte(key)) + ">", "between signs": "1 < " + key + " > 2",
		"zero width": between("\u200b"), "line feeds": between("\n"), "dots": between("."),
		"percent":     "100% " + strings.ReplaceAll(url.PathEscape(key), "-", "%2D"),
		"all percent": "%" + strings.Join(pairs, "%"), "C": `\x` + strings.Join(pairs, `\x`),
		"a list of bytes": "0x" + strings.Join(pairs, ",0x"), "nested tags": strings.Join(pieces, "<<b>i>"),
	}
}

// longCanary is as long as real keys are.
const longCanary = canary + "-5B0c7f1e52D84c398e6a1f7D90b3a2c57d20eE41"

// TestNoAnswerRepeatsTheKey: an answer that sends the key back in one of its texts is none that can be understood.
func TestNoAnswerRepeatsTheKey(t *testing.T) {
	t.Parallel()
	bodies := map[string]struct {
		call        apiCall
		body, field string
	}{
		"application": {introspect, goodClient, "applicationName"}, "scope": {introspect, goodClient, "scope"},
		"authMethod": {introspect, goodClient, "authMethod"}, "clientId": {introspect, goodClient, "clientId"},
		"status":    {getInstallation, goodInstallation, "status"},
		"errorCode": {getInstallation, goodInstallation, "errorCode"},
		"metadata":  {updateInstallation, goodInstallation, "metadata"}, "name": {getCompany, goodCompany, "name"},
		"an unknown member": {deleteInstallation, `{}`, "x"},
	}
	forms, n := repeated(longCanary), len(longCanary)
	forms["secret"], forms["halves"] = longCanary[n-35:], longCanary[n/2:]+longCanary[:n/2]
	forms["beginning"], forms["end"], forms["middle"] = longCanary[:n-n/6], longCanary[n/6:], longCanary[n/10:n-n/10]
	for place, b := range bodies {
		for form, text := range forms {
			t.Run(place+" "+form, func(t *testing.T) {
				t.Parallel()
				base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					answer(&statusWriter{w, 200}, "application/json", withText(t, b.body, b.field, text))
				})
				err := b.call.do(t.Context(), newClient(t, base), pleoclient.NewKey(longCanary))
				checkNoKey(t, err)
				if e := wantKind(t, err, pleoclient.KindUnexpected); e.Cause.Reason != pleoclient.ReasonRepeatsKey {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// TestEveryPartOfTheKeyIsFound: three quarters of a key are recognised wherever they begin, in the key and in the text,
// and one character less is not.
func TestEveryPartOfTheKeyIsFound(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"abcdefghijkl", "abcdefghijklmnopqrstuvw", strings.Repeat("abcdefg", 5) + "hijklmnop"} {
		size := min(len(key), max(16, (3*len(key)+3)/4))
		for from := range len(key) - size + 1 {
			for before := range size + 1 {
				repeats := func(part string) bool {
					body := `"` + strings.Repeat("Z", before) + part + `ZZ"`
					res := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}}
					var e *pleoclient.Error
					errors.As(pleoclient.CheckAnswer(res, []byte(body), nil, key), &e)
					return e != nil && e.Cause.Reason == pleoclient.ReasonRepeatsKey
				}
				if !repeats(key[from:from+size]) || repeats(key[from:from+size-1]) {
					t.Fatalf("%d characters of %q from %d, behind %d others", size, key, from, before)
				}
			}
		}
	}
}

// withText returns a JSON body with text in one of its members, of the answer or of its data.
func withText(t *testing.T, body, member, text string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatal(err)
	}
	at := all
	if data, wrapped := all["data"].(map[string]any); wrapped {
		at = data
	}
	at[member] = text
	if member == "metadata" {
		at[member] = map[string]any{"till": []any{text}}
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestHarmlessAnswers: an answer may name what is public about a key, such as its prefix or an id in it.
func TestHarmlessAnswers(t *testing.T) {
	t.Parallel()
	const id = "9e2d6a407b134f58a1c63d8e5f07b924"
	for key, text := range map[string]string{
		canary: "canary", "canary_" + id + "_0f1e2d3c4b5a6978": "canary_" + id, "--------": "-",
		"canary-8": "canary", "12345678": "1234567",
	} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			answer(&statusWriter{w, 200}, "application/json", withText(t, goodClient, "applicationName", text))
		})
		who, err := newClient(t, base).Introspect(t.Context(), pleoclient.NewKey(key))
		if err != nil || who.Application.String() != text {
			t.Errorf("got %q, %v", who.Application, err)
		}
	}
}

// TestOddKeysAreRecognised: a key that looks like a part of a page, or has few letters.
func TestOddKeysAreRecognised(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		canary + "<b>x", canary + "<b", "x<script>" + canary, "<" + canary + ">", "canary-8", "--------", "--canary--",
	} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			body := withText(t, goodClient, "applicationName", "no "+key+" here")
			answer(&statusWriter{w, 200}, "application/json", body)
		})
		_, err := newClient(t, base).Introspect(t.Context(), pleoclient.NewKey(key))
		wantKind(t, err, pleoclient.KindUnexpected)
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
		prints += fmt.Sprintf("|%+v|%#v|%s", *e, *e, e.Cause)
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

// BenchmarkRepeats looks for the key in the largest answer.
func BenchmarkRepeats(b *testing.B) {
	body := []byte(`{"x":"` + strings.Repeat("companies:read ", 1<<16) + `"}`)
	res := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if err := pleoclient.CheckAnswer(res, body, nil, canary); err != nil {
			b.Fatal(err)
		}
	}
}
