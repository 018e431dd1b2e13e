package pleoclient_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
)

// wrap breaks a text at a width.
func wrap(text string, width int, lineBreak string) string {
	var lines []string
	rest := []rune(text)
	for ; len(rest) > width; rest = rest[width:] {
		lines = append(lines, string(rest[:width]))
	}
	return strings.Join(append(lines, string(rest)), lineBreak)
}

// Three keys of one service, one of another of the same length, and two without a prefix.
const (
	keyOne   = "canary_Zt5rQ8wLx2vNb7mKc4jHg9fDs1aPo6iUy3eTqWzXnRBvMkJhGfDsApLoIuYtRe0"
	keyTwo   = "canary_pW3nXk8sVd1qLz6tYb4mRc9gHj2fKu7eNa5oIxTwQzSyEvUrBgFhDjMlCpOaKi5"
	keyThree = "canary_8Hs3nQz6Lw1xVb"
	otherKey = pleoclient.SimulatedKeyPrefix + "Lz6tYb4mRc9gHj2fKu7eNa5oIxTwQzSyEvUrBgFhDjMlCpOaKi5"
	hexOne   = "5d0f3c9a7e1b46289cd03fa1b27e5c4881f6a0d93eb75c12"
	hexTwo   = "b81e64d2097fac355e90b7c41fd8a26370e4b95c1d2f8a06"
)

func TestWrappedKeyIsJoined(t *testing.T) {
	t.Parallel()
	for _, key := range []string{canary, keyOne, hexOne + hexTwo[:19]} { // 67 has no divisor
		for width := 5; width < len(key); width++ {
			for _, lineBreak := range []string{"\n", "\r\n", "\r", "\r\r", "\n\n", " \n", "\n  ", "\n\t\t"} {
				checkJoined(t, key, wrap(key, width, lineBreak))
			}
		}
	}
	// What is in front of the key takes columns of the first line, and what is behind it those of the last.
	for width := 28; width < 70; width++ {
		for _, f := range []string{"export PLEO_API_KEY=%s", `PLEO_API_KEY="%s"`, "Authorization: Bearer %s", "API key: %s",
			"<%s>", "  %s", `"key": "%s",`} {
			checkJoined(t, keyOne, wrap(fmt.Sprintf(f, keyOne), width, "\n"))
		}
	}
	words := pleoclient.SimulatedKeyPrefix + "canary-0123456789abcdefghijklmnopqrstuvwxyz-9876"
	checkJoined(t, words, wrap(words, 40, "\r\n")) // the second line begins with many letters and a hyphen
	hanging := keyOne[:40] + "\n    " + keyOne[40:]
	checkJoined(t, keyOne, hanging)
	checkJoined(t, keyOne, keyOne[:30]+"\n  "+keyOne[30:58]+"\n  "+keyOne[58:]) // 30 columns each
	checkJoined(t, keyOne, hanging+"\n"+hanging)
}

func checkJoined(t *testing.T, key, text string) {
	t.Helper()
	got, cleaned, err := pleoclient.CleanKey(text)
	if err != nil || got.Reveal() != key || len(cleaned.Removed) == 0 {
		t.Errorf("%q: %v, %+v", text, err, cleaned)
	}
}

