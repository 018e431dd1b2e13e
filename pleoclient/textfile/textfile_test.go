package textfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const canary = "canary-4f1d2c3b"

// in returns a text in an encoding of two or four bytes, without a byte order mark.
func in(text string, unit int, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, r := range text {
		if unit == 4 {
			out = order.AppendUint32(out, uint32(r))
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			out = order.AppendUint16(out, u)
		}
	}
	return out
}

// everyForm returns a text in each encoding that its first bytes state.
func everyForm(text string) map[string][]byte {
	return map[string][]byte{
		"UTF-8":                  []byte(text),
		"UTF-8 with a mark":      []byte("\ufeff" + text),
		"UTF-8 with two marks":   []byte("\ufeff\ufeff" + text),
		"UTF-16LE":               in("\ufeff"+text, 2, binary.LittleEndian),
		"UTF-16BE":               in("\ufeff"+text, 2, binary.BigEndian),
		"UTF-16LE, two marks":    in("\ufeff\ufeff"+text, 2, binary.LittleEndian),
		"UTF-32LE":               in("\ufeff"+text, 4, binary.LittleEndian),
		"UTF-32BE":               in("\ufeff"+text, 4, binary.BigEndian),
		"UTF-16LE, joined files": in("\ufeff"+strings.ReplaceAll(text, "\n", "\n\ufeff"), 2, binary.LittleEndian),
	}
}

// TestDecode: a text is the same in every encoding.
func TestDecode(t *testing.T) {
	t.Parallel()
	lines := rapid.SliceOfN(rapid.StringMatching(`[a-zæ漢😀_=#"]([a-zæ漢😀_=#" ]|\x{fffd}){0,6}`), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		lines := lines.Draw(t, "lines")
		for _, end := range []string{"\n", "\r\n", "\r"} {
			text := strings.Join(lines, end) + end
			want := text
			if end == "\r" {
				want = strings.ReplaceAll(text, "\r", "\n")
			}
			for form, data := range everyForm(text) {
				got, err := Decode(data)
				if err != nil || string(got) != want {
					t.Fatalf("%q in %s: %q, %v", text, form, got, err)
				}
			}
		}
	})
}

// TestFaults: what is not a text is called by its name and line, and nothing of it is in the error.
func TestFaults(t *testing.T) {
	t.Parallel()
	lines := func(n int, end string) string { return strings.Repeat(canary+end, n) }
	const (
		nul2, nul7 = "has a NUL byte in line 2", "has a NUL byte in line 7"
		unmarked16 = "is in UTF-16 without a byte order mark"
		unmarked32 = "is in UTF-32 without a byte order mark"
	)
	little, big := binary.LittleEndian, binary.BigEndian
	for about, c := range map[string]struct{ data, says string }{
		"nothing":             {"", "is empty"},
		"a mark alone":        {"\ufeff", "is empty"},
		"a mark of UTF-16":    {"\xff\xfe", "is empty"},
		"blank lines":         {" \r\n\t\r\n\ufeff\r\n", "is empty"},
		"blank UTF-16":        {string(in("\ufeff\r\n", 2, binary.LittleEndian)), "is empty"},
		"NUL":                 {lines(6, "\n") + "x\x00y\n", nul7},
		"NUL, CRLF":           {lines(6, "\r\n") + "\x00\r\n", nul7},
		"NUL, CR":             {lines(6, "\r") + "\x00\r", nul7},
		"NUL at the end":      {canary + "\x00", "has a NUL byte in line 1"},
		"NULs in the end":     {canary + "\n" + strings.Repeat("\x00", 512), nul2},
		"NULs alone":          {strings.Repeat("\x00", 64), "has a NUL byte in line 1"},
		"NUL in UTF-16":       {string(in("\ufeff"+lines(1, "\r\n")+"\x00", 2, big)), nul2},
		"UTF-16 behind UTF-8": {lines(1, "\r\n") + string(in(lines(1, "\n"), 2, little)), nul2},
		"no mark, UTF-16LE":   {string(in(canary, 2, little)), unmarked16},
		"no mark, UTF-16BE":   {string(in(lines(3, "\r\n"), 2, big)), unmarked16},
		"no mark, a line":     {string(in("# 鍵\r\n"+canary, 2, little)), unmarked16},
		"no mark, UTF-32LE":   {string(in(canary, 4, little)), unmarked32},
		"no mark, UTF-32BE":   {string(in(canary, 4, big)), unmarked32},
		"half a unit":         {string(in("\ufeff"+lines(1, "\n"), 2, little)) + "x", "is damaged UTF-16 in line 2"},
		"half a pair":         {"\xfe\xff\xd8\x3d", "is damaged UTF-16 in line 1"},
		"half a pair, more":   {"\xfe\xff\xd8\x3d\x00a", "is damaged UTF-16 in line 1"},
		"a pair, wrong way":   {"\xff\xfe\x00\xde\x3d\xd8", "is damaged UTF-16 in line 1"},
		"no character":        {"\x00\x00\xfe\xff\x00\x11\x00\x00", "is damaged UTF-32 in line 1"},
		"below all":           {"\xff\xfe\x00\x00\xff\xff\xff\xff", "is damaged UTF-32 in line 1"},
		"half of UTF-32":      {string(in("\ufeff"+lines(1, "\r"), 4, big)) + "\x00\x00", "is damaged UTF-32 in line 2"},
	} {
		data := []byte(c.data)
		text, err := Decode(data)
		var fault *Fault
		if !errors.As(err, &fault) || err.Error() != c.says || text != nil {
			t.Errorf("%s: %d bytes, %v; want %q", about, len(text), err, c.says)
		}
	}
}

