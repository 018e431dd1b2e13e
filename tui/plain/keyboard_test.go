package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/tui/input"
)

// parts delivers one part in each read.
type parts struct{ left [][]byte }

func (p *parts) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[0])
	if p.left[0] = p.left[0][n:]; len(p.left[0]) == 0 {
		p.left = p.left[1:]
	}
	return n, nil
}

// cut cuts a stream before the positions.
func cut(stream string, before []bool) *parts {
	p, from := &parts{}, 0
	for i := 1; i <= len(stream); i++ {
		if i == len(stream) || before[i] {
			p.left = append(p.left, []byte(stream[from:i]))
			from = i
		}
	}
	return p
}

// stringForm is of sequences that hold a text, and are never cut.
var stringForm = regexp.MustCompile(`\x1b[\]P][^\a\x1b]*(\a|\x1b\\)`)

// cuttable returns before which positions a stream may be cut: anywhere, but not directly behind an ESC
// that no bracket follows.
func cuttable(stream string) []bool {
	out := make([]bool, len(stream))
	for i := range out {
		out[i] = i > 0 && (stream[i-1] != escape || stream[i] == '[')
	}
	for _, at := range stringForm.FindAllStringIndex(stream, -1) {
		clear(out[at[0]+1 : at[1]])
	}
	return out
}

// everyCut runs check for a stream in one part, in two, in bytes, and in parts of all kinds.
func everyCut(t *testing.T, stream string, check func(t rapid.TB, in io.Reader)) {
	may := cuttable(stream)
	check(t, cut(stream, make([]bool, len(stream))))
	check(t, cut(stream, may))
	for i := range may {
		if may[i] {
			once := make([]bool, len(stream))
			once[i] = true
			check(t, cut(stream, once))
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		before := make([]bool, len(stream))
		for i := range before {
			before[i] = may[i] && rapid.IntRange(0, 3).Draw(r, "cut") == 0
		}
		check(r, cut(stream, before))
	})
}

// raw is a terminal that needs no switching.
func raw(in io.Reader) (*Terminal, *bytes.Buffer) {
	var out bytes.Buffer
	return &Terminal{In: in, Out: &out, Raw: func() (func(), error) { return func() {}, nil }}, &out
}

