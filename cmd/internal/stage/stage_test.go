package stage

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
)

// served is a stage that a server shows. Both end with the test, and nothing of them is left.
type served struct {
	*Stage
	t      *testing.T
	server *httptest.Server
}

func serve(t *testing.T) *served {
	t.Helper()
	s := &served{Stage: New(), t: t}
	mux := http.NewServeMux()
	for pattern, handler := range s.Pages() {
		mux.Handle(pattern, handler)
	}
	s.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		s.Close()
		s.server.Close() // waits for every request
	})
	return s
}

// watcher is a page that shows the terminal.
type watcher struct {
	*served
	id     string
	number int
	events *bufio.Scanner
}

// open opens a page, which has no size yet.
func (s *served) open() *watcher {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+"/terminal/output", nil)
	response, err := s.server.Client().Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = response.Body.Close() })
	p := &watcher{served: s, events: bufio.NewScanner(response.Body)}
	p.events.Buffer(nil, 2*maxUntold)
	event, data := p.event()
	if event != "viewer" {
		s.t.Fatalf("the first event is %q", event)
	}
	p.id = data
	return p
}

// show opens a page with a size.
func (s *served) show() *watcher {
	s.t.Helper()
	p := s.open()
	p.resize(80, 24)
	return p
}

// event returns the next event; the empty one is the end of the stream.
func (p *watcher) event() (event, data string) {
	p.t.Helper()
	for p.events.Scan() {
		switch name, value, _ := strings.Cut(p.events.Text(), ": "); name {
		case "event":
			event = value
		case "data":
			data = value
		case "":
			return event, data
		}
	}
	return "", ""
}

// sees fails the test unless exactly this output comes next, in however many events.
func (p *watcher) sees(want string) {
	p.t.Helper()
	got := ""
	for len(got) < len(want) {
		event, data := p.event()
		text, err := base64.StdEncoding.DecodeString(data)
		if event != "output" || err != nil {
			p.t.Fatalf("after %q, there is %q %q, want %q", got, event, data, want)
		}
		got += string(text)
	}
	if got != want {
		p.t.Fatalf("the page shows %q, want %q", got, want)
	}
}

// ends fails the test unless the stream ends with an event.
func (p *watcher) ends(want string) {
	p.t.Helper()
	if event, _ := p.event(); event != want {
		p.t.Fatalf("there is %q, want %q", event, want)
	}
	if event, _ := p.event(); event != "" {
		p.t.Errorf("after the end, there is %q", event)
	}
}

