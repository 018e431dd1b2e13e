package pleoclient_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
)

// form is a text that a key is found in.
type form struct {
	name, before, after string
	removed             []pleoclient.Removal
}

func (f form) around(key string) string { return f.before + key + f.after }

// forms are what people really copy a key from.
func forms() []form {
	const (
		bullet, option   = pleoclient.RemovedBullet, pleoclient.RemovedOption
		name, export     = pleoclient.RemovedName, pleoclient.RemovedExport
		label, header    = pleoclient.RemovedLabel, pleoclient.RemovedHeader
		bearer, basic    = pleoclient.RemovedBearer, pleoclient.RemovedBasic
		quotes, brackets = pleoclient.RemovedQuotes, pleoclient.RemovedBrackets
		asterisks, stop  = pleoclient.RemovedAsterisks, pleoclient.RemovedPunctuation
		colon, others    = pleoclient.RemovedColon, pleoclient.RemovedLines
	)
	return []form{
		{"alone", "", "", nil},
		{"line", "", "\n", nil},

		{"pass show", "", "\nlogin: admin@example.com\nurl: https://app.pleo.io\n", removals(others, 2)},
		{"pass show with blank lines", "", "\r\n\r\nuser: admin\r\n\r\nurl:https://app.pleo.io\r\n",
			removals(others, 2)},
		{"gopass with a one-time password", "", "\notpauth://totp/pleo?x=y", removals(others, 1)},
		{"pass show of a file of one setting", "PLEO_API_KEY=", "\nlogin: admin", removals(name, 1, others, 1)},
		{"pass show in quotes", `PLEO_API_KEY="`, "\nlogin: admin\"", removals(name, 1, quotes, 1, others, 1)},

		{"label", "Key: ", "", removals(label, 1)},
		{"chosen label", "Harbour Lane: ", "", removals(label, 1)},
		{"chosen label of one word", "label: ", "", removals(label, 1)},
		{"chosen label, quotes", "prod:  \"", "\",", removals(label, 1, quotes, 1, stop, 1)},
		{"label of words", "Pleo API key: ", "", removals(label, 1)},
		{"label of words in brackets", "Integration (prod) token:\t", "", removals(label, 1)},
		{"label on a line of its own", "API key:\n", "\n", removals(label, 1)},
		{"name of the service", "Pleo: ", "", removals(label, 1)},
		{"YAML", "PLEO_API_KEY: ", "", removals(label, 1)},
		{"YAML in quotes", "  apiKey: \"", "\"", removals(label, 1, quotes, 1)},
		{"JSON member", `"key": "`, `"`, removals(label, 1, quotes, 1)},
		{"JSON member with a comma", `  "apiKey": "`, "\",\n", removals(label, 1, quotes, 1, stop, 1)},
		{"JSON member without spaces", `"api_key":"`, `",`, removals(label, 1, quotes, 1, stop, 1)},
		{"JSON string", `"`, `",`, removals(quotes, 1, stop, 1)},
		{"HTTP header", "X-Api-Key: ", "", removals(label, 1)},
		{"HTTP header without a space", "x-api-key:", "", removals(label, 1)},
		{"Authorization", "Authorization: Bearer ", "", removals(header, 1, bearer, 1)},
		{"label and scheme", "Token: Bearer ", "", removals(label, 1, bearer, 1)},
		{"scheme on a line of its own", "Authorization: Basic\n", "", removals(header, 1, basic, 1)},

		{"bullet", "- ", "", removals(bullet, 1)},
		{"asterisk as a bullet", "* ", "", removals(bullet, 1)},
		{"typographic bullet", "• ", "", removals(bullet, 1)},
		{"number of a list", "1. ", "", removals(bullet, 1)},
		{"quoted mail", "> ", "", removals(bullet, 1)},
		{"compose list", "  - PLEO_API_KEY=", "", removals(bullet, 1, name, 1)},

		{"user of curl", "-u ", ":", removals(option, 1, colon, 1)},
		{"user of curl in quotes", `-u "`, `:"`, removals(option, 1, quotes, 1, colon, 1)},
		{"user of curl without a space", "-u", ":", removals(option, 1, colon, 1)},
		{"long option", "--user ", ":", removals(option, 1, colon, 1)},
		{"long option with =", "--user='", ":'", removals(option, 1, quotes, 1, colon, 1)},
		{"header of curl", `-H "Authorization: Bearer `, `"`, removals(option, 1, header, 1, bearer, 1, quotes, 1)},
		{"own header of curl", "-H 'X-Api-Key: ", "'", removals(option, 1, label, 1, quotes, 1)},
		{"variable of docker", "-e PLEO_API_KEY=", "", removals(option, 1, name, 1)},
		{"user name without a password", "", ":", removals(colon, 1)},

		{"unit of systemd", `Environment="PLEO_API_KEY=`, `"`, removals(name, 1, quotes, 1)},
		{"unit of systemd, single quotes", `Environment='PLEO_API_KEY=`, `'`, removals(name, 1, quotes, 1)},
		{"unit of systemd, no quotes", "Environment=PLEO_API_KEY=", "", removals(name, 1)},
		{"credential of systemd", "SetCredential=pleo-connect:", "", removals(name, 1)},
		{"export of bash", `declare -x PLEO_API_KEY="`, `"`, removals(export, 1, quotes, 1)},
		{"Dockerfile", "ENV PLEO_API_KEY=", "", removals(export, 1)},
		{"source code", `api_key = "`, `";`, removals(name, 1, quotes, 1, stop, 1)},

		{"angle brackets", "<", ">", removals(brackets, 1)},
		{"round brackets", "(", ")", removals(brackets, 1)},
		{"square brackets", "[", "]", removals(brackets, 1)},
		{"braces", "{", "}", removals(brackets, 1)},
		{"brackets and a full stop", "(", ").", removals(brackets, 1, stop, 1)},
		{"brackets in quotes", `"<`, `>"`, removals(quotes, 1, brackets, 1)},
		{"quotes at the end of a sentence", "“", "”.", removals(quotes, 1, stop, 1)},
		{"Markdown, code", "`", "`", removals(quotes, 1)},
		{"Markdown, a block of code", "```\n", "\n```", removals(quotes, 3)},
		{"Markdown, bold", "**", "**", removals(asterisks, 1)},
		{"Markdown, italics", "*", "*", removals(asterisks, 1)},
	}
}

