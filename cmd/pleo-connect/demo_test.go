//go:build unix

package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pleo-connect/pleoclient/pleosim"
)

// demo starts the demo without its pauses, up to the first screen.
func (s *site) demo(more ...string) *terminal {
	s.t.Helper()
	x := start(s.t, s.env(), append([]string{"demo", "--pace", "0"}, more...)...)
	x.see("DEMO", "Allow", "Key store ready")
	return x
}

var pagesAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/[A-Z2-7]{26}\b`)

// pages returns the address of the pages that a demo prints before the wizard takes the screen.
func (x *terminal) pages() string {
	x.t.Helper()
	before, _, full := strings.Cut(x.written(), "\x1b[?1049h")
	const says = "DEMO: open the simulated Pleo in a browser on this computer:"
	_, address, printed := strings.Cut(strings.ReplaceAll(before, "\r\n", "\n"), says+"\n")
	address, _, _ = strings.Cut(address, "\n")
	if !full || !printed || pagesAddress.FindString(address) != address {
		x.t.Fatalf("before the wizard stands\n%s", before)
	}
	return address
}

// visitor is a browser that was given the address of the pages.
type visitor struct {
	t    *testing.T
	site string
	http.Client
}

func newVisitor(t *testing.T, address string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &visitor{t: t, site: address[:strings.LastIndex(address, "/")]}
	b.Jar = jar
	b.open(strings.TrimPrefix(address, b.site))
	return b
}

// open returns a page.
func (b *visitor) open(path string) string {
	b.t.Helper()
	answer, err := b.Get(b.site + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s %v\n%s", path, answer.Status, err, page)
	}
	return string(page)
}

func TestDemo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.demo()
	address := x.pages()
	pleo := newVisitor(t, address)
	x.send(enter)
	x.see("DEMO", "tab", address)
	x.paste(canaryKey)
	x.see("your key was discarded")
	if page := pleo.open("/settings/api-keys"); shownFingerprint.MatchString(page) {
		t.Errorf("there is a key before one was created:\n%s", page)
	}
	x.send("\t")
	x.see("Is this the right company?", "DEMO", "enter confirm")
	shown := shownFingerprint.FindString(x.text())
	if page := pleo.open("/settings/api-keys"); shown == "" || !strings.Contains(page, shown) {
		t.Errorf("the key %s of Tab is not on\n%s", shown, page)
	}
	x.send(enter)
	x.see("DEMO", "Connected to ", address, "enter finish")
	if page := pleo.open("/settings/accounting"); !strings.Contains(page, shown) {
		t.Errorf("the page does not show that %s is connected:\n%s", shown, page)
	}
	x.send(enter)
	x.exit(exitDone)
	x.see("\n"+address+" ", "DEMO: nothing was saved")
	s.nothingLeft()
	s.noKey(x.written())
}

// nothingLeft checks that a demo left nothing below the home.
func (s *site) nothingLeft() {
	s.t.Helper()
	left, err := filepath.Glob(filepath.Join(s.tmp(), "*"))
	if err != nil || len(left) > 0 {
		s.t.Errorf("left behind: %v %v", left, err)
	}
	if entries, _ := os.ReadDir(s.home); len(entries) != 1 { // tmp
		s.t.Errorf("something below the home: %v", entries)
	}
}

// TestDemoOverSSH: a person whose browser is on another computer is told how it gets to the pages.
func TestDemoOverSSH(t *testing.T) {
	t.Parallel()
	for _, overSSH := range []bool{false, true} {
		s := newSite(t)
		env := slices.DeleteFunc(s.env(), func(v string) bool { return strings.HasPrefix(v, "SSH_") })
		if overSSH {
			env = append(env, "SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22")
		}
		x := start(t, env, "demo", "--pace", "0")
		x.see("Allow", "Key store ready")
		said, port := x.written(), ""
		if u, err := url.Parse(pagesAddress.FindString(said)); err == nil {
			port = u.Port()
		}
		if strings.Contains(said, "ssh -L "+port+":127.0.0.1:"+port+" SERVER") != overSSH {
			t.Errorf("over SSH %t: the demo begins with\n%s", overSSH, said)
		}
		x.send(ctrlC)
		x.exit(exitInterrupted)
	}
}

// TestDemoLineByLine has both sides as well, and says what it is at the beginning and at the end.
func TestDemoLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := start(t, s.env(), "demo", "--pace", "0", "--plain")
	x.size(80, 50)
	x.see("DEMO: open the simulated Pleo in a browser on this computer:", "allow or cancel")
	address := pagesAddress.FindString(x.written())
	pleo := newVisitor(t, address)
	x.send("allow\r")
	x.see("Enter alone goes back", "demo")
	x.send("demo\r")
	x.see("Is this the right company?", "or back:")
	x.send("yes\r")
	x.see("is connected to “Harbour Lane Bakery ApS”")
	x.exit(exitDone)
	if n := strings.Count(x.written(), address); n != 2 { // at first and on Key: in the receipt it would lead nowhere
		t.Errorf("the address is shown %d times:\n%s", n, censored(x.written()))
	}
	if _, err := pleo.Get(address); err == nil {
		t.Error("the pages are still there")
	}
	x.see("DEMO: nothing was saved")
	s.nothingLeft()
	s.noKey(x.written())
}

// TestDemoScenario: each key that Tab creates is of the kind that was asked for.
func TestDemoScenario(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := s.demo("--scenario", "missing-scopes")
	x.send(enter)
	x.see("DEMO", "tab")
	for range 2 {
		x.send("\t")
		x.see("This key lacks 2 permissions", "DEMO", "esc back")
		x.send(esc)
		x.see("Your key is still here")
	}
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// TestDemoKeyOfAnotherTile: the demo offers two more integrations, whose keys are not for ours.
func TestDemoKeyOfAnotherTile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Fabrikam Ledger", "Northwind Books"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			x := s.demo()
			pleo := newVisitor(t, x.pages())
			if page := pleo.open("/settings/accounting"); !strings.Contains(page, name) ||
				!strings.Contains(page, "Microsoft Dynamics 365 Finance") {
				t.Errorf("the tiles are on\n%s", page)
			}
			twin, err := pleosim.Start(pleosim.Options{Integrations: []pleosim.Integration{
				{ID: strings.ToLower(strings.ReplaceAll(name, " ", "-")), Name: name, Scopes: []string{"export-jobs:read"}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = twin.Close() }()
			x.send(enter)
			x.see("DEMO", "tab")
			x.paste(twin.Keys().Good)
			x.see("belongs to another integration", name, "esc back")
			x.send("q")
			x.exit(exitKey)
			s.noKey(x.written())
		})
	}
}

// TestDemoPace: a pace that cannot be meant is refused before the terminal is taken, with one that can.
func TestDemoPace(t *testing.T) {
	t.Parallel()
	for _, pace := range []string{"fast", "-1s", "6s", "600"} {
		x := start(t, newSite(t).env(), "demo", "--pace", pace)
		x.exit(exitUsage)
		x.seeText("--pace takes a time from 0 to 5 s", "for example: --pace 600ms")
	}
}

// TestDemoAfterAKill: what a killed demo leaves is removed by the next one. That of one that runs stays.
func TestDemoAfterAKill(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dirs := func() []string {
		left, err := filepath.Glob(filepath.Join(s.tmp(), "pleo-connect-demo-*"))
		if err != nil {
			t.Fatal(err)
		}
		return left
	}
	killed := s.demo()
	first := dirs()
	killed.send(enter)
	killed.see("tab")
	killed.send("\t")
	killed.see("Is this the right company?") // a record is in the directory
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-killed.ended
	if left := dirs(); len(first) != 1 || !slices.Equal(left, first) {
		t.Fatalf("the killed one had %v, and left %v", first, left)
	}
	running := s.demo()
	second := dirs()
	if len(second) != 1 || second[0] == first[0] {
		t.Errorf("the killed one left %v, and the next has %v", first, second)
	}
	third := s.demo()
	if both := dirs(); len(both) != 2 || !slices.Contains(both, second[0]) {
		t.Errorf("%v, then two run with %v", second, both)
	}
	for _, x := range []*terminal{third, running} {
		x.send(ctrlC)
		x.exit(exitInterrupted)
	}
	if left := dirs(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
