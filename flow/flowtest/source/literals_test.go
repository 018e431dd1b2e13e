package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// spared are literals of three words or more that no person reads, or that stay beside their command.
var spared = []struct{ file, pattern, why string }{
	{"cmd/internal/engine/answers.go", `.`, "reasons beside rules: a test requires them, and nothing prints them"},
	{"cmd/internal/integration/integration.go", `Dynamics|^See exports|^Run exports|^Read `,
		"the built-in integration, in the words of a vendor's file"},
	{"cmd/internal/stage/", `.`, "for browsers, and errors that nothing prints: its words are in pages"},
	{"cmd/pleo-connect/recipient.go", `^(?:Lets? another|Stops? an) identity`, "Short and Long, as arguments"},
	{"flow/webapp.go", `^Settings > `, "menus of Pleo's pages, in its own words"},
	{"flow/unit.go", `^  mkdir|^systemd-`, "commands"},
	{"pleoclient/error_network.go", `response headers exceeded|^http: `, "a text of net/http, to recognise"},
	{"pleoclient/proxy.go", `^unexpected protocol version|^no acceptable auth|^username/password`,
		"texts of net/http and socks, to recognise"},
	{"pleoclient/reason.go", `local clock`, "a cause in the text of an error, for logs"},
	{"store/cases.go", `.`, "cases in the texts of errors, for logs"},
	{"store/create.go", `^This directory is|^Your key is encrypted`, "the README of a store, written to disk once"},
	{"store/error.go", `^by pid `, "in the text of an error, for logs"},
	{"tui/input/", `.`, "why a terminal is given up, in the text of an error: the words are rows"},
	{"tui/plain/prompt.go", `.`, "why a question has no answer, in the text of an error: nothing prints it"},
	{"store/kv/faults.go", `.`, "texts of the engines' errors, to recognise"},
	{"store/lock.go", `^pid `, "a line of the lock file"},
	{"store/identity.go", `^# Identity of`, "the first line of an identity file, written to disk once"},
}

// TestSentencesAreInTheBook finds literals of three words or more outside flow's book: what people read is a text in
// flow/english*.go, so that one file makes a second language. The parts of a text that is joined with + count as one.
//
// Not looked at: what cobra shows (Use, Short, Long, Example, the help of flags), which stays beside its command; texts
// of errors of the store and the client, which go to logs; functions called Error, panics, tags; the simulated Pleo;
// tests and their helpers.
func TestSentencesAreInTheBook(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it only reads the source, which the race detector makes ten times slower")
	}
	used := make([]bool, len(spared))
	root := Root(t)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file, _ := filepath.Rel(root, path)
		file = filepath.ToSlash(file)
		if d.IsDir() {
			if OnlyTests(file) || file == "pleoclient/pleosim" || strings.HasPrefix(d.Name(), ".git") ||
				Nested(root, path) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") ||
			strings.HasPrefix(file, "flow/english") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
	found:
		for _, s := range sentences(parsed, file, helps(t, filepath.Dir(file))) {
			for i, allowed := range spared {
				inFolder := strings.HasSuffix(allowed.file, "/") && strings.HasPrefix(file, allowed.file)
				if (inFolder || allowed.file == file) && regexp.MustCompile(allowed.pattern).MatchString(s.text) {
					used[i] = true
					continue found
				}
			}
			t.Errorf("%s:%d: %q: a sentence for people belongs into the book", file, set.Position(s.at).Line, s.text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, allowed := range spared {
		if !used[i] {
			t.Errorf("%s has nothing like %q any more: take it out of spared", allowed.file, allowed.pattern)
		}
	}
}

// helps returns the names of the constants and variables that the files of a folder use in fields of cobra and as the
// help of flags.
func helps(t *testing.T, dir string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for name := range Files(t, dir) {
		f := finder{help: func(e ast.Expr) {
			ast.Inspect(e, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					out[name.Name] = true
				}
				return true
			})
		}}
		ast.Inspect(Parse(t, filepath.Join(dir, name)), f.visit)
	}
	return out
}

// sentence is a text in the source that could be for people.
type sentence struct {
	at   token.Pos
	text string
}

// sentences returns the texts of three words or more in a file. Those of the names in helps stay beside their command.
func sentences(parsed *ast.File, file string, helps map[string]bool) []sentence {
	f := finder{errors: strings.HasPrefix(file, "store/") || strings.HasPrefix(file, "pleoclient/"), helps: helps}
	ast.Inspect(parsed, f.visit)
	return f.found
}

type finder struct {
	errors bool            // texts of errors are for logs
	helps  map[string]bool // names of constants and variables
	help   func(ast.Expr)  // is called for what cobra shows; may be nil
	found  []sentence
}

// shown is called for an expression that cobra shows.
func (f *finder) shown(e ast.Expr) bool {
	if f.help != nil {
		f.help(e)
	}
	return false
}

