//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// webDemo is demo --web as a process, and the terminal that a browser shows of it. Its screen is that of a terminal.
type webDemo struct {
	*terminal
	client *http.Client
	base   string // with the token
	origin string

	viewer string
	number int
	links  chan string // pages that were opened on the other side
	last   chan string // why the stream of the last viewer ended
}

// startWeb starts the demo without a terminal, and opens its address as a browser does.
func (s *site) startWeb(args ...string) *webDemo {
	s.t.Helper()
	return s.startWebCommand(exec.Command(binary(s.t), append([]string{"demo", "--web", "--pace", "0"}, args...)...))
}

// startWebCommand does the same with any command that runs it.
func (s *site) startWebCommand(cmd *exec.Cmd) *webDemo {
	s.t.Helper()
	cmd.Env = s.env()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	x := &terminal{
		t: s.t, cmd: cmd, screen: newEmulator(80, 24), ended: make(chan struct{}), news: make(chan struct{}, 1),
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-x.ended
		if answers, ok := x.screen.InputPipe().(io.Closer); ok {
			_ = answers.Close()
		}
	})
	printed := bufio.NewScanner(stdout)
	w := &webDemo{terminal: x, links: make(chan string, 1)}
	for w.base == "" && printed.Scan() {
		if strings.HasPrefix(printed.Text(), "http://127.0.0.1:") { // and nothing else on the line
			w.base = printed.Text()
		}
	}
	go func() {
		for printed.Scan() {
		}
		_ = cmd.Wait()
		close(x.ended)
		x.tell()
	}()
	address, err := url.Parse(w.base)
	if err != nil || len(address.Path) < 20 {
		s.t.Fatalf("the address is %q, %v", w.base, err)
	}
	w.origin = "http://" + address.Host
	jar, _ := cookiejar.New(nil)
	w.client = &http.Client{Jar: jar, Transport: &http.Transport{}}
	s.t.Cleanup(w.client.CloseIdleConnections)
	w.page(w.base, "DEMO")
	return w
}

// page fails the test unless an address shows words.
func (w *webDemo) page(address, words string) {
	w.t.Helper()
	response, err := w.client.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil || response.StatusCode != http.StatusOK ||
		!strings.Contains(body.String(), words) {
		w.t.Fatalf("%s has status %d, %v, and no %q", address, response.StatusCode, err, words)
	}
}

// watch opens the page with the terminal, in place of the one before.
func (w *webDemo) watch() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, w.origin+"/terminal/output", nil)
	response, err := w.client.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	events := bufio.NewScanner(response.Body)
	events.Buffer(nil, 1<<20)
	event, data := nextEvent(events)
	if event != "viewer" {
		w.t.Fatalf("the first event is %q", event)
	}
	if w.last != nil {
		if why := <-w.last; why != "taken" {
			w.t.Errorf("the page before ended with %q", why)
		}
	}
	w.viewer, w.number, w.last = data, 0, make(chan string, 1)
	_, _ = io.WriteString(w.screen, "\x1bc")
	go w.draw(events, response.Body, w.last)
	w.post("", url.Values{"columns": {"80"}, "rows": {"24"}})
}

func (w *webDemo) draw(events *bufio.Scanner, body io.Closer, last chan<- string) {
	defer body.Close()
	for {
		event, data := nextEvent(events)
		switch event {
		case "output":
		case "link":
			w.links <- data
			continue
		default:
			last <- event
			return
		}
		text, _ := base64.StdEncoding.DecodeString(data)
		w.mu.Lock()
		w.raw.Write(text)
		w.mu.Unlock()
		_, _ = w.screen.Write(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))) // convertEol
		w.tell()
	}
}

