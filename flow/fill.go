package flow

import (
	"strconv"
	"strings"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/lazy"
)

// Text is a sentence or a label of a [Book]. It may hold names in braces, which [Text.Fill] replaces with their values,
// and optional parts in double braces, which are left out if a name in them has no value:
//
//	can't connect to {host}{{ ({detail})}}
type Text string

// Forms are one sentence for several numbers, in the order of [Book.Form]. A form that shows the number has {n}.
type Forms []Text

// Values are what the names in braces stand for, each under the name of its field in lower case. They may hold texts
// from outside as they are: Fill cleans what it inserts.
type Values struct {
	Detail  string // a fact, such as what the system said
	Reason  string // the system's own words for a failure
	Path    string // a file or directory: {path} is for people, {word} is quoted for a shell
	Dir     string // a directory, {dir} and {dirword}
	File    string // another file, {file} and {fileword}
	Place   string // in a file: its line and column, as in 3:7
	Paths   string // several files or directories, quoted for a shell
	Above   string // directories above those, quoted for a shell
	Command string // a command to copy, or a part of one
	Account string // an account of this computer, usually our own; {accountword} is quoted for a shell
	Owner   string // an account that something belongs to: {owner}, {ownerword}, and {ownersudo} after sudo -u
	Mode    string // of a file, such as 0644
	Flag    string // with its hyphens
	Variable, Value,
	Program, Arguments string // of a command, see [Book.Program] and [Connection.Arguments]
	Name, ID string // of an integration, a company, a program
	Vendor, Host, Origin, Proxy, Issuer, Names,
	Company, Wanted, Integration, Environment string
	Permissions, Scopes, List string
	Fingerprint, Recipient    string
	Date, Ago, Status         string
	Signal                    string    // the name that package syscall gives it, see [ClauseWords]
	At                        time.Time // {date} in the words of the book, if Date is empty
	N, M                      int
	Unit                      string // of N, in words
	Process                   string
	Character                 string // in a form that can be looked up
	Here, Elsewhere           string // the environment of this run, and the other one
	WebApp                    string // the host of Pleo's pages
	Engine                    string // that keeps the keys: {engine}, and {cli} and {prefix} for its program and variables
	Capability                string // that its policy lacks for Name: {capability}, and {policy} for the whole line
	Keeper, Where, Saved      string // of the keys, see [Book.Keeper]
	From, To, Clock           string // dates of a certificate, and the local time

	GetKey, CopyAgain, CopyOne, Contact, Cleaned string // whole clauses, see [ClauseWords]
	Note, Next                                   string // a line about the key and a next step, each whole
}