// post sends a message, and returns the status of its answer.
func (p *watcher) post(number int, body string, more url.Values) int {
	p.t.Helper()
	query := url.Values{"viewer": {p.id}, "number": {strconv.Itoa(number)}}
	for name, values := range more {
		query[name] = values
	}
	response, err := p.server.Client().Post(p.server.URL+"/terminal/input?"+query.Encode(), "", strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// sends sends a message that is taken.
func (p *watcher) sends(number int, body string) {
	p.t.Helper()
	if status := p.post(number, body, nil); status != http.StatusNoContent {
		p.t.Fatalf("message %d is answered with %d", number, status)
	}
}

func (p *watcher) resize(columns, rows int) {
	p.t.Helper()
	size := url.Values{"columns": {strconv.Itoa(columns)}, "rows": {strconv.Itoa(rows)}}
	if status := p.post(p.number, "", size); status != http.StatusNoContent {
		p.t.Fatalf("the size is answered with %d", status)
	}
	p.number++
}

// typed returns the next text that is typed.
func (s *served) typed() string { return string(<-s.Typed()) }

// nothing fails the test if something was typed.
func (s *served) nothing() {
	s.t.Helper()
	select {
	case text := <-s.Typed():
		s.t.Errorf("%q was typed", text)
	default:
	}
}

// print writes to the stage.
func (s *served) print(to io.Writer, text string) {
	s.t.Helper()
	if n, err := io.WriteString(to, text); n != len(text) || err != nil {
		s.t.Fatalf("writing gives %d, %v", n, err)
	}
}

// TestOrder: requests overtake each other and come twice, and the program reads what was typed.
func TestOrder(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.show() // with message 0
	p.sends(3, "c")
	p.sends(2, "b")
	p.sends(3, "another c") // comes twice before its turn
	s.nothing()
	p.sends(1, "a")
	p.sends(1, "a")
	p.sends(4, "d")
	got := ""
	for range 4 {
		got += s.typed()
	}
	if got != "abcd" {
		t.Errorf("the program reads %q", got)
	}
	s.nothing()
}

// TestFarAhead: what can wait for its turn is bounded, by number and by size, and the viewer hears it.
func TestFarAhead(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.show()
	if status := p.post(p.number+maxAhead+1, "x", nil); status != http.StatusTooManyRequests {
		t.Errorf("a number too far ahead is answered with %d", status)
	}
	much := strings.Repeat("x", maxInput)
	for i := range maxHeld / maxInput {
		p.sends(p.number+1+i, much)
	}
	if status := p.post(p.number+50, "x", nil); status != http.StatusTooManyRequests {
		t.Errorf("one byte too much is answered with %d", status)
	}
	s.nothing()
	p.sends(p.number, much) // it is its turn
	for range maxHeld/maxInput + 1 {
		if got := s.typed(); got != much {
			t.Fatalf("the program reads %d bytes", len(got))
		}
	}
	p.sends(p.number+maxHeld/maxInput+2, much) // there is room again
}

// TestNoOneReads: a program that reads nothing is typed a bounded number of messages, and the viewer stays.
func TestNoOneReads(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.show()
	for i := range maxTyped + 10 {
		p.sends(p.number+i, strconv.Itoa(i))
	}
	for i := range maxTyped {
		if got := s.typed(); got != strconv.Itoa(i) {
			t.Fatalf("the program reads %q in place %d", got, i)
		}
	}
	s.nothing()
	p.sends(p.number+maxTyped+10, "then")
	if got := s.typed(); got != "then" {
		t.Errorf("the program reads %q", got)
	}
}

// TestInputIsChecked: what no page of ours sends is refused, and changes nothing.
func TestInputIsChecked(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.show()
	for name, c := range map[string]struct {
		more   url.Values
		body   string
		status int
	}{
		"no viewer":          {url.Values{"viewer": nil}, "x", http.StatusBadRequest},
		"another viewer":     {url.Values{"viewer": {"77"}}, "x", http.StatusConflict},
		"no number":          {url.Values{"number": nil}, "x", http.StatusBadRequest},
		"a negative number":  {url.Values{"number": {"-1"}}, "x", http.StatusBadRequest},
		"half a size":        {url.Values{"columns": {"80"}}, "", http.StatusBadRequest},
		"no columns":         {url.Values{"columns": {"0"}, "rows": {"24"}}, "", http.StatusBadRequest},
		"too many rows":      {url.Values{"columns": {"80"}, "rows": {"1001"}}, "", http.StatusBadRequest},
		"a text too long":    {nil, strings.Repeat("x", maxInput+1), http.StatusRequestEntityTooLarge},
		"a number too large": {url.Values{"number": {"99999999999999999999"}}, "x", http.StatusBadRequest},
	} {
		if status := p.post(p.number, c.body, c.more); status != c.status {
			t.Errorf("%s is answered with %d, want %d", name, status, c.status)
		}
	}
	s.nothing()
	if width, height := s.Size(); width != 80 || height != 24 {
		t.Errorf("the size is %dx%d", width, height)
	}
}

// TestSize: the program hears of the first size, and of each change.
func TestSize(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.open()
	select {
	case <-s.Seen():
		t.Fatal("it is seen without a size")
	default:
	}
	p.resize(100, 30)
	<-s.Seen()
	<-s.Resized()
	p.resize(81, 25)
	<-s.Resized()
	if width, height := s.Size(); width != 81 || height != 25 {
		t.Errorf("the size is %dx%d", width, height)
	}
}

// TestOneViewer: the newest page has the terminal, and the one before hears it and may have it back.
func TestOneViewer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.show()
	s.print(s, "one")
	first.sees("one")
	second := s.show()
	first.ends(takenEvent)
	if status := first.post(first.number, "x", nil); status != http.StatusConflict {
		t.Errorf("the first page may still type: %d", status)
	}
	second.sees("one")
	second.sends(second.number, "two")
	if got := s.typed(); got != "two" {
		t.Errorf("the program reads %q", got)
	}
	again := s.show()
	second.ends(takenEvent)
	again.sees("one")
	s.nothing()
}

// TestReload: a page that comes again sees what was printed, and of the full screen nothing but what the program draws
// after it was told.
func TestReload(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.print(s, "of the run before")
	screen := s.Screen()
	s.show()
	<-s.Retaken() // the first page is one that has come, too
	s.print(screen, "a frame")
	p := s.open()
	s.print(screen, "a change of the frame") // the page has no size: it would be drawn on nothing
	p.resize(80, 24)
	<-s.Retaken()
	s.print(screen, "a whole frame")
	p.sees("a whole frame")
	s.print(screen, "back")
	s.print(s, "receipt")
	p.sees("backreceipt")
	s.show().sees("receipt")
	s.Screen()
	select {
	case <-s.Retaken():
		t.Error("a full screen that begins is to be drawn anew")
	default:
	}
}

// TestPrintedIsBounded: of a long output, a page that comes later sees the last lines, whole.
func TestPrintedIsBounded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	line := strings.Repeat("x", 99) + "\n"
	for range 2 * maxKept / len(line) {
		s.print(s, line)
	}
	s.show().sees(strings.Repeat(line, maxKept/len(line)))
}

// TestSlowViewer: a page that takes nothing holds no one up, and its stream ends, so that it comes again.
func TestSlowViewer(t *testing.T) {
	t.Parallel()
	s := New()
	v := s.enter()
	defer s.leave(v)
	if err := s.take(v.id, 0, message{size: size{80, 24}}); err != nil {
		t.Fatal(err)
	}
	for range 2 * maxUntold / 1024 {
		if _, err := s.Screen().Write(make([]byte, 1024)); err != nil {
			t.Fatal(err)
		}
	}
	if output, _, last := s.news(v); len(output) > 0 || last != lostEvent {
		t.Errorf("%d bytes are left, and the last event is %q", len(output), last)
	}
}

