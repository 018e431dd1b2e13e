package main

import "github.com/spf13/pflag"

// textValue is the value of a flag that takes any text. Help shows the name of the value, as in --store DIR.
type textValue struct {
	at   *string
	name string
}

// textFlag defines a flag whose value is stored in at.
func textFlag(f *pflag.FlagSet, at *string, flag, name, usage string) {
	f.Var(textValue{at, name}, flag, usage)
}

// Set sets the value.
func (v textValue) Set(text string) error { *v.at = text; return nil }

// String returns the value.
func (v textValue) String() string {
	if v.at == nil { // package pflag asks a zero value for its text
		return ""
	}
	return *v.at
}

// Type returns the name of the value.
func (v textValue) Type() string { return v.name }

// valueName returns the name that help uses for the value of a flag, or "" if the flag takes none.
func valueName(f *pflag.Flag) string {
	switch name := f.Value.Type(); name {
	case "bool":
		return ""
	case "int":
		return "N"
	case "stringArray":
		return "NAMES"
	default:
		return name
	}
}