const (
	escape     = 0x1b
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

func paste(text string) string { return pasteStart + text + pasteEnd }

// whole and rest are bursts, as the reader hands them on.
func whole(text string) string { return input.WholeBurst + paste(text) }
func rest(text string) string  { return input.RestOfText + paste(text) }

var (
	open       = question{prompt: "? "}
	secret     = question{prompt: "key: ", hidden: true}
	passphrase = question{prompt: "passphrase: ", hidden: true, paste: pasteTypes}
)

func typed(text string) answer { return answer{text: text} }

func pasted(text string) answer { return answer{text: text, pasted: true} }

// TestAnswers gives each stream in every cut, and requires the same answers and the same on the terminal.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const canary = flowtest.Canary
	for name, c := range map[string]struct {
		stream string
		ask    []question
		want   []answer // and then the end, when there are fewer than questions
		shown  string
	}{
		"typed word": {"allow\r", []question{open}, []answer{typed("allow")}, "? allow\r\n"},
		"typed key":  {canary + "\r", []question{secret}, []answer{typed(canary)}, "key: \r\n"},
		"typed passphrase": {"a heron\r", []question{passphrase}, []answer{typed("a heron")},
			"passphrase: \r\n"},
		"empty":     {"\r", []question{secret}, []answer{typed("")}, "key: \r\n"},
		"line feed": {"allow\n", []question{open}, []answer{typed("allow")}, "? allow\r\n"},
		"typed ahead": {"allow\ryes\r", []question{open, open}, []answer{typed("allow"), typed("yes")},
			"? allow\r\n? yes\r\n"},
		"key typed ahead": {"allow\rabc\r", []question{open, secret}, []answer{typed("allow"), typed("abc")},
			"? allow\r\nkey: \r\n"},
		"CR LF": {"allow\r\nyes\r\n", []question{open, open}, []answer{typed("allow"), typed("yes")},
			"? allow\r\n? yes\r\n"},
		"two empty lines":        {"\r\r", []question{open, open}, []answer{typed(""), typed("")}, "? \r\n? \r\n"},
		"backspace":              {"alp\x7flow\r", []question{open}, []answer{typed("allow")}, "? alp\b \blow\r\n"},
		"backspace at the start": {"\x7f\x08a\r", []question{open}, []answer{typed("a")}, "? a\r\n"},
		"backspace, wide":        {"a漢\x08b\r", []question{open}, []answer{typed("ab")}, "? a漢\b\b  \b\bb\r\n"},
		"backspace, accent":      {"ae\u0301\x7fb\r", []question{open}, []answer{typed("ab")}, "? ae\u0301\b \bb\r\n"},
		"backspace, invisible":   {"ab\u200b\x7fc\r", []question{secret}, []answer{typed("abc")}, "key: \r\n"},
		"backspace, hidden":      {"keý\x7f\x7fx\r", []question{secret}, []answer{typed("kx")}, "key: \r\n"},
		"all":                    {"no\x15yes\r", []question{open}, []answer{typed("yes")}, "? no\b\b  \b\byes\r\n"},
		"all, hidden":            {"no\x15yes\r", []question{secret}, []answer{typed("yes")}, "key: \r\n"},
		"a word": {"a bc  \x17d\r", []question{open}, []answer{typed("a d")},
			"? a bc  \b\b\b\b    \b\b\b\bd\r\n"},
		"a word, hidden": {"a bc  \x17d\r", []question{secret}, []answer{typed("a d")}, "key: \r\n"},
		"arrows": {"a\x1b[Dl\x1b[1;5Cl\x1bOAow\x1b[3~\x1b[15~\r", []question{open},
			[]answer{typed("allow")}, "? allow\r\n"},
		"torn sequence":         {"a\x1b[漢b\r", []question{open}, []answer{typed("a漢b")}, "? a漢b\r\n"},
		"console function keys": {"al\x1b[[Alow\r", []question{open}, []answer{typed("allow")}, "? allow\r\n"},
		"Alt and a letter":      {"al\x1bx\x1bélow\r", []question{open}, []answer{typed("allow")}, "? allow\r\n"},
		"answers of the terminal": {"\x1b]11;rgb:00/00/00\aal\x1b]0;x\x1b\\lo\x1bP1+r\x1b\\w\x1b[?62;22c\r",
			[]question{open}, []answer{typed("allow")}, "? allow\r\n"},
		"other control keys": {"\x01a\x1a\tb\x00\x0c\r", []question{open}, []answer{typed("ab")}, "? ab\r\n"},
		"invisible":          {"a\u200bb\r", []question{open}, []answer{typed("ab")}, "? ab\r\n"},
		"invisible in a key": {"a\u200bb\r", []question{secret}, []answer{typed("a\u200bb")}, "key: \r\n"},
		"not UTF-8": {"a\xffb\xe6\xbcc\r", []question{secret},
			[]answer{typed("a\ufffdb\ufffd\ufffdc")}, "key: \r\n"},

		"pasted key": {paste(canary), []question{secret}, []answer{pasted(canary)}, "key: \r\n"},
		"pasted lines": {paste("a\r\n\tb\nc\r"), []question{secret},
			[]answer{pasted("a\r\n\tb\nc\r")}, "key: \r\n"},
		"pasted pictures": {paste("a␀␃␛␟␠␡␤"), []question{secret},
			[]answer{pasted("a\x00\x03\x1b\x1f␠\x7f␤")}, "key: \r\n"},
		"paste replaces": {"abc" + paste("xyz"), []question{secret}, []answer{pasted("xyz")}, "key: \r\n"},
		"paste replaces, open": {"abc" + paste("xyz\n"), []question{open},
			[]answer{pasted("xyz\n")}, "? abc\r\n"},
		"empty paste": {paste(""), []question{secret}, []answer{pasted("")}, "key: \r\n"},
		"Enter after a paste": {paste("xyz") + "\ryes\r", []question{open, open},
			[]answer{pasted("xyz"), typed("yes")}, "? \r\n? yes\r\n"},
		"CR LF after a paste": {paste("xyz") + "\r\nyes\r", []question{open, open},
			[]answer{pasted("xyz"), typed("yes")}, "? \r\n? yes\r\n"},
		"one Enter only": {paste("xyz") + "\r\r", []question{open, open},
			[]answer{pasted("xyz"), typed("")}, "? \r\n? \r\n"},
		"two pastes": {paste("one") + paste("two"), []question{secret, open},
			[]answer{pasted("one"), pasted("two")}, "key: \r\n? \r\n"},
		"three pastes": {paste("one") + paste("two") + paste("three"), []question{secret, secret, open},
			[]answer{pasted("one"), pasted("two"), pasted("three")}, "key: \r\nkey: \r\n? \r\n"},
		"start mark alone": {pasteStart + "xyz", []question{secret}, nil, "key: "},
		"end mark alone": {"al" + pasteEnd + "low\r", []question{open},
			[]answer{typed("allow")}, "? allow\r\n"},
		"marks in a paste": {paste(pasteStart + "\x1b[A"), []question{secret},
			[]answer{pasted(pasteStart + "\x1b[A")}, "key: \r\n"},
		"pasted passphrase": {paste("a heron\r\n") + "\r", []question{passphrase}, []answer{typed("a heron")},
			"passphrase: \r\n"},
		"passphrase, a break behind": {paste("a heron\n"), []question{passphrase}, []answer{typed("a heron")},
			"passphrase: \r\n"},
		"half pasted passphrase": {"a " + paste("hero") + "m\x7fn\r", []question{passphrase},
			[]answer{typed("a heron")}, "passphrase: \r\n"},

		"burst":           {whole(canary), []question{secret}, []answer{pasted(canary)}, "key: \r\n"},
		"burst and Enter": {whole(canary + "\r"), []question{secret}, []answer{pasted(canary + "\r")}, "key: \r\n"},
		"burst behind letters": {"abc" + whole("xyz") + "\r", []question{secret}, []answer{typed("abcxyz")},
			"key: \r\n" + string(flow.English.Wizard.Added) + "\r\nkey: \r\n"},
		"rest behind letters": {"abc" + rest("xyz") + "w\r", []question{secret}, []answer{typed("abcxyzw")},
			"key: \r\n" + string(flow.English.Wizard.Added) + "\r\nkey: \r\n"},
		"rest and Enter": {"abc" + rest("x\ryz\r\n"), []question{secret}, []answer{typed("abcx\ryz")}, "key: \r\n"},
		"rest alone": {rest("xyz") + "\r", []question{secret}, []answer{typed("")},
			"key: \r\n" + string(flow.English.Wizard.Torn) + "\r\nkey: \r\n"},
		"rest alone and Enter": {rest("xyz\r") + "\r", []question{secret}, []answer{typed("")},
			"key: \r\n" + string(flow.English.Wizard.Torn) + "\r\nkey: \r\n"},
		"tab in a key": {"\tab\tc\r", []question{secret}, []answer{typed("ab\tc")}, "key: \r\n"},
		"rest behind a word": {"al" + rest("xyz\r") + "yes\r", []question{open}, []answer{typed("yes")},
			"? al\r\n" + string(flow.English.Wizard.Torn) + "\r\n? yes\r\n"},
		"burst behind a word": {"al" + whole("xyz") + "\r", []question{open}, []answer{typed("")},
			"? al\r\n" + string(flow.English.Wizard.Torn) + "\r\n? \r\n"},
		"burst in a passphrase": {"a " + rest("heron\r"), []question{passphrase}, []answer{typed("a heron")},
			"passphrase: \r\n"},
		"burst is a passphrase": {whole("a heron") + "\r", []question{passphrase}, []answer{typed("a heron")},
			"passphrase: \r\n"},
		"rest of a passphrase": {rest("a heron\r"), []question{passphrase}, []answer{typed("a heron")},
			"passphrase: \r\n"},
		"paste behind a lone burst": {input.RestOfText + "a" + paste(canary), []question{secret},
			[]answer{pasted(canary)}, "key: \r\n"},

		"end":               {"", []question{open}, nil, "? "},
		"end in a line":     {"all", []question{open}, nil, "? all"},
		"end in a key":      {"all", []question{secret}, nil, "key: "},
		"end in a letter":   {"a\xe6\xbc", []question{open}, nil, "? a"},
		"end in a sequence": {"a\x1b[2", []question{open}, nil, "? a"},
		"end in a paste":    {"a" + pasteStart + "xyz\x1b[20", []question{open}, nil, "? a"},
		"Ctrl+C":            {"all\x03ow\r", []question{open}, nil, "? all"},
		"Ctrl+C in a key":   {"abc\x03\r", []question{secret}, nil, "key: "},
		"Ctrl+C in a paste": {pasteStart + "abc\x03" + pasteEnd, []question{secret}, nil, "key: "},
		"Ctrl+C after Esc":  {"a\x1b\x03\r", []question{open}, nil, "? a"},
		"Ctrl+C, sequence":  {"a\x1b[1\x03mx\r", []question{open}, nil, "? a"},
		"Ctrl+D":            {"\x04", []question{open}, nil, "? "},
		"Ctrl+D in a line":  {"al\x04low\r\x04", []question{open, open}, []answer{typed("allow")}, "? allow\r\n? "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyCut(t, c.stream, func(t rapid.TB, in io.Reader) {
				term, out := raw(in)
				end := errEnded
				if strings.HasPrefix(name, "Ctrl+C") {
					end = errInterrupted
				}
				var got []answer
				for i, q := range c.ask {
					a, err := term.ask(context.Background(), q)
					if wantErr := i >= len(c.want); wantErr != errors.Is(err, end) || !wantErr && err != nil {
						t.Fatalf("answer %d ends with %v", i+1, err)
					}
					if err == nil {
						a.ahead = false // it depends on the cut
						got = append(got, a)
					}
				}
				if !cmp.Equal(c.want, got, cmp.AllowUnexported(answer{})) {
					t.Errorf("%d other answers than wanted", len(got))
				}
				if out.String() != c.shown {
					t.Errorf("shows %q, want %q", out, c.shown)
				}
			})
		})
	}
}