var (
	cobraField = regexp.MustCompile(`^(?:Use|Short|Long|Example|Deprecated|Usage)$`)
	flagCall   = regexp.MustCompile(`^(?:Bool|String|Int|Uint|Duration|Count|Func)\w*$|^VarP?F?$|[fF]lag$`)
	wordy      = regexp.MustCompile(`\pL`)
	verb       = regexp.MustCompile(`%[-+# 0]*(?:\[\d+\])?(?:[\d*]+)?(?:\.[\d*]+)?[a-zA-Z]`)
)

// visit is called for every node; what it returns false for is not looked into.
func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.Field:
		if n.Tag != nil {
			ast.Inspect(n.Type, f.visit)
			return false
		}
	case *ast.FuncDecl:
		return n.Name.Name != "Error"
	case *ast.KeyValueExpr:
		key, ok := n.Key.(*ast.Ident)
		if ok && cobraField.MatchString(key.Name) {
			return f.shown(n.Value)
		}
	case *ast.AssignStmt: // cmd.Long += …
		if sel, ok := n.Lhs[0].(*ast.SelectorExpr); ok && cobraField.MatchString(sel.Sel.Name) {
			return f.shown(n.Rhs[0])
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 && len(n.Values) == 1 && f.helps[n.Names[0].Name] {
			return false
		}
	case *ast.CallExpr:
		return f.call(n)
	case *ast.BinaryExpr:
		if text, others, ok := joined(n); ok {
			f.add(n.Pos(), text)
			for _, other := range others {
				ast.Inspect(other, f.visit)
			}
			return false
		}
	case *ast.BasicLit:
		if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
			f.add(n.Pos(), text)
		}
	}
	return true
}

func (f *finder) call(n *ast.CallExpr) bool {
	name, pkg := "", ""
	switch fun := n.Fun.(type) {
	case *ast.Ident:
		name = fun.Name
	case *ast.SelectorExpr:
		name = fun.Sel.Name
		if x, ok := fun.X.(*ast.Ident); ok {
			pkg = x.Name
		}
	}
	switch {
	case name == "panic":
		return false
	case f.errors && (pkg == "errors" && name == "New" || pkg == "fmt" && name == "Errorf"):
		return false
	case name == "MustCompile", name == "NewRegexp":
		return false
	case flagCall.MatchString(name) && len(n.Args) >= 3: // the help of a flag is its last argument
		ast.Inspect(n.Fun, f.visit)
		for _, arg := range n.Args[:len(n.Args)-1] {
			ast.Inspect(arg, f.visit)
		}
		return f.shown(n.Args[len(n.Args)-1])
	}
	return true
}

// add notes a text of three words or more.
func (f *finder) add(at token.Pos, text string) {
	words := 0
	for _, word := range strings.Fields(verb.ReplaceAllString(text, "")) {
		if wordy.MatchString(word) {
			words++
		}
	}
	if words >= 3 {
		f.found = append(f.found, sentence{at, text})
	}
}

// joined returns the texts of a chain of +, with %s for its other parts. ok is false for another operator, and for a
// chain without a text.
func joined(e *ast.BinaryExpr) (text string, others []ast.Expr, ok bool) {
	if e.Op != token.ADD {
		return "", nil, false
	}
	var parts []string
	var walk func(ast.Expr)
	walk = func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				walk(e.X)
				walk(e.Y)
				return
			}
		case *ast.ParenExpr:
			walk(e.X)
			return
		case *ast.BasicLit:
			if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
				parts, ok = append(parts, text), true
				return
			}
		}
		parts, others = append(parts, "%s"), append(others, e)
	}
	walk(e)
	return strings.Join(parts, ""), others, ok
}

// TestSentencesAreFound holds the finder to what it must find and leave.
func TestSentencesAreFound(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{
		`const a = "this is found"`:                                                         1,
		`const a = "not this"`:                                                              0,
		`var a = "in two " + b + " halves"`:                                                 1,
		`var a = fmt.Sprintf("%s is %d", x, y)`:                                             0,
		`func (e E) Error() string { return "a text for logs" }`:                            0,
		`func (e E) String() string { return "a text for people" }`:                         1,
		`const more = "help of a command"`:                                                  0,
		`func g() { f.Usage = "help of a flag" }`:                                           0,
		`var c = cobra.Command{Short: "help of a command"}`:                                 0,
		`func f() { c.Flags().StringVar(&a, "name", "a default value", "help of a flag") }`: 1,
		`func f() { panic("never seen by people") }`:                                        0,
		`var err = errors.New("seen in other packages")`:                                    1,
		"type a struct { B int `json:\"a\" yaml:\"b\" toml:\"c\"` }":                        0,
	} {
		parsed, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a\n"+source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := sentences(parsed, "cmd/a.go", map[string]bool{"more": true}); len(got) != want {
			t.Errorf("%s: %d sentences, want %d: %v", source, len(got), want, got)
		}
	}
}
