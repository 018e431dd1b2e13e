package pleoclient_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"text/template"

	jsonx "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"pleo-connect/pleoclient"
)

// holder keeps keys in all the places a program might.
type holder struct {
	Exported pleoclient.Key
	hidden   pleoclient.Key
	Pointer  *pleoclient.Key
	pointer  *pleoclient.Key
	Any      any
	any      any
	Slice    []pleoclient.Key
	slice    [1]pleoclient.Key
	Map      map[string]pleoclient.Key
	hiddenIn map[int]*pleoclient.Key
	Nested   struct{ key pleoclient.Key }
	inner    *holder
}

func newHolder() holder {
	k := canaryKey
	h := holder{
		Exported: k, hidden: k, Pointer: &k, pointer: &k, Any: k, any: &k,
		Slice: []pleoclient.Key{k}, slice: [1]pleoclient.Key{k},
		Map: map[string]pleoclient.Key{"key": k}, hiddenIn: map[int]*pleoclient.Key{1: &k},
	}
	h.Nested.key = k
	h.inner = &holder{hidden: k, any: h.Nested}
	return h
}

type field struct{ Key pleoclient.Key }

// keyError is an error with a key inside.
type keyError struct{ key pleoclient.Key }

func (e keyError) Error() string { return fmt.Sprintf("cannot use %v", e.key) }

// checkHidden looks for the key as it is, in hex, as bytes in decimal, and in base64.
func checkHidden(t *testing.T, how, printed string) {
	t.Helper()
	lower := strings.ToLower(printed)
	part := canary[7:17]
	forms := []string{
		part, fmt.Sprintf("%x", part), fmt.Sprintf("% x", part),
		strings.Trim(fmt.Sprint([]byte(part)), "[]"), basicOf(canary)[:16],
	}
	for _, form := range forms {
		if strings.Contains(lower, strings.ToLower(form)) {
			t.Errorf("%s shows the key", how)
		}
	}
}

func TestNoVerbShowsTheKey(t *testing.T) {
	t.Parallel()
	k := canaryKey
	h := newHolder()
	values := map[string]any{
		"key": k, "pointer": &k, "holder": h, "pointer to holder": &h,
		"slice": []any{k, &k}, "map": map[string]any{"k": k}, "array": [2]pleoclient.Key{k, k},
		"map key": map[pleoclient.Key]bool{k: true}, "error": keyError{k},
		"wrapped": fmt.Errorf("outer: %w", keyError{k}), "joined": errors.Join(keyError{k}, errors.New("x")),
	}
	for name, v := range values {
		for verb := rune('A'); verb <= 'z'; verb++ {
			for _, flag := range []string{"", "+", "#", " ", "-40", "0", ".200", "#+ "} {
				checkHidden(t, name+" with %"+flag+string(verb), fmt.Sprintf("%"+flag+string(verb), v))
			}
		}
		checkHidden(t, name+" with Print", fmt.Sprint(v))
		checkHidden(t, name+" with Println", fmt.Sprintln(v, v))
	}
	for _, verb := range []string{"%v", "%s", "%q", "%x", "%d", "%#v"} {
		if got := fmt.Sprintf(verb, k); got != "[redacted]" {
			t.Errorf("%s gives %q", verb, got)
		}
	}
	if k.String() != "[redacted]" || k.GoString() != "[redacted]" {
		t.Error("String or GoString gives something else")
	}
}

func TestNoEncoderShowsTheKey(t *testing.T) {
	t.Parallel()
	k := canaryKey
	h := newHolder()
	h.Any = map[string]any{"key": k, "error": keyError{k}}
	encoders := map[string]func(any) ([]byte, error){
		"encoding/json": json.Marshal,
		"go-json":       func(v any) ([]byte, error) { return jsonx.Marshal(v) },
		"toml":          toml.Marshal,
		"encoding/xml":  xml.Marshal,
		"text/template": func(v any) ([]byte, error) { return execute("{{.}} {{printf \"%q\" .}} {{html .}}", v) },
		"slog text": func(v any) ([]byte, error) {
			return logged(v, func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) })
		},
		"slog JSON": func(v any) ([]byte, error) {
			return logged(v, func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) })
		},
		"log": printedByLog,
		"go-cmp, changed": func(v any) ([]byte, error) {
			return []byte(cmp.Diff(v, "x") + cmp.Diff(k, pleoclient.NewKey("canary-other"))), nil
		},
	}
	for name, encode := range encoders {
		for what, v := range map[string]any{
			"key": k, "pointer": &k, "holder": field{k}, "all": h, "error": keyError{k},
		} {
			out, err := encode(v)
			checkHidden(t, name+" of "+what, string(out)+fmt.Sprint(err))
			if what == "holder" && !strings.Contains(string(out)+fmt.Sprint(err), "redacted") {
				t.Errorf("%s of %s: got %s (%v)", name, what, out, err)
			}
		}
	}
}