// TestEscKey: an ESC that ends a read is the Esc key, and takes nothing of what is typed next.
func TestEscKey(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"allow\r", "\x1b[Aallow\r", "\x1ballow\r"} {
		want := strings.TrimPrefix(strings.TrimPrefix(next, "\x1b[A"), "\x1ba")
		term, _ := raw(&parts{[][]byte{[]byte("\x1b"), []byte(next)}})
		if a, err := term.ask(t.Context(), open); err != nil || a.text+"\r" != want {
			t.Errorf("%q: got %q, %v", next, a.text, err)
		}
	}
}

// TestAltBracket looks like the beginning of a command to the terminal, and swallows nothing after its read.
func TestAltBracket(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"\x1b]", "\x1bP", "\x1b_"} {
		term, _ := raw(&parts{[][]byte{[]byte(key), []byte("allow\r")}})
		if a, err := term.ask(t.Context(), open); err != nil || a.text != "allow" {
			t.Errorf("%q: got %q, %v", key, a.text, err)
		}
		term, _ = raw(strings.NewReader(key + "x\x03\a\r"))
		if _, err := term.ask(t.Context(), open); !errors.Is(err, errInterrupted) {
			t.Errorf("%q: Ctrl+C is swallowed: %v", key, err)
		}
	}
}

