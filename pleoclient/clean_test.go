package pleoclient_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pleo-connect/pleoclient"
)

// removals makes a list from pairs of what and count.
func removals(pairs ...any) []pleoclient.Removal {
	var out []pleoclient.Removal
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, pleoclient.Removal{What: pairs[i].(pleoclient.Removed), Count: pairs[i+1].(int)})
	}
	return out
}

func TestCleanKeyAccepts(t *testing.T) {
	t.Parallel()
	const (
		breaks, spaces, quotes = pleoclient.RemovedLineBreaks, pleoclient.RemovedSpaces, pleoclient.RemovedQuotes
		name, export           = pleoclient.RemovedName, pleoclient.RemovedExport
		header, bearer, basic  = pleoclient.RemovedHeader, pleoclient.RemovedBearer, pleoclient.RemovedBasic
		markers, doubled       = pleoclient.RemovedMarkers, pleoclient.RemovedDoubled
	)
	wrapped := canary[:20] + "\n" + canary[20:]
	tests := []struct {
		name, text string
		want       []pleoclient.Removal
	}{
		{"plain", canary, nil},
		{"trailing newline", canary + "\n", nil},
		{"CRLF, tabs and spaces around", "\r\n\t " + canary + " \t\r\n", nil},
		{"no-break spaces around", "\u00a0" + canary + "\u2003", nil},
		{"byte order mark of a file", "\ufeff" + canary + "\r\n", nil},

		{"wrapped", wrapped, removals(breaks, 1)},
		{"wrapped with CRLF", canary[:20] + "\r\n" + canary[20:], removals(breaks, 1)},
		{"wrapped with CR", canary[:20] + "\r" + canary[20:], removals(breaks, 1)},
		{"wrapped with an empty line", canary[:20] + "\r\n\r\n" + canary[20:], removals(breaks, 2)},

		{"double quotes", `"` + canary + `"`, removals(quotes, 1)},
		{"single quotes", "'" + canary + "'", removals(quotes, 1)},
		{"backquotes", "`" + canary + "`", removals(quotes, 1)},
		{"English quotes", "“" + canary + "”", removals(quotes, 1)},
		{"Swedish quotes", "”" + canary + "”", removals(quotes, 1)},
		{"German quotes", "„" + canary + "“", removals(quotes, 1)},
		{"quotes in quotes", `'"` + canary + `"'`, removals(quotes, 2)},
		{"quotes and a space", `" ` + canary + ` "`, removals(quotes, 1)},

		{"Bearer", "Bearer " + canary, removals(bearer, 1)},
		{"bearer on a line of its own", "bearer\n" + canary, removals(bearer, 1)},
		{"header", "Authorization: Bearer " + canary, removals(header, 1, bearer, 1)},
		{"quoted header", `"authorization:bearer ` + canary + `"`, removals(header, 1, bearer, 1, quotes, 1)},
		{"Basic with the key itself", "Basic " + canary, removals(basic, 1)},
		{"Basic with base64", "Basic " + basicOf(canary+":"), removals(basic, 1)},
		{"header with base64", "Authorization: Basic " + basicOf(canary+":"), removals(header, 1, basic, 1)},

		{"name", "PLEO_API_KEY=" + canary, removals(name, 1)},
		{"name with a space", "PLEO_API_KEY = " + canary, removals(name, 1)},
		{"lower-case name", "pleo_api_key=" + canary, removals(name, 1)},
		{"token", "accessToken='" + canary + "'", removals(name, 1, quotes, 1)},
		{"export", "export PLEO_API_KEY=" + canary, removals(export, 1)},
		{"export of any name", "export pleo=" + canary, removals(export, 1)},
		{"export and quotes", `export PLEO_API_KEY="` + canary + `"`, removals(export, 1, quotes, 1)},
		{"PowerShell", `$env:PLEO_API_KEY = "` + canary + `"`, removals(export, 1, quotes, 1)},
		{"set", "set PLEO_API_KEY=" + canary, removals(export, 1)},
		{"set and quotes", `SET "PLEO_API_KEY=` + canary + `"`, removals(export, 1, quotes, 1)},
		{"all quoted", `"PLEO_API_KEY="` + canary + `""`, removals(name, 1, quotes, 2)},
		{"name, scheme, quotes, wrap", "PLEO_TOKEN=\"Bearer " + wrapped + "\"",
			removals(name, 1, bearer, 1, quotes, 1, breaks, 1)},

		{"markers", "\x1b[200~" + canary + "\x1b[201~", removals(markers, 2)},
		{"marker in front", "\x1b[200~" + canary, removals(markers, 1)},
		{"marker behind", canary + "\x1b[201~", removals(markers, 1)},
		{"without escape", "[200~" + canary + "[201~", removals(markers, 2)},
		{"without bracket", "200~" + canary + "201~", removals(markers, 2)},
		{"the very rest", "0~" + canary + "1~", removals(markers, 2)},
		{"markers and a line break", "\x1b[200~" + canary + "\n\x1b[201~\n", removals(markers, 2)},

		{"twice", canary + canary, removals(doubled, 1)},
		{"twice with a line break", canary + "\n" + canary, removals(doubled, 1)},
		{"three times on lines", canary + "\n" + canary + "\n" + canary + "\n", removals(doubled, 1)},
		{"twice in a list", canary + ", " + canary, removals(doubled, 1)},
		{"four times", strings.Repeat(canary, 4), removals(doubled, 2)},
		{"twice with an end marker", "\x1b[200~" + canary + "\x1b[201~" + canary + "\x1b[201~",
			removals(markers, 2, doubled, 1)},
		{"twice with both markers", canary + "\n\x1b[201~\x1b[200~" + canary, removals(doubled, 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			key, got, err := pleoclient.CleanKey(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if key.Reveal() != canary {
				t.Errorf("got a key of %d characters that is not the canary", len(key.Reveal()))
			}
			if diff := cmp.Diff(pleoclient.Cleaned{Characters: len(canary), Removed: tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCleanKeyKeeps holds what looks like an addition and may be part of the key.
func TestCleanKeyKeeps(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"pls_0123456789abcdef_0123456789abcdef",
		"0123456789abcdef0123456789abcdee", // hexadecimal, not a UUID
		"canary-padded-base64==",
		"CANARY=short",                 // not enough behind it
		"canary=a-value-behind-it",     // no name that settings have
		"CANARY==padded-in-the-middle", // base64
		"canary-ends-in-1~",            // no marker in front
		"canary-ends-in-201~",          // the same
		"canary-2canary-2",             // two halves, each too short to be a paste of its own
		"Basic-canary", "Bearercanary", // no white space behind
		`canary-"quoted"`, `"canary-half`, // no pair around
		"canary..two-dots", "canary**two-stars",
		"!#$%&'()*+,-./;<=>?@[]^_`{|}~",
		"canary-8",
		strings.Repeat("canary-k", 511) + "anary-k8",
	} {
		key, got, err := pleoclient.CleanKey(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if key.Reveal() != text || got.Characters != len(text) || got.Removed != nil {
			t.Errorf("%s: changed, %+v", text, got)
		}
	}
}

// TestCleanKeyBasic: base64 that holds no key and colon is taken as it is.
func TestCleanKeyBasic(t *testing.T) {
	t.Parallel()
	for _, inside := range []string{
		canary, "user:" + canary, "user:" + canary + ":", "canary with spaces:", "short:", "\xffcanary-canary:",
	} {
		text := basicOf(inside)
		if key, _, err := pleoclient.CleanKey("Basic " + text); err != nil || key.Reveal() != text {
			t.Errorf("%q: the base64 did not stay as it is (%v)", inside, err)
		}
	}
}

func TestCleanKeyRefuses(t *testing.T) {
	t.Parallel()
	type refusal = pleoclient.KeyError
	looks := func(l pleoclient.Looks) refusal { return refusal{Kind: pleoclient.KindNotAKey, Looks: l} }
	bad := func(position int, r rune, sort pleoclient.Sort) refusal {
		character := pleoclient.Character{Rune: r, Sort: sort}
		return refusal{Kind: pleoclient.KindKeyMalformed, Position: position, Character: character}
	}
	notUTF8 := func(position int, b byte) refusal {
		character := pleoclient.Character{Rune: utf8.RuneError, Byte: b}
		return refusal{Kind: pleoclient.KindKeyMalformed, Position: position, Character: character}
	}
	inside := func(s string) string { return canary[:6] + s + canary[6:] }
	shortened := refusal{Kind: pleoclient.KindKeyShortened}
	const uuid = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	tests := []struct {
		name, text string
		want       refusal
	}{
		{"zero-width space", inside("\u200b"), bad(7, 0x200b, pleoclient.SortInvisible)},
		{"byte order mark inside", inside("\ufeff"), bad(7, 0xfeff, pleoclient.SortInvisible)},
		{"no-break space inside", inside("\u00a0"), bad(7, 0x00a0, pleoclient.SortSpace)},
		{"soft hyphen", inside("\u00ad"), bad(7, 0x00ad, pleoclient.SortInvisible)},
		{"en dash", inside("–"), bad(7, 0x2013, pleoclient.SortPunctuation)},
		{"Cyrillic", inside("е"), bad(7, 0x0435, pleoclient.SortCyrillic)},
		{"full width", inside("ａ"), bad(7, 0xff41, pleoclient.SortFullWidth)},
		{"smart quote inside", inside("’"), bad(7, 0x2019, pleoclient.SortPunctuation)},
		{"colon", inside(":"), bad(7, 0x003a, pleoclient.SortPunctuation)},
		{"space", inside(" "), bad(7, 0x0020, pleoclient.SortSpace)},
		{"tab", inside("\t"), bad(7, 0x0009, pleoclient.SortControl)},
		{"escape", inside("\x1b[A"), bad(7, 0x001b, pleoclient.SortControl)},
		{"end marker inside", inside("\x1b[201~\r"), bad(7, 0x001b, pleoclient.SortControl)},
		{"NUL", inside("\x00"), bad(7, 0x0000, pleoclient.SortControl)},
		{"Ctrl+C", canary + "\x03", bad(len(canary)+1, 0x0003, pleoclient.SortControl)},
		{"C1 inside", inside("\u009b"), bad(7, 0x009b, pleoclient.SortControl)},
		{"C1 at the end", canary + "\u0085", bad(len(canary)+1, 0x0085, pleoclient.SortControl)},
		{"OSC 52", inside("\x1b]52;c;AA\a"), bad(7, 0x001b, pleoclient.SortControl)},
		{"not UTF-8", inside("\xe9"), notUTF8(7, 0xe9)},
		{"a file in UTF-16", "\xff\xfec\x00a\x00n\x00a\x00r\x00y\x00", notUTF8(1, 0xff)},
		{"accent", inside("é"), bad(7, 0x00e9, pleoclient.SortLatin)},
		{"Chinese", inside("株"), bad(7, 0x682a, pleoclient.SortLetter)},
		{"emoji", inside("🔑"), bad(7, 0x1f511, pleoclient.SortSymbol)},
		{"position in the key, without what was around it", "Bearer  \n" + inside("х"),
			bad(7, 0x0445, pleoclient.SortCyrillic)},
		{"position counts characters", "ééé-canary", bad(1, 0x00e9, pleoclient.SortLatin)},
		{"quote that does not end", `set "PLEO_API_KEY=` + canary, bad(4, 0x0020, pleoclient.SortSpace)},
		{"name without a value", "PLEO_API_KEY:", bad(13, 0x003a, pleoclient.SortPunctuation)},
		{"option that is not known", "--proxy-user=" + canary + ":", bad(len(canary)+14, 0x003a, pleoclient.SortPunctuation)},
		{"quote that ends behind a label", `"Key: ` + canary, bad(5, 0x003a, pleoclient.SortPunctuation)},
		{"label in front of two words", "Key: canary-name:" + canary, bad(4, 0x003a, pleoclient.SortPunctuation)},
		{"label of something else", "Login: " + canary, bad(6, 0x003a, pleoclient.SortPunctuation)},
		{"label of the address beside a key", "e-mail: " + canary, bad(7, 0x003a, pleoclient.SortPunctuation)},
		{"label without a blank", "prod:" + canary, bad(5, 0x003a, pleoclient.SortPunctuation)},
		{"label in front of too little", "prod: canary-name", bad(5, 0x003a, pleoclient.SortPunctuation)},
		{"user and password", basicOf("x") + ":" + canary, bad(5, 0x003a, pleoclient.SortPunctuation)},

		{"nothing", "", looks(pleoclient.LooksEmpty)},
		{"white space", " \r\n\t", looks(pleoclient.LooksEmpty)},
		{"markers alone", "\x1b[200~\x1b[201~", looks(pleoclient.LooksEmpty)},
		{"three characters", "abc", looks(pleoclient.LooksShort)},
		{"seven characters", "canary7", looks(pleoclient.LooksShort)},
		{"Ctrl+V", "\x16", looks(pleoclient.LooksShort)},
		{"UUID", uuid, looks(pleoclient.LooksUUID)},
		{"UUID in upper case and braces", "{" + strings.ToUpper(uuid) + "}", looks(pleoclient.LooksUUID)},
		{"URN", "urn:pleo:company:" + uuid, looks(pleoclient.LooksUUID)},
		{"e-mail", "someone@example.com", looks(pleoclient.LooksEmail)},
		{"mailto", "mailto:someone@example.com", looks(pleoclient.LooksEmail)},
		{"URL", "https://app.pleo.io/settings", looks(pleoclient.LooksURL)},
		{"URL with a key", "https://" + canary + ":@external.pleo.io", looks(pleoclient.LooksURL)},
		{"URL in quotes", `"https://example.com"`, looks(pleoclient.LooksURL)},
		{"URL in a variable", "HTTPS_PROXY=http://proxy.example:3128", looks(pleoclient.LooksURL)},
		{"host", "app.pleo.io", looks(pleoclient.LooksURL)},
		{"host and path", "app.staging.pleo.io/settings/accounting", looks(pleoclient.LooksURL)},
		{"www", "www.example.com", looks(pleoclient.LooksURL)},
		{"JSON", `{"key": "` + canary + `"}`, looks(pleoclient.LooksJSON)},
		{"JSON over lines", "{\n  \"key\": \"" + canary + "\"\n}\n", looks(pleoclient.LooksJSON)},
		{"section of settings", "[Service]\nEnvironment=\"PLEO_API_KEY=" + canary + "\"\n",
			looks(pleoclient.LooksSettings)},
		{"JSON list over lines", "[\n  \"" + canary + "\"\n]", looks(pleoclient.LooksJSON)},
		{"JSON list", `["` + canary + `"]`, looks(pleoclient.LooksJSON)},
		{"JSON member that is no key", `"id": "` + canary + `"`, looks(pleoclient.LooksJSON)},
		{"curl", "curl -u " + canary + ": https://external.pleo.io", looks(pleoclient.LooksCommand)},
		{"curl over lines", "$ curl \\\n  -H 'Authorization: Bearer " + canary + "' \\\n  https://external.pleo.io",
			looks(pleoclient.LooksCommand)},
		{"option", "fetch --key " + canary, looks(pleoclient.LooksCommand)},
		{"netrc", "machine external.pleo.io login " + canary, bad(8, 0x0020, pleoclient.SortSpace)},
		{"options of curl", "-u " + canary + ": https://external.pleo.io", looks(pleoclient.LooksCommand)},
		{"file of settings", "DB_PASSWORD=hunter2\nPLEO_API_KEY=" + canary + "\n", looks(pleoclient.LooksSettings)},
		{"script of settings", "export A=1\r\nexport PLEO_API_KEY=" + canary, looks(pleoclient.LooksSettings)},

		{"ellipsis", "pls_ab…9f", shortened},
		{"short ellipsis", "ab…9f", shortened},
		{"three dots", "pls_ab...9f", shortened},
		{"dots at the end", "pls_abcdef...", shortened},
		{"bullets", "••••••••", shortened},
		{"one bullet", "pls_canary•", shortened},
		{"circles", "pls_●●●●", shortened},
		{"stars", "pls_*****9f", shortened},
		{"stars in quotes", "PLEO_API_KEY=\"********\"", shortened},

		{"too long", strings.Repeat("k", 5121), refusal{Kind: pleoclient.KindKeyTooLong}},
		{"one too long", strings.Repeat("k", 4097) + "\n", refusal{Kind: pleoclient.KindKeyTooLong}},
		{"too long in bytes", strings.Repeat("é", 2049), refusal{Kind: pleoclient.KindKeyTooLong}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			key, cleaned, err := pleoclient.CleanKey(tt.text)
			var got *pleoclient.KeyError
			if !errors.As(err, &got) {
				t.Fatalf("got error %v and a key of %d characters", err, len(key.Reveal()))
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Error(diff)
			}
			if pleoclient.KindOf(fmt.Errorf("wrapped: %w", err)) != tt.want.Kind {
				t.Errorf("KindOf gives %q", pleoclient.KindOf(err))
			}
			if !key.IsZero() || cleaned.Characters != 0 || cleaned.Removed != nil {
				t.Errorf("a refused text gave %+v", cleaned)
			}
			checkNoKey(t, err)
		})
	}
}

func TestKeyErrorText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "not_a_key: empty",
		"abc":                     "not_a_key: short",
		"www.example.com":         "not_a_key: url",
		"canary…":                 "key_shortened",
		"canary–dash":             "key_malformed: U+2013 at position 7",
		"canary\xffdash":          "key_malformed: 0xFF at position 7",
		strings.Repeat("k", 5121): "key_too_long",
	} {
		if _, _, err := pleoclient.CleanKey(text); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestSorts: the sort of a character whose name is not known.
func TestSorts(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]pleoclient.Sort{
		'\u0001': pleoclient.SortControl, '\u2066': pleoclient.SortInvisible, '\ufe0f': pleoclient.SortInvisible,
		'\ue000': pleoclient.SortPrivate, '\u2007': pleoclient.SortSpace, 'ж': pleoclient.SortCyrillic,
		'ω': pleoclient.SortGreek, 'é': pleoclient.SortLatin, '株': pleoclient.SortLetter, 'ａ': pleoclient.SortFullWidth,
		'\u0301': pleoclient.SortMark, '٣': pleoclient.SortDigit, '‹': pleoclient.SortPunctuation,
		'€': pleoclient.SortSymbol, '\u0378': pleoclient.SortUnassigned,
	} {
		if got := pleoclient.CharacterIn(string(r) + canary); got.Sort != want || got.Rune != r || got.Byte != 0 {
			t.Errorf("U+%04X: got %+v, want %s", r, got, want)
		}
	}
}

// pasted generates texts out of what pastes are made of.
func pasted(t *rapid.T) string {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{
			canary, "Bearer ", "Basic ", "Authorization: ", "export ", "set ", "$env:", "PLEO_API_KEY=", "=", `"`, "'",
			"“", "”", "\n", "\r\n", " ", "\t", "\x1b[200~", "\x1b[201~", "[200~", "200~", "0~", "1~", "[201~", "201~",
			"~", "\ufeff", basicOf(canary + ":"), "aaaaaaaa", "Environment=", "SetCredential=key:", "API key: ", "-u ", "-H ",
			"- ", "<", ">", "(", ")", "[", "]", "**", "*", ":", ",", ";", ".", "login: x", "KEY", `"key": `,
		}),
		rapid.StringMatching(`[!-9;-~]{1,20}`),
	), 1, 9).Draw(t, "pieces")
	return strings.Join(pieces, "")
}

func TestCleaningTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkClean(t, pasted(t)) })
}