// TestForms reads a key out of each form.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, f := range forms() {
		key, got, err := pleoclient.CleanKey(f.around(canary))
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		want := pleoclient.Cleaned{Characters: len(canary), Removed: f.removed}
		if diff := cmp.Diff(want, got); diff != "" || key.Reveal() != canary {
			t.Errorf("%s: got %d characters\n%s", f.name, len(key.Reveal()), diff)
		}
	}
}

// oddForms may be part of a key, or not: they are kept, and named.
var oddForms = []struct {
	before, after string
	want          pleoclient.Odd
}{
	{"", ",", pleoclient.Odd{Back: ','}},
	{"", ";", pleoclient.Odd{Back: ';'}},
	{"", ".", pleoclient.Odd{Back: '.'}},
	{"", "!", pleoclient.Odd{Back: '!'}},
	{"", "%", pleoclient.Odd{Back: '%'}}, // zsh marks the end of a text without a line break
	{"", "$", pleoclient.Odd{Back: '$'}}, // cat -A marks the end of each line
	{"", "\\", pleoclient.Odd{Back: '\\'}},
	{"", "1~", pleoclient.Odd{Back: '~'}},
	{"", `",`, pleoclient.Odd{Middle: '"', Back: ','}},
	{"", ">", pleoclient.Odd{Back: '>'}},
	{"<", "", pleoclient.Odd{Front: '<'}},
	{"(", "", pleoclient.Odd{Front: '('}},
	{`"`, "", pleoclient.Odd{Front: '"'}},
	{"'", `"`, pleoclient.Odd{Front: '\'', Back: '"'}},
	{"=", "", pleoclient.Odd{Front: '='}},
	{"canary=", "", pleoclient.Odd{Middle: '='}},
	{"pleo,", "", pleoclient.Odd{Middle: ','}},
	{"canary@", "==", pleoclient.Odd{Middle: '@'}},
	{"", "==", pleoclient.Odd{}},
	{"_-/+", "_-/+", pleoclient.Odd{}},
}

func TestOddIsKeptAndNamed(t *testing.T) {
	t.Parallel()
	for _, f := range oddForms {
		text := f.before + canary + f.after
		key, got, err := pleoclient.CleanKey(text)
		if err != nil || key.Reveal() != text || got.Odd != f.want || got.Removed != nil {
			t.Errorf("%q and %q: %v, %+v", f.before, f.after, err, got)
		}
	}
}

// keys generates what a key may be: letters and digits with what separates them, and no form of the table by chance.
func keys() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		prefix := rapid.SampledFrom([]string{"", "canary-", "canary_", pleoclient.SimulatedKeyPrefix}).Draw(t, "prefix")
		return prefix + rapid.StringMatching(`[A-Za-z0-9]{5}[A-Za-z0-9_./+~-]{10,80}[A-Za-z0-9]={0,2}`).Draw(t, "rest")
	}).Filter(func(key string) bool {
		clean, cleaned, err := pleoclient.CleanKey(key)
		return err == nil && clean.Reveal() == key && cleaned.Removed == nil
	})
}

// TestWholeKeyOrNone: in any form of a key, or in one form within another, and wrapped to any width, the result is the
// whole of it, or there is none. It is nothing else, or what is kept with it is named.
func TestWholeKeyOrNone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := keys().Draw(t, "key")
		f := rapid.SampledFrom(forms()).Draw(t, "form")
		text := f.around(key)
		if rapid.Bool().Draw(t, "again") {
			text = rapid.SampledFrom(forms()).Draw(t, "around it").around(text)
		}
		if rapid.Bool().Draw(t, "wrapped") {
			text = wrap(text, rapid.IntRange(8, 100).Draw(t, "width"),
				rapid.SampledFrom([]string{"\n", "\r\n", "\r", "\r\r", "\n  ", "\n\t"}).Draw(t, "break"))
		}
		got, cleaned, err := pleoclient.CleanKey(text)
		named := strings.Contains(got.Reveal(), key) && cleaned.Odd != pleoclient.Odd{}
		if err == nil && got.Reveal() != key && !named {
			t.Errorf("%q became %q", text, got.Reveal())
		}
		checkClean(t, text)
	})
}

// TestMostFormsAreRead: what the property allows to refuse is accepted nevertheless for one key of each sort.
func TestMostFormsAreRead(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		canary, "canary" + strings.Repeat("0123456789abcdef", 4), "plc_0123456789abcdef_fedcba9876543210",
		"canary.eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl", "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5MTIzNA==", "canary-8",
	} {
		for _, f := range forms() {
			got, _, err := pleoclient.CleanKey(f.around(key))
			if len(key) < 16 && strings.HasPrefix(f.name, "chosen label") {
				continue // may be any other short text
			}
			if err != nil || got.Reveal() != key {
				t.Errorf("%s around a key of %d characters: %v", f.name, len(key), err)
			}
		}
	}
}
