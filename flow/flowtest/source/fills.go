package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Fill is a place in the source that gives values to a row or a text of the book.
type Fill struct {
	At     string   // file and line
	Row    string   // of a fault; unknown parts are *
	Text   []string // of a call of Fill, Count or String: names such as Wizard, Connected; with Row empty
	Count  bool     // {n} is given
	Fields []string // of Values that are set
	Known  bool     // Fields are all there are
}

// Module is the parsed source of the repository, except tests, test helpers and the books.
type Module struct {
	files     map[string]*ast.File
	set       *token.FileSet
	constants map[string]string // values of string constants; an unknown part is *
}

// Load parses the repository.
func Load(t testing.TB) *Module {
	t.Helper()
	m := &Module{files: map[string]*ast.File{}, set: token.NewFileSet(), constants: map[string]string{}}
	root := Root(t)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if d.IsDir() && (OnlyTests(name) || name == ".git" || Nested(root, path)) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		m.files[name], err = parser.ParseFile(m.set, path, nil, parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // a constant may be built from others
		for _, file := range m.files {
			ast.Inspect(file, m.constant)
		}
	}
	return m
}

func (m *Module) constant(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
		for i, name := range spec.Names {
			if value := m.pattern(spec.Values[i]); strings.Trim(value, "*") != "" {
				m.constants[name.Name] = value
			}
		}
	}
	return true
}

// pattern returns the text of an expression, with * for unknown parts.
func (m *Module) pattern(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return m.pattern(e.X) + m.pattern(e.Y)
		}
	case *ast.ParenExpr:
		return m.pattern(e.X)
	case *ast.Ident:
		if value, ok := m.constants[e.Name]; ok {
			return value
		}
	case *ast.SelectorExpr:
		if value, ok := m.constants[e.Sel.Name]; ok {
			return value
		}
	case *ast.CallExpr: // a conversion
		if len(e.Args) == 1 && (calls(e, "Kind") || calls(e, "string")) {
			return m.pattern(e.Args[0])
		}
	}
	return "*"
}

// calls reports whether a call is to a function of that name, in any package.
func calls(e *ast.CallExpr, name string) bool {
	switch fun := e.Fun.(type) {
	case *ast.Ident:
		return fun.Name == name
	case *ast.SelectorExpr:
		return fun.Sel.Name == name
	}
	return false
}

// Fills returns all places that give values to a row or a text of the book.
func (m *Module) Fills() []Fill {
	var out []Fill
	later := m.later()
	for name, file := range m.files {
		for _, decl := range file.Decls {
			in := scope{m: m, in: decl}
			ast.Inspect(decl, func(n ast.Node) bool {
				f, ok := in.fill(n)
				if ok {
					if f.Row != "" {
						f.Fields = append(f.Fields, later[path.Dir(name)]...)
					}
					f.At = name + ":" + strconv.Itoa(m.set.Position(n.Pos()).Line)
					out = append(out, f)
				}
				return true
			})
		}
	}
	return out
}

// Arguments returns what the calls of a function with one text get, by file and line, with * for unknown parts.
func (m *Module) Arguments(function string) map[string]string {
	out := map[string]string{}
	for name, file := range m.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && calls(call, function) && len(call.Args) == 1 {
				at := m.set.Position(call.Pos())
				out[fmt.Sprintf("%s:%d:%d", name, at.Line, at.Column)] = m.pattern(call.Args[0])
			}
			return true
		})
	}
	return out
}

// later returns, by folder, the fields that its files set in the values of faults made elsewhere.
func (m *Module) later() map[string][]string {
	out := map[string][]string{}
	for name, file := range m.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && calls(call, "With") && len(call.Args) == 1 {
				out[path.Dir(name)] = append(out[path.Dir(name)], assigned(call.Args[0])...)
			}
			return true
		})
	}
	return out
}

// assigned returns the fields that a function sets.
func assigned(change ast.Expr) []string {
	var out []string
	ast.Inspect(change, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, left := range assign.Lhs {
				if field, ok := left.(*ast.SelectorExpr); ok {
					out = append(out, field.Sel.Name)
				}
			}
		}
		return true
	})
	return out
}

// TextsIn returns the texts that the files of a folder have.
func (m *Module) TextsIn(folder string) map[string]bool {
	out := map[string]bool{}
	for name, file := range m.files {
		if path.Dir(name) != folder {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(*ast.BasicLit); ok {
				out[m.pattern(e)] = true
			}
			return true
		})
	}
	return out
}

// Selected returns the names that appear in selectors, such as a field of the book.
func (m *Module) Selected() map[string]bool {
	out := map[string]bool{}
	for _, file := range m.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				out[sel.Sel.Name] = true
			}
			return true
		})
	}
	return out
}

// Patterns returns the texts in the source outside the books, with * for their unknown parts.
func (m *Module) Patterns() map[string]bool {
	out := map[string]bool{}
	for name, file := range m.files {
		if strings.HasPrefix(name, "flow/english") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if text := m.pattern(e); strings.Trim(text, "*/") != "" {
					out[text] = true
				}
			}
			return true
		})
	}
	return out
}

