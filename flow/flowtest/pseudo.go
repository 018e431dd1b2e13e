package flowtest

import (
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"pleo-connect/flow"
)

// The brackets of a text in the pseudo-language. None of our texts has them.
const (
	PseudoOpen  = "⟦"
	PseudoClose = "⟧"
)

// Pseudo returns a book in a language that is English in brackets, and a third longer. Text drawn without brackets is
// not from the book; text drawn with only one bracket is cut.
func Pseudo() *flow.Book {
	book := pseudo(reflect.ValueOf(flow.English)).Interface().(flow.Book)
	book.Day = func(t time.Time) string { return pseudoText(flow.English.Day(t)) }
	book.Date = func(t time.Time) string { return pseudoText(flow.English.Date(t)) }
	return &book
}

// pseudo returns a copy of v with all texts in it in the pseudo-language.
func pseudo(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(pseudo(v.Field(i)))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			out.Index(i).Set(pseudo(v.Index(i)))
		}
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(pseudo(v.Index(i)))
		}
	case reflect.Map:
		out.Set(reflect.MakeMap(v.Type()))
		for _, key := range v.MapKeys() {
			out.SetMapIndex(key, pseudo(v.MapIndex(key)))
		}
	case reflect.Pointer: // to a lazy.Map
		out.Set(reflect.New(v.Type().Elem()))
		filled := []reflect.Value{pseudo(v.MethodByName("All").Call(nil)[0])}
		fill := out.Elem().FieldByName("Fill")
		fill.Set(reflect.MakeFunc(fill.Type(), func([]reflect.Value) []reflect.Value { return filled }))
	case reflect.String:
		out.SetString(pseudoText(v.String()))
	default: // a function
		out.Set(v)
	}
	return out
}

// pseudoText puts a text into brackets, with words that make it longer.
func pseudoText(text string) string {
	if text == "" {
		return ""
	}
	const words = "zu xilo aro "
	longer := (utf8.RuneCountInString(text) + 2) / 3
	padding := strings.Repeat(words, longer/len(words)+1)[:longer]
	return PseudoOpen + text + " " + strings.TrimSpace(padding) + PseudoClose
}

// OutsidePseudo returns what a text has outside the brackets of the pseudo-language, and whether the brackets match.
func OutsidePseudo(text string) (outside string, whole bool) {
	var out strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case string(r) == PseudoOpen:
			depth++
		case string(r) == PseudoClose:
			depth--
			out.WriteByte(' ')
		case depth == 0:
			out.WriteRune(r)
		}
		if depth < 0 {
			return out.String(), false
		}
	}
	return out.String(), depth == 0
}