// TestLeftOfASecret drops what was typed ahead behind a hidden line, but neither a paste nor Ctrl+C.
func TestLeftOfASecret(t *testing.T) {
	t.Parallel()
	const canary = flowtest.Canary
	for name, c := range map[string]struct {
		reads []string
		want  answer
		shown string
	}{
		"typed": {[]string{"abc\r" + canary, "yes\r"}, typed("yes"), "key: \r\n? yes\r\n"},
		"typed lines": {[]string{"abc\r" + canary + "\r" + canary, "yes\r"}, typed("yes"),
			"key: \r\n? yes\r\n"},
		"after a paste":       {[]string{paste("abc") + canary + "\r", "yes\r"}, typed("yes"), "key: \r\n? yes\r\n"},
		"Enter after a paste": {[]string{paste("abc") + "\r", "\r"}, typed(""), "key: \r\n? \r\n"},
		"paste": {[]string{paste("abc") + "x" + paste(canary) + "x", "yes\r"}, pasted(canary),
			"key: \r\n? \r\n"},
		"half a paste": {[]string{paste("abc") + "x" + pasteStart + canary[:9], canary[9:] + pasteEnd},
			pasted(canary), "key: \r\n? \r\n"},
		"half a letter": {[]string{"abc\r" + "漢\xe6\xbc", "\xa2yes\r"}, typed("漢yes"), "key: \r\n? 漢yes\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &parts{}
			for _, r := range c.reads {
				in.left = append(in.left, []byte(r))
			}
			term, out := raw(in)
			if _, err := term.ask(t.Context(), secret); err != nil {
				t.Fatal(err)
			}
			c.want.ahead = name == "paste"
			if a, err := term.ask(t.Context(), open); err != nil || a != c.want {
				t.Errorf("the next answer is another (%d characters), %v", len(a.text), err)
			}
			if out.String() != c.shown {
				t.Errorf("shows something else than %q", c.shown)
			}
		})
	}
	for _, stream := range []string{"abc\r\x03", paste("abc") + "\x03", paste("abc") + "x" + paste("def") + "\x03"} {
		term, _ := raw(strings.NewReader(stream))
		if _, err := term.ask(t.Context(), secret); !errors.Is(err, errInterrupted) {
			t.Errorf("%q: Ctrl+C behind the key is lost: %v", stream, err)
		}
	}
}

