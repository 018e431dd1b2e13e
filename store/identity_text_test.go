package store

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestIdentityTexts: an identity opens its store in any encoding in which an editor saved it, in plain and locked. What
// is not text is reported by its name and line.
func TestIdentityTexts(t *testing.T) {
	t.Parallel()
	utf16LE := func(text string) string {
		var out []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			out = binary.LittleEndian.AppendUint16(out, unit)
		}
		return string(out)
	}
	s := newTestStore(t)
	r := put(t, s, newRecord(companyA))
	text := string(readFile(t, s.identity))
	for about, c := range map[string]struct{ file, says string }{
		"a byte order mark":    {"\ufeff" + text, ""},
		"CRLF":                 {strings.ReplaceAll(text, "\n", "\r\n"), ""},
		"CR":                   {strings.ReplaceAll(text, "\n", "\r"), ""},
		"UTF-16":               {utf16LE("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")), ""},
		"a comment in Latin-1": {"# Schl\xfcssel\n" + text, ""},
		"UTF-16 and no mark":   {utf16LE(text), "(is in UTF-16 without a byte order mark)"},
		"NUL":                  {text + "\x00", "(has a NUL byte in line 4)"},
		"Latin-1":              {text + "\xfc", "(has a byte that is not UTF-8 in line 4)"},
		"empty":                {"\r\n", "is empty"},
	} {
		check := func(how string, cfg Config) {
			st, err := Open(cfg)
			if err == nil {
				_, err = st.Get(r.Ref())
				_ = st.Close()
			}
			switch {
			case c.says == "" && err != nil:
				t.Errorf("%s, %s: %v", about, how, err)
			case c.says != "" && (kindOf(err) != KindIdentityDamaged || !strings.Contains(err.Error(), c.says)):
				t.Errorf("%s, %s: %v, want %q", about, how, err, c.says)
			}
		}
		cfg := s.cfg
		writeFile(t, s.identity, []byte(c.file))
		check("plain", cfg)
		cfg.Passphrase = AskPassphrase((&answers{texts: []string{passphrase}}).ask)
		writeFile(t, s.identity, wrap(t, c.file, 2))
		check("locked", cfg)
		cfg.Passphrase = AskPassphrase((&answers{texts: []string{passphrase}}).ask)
		writeFile(t, s.identity, []byte(utf16LE("\ufeff"+string(armoured(t, wrap(t, c.file, 2))))))
		check("locked, in UTF-16", cfg)
	}
}