// TestCleanKeyAnswersAtOnce: a paste of 16 MB costs no memory of its own.
func TestCleanKeyAnswersAtOnce(t *testing.T) {
	big := strings.Repeat("k", 16<<20)
	if n := testing.AllocsPerRun(1, func() { _, _, _ = pleoclient.CleanKey(big) }); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzCleanKey(f *testing.F) {
	for _, seed := range []string{
		"", canary, "Bearer " + canary, "Authorization: Basic " + basicOf(canary+":"),
		"export PLEO_API_KEY='" + canary + "'\n", `set "PLEO_API_KEY=` + canary + `"`,
		`$env:PLEO_API_KEY = "` + canary + `"`, canary + "\n  " + canary, canary + canary,
		"\x1b[200~" + canary + "\x1b[201~", "0~" + canary + "1~", "“" + canary + "”",
		"pls_ab…9f", "••••••••", "someone@example.com", "https://app.pleo.io", "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5",
		`{"key":"` + canary + `"}`, "curl -u " + canary + ":", canary + ":",
		canary + "\u200b", canary + "\xff", "“\x86canary”", `"`, "A=1\nB_KEY=" + canary,
		strings.Repeat("k", 5000), strings.Repeat("aaaaaaaa", 16), `""""""canary"""""`,
	} {
		f.Add(seed)
	}
	for _, form := range forms() {
		f.Add(form.around(canary))
	}
	f.Fuzz(func(t *testing.T, text string) { checkClean(t, text) })
}

// checkClean holds what is true for every text.
func checkClean(t interface {
	Helper()
	Errorf(string, ...any)
}, text string) {
	t.Helper()
	key, cleaned, err := pleoclient.CleanKey(text)
	if err != nil {
		checkRefusal(t.Errorf, text, err)
		return
	}
	accepted := key.Reveal()
	if len(accepted) < 8 || len(accepted) > pleoclient.MaxKeyBytes || cleaned.Characters != len(accepted) {
		t.Errorf("accepted %d characters, reported %d", len(accepted), cleaned.Characters)
	}
	if strings.ContainsFunc(accepted, func(r rune) bool { return r < 0x21 || r > 0x7e || r == ':' }) {
		t.Errorf("accepted a character that cannot travel: %q", accepted)
	}
	if len(cleaned.Removed) == 0 && !strings.Contains(text, accepted) {
		t.Errorf("%q became %q, and nothing is reported", text, accepted)
	}
	again, twice, err := pleoclient.CleanKey(accepted)
	if err != nil || !again.Equal(key) || len(twice.Removed) != 0 {
		t.Errorf("%q is cleaned once more to %q (%v, %v)", accepted, again.Reveal(), twice.Removed, err)
	}
}

// refusalForms are all texts of a KeyError. One group: the number of a character.
var refusalForms = regexp.MustCompile(`^(?:not_a_key: (?:` + strings.Join([]string{
	string(pleoclient.LooksEmpty), string(pleoclient.LooksShort), string(pleoclient.LooksURL),
	string(pleoclient.LooksUUID), string(pleoclient.LooksEmail),
	string(pleoclient.LooksJSON), string(pleoclient.LooksCommand), string(pleoclient.LooksSettings),
	string(pleoclient.LooksTwoLines), string(pleoclient.LooksKeys), string(pleoclient.LooksLines),
}, "|") + `)|key_shortened|key_too_long|key_malformed: (\S+) at position \d+)$`)

// checkRefusal finds nothing of the text in the error: all of it is fixed wording, and the number of one character.
func checkRefusal(errorf func(string, ...any), text string, err error) {
	m := refusalForms.FindStringSubmatch(err.Error())
	if m == nil {
		errorf("the refusal has a text of its own: %v", err)
		return
	}
	var names []string
	for i := range text {
		names = append(names, pleoclient.CharacterIn(text[i:]).String())
	}
	if m[1] != "" && !slices.Contains(names, m[1]) {
		errorf("%q is the number of no character in the text", m[1])
	}
	var refusal *pleoclient.KeyError
	if errors.As(err, &refusal) && refusal.Position > utf8.RuneCountInString(text) {
		errorf("position %d is outside of the text", refusal.Position)
	}
	if strings.Contains(text, canary) && strings.Contains(err.Error(), canary[:8]) {
		errorf("the refusal shows the key")
	}
}