// TestHiddenShowsNothing gives any bytes in any cut to hidden questions.
func TestHiddenShowsNothing(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(
		rapid.StringOf(rapid.Rune()),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{
			"\r", "\n", "\x7f", "\x15", "\x17", "\x1b", "[", pasteStart, pasteEnd, "\x1b[A", "\x1b]0;", "200~", "~",
			"\x1a",
		}),
	)
	rapid.Check(t, func(r *rapid.T) {
		in := &parts{}
		for _, p := range rapid.SliceOfN(piece, 1, 20).Draw(r, "reads") {
			in.left = append(in.left, []byte(p))
		}
		term, out := raw(in)
		for _, q := range rapid.SliceOfN(rapid.SampledFrom([]question{secret, passphrase}), 1, 5).Draw(r, "questions") {
			out.Reset()
			_, err := term.ask(context.Background(), q)
			if got := out.String(); got != q.prompt+"\r\n" && (err == nil || got != q.prompt) {
				r.Fatalf("shows %d bytes more than the question", len(got)-len(q.prompt))
			}
		}
	})
}

// TestPasteIsNeverEchoed pastes digits between typed letters at an open question, in every cut.
func TestPasteIsNeverEchoed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		letters, digits := rapid.StringMatching(`[a-z ]{0,8}`), rapid.StringMatching(`[0-9\r\n\t]{0,40}`)
		stream := ""
		for range rapid.IntRange(1, 3).Draw(r, "pastes") {
			stream += letters.Draw(r, "typed") + paste(digits.Draw(r, "pasted"))
		}
		before := make([]bool, len(stream))
		for i := range before {
			before[i] = i > 0 && rapid.Bool().Draw(r, "cut")
		}
		term, out := raw(cut(stream, before))
		for {
			a, err := term.ask(context.Background(), open)
			if err != nil {
				break
			}
			if !a.pasted {
				r.Fatal("a line break in a paste ended a typed line")
			}
		}
		if strings.ContainsAny(out.String(), "0123456789") {
			r.Fatal("a paste was echoed")
		}
	})
}

// TestReadsOnlyWhenAsked: between two questions the input is for others, and a read that outlives its
// question loses nothing.
func TestReadsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	in, typing := io.Pipe()
	defer func() { _ = typing.Close() }()
	term, out := raw(in)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := term.ask(ctx, secret); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	wrote := make(chan struct{})
	go func() {
		_, _ = io.WriteString(typing, "allow\r")
		_, _ = io.WriteString(typing, "rest")
		close(wrote)
	}()
	if a, err := term.ask(t.Context(), open); err != nil || a.text != "allow" {
		t.Fatalf("got %q, %v", a.text, err)
	}
	rest := make([]byte, 4)
	if _, err := io.ReadFull(in, rest); err != nil || string(rest) != "rest" {
		t.Errorf("somebody else reads %q, %v", rest, err)
	}
	<-wrote
	if got := out.String(); got != "key: ? allow\r\n" {
		t.Errorf("shows %q", got)
	}
}

// TestPanicOfTheInput: nothing that was read is shown.
func TestPanicOfTheInput(t *testing.T) {
	t.Parallel()
	term, _ := raw(panicking{})
	if _, err := term.ask(t.Context(), secret); !errors.Is(err, flow.ErrFault) {
		t.Errorf("got %v", err)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic(flowtest.Canary) }
