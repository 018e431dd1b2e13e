package integration

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/termtest"
	"pleo-connect/pleoclient"
)

// TestHostileIntegration writes every hostile text into every key of an integration file, escaped and as it is. What
// cannot be drawn is refused, with line and column, and nothing of it is in the error.
func TestHostileIntegration(t *testing.T) {
	t.Parallel()
	// The others take some words only.
	free := []string{"name", "vendor", "return_hint", "applications", "title", "user", "restart"}
	all := append([]string{"id", "environment", "key_kind", "return_url", "help_url", "scope"}, free...)
	const document = "id = ID\nname = NAME\nvendor = VENDOR\nenvironment = ENVIRONMENT\nkey_kind = KEY_KIND\n" +
		"applications = [APPLICATIONS]\nreturn_url = RETURN_URL\nreturn_hint = RETURN_HINT\nhelp_url = HELP_URL\n" +
		"[[permissions]]\nscope = SCOPE\ntitle = TITLE\n[service]\nuser = USER\nrestart = RESTART\n"
	good := map[string]string{
		"id":          "x-1",
		"environment": "production", "key_kind": "integrated", "return_url": "https://app.pleo.io",
		"help_url": "https://help.example", "scope": "a:read",
	}
	names := map[string]*regexp.Regexp{}
	for _, key := range all {
		names[key] = regexp.MustCompile(`\b` + strings.ToUpper(key) + `\b`)
	}
	place := regexp.MustCompile(`^:[0-9]+:[0-9]+: `)
	for _, key := range all {
		for _, h := range flowtest.Hostile {
			for _, written := range []string{tomlText(h.Text), `"` + h.Text + `"`, "'" + h.Text + "'"} {
				if len(written) > maxBytes {
					continue
				}
				text := document
				for _, k := range all {
					value := tomlText(cmp.Or(good[k], "x"))
					if k == key {
						value = written
					}
					text = names[k].ReplaceAllLiteralString(text, value)
				}
				i, err := parse([]byte(text))
				switch {
				case err != nil && !place.MatchString(err.Error()):
					t.Errorf("%s, %s: no line and column in %q", key, h.Name, err)
				case err != nil:
					termtest.CheckLines(t, said(err), false)
				default:
					termtest.CheckLines(t, fmt.Sprintf("%+v", i), false)
				}
				escaped := written == tomlText(h.Text) && utf8.ValidString(h.Text)
				if escaped && slices.Contains(free, key) && (err == nil) != pleoclient.IsSafe(h.Text) {
					t.Errorf("%s, %s: %v", key, h.Name, err)
				}
			}
		}
	}
	for _, h := range flowtest.Hostile {
		_, err := Load(filepath.Join(t.TempDir(), h.Text[:min(len(h.Text), 100)]))
		termtest.CheckLines(t, said(err), false)
		for _, line := range []string{
			h.Text + " = 1", tomlText(h.Text) + " = 1", "[" + h.Text + "]",
			"name = 1" + h.Text, "name = " + h.Text, h.Text,
		} {
			_, err := parse([]byte("vendor = 'x'\n" + line + "\n"))
			if err == nil || !place.MatchString(err.Error()) {
				t.Errorf("%s: %v", h.Name, err)
			} else {
				termtest.CheckLines(t, said(err), false)
			}
		}
	}
}

// tomlText writes a text in quotes, with everything beyond ASCII escaped.
func tomlText(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r >= ' ' && r <= '~' && r != '"' && r != '\\' {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, `\U%08X`, r)
		}
	}
	return `"` + out.String() + `"`
}
