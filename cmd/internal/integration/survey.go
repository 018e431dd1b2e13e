package integration

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/lazy"
)

// form is how a value must be written, as the row for one that is written otherwise.
type form = flow.Kind

const (
	formText   form = flow.FileText
	formFlag   form = flow.FileFlag
	formList   form = flow.FileList
	formTable  form = flow.FileTable
	formEntry  form = flow.FileEntry
	formTables form = flow.FileTables
)

// fileKeys are all keys of an integration file; "[]" is any element of a list.
var fileKeys = lazy.Map[string, form]{Fill: func() map[string]form {
	return map[string]form{
		"id": formText, "name": formText, "vendor": formText, "environment": formText, "key_kind": formText,
		"applications": formList, "applications[]": formText,
		"return_url": formText, "return_hint": formText, "help_url": formText,
		"surplus":     formText,
		"permissions": formTables, "permissions[]": formEntry,
		"permissions[].scope": formText, "permissions[].title": formText, "permissions[].required": formFlag,
		"service": formTable, "service.user": formText, "service.restart": formText,
	}
}}

// fits reports whether a form allows a kind of TOML value.
func fits(f form, kind unstable.Kind) bool {
	switch f {
	case formText:
		return kind == unstable.String
	case formFlag:
		return kind == unstable.Bool
	case formList:
		return kind == unstable.Array
	case formTable, formEntry:
		return kind == unstable.InlineTable || kind == unstable.Table
	case formTables:
		return kind == unstable.Array || kind == unstable.ArrayTable
	}
	return false
}

// place is a line and a column in characters, both from 1.
type place struct{ line, column int }

// places holds where each value of a document is, by its path, for example "permissions[1].title".
type places map[string]place

func (p places) has(path string) bool { _, found := p[path]; return found }

// fault returns an error at the value of path. If that is missing, the error is at the table that should have it, or at
// the beginning.
func (p places) fault(path string, row flow.Kind, v flow.Values) error {
	for ; path != "" && !p.has(path); path = path[:max(0, strings.LastIndexByte(path, '.'))] {
	}
	at, found := p[path]
	if !found {
		at = place{1, 1}
	}
	return faultAt(at, row, v)
}

func faultAt(at place, row flow.Kind, v flow.Values) flow.Fault {
	v.Place = fmt.Sprintf("%d:%d", at.line, at.column)
	return flow.NewFault(row, v)
}

// syntax returns a fault with the text of a library, which people do not see.
func syntax(at place, words string) error {
	fault := faultAt(at, flow.FileNoTOML, flow.Values{})
	fault.Detail = pleoclient.Safe(words)
	return fault
}

func element(list string, n int) string { return fmt.Sprintf("%s[%d]", list, n) }

// anyElement returns a path with "[]" in place of the element of a list.
func anyElement(path string) string {
	parts := strings.Split(path, "[")
	for n, part := range parts[1:] {
		parts[n+1] = strings.TrimLeft(part, "0123456789")
	}
	return strings.Join(parts, "[")
}

// formOf looks up a path in fileKeys.
func formOf(path string) (form, bool) { return fileKeys.Find(anyElement(path)) }

// surveyor walks through a document once, because the decoder reports neither where a good value was nor, in words for
// people, what a wrong one should be.
type surveyor struct {
	parser unstable.Parser
	places places
	lists  map[string]int // elements so far, by path
}

// survey checks all keys and the forms of all values, and returns where they are.
func survey(document []byte) (places, error) {
	s := surveyor{places: places{}, lists: map[string]int{}}
	s.parser.Reset(document)
	table := ""
	for s.parser.NextExpression() {
		var err error
		if e := s.parser.Expression(); e.Kind == unstable.KeyValue {
			err = s.keyValue(table, e)
		} else {
			table, err = s.header(e)
		}
		if err != nil {
			return nil, err
		}
	}
	var wrong *unstable.ParserError
	if errors.As(s.parser.Error(), &wrong) {
		return nil, syntax(s.place(s.parser.Range(wrong.Highlight)), wrong.Message)
	}
	if err := s.parser.Error(); err != nil {
		return nil, syntax(place{1, 1}, err.Error())
	}
	return s.places, nil
}

