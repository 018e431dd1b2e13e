package flowtest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"pleo-connect/flow"
)

// Sentence is one text of a book, and where it is.
type Sentence struct {
	Path []string // "Problems", "settings/needs_approval", "Next"; an index of [flow.Forms] is a number
	Text flow.Text
	Form bool // one of several [flow.Forms]
}

// Place returns the path in one piece.
func (s Sentence) Place() string { return strings.Join(s.Path, ".") }

// Names returns the names in braces, except those in optional parts.
func (s Sentence) Names() []string { return names(optional.ReplaceAllString(string(s.Text), "")) }

// AllNames returns the names in braces.
func (s Sentence) AllNames() []string { return names(string(s.Text)) }

// Bare returns the text without names and optional parts, which is what a length limit counts.
func (s Sentence) Bare() string {
	return braces.ReplaceAllString(optional.ReplaceAllString(string(s.Text), ""), "")
}

var (
	braces   = regexp.MustCompile(`\{([^{}]*)\}`)
	optional = regexp.MustCompile(`\{\{.*?\}\}+`)
)

func names(text string) []string {
	var out []string
	for _, found := range braces.FindAllStringSubmatch(text, -1) {
		out = append(out, found[1])
	}
	return out
}

// Sentences returns every non-empty text of a book, in the order of the struct, with maps in the order of their keys.
func Sentences(b *flow.Book) []Sentence {
	var out []Sentence
	sentences(reflect.ValueOf(b).Elem(), nil, &out)
	return out
}

var textType = reflect.TypeFor[flow.Text]()

func sentences(v reflect.Value, path []string, out *[]Sentence) {
	below := func(name string) []string { return append(slices.Clone(path), name) }
	switch v.Kind() {
	case reflect.String:
		if v.Type() == textType && v.String() != "" {
			*out = append(*out, Sentence{Path: path, Text: flow.Text(v.String())})
		}
	case reflect.Struct:
		for i := range v.NumField() {
			sentences(v.Field(i), below(v.Type().Field(i).Name), out)
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, byValue)
		for _, key := range keys {
			sentences(v.MapIndex(key), below(fmt.Sprint(key)), out)
		}
	case reflect.Slice, reflect.Array:
		first := len(*out)
		for i := range v.Len() {
			sentences(v.Index(i), below(fmt.Sprint(i)), out)
		}
		for i := first; i < len(*out); i++ {
			(*out)[i].Form = v.Type() == reflect.TypeFor[flow.Forms]()
		}
	case reflect.Pointer: // to a lazy.Map
		sentences(v.MethodByName("All").Call(nil)[0], path, out)
	}
}

func byValue(a, b reflect.Value) int {
	if a.CanInt() {
		return int(a.Int() - b.Int())
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