// TestNoDiffShowsTheKey: go-cmp looks behind String when both sides print the same.
func TestNoDiffShowsTheKey(t *testing.T) {
	t.Parallel()
	k, other := canaryKey, pleoclient.NewKey("canary-other")
	h, changed := newHolder(), newHolder()
	changed.Exported, changed.hidden, changed.Any, changed.Map["key"] = other, other, other, other
	unexported := cmp.AllowUnexported(holder{}, changed.Nested)
	for what, diff := range map[string]string{
		"key": cmp.Diff(k, other), "pointer": cmp.Diff(&k, &other), "field": cmp.Diff(field{k}, field{other}),
		"none":       cmp.Diff(k, pleoclient.Key{}),
		"slice":      cmp.Diff([]pleoclient.Key{k}, []pleoclient.Key{other, k}),
		"map":        cmp.Diff(map[int]pleoclient.Key{1: k}, map[int]pleoclient.Key{1: other}),
		"other type": cmp.Diff(any(k), any("x")), "holder": cmp.Diff(h, changed, unexported),
	} {
		if diff == "" {
			t.Errorf("%s: no difference", what)
		}
		checkHidden(t, "the difference of "+what, diff)
	}
}

func execute(text string, v any) ([]byte, error) {
	var b bytes.Buffer
	err := template.Must(template.New("").Parse(text)).Execute(&b, v)
	return b.Bytes(), err
}

func logged(v any, handler func(*bytes.Buffer) slog.Handler) ([]byte, error) {
	var b bytes.Buffer
	slog.New(handler(&b)).With("with", v).WithGroup("g").Info("text", "value", v, slog.Any("any", v))
	return b.Bytes(), nil
}

func printedByLog(v any) ([]byte, error) {
	var b bytes.Buffer
	log.New(&b, "", 0).Printf("%v %+v %#v", v, v, v)
	return b.Bytes(), nil
}

const panicking = "PLEOCLIENT_TEST_PANIC"

// TestNoPanicShowsTheKey lets a child panic with a key in its hands; an uncaught panic prints
// values in ways of its own.
func TestNoPanicShowsTheKey(t *testing.T) {
	if how := os.Getenv(panicking); how != "" {
		panicWith(how, newHolder())
	}
	t.Parallel()
	for _, how := range []string{"key", "pointer", "holder", "error", "bounds"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestNoPanicShowsTheKey$")
			cmd.Env = append(os.Environ(), panicking+"="+how, "GOTRACEBACK=all")
			out, err := cmd.CombinedOutput()
			if err == nil || !bytes.Contains(out, []byte("panic: ")) {
				t.Fatalf("the child did not panic: %v", err)
			}
			checkHidden(t, "the panic", string(out))
		})
	}
}

func panicWith(how string, h holder) {
	switch how {
	case "key":
		panic(h.hidden)
	case "pointer":
		panic(h.pointer)
	case "holder":
		panic(h)
	case "error":
		panic(keyError{h.hidden})
	case "bounds":
		_ = h.Slice[len(h.Map)]
	}
}

func TestKeyEqual(t *testing.T) {
	t.Parallel()
	same, other := pleoclient.NewKey(strings.Clone(canary)), pleoclient.NewKey(canary+"x")
	var zero pleoclient.Key
	for _, tt := range []struct {
		name string
		a, b pleoclient.Key
		want bool
	}{
		{"itself", canaryKey, canaryKey, true}, {"the same text", canaryKey, same, true},
		{"another", canaryKey, other, false}, {"none and none", zero, pleoclient.NewKey(""), true},
		{"one and none", canaryKey, zero, false},
	} {
		if tt.a.Equal(tt.b) != tt.want || tt.b.Equal(tt.a) != tt.want || cmp.Equal(tt.a, tt.b) != tt.want {
			t.Errorf("%s: want %v", tt.name, tt.want)
		}
	}
}

func TestZeroKey(t *testing.T) {
	t.Parallel()
	zero := pleoclient.NewKey("")
	if !zero.IsZero() || zero.Reveal() != "" || zero.Fingerprint() != "" || zero.Simulated() {
		t.Error("no key, and yet something of one")
	}
	if canaryKey.IsZero() || fmt.Sprint(zero) != fmt.Sprint(canaryKey) {
		t.Error("a print shows whether there is a key")
	}
}

// TestFingerprint uses the test vector "abc" of FIPS 180-2.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	if got, want := pleoclient.NewKey("abc").Fingerprint(), "SHA256:ba7816bf"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSimulated(t *testing.T) {
	t.Parallel()
	if !pleoclient.NewKey(pleoclient.SimulatedKeyPrefix+"good").Simulated() || canaryKey.Simulated() {
		t.Error("simulated keys are not distinguished from others")
	}
}