// fields are the names of Values in texts.
var fields = lazy.Map[string, func(*Values) string]{Fill: func() map[string]func(*Values) string {
	return map[string]func(*Values) string{
		"detail": func(v *Values) string { return v.Detail }, "reason": func(v *Values) string { return v.Reason },
		"path":     func(v *Values) string { return shownPath(v.Path) },
		"word":     func(v *Values) string { return word(v.Path) },
		"dir":      func(v *Values) string { return shownPath(v.Dir) },
		"dirword":  func(v *Values) string { return word(v.Dir) },
		"file":     func(v *Values) string { return shownPath(v.File) },
		"fileword": func(v *Values) string { return word(v.File) },
		"place":    func(v *Values) string { return v.Place },
		"paths":    func(v *Values) string { return v.Paths }, "above": func(v *Values) string { return v.Above },
		"command":   func(v *Values) string { return v.Command },
		"program":   func(v *Values) string { return v.Program },
		"arguments": func(v *Values) string { return v.Arguments },
		"account":   func(v *Values) string { return v.Account }, "owner": func(v *Values) string { return v.Owner },
		"accountword": func(v *Values) string { return word(v.Account) },
		"ownerword":   func(v *Values) string { return word(v.Owner) },
		"ownersudo":   func(v *Values) string { return sudoAccount(v.Owner) },
		"mode":        func(v *Values) string { return v.Mode }, "flag": func(v *Values) string { return v.Flag },
		"variable": func(v *Values) string { return v.Variable }, "value": func(v *Values) string { return v.Value },
		"name": func(v *Values) string { return v.Name },
		"id":   func(v *Values) string { return v.ID }, "vendor": func(v *Values) string { return v.Vendor },
		"host": func(v *Values) string { return v.Host }, "origin": func(v *Values) string { return v.Origin },
		"proxy": func(v *Values) string { return v.Proxy }, "issuer": func(v *Values) string { return v.Issuer },
		"names": func(v *Values) string { return v.Names }, "company": func(v *Values) string { return v.Company },
		"wanted":      func(v *Values) string { return v.Wanted },
		"integration": func(v *Values) string { return v.Integration },
		"environment": func(v *Values) string { return v.Environment },
		"permissions": func(v *Values) string { return v.Permissions },
		"scopes":      func(v *Values) string { return v.Scopes },
		"list":        func(v *Values) string { return v.List },
		"fingerprint": func(v *Values) string { return v.Fingerprint },
		"recipient":   func(v *Values) string { return v.Recipient }, "date": func(v *Values) string { return v.Date },
		"ago": func(v *Values) string { return v.Ago }, "signal": func(v *Values) string { return v.Signal },
		"status": func(v *Values) string { return v.Status }, "unit": func(v *Values) string { return v.Unit },
		"process":   func(v *Values) string { return v.Process },
		"character": func(v *Values) string { return v.Character },
		"here":      func(v *Values) string { return v.Here },
		"elsewhere": func(v *Values) string { return v.Elsewhere },
		"webapp":    func(v *Values) string { return v.WebApp }, "getkey": func(v *Values) string { return v.GetKey },
		"copyagain": func(v *Values) string { return v.CopyAgain },
		"contact":   func(v *Values) string { return v.Contact },
		"copyone":   func(v *Values) string { return v.CopyOne },
		"cleaned":   func(v *Values) string { return v.Cleaned }, "next": func(v *Values) string { return v.Next },
		"note": func(v *Values) string { return v.Note },
		"n":    func(v *Values) string { return number(v.N) }, "m": func(v *Values) string { return number(v.M) },
		"from": func(v *Values) string { return v.From }, "to": func(v *Values) string { return v.To },
		"clock": func(v *Values) string { return v.Clock },

		"engine":     func(v *Values) string { return v.Engine },
		"cli":        func(v *Values) string { return engineProgram(v.Engine) },
		"prefix":     func(v *Values) string { return enginePrefix(v.Engine) },
		"capability": func(v *Values) string { return v.Capability },
		"policy":     func(v *Values) string { return policy(v.Name, v.Capability) },
		"nameword":   func(v *Values) string { return word(v.Name) },
		"keeper":     func(v *Values) string { return v.Keeper },
		"where":      func(v *Values) string { return v.Where },
		"saved":      func(v *Values) string { return v.Saved },
	}
}}

// number formats a number for people, with commas. 0 is a value like any other.
func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func shownPath(path string) string {
	if path == "" {
		return ""
	}
	return pleoclient.SafePath(path).String()
}

func word(path string) string {
	if path == "" {
		return ""
	}
	return pleoclient.ShellWord(path)
}

// sudoAccount writes an account as sudo expects it: with a hash before a number, which stands for an account without a
// name.
func sudoAccount(name string) string {
	if _, err := strconv.ParseUint(name, 10, 32); err == nil {
		name = "#" + name
	}
	return word(name)
}

// String returns a text that has no names.
func (t Text) String() string { return t.Fill(Values{}) }

// Fill replaces each name in braces with its value, cleaned for a terminal. An unknown name is removed. Names in values
// are not replaced.
func (t Text) Fill(v Values) string {
	if !strings.Contains(string(t), "{") {
		return string(t)
	}
	filled := v // only this copy escapes to the heap
	text, _ := t.parts(&filled)
	return text
}

// Count returns the sentence for n things, with {n} filled.
func (b *Book) Count(f Forms, n int, v Values) string {
	v.N = n
	return f[b.Form(n)].Fill(v)
}

// valueRunes limits one value. Several paths may be long, and must not be cut in a command.
const valueRunes = 50_000

// fillRoom is more than the values of most texts take.
const fillRoom = 64

// parts returns the filled text, and whether every name outside optional parts had a value.
func (t Text) parts(v *Values) (text string, whole bool) {
	var out strings.Builder
	out.Grow(len(t) + fillRoom)
	rest, whole := string(t), true
	for {
		before, after, found := strings.Cut(rest, "{")
		out.WriteString(before)
		if !found {
			return out.String(), whole
		}
		if optional, found := strings.CutPrefix(after, "{"); found {
			part, behind := optionalPart(optional)
			if text, ok := Text(part).parts(v); ok {
				out.WriteString(text)
			}
			rest = behind
			continue
		}
		name, behind, _ := strings.Cut(after, "}")
		filled := ""
		if field, ok := fields.Find(name); ok {
			filled = pleoclient.SafeUpTo(field(v), valueRunes).String()
		}
		whole = whole && filled != ""
		out.WriteString(filled)
		rest = behind
	}
}

// optionalPart cuts what is between double braces. The last two of several closing ones end it.
func optionalPart(text string) (part, rest string) {
	end := strings.Index(text, "}}")
	if end < 0 {
		return text, ""
	}
	for strings.HasPrefix(text[end+2:], "}") {
		end++
	}
	return text[:end], text[end+2:]
}