// scope is a declaration in which variable names have a meaning.
type scope struct {
	m  *Module
	in ast.Decl
}

// fill returns what a node gives to the book, if anything.
func (s scope) fill(n ast.Node) (Fill, bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch {
		case calls(n, "NewFault") && len(n.Args) == 2:
			f := Fill{Row: s.m.pattern(n.Args[0])}
			f.Fields, f.Known = s.values(n.Args[1])
			if s.sets("Detail") { // of the fault, afterwards
				f.Fields = append(f.Fields, "Detail")
			}
			return f, true
		case calls(n, "String") && len(n.Args) == 0: // of a text without names
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				return Fill{Text: s.path(sel.X), Known: true}, true
			}
		case calls(n, "tell") && len(n.Args) == 2: // of the line face
			f := Fill{Text: s.path(n.Args[0])}
			f.Fields, f.Known = s.values(n.Args[1])
			return f, true
		case calls(n, "Fill") && len(n.Args) == 1:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				f := Fill{Text: s.path(sel.X)}
				f.Fields, f.Known = s.values(n.Args[0])
				return f, true
			}
		case calls(n, "Count") && len(n.Args) == 3:
			f := Fill{Text: s.path(n.Args[0]), Count: true}
			f.Fields, f.Known = s.values(n.Args[2])
			return f, true
		}
	case *ast.CompositeLit:
		if !isType(n.Type, "Fault") {
			return Fill{}, false
		}
		f, row := Fill{Known: true}, false
		for _, e := range n.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return Fill{}, false
			}
			switch key, _ := pair.Key.(*ast.Ident); key.Name {
			case "Row":
				f.Row, row = s.m.pattern(pair.Value), true
			case "Detail":
				f.Fields = append(f.Fields, "Detail")
			case "Values":
				fields, known := s.values(pair.Value)
				f.Fields, f.Known = append(f.Fields, fields...), known
			}
		}
		return f, row
	}
	return Fill{}, false
}

func isType(e ast.Expr, name string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == name
	case *ast.SelectorExpr:
		return e.Sel.Name == name
	}
	return false
}

// values returns the fields that an expression of type Values sets, and whether that is known.
func (s scope) values(e ast.Expr) (fields []string, known bool) {
	switch e := e.(type) {
	case *ast.CompositeLit:
		if !isType(e.Type, "Values") {
			return nil, false
		}
		for _, elt := range e.Elts {
			if pair, ok := elt.(*ast.KeyValueExpr); ok {
				if key, ok := pair.Key.(*ast.Ident); ok {
					fields = append(fields, key.Name)
				}
			}
		}
		return fields, true
	case *ast.Ident:
		return s.variable(e.Name)
	}
	return nil, false
}

// variable returns the fields that a variable of type Values gets in this declaration.
func (s scope) variable(name string) (fields []string, known bool) {
	ast.Inspect(s.in, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range assign.Lhs {
			switch left := left.(type) {
			case *ast.Ident:
				if left.Name == name && len(assign.Lhs) == len(assign.Rhs) {
					if _, self := assign.Rhs[i].(*ast.Ident); self {
						continue
					}
					more, ok := s.values(assign.Rhs[i])
					fields, known = append(fields, more...), ok
				}
			case *ast.SelectorExpr:
				if x, ok := left.X.(*ast.Ident); ok && x.Name == name {
					fields = append(fields, left.Sel.Name)
				}
			}
		}
		return true
	})
	return fields, known
}

// sets reports whether this declaration assigns to a field of that name.
func (s scope) sets(field string) bool {
	found := false
	ast.Inspect(s.in, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, left := range assign.Lhs {
				if sel, ok := left.(*ast.SelectorExpr); ok && sel.Sel.Name == field {
					found = true
				}
			}
		}
		return true
	})
	return found
}

// path returns the names of a chain of selectors, such as Book, Wizard, Connected. A variable of this declaration that
// is set to a chain stands for it.
func (s scope) path(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return append(s.path(e.X), e.Sel.Name)
	case *ast.IndexExpr:
		return s.path(e.X)
	case *ast.CallExpr:
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && len(e.Args) == 0 {
			return append(s.path(sel.X), sel.Sel.Name)
		}
	case *ast.Ident:
		var out []string
		ast.Inspect(s.in, func(n ast.Node) bool {
			if assign, ok := n.(*ast.AssignStmt); ok && len(assign.Lhs) == len(assign.Rhs) {
				for i, left := range assign.Lhs {
					if x, ok := left.(*ast.Ident); ok && x.Name == e.Name && out == nil {
						if sel, ok := assign.Rhs[i].(*ast.SelectorExpr); ok {
							out = s.path(sel)
						}
					}
				}
			}
			return true
		})
		if out != nil {
			return out
		}
		return []string{e.Name}
	}
	return nil
}
