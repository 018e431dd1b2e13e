package flowtest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
)

// cleaned are the types that are safe on a screen: their constructors clean or check every text, they are sets of our
// constants, or they cannot be printed. A book is ours, and its values are cleaned when they are filled in.
var cleaned = []reflect.Type{
	reflect.TypeFor[pleoclient.SafeText](), reflect.TypeFor[pleoclient.Key](), reflect.TypeFor[time.Time](),
	reflect.TypeFor[pleoclient.CompanyID](), reflect.TypeFor[pleoclient.InstallationID](),
	reflect.TypeFor[pleoclient.Scope](), reflect.TypeFor[pleoclient.Kind](), reflect.TypeFor[pleoclient.Looks](),
	reflect.TypeFor[pleoclient.Removed](), reflect.TypeFor[pleoclient.Odd](), reflect.TypeFor[flow.Protection](),
	reflect.TypeFor[pleoclient.Reason](), reflect.TypeFor[pleoclient.Setting](), reflect.TypeFor[pleoclient.Sort](),
	reflect.TypeFor[pleoclient.Character](), reflect.TypeFor[textfile.Fault](),
	reflect.TypeFor[flow.Book](), reflect.TypeFor[flow.Values](),
}

// RawTexts returns the sorted places below a type where any text may be, such as "flow.Stored.File".
func RawTexts(t reflect.Type) []string {
	w := rawWalk{seen: map[reflect.Type]bool{}}
	w.walk(t, t.String())
	slices.Sort(w.found)
	return slices.Compact(w.found)
}

type rawWalk struct {
	seen  map[reflect.Type]bool
	found []string
}

func (w *rawWalk) walk(t reflect.Type, place string) {
	switch {
	case slices.Contains(cleaned, t):
		return
	case t.Kind() == reflect.Bool,
		t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 &&
			t.Kind() != reflect.Uint8 && t.Kind() != reflect.Int32:
		return
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		w.walk(t.Elem(), place)
	case reflect.Map:
		w.walk(t.Key(), place)
		w.walk(t.Elem(), place)
	case reflect.Struct:
		if w.seen[t] {
			return
		}
		w.seen[t] = true
		for i := range t.NumField() {
			f := t.Field(i)
			w.walk(f.Type, fmt.Sprintf("%s.%s", t, f.Name))
		}
	default: // strings, bytes, characters, and types that may hold anything
		w.found = append(w.found, place)
	}
}