// TestCheckUTF8 names the line of the first byte that is none.
func TestCheckUTF8(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                             "",
		canary + "\n\ufffd漢😀":          "",
		"\xe6":                         "has a byte that is not UTF-8 in line 1",
		"a\r\nb\r\nN\xf8gle\r\n":       "has a byte that is not UTF-8 in line 3",
		"a\n\xe6\xbc\n\xff":            "has a byte that is not UTF-8 in line 2",
		"a\n\n\xed\xa0\x80 surrogate":  "has a byte that is not UTF-8 in line 3",
		"\xc0\xaf more than it needs ": "has a byte that is not UTF-8 in line 1",
	} {
		err := CheckUTF8([]byte(text))
		if got := fmt.Sprint(err); got != says && (err != nil || says != "") {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

// TestNothingIsLeft: what Decode does not return is cleared, because it may be a key.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	for form, data := range everyForm("\n" + canary + "\n" + canary) {
		text, err := Decode(data)
		if err != nil {
			t.Fatal(form, err)
		}
		clear(text)
		if left := bytes.Trim(data, "\x00"); len(left) > 0 {
			t.Errorf("%s: %d bytes are left", form, len(left))
		}
	}
	for _, more := range []string{"\x00", "\n\x00"} {
		data := []byte(canary + more)
		if _, err := Decode(data); err == nil || len(bytes.Trim(data, "\x00")) > 0 {
			t.Errorf("something is left behind an error: %v", err)
		}
	}
}

// TestReadAll reads all or nothing, however it comes.
func TestReadAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, n := range []int{0, 1, 99, 100} {
		text := strings.Repeat("k", n)
		for _, r := range []io.Reader{
			strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			if got, err := ReadAll(r, 100); err != nil || string(got) != text {
				t.Errorf("%d bytes: %d, %v", n, len(got), err)
			}
		}
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if got, err := ReadAll(r, 100); got != nil || !errors.Is(err, broken) {
			t.Errorf("%d bytes and an error: %d, %v", n, len(got), err)
		}
	}
	for _, r := range []io.Reader{strings.NewReader(strings.Repeat("k", 101)), endless{}} {
		if got, err := ReadAll(r, 100); got != nil || !errors.Is(err, ErrTooLarge) {
			t.Errorf("too much: %d bytes, %v", len(got), err)
		}
	}
}

// TestReadAllTakesWhatItNeeds: memory grows with the file and not with the limit, and no copy is left behind.
func TestReadAllTakesWhatItNeeds(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	for _, n := range []int{0, 100, 4<<10 - 1, 4 << 10, 100_000, limit, limit + 1} {
		text := strings.Repeat("k", n)
		r := &watched{Reader: strings.NewReader(text)}
		got, err := ReadAll(r, limit)
		if n <= limit && (err != nil || string(got) != text) ||
			n > limit && (got != nil || !errors.Is(err, ErrTooLarge)) {
			t.Fatalf("%d bytes: %d, %v", n, len(got), err)
		}
		if cap(got) > 4*n+4<<10 {
			t.Errorf("%d bytes are in %d", n, cap(got))
		}
		clear(got)
		for _, part := range r.parts {
			if len(bytes.Trim(part, "\x00")) > 0 {
				t.Fatalf("%d bytes: a part of %d bytes is left", n, len(part))
			}
		}
	}
}

// watched remembers where its text was read to.
type watched struct {
	io.Reader
	parts [][]byte
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.parts = append(w.parts, p[:n])
	return n, err
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// FuzzDecode: what is returned is text without a NUL, and decoding it again changes nothing.
func FuzzDecode(f *testing.F) {
	for _, data := range everyForm(canary + "\r\n# æ漢😀\r\n") {
		f.Add(data)
	}
	f.Add([]byte("\xff\xfe\x00\x00\x00"))
	f.Add([]byte("a\rb\ufeff\n\ufeff\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		stated := bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
		text, err := Decode(data)
		if err != nil {
			if len(err.Error()) > 60 {
				t.Fatal("a long error")
			}
			return
		}
		again, err := Decode(bytes.Clone(text))
		if err != nil || !bytes.Equal(again, text) || bytes.IndexByte(text, 0) >= 0 || stated && !utf8.Valid(text) {
			t.Fatalf("%q, and again %q: %v", text, again, err)
		}
	})
}