// TestOpen: the page that shows the terminal is told which page to open, once.
func TestOpen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Open("http://127.0.0.1/no-one-looks")
	p := s.show()
	s.Open("http://127.0.0.1/settings")
	if event, data := p.event(); event != "link" || data != "http://127.0.0.1/settings" {
		t.Fatalf("the page is told %q %q", event, data)
	}
	s.print(s, "done")
	p.sees("done")
}

// TestClose: the page hears that the program has ended, and so does one that comes later.
func TestClose(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.show()
	s.print(s, "the last words")
	s.Close()
	p.sees("the last words")
	p.ends(endedEvent)
	if status := p.post(p.number, "x", nil); status != http.StatusConflict {
		t.Errorf("it is typed after the end: %d", status)
	}
	late := &watcher{served: s, events: bufio.NewScanner(strings.NewReader(string(s.get("/terminal/output").body)))}
	late.ends(endedEvent)
}

// TestGone: a page that is closed is no viewer any more, and the program continues.
func TestGone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.show()
	s.server.CloseClientConnections()
	s.watching.Wait()                        // for the end of its stream
	s.server.Client().CloseIdleConnections() // which are closed, too
	if status := p.post(p.number, "x", nil); status != http.StatusConflict {
		t.Errorf("it may still type: %d", status)
	}
	s.print(s, "no one looks")
	s.show().sees("no one looks")
}

// answer is one of the server.
type answer struct {
	header http.Header
	body   []byte
}

func (s *served) get(path string) answer {
	s.t.Helper()
	request, _ := http.NewRequest(http.MethodGet, s.server.URL+path, nil)
	request.Header.Set("Accept-Encoding", "gzip") // and it is not undone
	response, err := s.server.Client().Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s is answered with %d, %v", path, response.StatusCode, err)
	}
	return answer{response.Header, body}
}

// TestPages: each page has its policy and its title, and all that it names is served with its type.
func TestPages(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for path, c := range map[string]struct{ policy, words string }{
		"/":         {stagePolicy, "<title>Simulated Pleo</title>"},
		"/terminal": {terminalPolicy, "DEMO"},
	} {
		got := s.get(path)
		if policy := got.header.Get("Content-Security-Policy"); policy != c.policy {
			t.Errorf("the policy of %s is %q", path, policy)
		}
		if !strings.Contains(string(got.body), c.words) {
			t.Errorf("%s lacks %q", path, c.words)
		}
		for _, name := range []string{"//", "<style", "style=", "onclick", "<script>"} {
			if strings.Contains(string(got.body), name) {
				t.Errorf("%s has %q", path, name)
			}
		}
	}
	for path, kind := range map[string]string{
		"/terminal/stage.css": "text/css", "/terminal/terminal.css": "text/css", "/terminal/xterm.css": "text/css",
		"/terminal/terminal.js": "text/javascript", "/terminal/xterm.mjs": "text/javascript",
		"/terminal/xterm-LICENSE.txt": "text/plain", "/terminal": "text/html",
	} {
		if got := s.get(path); !strings.HasPrefix(got.header.Get("Content-Type"), kind+";") || len(got.body) == 0 {
			t.Errorf("%s is %q with %d bytes", path, got.header.Get("Content-Type"), len(got.body))
		}
	}
}

// TestXterm: the files of xterm.js are those that the README names, but for the last line of the script.
func TestXterm(t *testing.T) {
	t.Parallel()
	s := serve(t)
	script := s.unzipped("/terminal/xterm.mjs")
	if bytes.Contains(script, []byte("sourceMappingURL")) {
		t.Error("the browser would ask for a source map")
	}
	readme, err := os.ReadFile("files/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"lib/xterm.mjs": append(script, "//# sourceMappingURL=xterm.mjs.map\n"...),
		"css/xterm.css": s.unzipped("/terminal/xterm.css"),
		"LICENSE":       s.get("/terminal/xterm-LICENSE.txt").body,
	} {
		sum := sha256.Sum256(content)
		row := fmt.Sprintf("| `%s` | `%s` |", name, hex.EncodeToString(sum[:]))
		if !bytes.Contains(readme, []byte(row)) {
			t.Errorf("the README has no row %s", row)
		}
	}
}

// unzipped returns a file that is sent compressed.
func (s *served) unzipped(path string) []byte {
	s.t.Helper()
	got := s.get(path)
	unzip, err := gzip.NewReader(bytes.NewReader(got.body))
	if err != nil || got.header.Get("Content-Encoding") != "gzip" {
		s.t.Fatalf("%s is not compressed: %v", path, err)
	}
	plain, err := io.ReadAll(unzip)
	if err != nil {
		s.t.Fatal(err)
	}
	return plain
}