// TestSeveralAreNotJoined holds what is said about texts with more than a key, and about lines that may be one key or
// not.
func TestSeveralAreNotJoined(t *testing.T) {
	t.Parallel()
	const two, several, lines = pleoclient.LooksTwoLines, pleoclient.LooksKeys, pleoclient.LooksLines
	for name, c := range map[string]struct {
		text string
		want pleoclient.Looks
	}{
		"two lines":                   {keyOne + "\n" + keyTwo, two},
		"two lines, the second short": {keyOne + "\n" + keyThree + "\n", two},
		"two lines, the first short":  {keyThree + "\r\n" + keyOne, two},
		"a blank line":                {keyOne + "\n\n" + keyTwo, two},
		"Enter twice":                 {keyOne + "\r\r" + keyTwo + "\r", two},
		"indented":                    {"  " + keyOne + "\n  " + keyTwo, two},
		"in quotes":                   {`"` + keyOne + "\"\n\"" + keyTwo + `"`, two},
		"a list":                      {keyOne + ",\n" + keyTwo, two},
		"Bearer in front":             {"Bearer " + keyOne + "\n" + keyTwo, two},
		"production and partner":      {"pls_0123456789abcdef_canary\nplp_fedcba9876543210_canary", two},
		"of two services":             {keyOne + "\n" + otherKey, two},
		"three of two services":       {otherKey + "\n" + keyOne + "\n" + keyTwo, several},
		"three lines":                 {keyOne + "\n" + keyTwo + "\n" + keyThree, several},
		"two of three":                {keyOne + "\n" + keyTwo + "\n" + keyOne, several},
		"a space":                     {keyOne + " " + keyTwo, several},
		"a tab":                       {keyOne + "\t" + keyThree, several},
		"a comma":                     {keyOne + "," + keyTwo, several},
		"a comma and a space":         {keyOne + ", " + keyTwo, several},
		"a semicolon":                 {keyOne + ";" + keyThree, several},
		"a table":                     {"| " + keyOne + " | " + keyTwo + " |", several},
		"a vertical bar":              {hexOne + "|" + hexTwo, several},

		"lines of one length without a prefix": {hexOne + "\n" + hexTwo, lines},
		"a prefix on the second line":          {hexOne + "\n" + "canary-" + hexTwo[7:], lines},
		"three such lines":                     {hexOne + "\n" + hexTwo + "\n" + hexTwo[:40] + "01234567", lines},
		"a wider second line":                  {keyOne[:20] + "\n" + keyOne[20:], lines},
		"lines of no one width":                {keyOne[:30] + "\n" + keyOne[30:40] + "\n" + keyOne[40:], lines},
		"a word in front":                      {"Production\n" + keyOne, lines},
		"the words of a dialogue":              {"Your API key\n" + keyOne + "\nCopy", lines},
		"the word of a button":                 {keyOne + "\nCopy", lines},
		"the end mark of zsh":                  {keyOne + "\n%", lines},
		"an id below":                          {keyOne + "\n4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5", lines},
		"an id above":                          {"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5\n" + hexOne[:32], lines},
		"an address below":                     {keyOne + "\nadmin@example.com", lines},
		"a host below":                         {keyOne + "\napp.pleo.io", lines},
		"another button":                       {keyOne + "\n  Done", lines},
		"a note":                               {keyOne + "\nmade in May", lines},
		"base64 twice":                         {"Q2FuYXJ5Q2FuYXJ5MTIz==\nYW5vdGhlcg==", lines},
		"a line that goes on":                  {keyOne[:40] + "\\\n" + keyOne[40:], lines},
		"settings of a unit":                   {"Environment=\"PLEO_API_KEY=" + keyOne + "\"\nEnvironment=\"A=1\"", lines},

		"a block of YAML": {"key: |\n  " + keyOne, lines},
		"a unit":          {"[Service]\nEnvironment=\"PLEO_API_KEY=" + keyOne + "\"", pleoclient.LooksSettings},
		"a section":       {"[pleo]\n\n  api_key = " + keyOne + "\n", pleoclient.LooksSettings},
		"two in brackets": {"[" + hexOne + "]\n[" + hexTwo + "]", lines},

		"labels":                  {"prod: " + keyOne + "\nstaging: " + keyTwo, pleoclient.LooksSettings},
		"an entry without a head": {"login: admin\npassword: " + keyOne, pleoclient.LooksSettings},
		"an entry with a secret":  {keyOne + "\nuser: admin\nsecret: hunter2", pleoclient.LooksSettings},
		"names of no setting":     {"a=" + hexOne + "\nb=" + hexTwo + "\nc", lines},
		"an entry with two":       {keyOne + "\nlogin: " + keyTwo, two},
		"headers":                 {"Accept: */*\nX-Api-Key: " + keyOne, pleoclient.LooksSettings},
	} {
		_, _, err := pleoclient.CleanKey(c.text)
		var refusal *pleoclient.KeyError
		if !errors.As(err, &refusal) || refusal.Looks != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestTwoKeysAreNeverOne: however two keys of one service are separated, neither is taken, nor both.
func TestTwoKeysAreNeverOne(t *testing.T) {
	t.Parallel()
	separators := []string{"\n", "\r\n", "\r", "\r\r", "\n\n", "\n  ", " ", "\t", ",", ", ", ";", "; ", "|",
		",\n", "\"\n\""}
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"canary-", "canary_", pleoclient.SimulatedKeyPrefix, ""}).Draw(t, "prefix")
		part := rapid.StringMatching(`[A-Za-z0-9]{5}[A-Za-z0-9_./+~-]{10,80}[A-Za-z0-9]`)
		first, second := part.Draw(t, "first"), part.Draw(t, "second")
		if prefix == "" { // keys of one service: then they have the same length
			noPrefix := strings.NewReplacer("-", "0", "_", "0")
			n := min(len(first), len(second))
			first, second = noPrefix.Replace(first[:n]), noPrefix.Replace(second[:n])
		}
		first, second = prefix+first, prefix+second
		f := rapid.SampledFrom(forms()).Draw(t, "form")
		text := f.around(first + rapid.SampledFrom(separators).Draw(t, "separator") + second)
		if got, _, err := pleoclient.CleanKey(text); err == nil && first != second {
			t.Errorf("%q was taken: %q", text, got.Reveal())
		}
	})
}