// nextEvent returns the next server-sent event, or the empty one.
func nextEvent(events *bufio.Scanner) (event, data string) {
	for events.Scan() {
		switch name, value, _ := strings.Cut(events.Text(), ": "); name {
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

// post sends a message from the page.
func (w *webDemo) post(body string, more url.Values) {
	w.t.Helper()
	query := url.Values{"viewer": {w.viewer}, "number": {strconv.Itoa(w.number)}}
	for name, values := range more {
		query[name] = values
	}
	w.number++
	response, err := w.client.Post(w.origin+"/terminal/input?"+query.Encode(), "", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		w.t.Fatalf("the status is %d", response.StatusCode)
	}
}

// press presses a key, on a screen that has been in sight for long enough.
func (w *webDemo) press(key, footer string) {
	w.t.Helper()
	w.see(footer)
	w.post(key, nil)
}

// TestDemoWeb goes through the demo in a browser twice: the second wizard finds nothing of the first.
func TestDemoWeb(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.startWeb()
	w.page(w.origin+"/settings/accounting", "Simulated Pleo")
	w.page(w.origin+"/terminal", "DEMO")
	key := pasteStart + s.sim.Keys().Good + pasteEnd // of every simulated Pleo
	w.watch()
	w.see("DEMO", "Key store ready")
	w.press(enter, "enter confirm")
	w.see("DEMO", "Get your key from Pleo", "ctrl+v")
	w.post(pasteStart+canaryKey+pasteEnd, nil)
	w.see("your key was discarded")
	w.post(key, nil)
	w.see("DEMO", "Is this the right company?")
	w.watch() // a reload: all of it is drawn again
	w.see("DEMO", "Is this the right company?", "Harbour Lane Bakery ApS")
	w.until("the modes of the full screen", w.screen.IsAltScreen)
	w.press(enter, "enter confirm")
	w.see("DEMO", "Connected to", w.origin+"/settings/accounting")
	w.post("o", nil)
	if link := <-w.links; link != w.origin+"/settings/accounting" {
		t.Errorf("%s is opened", link)
	}
	w.press(enter, "enter finish")
	receipt := []string{
		"is connected to “Harbour Lane Bakery ApS”", "DEMO: nothing was saved", "Press Enter to start again",
	}
	w.see(receipt...)
	w.watch()
	w.see(receipt...)
	w.post("n", nil) // means nothing here
	w.post(enter, nil)
	w.see("DEMO", "Key store ready")
	w.press(enter, "enter confirm")
	w.see("Get your key from Pleo")
	w.post(key, nil)
	w.see("Is this the right company?")
	for _, text := range []string{"already on this computer", "already active", "replaces"} {
		if strings.Contains(w.written(), text) {
			t.Errorf("the second wizard says %q", text)
		}
	}
	w.post(ctrlC, nil)
	w.see("error: stopped", "Press Enter to start again.")
	if strings.Contains(w.text(), "hint:") {
		t.Errorf("there are two next steps:\n%s", w.text())
	}
	s.noKey(w.written())
	w.stop()
	if entries, _ := os.ReadDir(s.home); len(entries) != 1 { // tmp
		t.Errorf("something below the home: %v", entries)
	}
	if left, _ := filepath.Glob(filepath.Join(s.tmp(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// stop ends the demo as a service manager does: the page hears it.
func (w *webDemo) stop() {
	w.t.Helper()
	if err := w.cmd.Process.Signal(unix.SIGTERM); err != nil {
		w.t.Fatal(err)
	}
	<-w.ended
	if code := w.cmd.ProcessState.ExitCode(); code != 128+int(unix.SIGTERM) {
		w.t.Errorf("exit code %d", code)
	}
	if w.last != nil {
		if why := <-w.last; why != "ended" {
			w.t.Errorf("the stream ended with %q", why)
		}
	}
}

// TestDemoWebEnds: a demo ends at once, no matter how far it has come, and leaves nothing.
func TestDemoWebEnds(t *testing.T) {
	t.Parallel()
	for name, come := range map[string]func(w *webDemo){
		"no one looks": func(*webDemo) {},
		"on Review":    func(w *webDemo) { w.watch(); w.see("Key store ready") },
		"after the wizard": func(w *webDemo) {
			w.watch()
			w.see("Key store ready")
			w.post(ctrlC, nil)
			w.see("Press Enter to start again.")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			w := s.startWeb()
			come(w)
			w.stop()
			if left, _ := filepath.Glob(filepath.Join(s.tmp(), "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestDemoWebGuard: a program or a page that was not given the address neither sees the terminal nor types.
func TestDemoWebGuard(t *testing.T) {
	t.Parallel()
	w := newSite(t).startWeb()
	stranger := &http.Client{Transport: w.client.Transport}
	for name, c := range map[string]struct {
		client *http.Client
		header http.Header
		host   string
	}{
		"no cookie":      {stranger, nil, ""},
		"another origin": {w.client, http.Header{"Sec-Fetch-Site": {"cross-site"}}, ""},
		"another name":   {w.client, nil, "rebound.example"},
	} {
		request, _ := http.NewRequest(http.MethodPost, w.origin+"/terminal/input?viewer=1&number=0", nil)
		request.Header, request.Host = c.header, c.host
		response, err := c.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if status := response.StatusCode; status != http.StatusForbidden && status != http.StatusMisdirectedRequest {
			t.Errorf("%s: the status is %d", name, status)
		}
	}
}

// TestDemoWebPlain: the line-by-line wizard is not shown in a browser.
func TestDemoWebPlain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.pipe("", "demo", "--web", "--plain")
	if r.code != exitUsage || !strings.Contains(r.err, "a browser shows the full screen only") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestDemoWebWithoutAnAddress: where the address cannot be printed, no one can open it, and nothing waits for that.
func TestDemoWebWithoutAnAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var people strings.Builder
	cmd := exec.CommandContext(ctx, binary(t), "demo", "--web")
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env(), fullDisk(t), &people
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != exitUnexpected ||
		!strings.Contains(people.String(), "can't write to standard output") {
		t.Errorf("exit code %d: %s", code, people.String())
	}
	if left, _ := filepath.Glob(filepath.Join(s.tmp(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