// header takes [table] or [[table]] and returns its path.
func (s *surveyor) header(e *unstable.Node) (string, error) {
	path, at, err := s.key("", e)
	if err != nil {
		return "", err
	}
	if err := s.note(path, at, e.Kind); err != nil || e.Kind == unstable.Table {
		return path, err
	}
	n := s.lists[path]
	s.lists[path]++
	path = element(path, n)
	return path, s.note(path, at, unstable.Table)
}

func (s *surveyor) keyValue(table string, e *unstable.Node) error {
	path, at, err := s.key(table, e)
	if err != nil {
		return err
	}
	return s.value(path, at, e.Value())
}

// key returns the path of a key below table, and where the key is.
func (s *surveyor) key(table string, e *unstable.Node) (string, place, error) {
	path, at, parts := table, place{}, e.Key()
	for parts.Next() {
		part := parts.Node()
		if at == (place{}) {
			at = s.place(part.Raw)
		}
		name := string(part.Data)
		if _, known := formOf(join(path, name)); !known || strings.ContainsAny(name, ".[]") {
			return "", place{}, unknownKey(s.place(part.Raw), path, name)
		}
		path = join(path, name)
	}
	return path, at, nil
}

// value checks the value of path. Its place is where it begins, or where its key does if TOML does not say.
func (s *surveyor) value(path string, at place, v *unstable.Node) error {
	if v.Raw.Length > 0 {
		at = s.place(v.Raw)
	}
	if err := s.note(path, at, v.Kind); err != nil {
		return err
	}
	switch v.Kind {
	case unstable.String:
		if !pleoclient.IsSafe(string(v.Data)) {
			return faultAt(at, flow.FileUndrawable, flow.Values{Value: lastKey(path)})
		}
	case unstable.Array:
		return s.array(path, at, v)
	case unstable.InlineTable:
		members := v.Children()
		for members.Next() {
			if err := s.keyValue(path, members.Node()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *surveyor) array(path string, at place, v *unstable.Node) error {
	members, n := v.Children(), 0
	for members.Next() {
		if err := s.value(element(path, n), at, members.Node()); err != nil {
			return err
		}
		n++
	}
	return nil
}

// note records where path is, if its value has the right form.
func (s *surveyor) note(path string, at place, kind unstable.Kind) error {
	want, _ := formOf(path)
	if !fits(want, kind) {
		return faultAt(at, want, flow.Values{Value: lastKey(path)})
	}
	if first, found := s.places[path]; found && kind != unstable.ArrayTable {
		return faultAt(at, flow.FileTwice, flow.Values{Value: lastKey(path), N: first.line})
	}
	s.places[path] = at
	return nil
}

func (s *surveyor) place(r unstable.Range) place {
	before := s.parser.Data()[:r.Offset]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return place{bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(line) + 1}
}

func unknownKey(at place, table, name string) error {
	v := flow.Values{Value: pleoclient.Safe(name).String(), Name: lastKey(table)}
	keys := keysOf(table)
	if len(keys) == 0 {
		return faultAt(at, flow.FileUnknownSubkey, v)
	}
	v.List = strings.Join(keys, ", ")
	return faultAt(at, flow.FileUnknownKey, v)
}

// keysOf returns the keys of a table, in alphabetical order.
func keysOf(table string) []string {
	var out []string
	for _, path := range slices.Sorted(maps.Keys(fileKeys.All())) {
		parent, name := "", path
		if dot := strings.LastIndexByte(path, '.'); dot >= 0 {
			parent, name = path[:dot], path[dot+1:]
		}
		if parent == anyElement(table) && !strings.HasSuffix(name, "[]") {
			out = append(out, name)
		}
	}
	return out
}

func join(table, name string) string {
	if table == "" {
		return name
	}
	return table + "." + name
}

func lastKey(path string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	return strings.ReplaceAll(anyElement(name), "[]", "")
}

// syntaxFault returns a fault that the decoder finds beyond the survey, such as a table that dotted keys have already
// begun.
func syntaxFault(document []byte, err error) error {
	var wrong *toml.DecodeError
	if !errors.As(err, &wrong) {
		return syntax(place{1, 1}, err.Error())
	}
	line, column := wrong.Position() // the column counts bytes
	text := bytes.Split(document, []byte("\n"))[line-1]
	return syntax(place{line, utf8.RuneCount(text[:column-1]) + 1}, strings.TrimPrefix(wrong.Error(), "toml: "))
}
