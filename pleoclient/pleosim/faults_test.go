package pleosim_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pleo-connect/pleoclient/pleosim"
)

// try sends a request that may fail, and gives the status or 0.
func try(req *http.Request) int {
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

func TestLogNamesKeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	ask(t, s, "", "GET", introspect, "")
	ask(t, s, "canary-nobody-knows", "GET", introspect, "")
	ask(t, s, s.Keys().Revoked, "GET", introspect, "")
	ask(t, s, s.Keys().Good, "POST", installation, activated)
	want := []pleosim.Request{
		{Method: "GET", Path: introspect, Status: 401, Key: ""},
		{Method: "GET", Path: introspect, Status: 401, Key: "unknown"},
		{Method: "GET", Path: introspect, Status: 401, Key: "revoked"},
		{Method: "POST", Path: installation, Status: 200, Key: "good"},
	}
	got := s.Requests()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got[0].Path = "changed"
	if s.Requests()[0].Path != introspect {
		t.Error("Requests hands out the log itself")
	}
}

func TestReplyMeetsOneRequest(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Inject(pleosim.Reply("GET", introspect, 503, "text/html", "<html>"))
	if res, _ := ask(t, s, s.Keys().Good, "GET", company, ""); res.StatusCode != 200 {
		t.Errorf("another path met the fault: %d", res.StatusCode)
	}
	res, body := ask(t, s, s.Keys().Good, "GET", introspect, "")
	if res.StatusCode != 503 || body != "<html>" || res.Header.Get("Content-Type") != "text/html" {
		t.Errorf("got %d %q %q", res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	if res, _ := ask(t, s, s.Keys().Good, "GET", introspect, ""); res.StatusCode != 200 {
		t.Errorf("the fault did not wear off: %d", res.StatusCode)
	}
}

func TestFaultsTakeTurns(t *testing.T) {
	t.Parallel()
	s := start(t)
	twice := pleosim.Reply("", "", 500, "", "")
	twice.Times = 2
	forever := pleosim.Reply("", "", 429, "", "")
	forever.Times = pleosim.Always
	forever.Header.Set("Retry-After", "7")
	s.Inject(twice)
	s.Inject(forever)
	var got []int
	for range 4 {
		res, _ := ask(t, s, s.Keys().Good, "GET", introspect, "")
		got = append(got, res.StatusCode)
	}
	if want := []int{500, 500, 429, 429}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	res, _ := ask(t, s, "", "GET", introspect, "")
	if _, typed := res.Header["Content-Type"]; typed || res.Header.Get("Retry-After") != "7" {
		t.Errorf("got headers %v", res.Header)
	}
}

func TestCommitted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault pleosim.Fault
		want  int
	}{
		{"then 500", pleosim.Reply("POST", installation, 500, "", ""), 500},
		{"then cut", pleosim.Cut("POST", installation), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.Inject(pleosim.Committed(test.fault))
			if got := try(request(t, s, s.Keys().Good, "POST", installation, activated)); got != test.want {
				t.Errorf("got status %d, want %d", got, test.want)
			}
			if status, _ := s.Installation(harbourLane); status != "ACTIVATED" {
				t.Errorf("the installation is %q", status)
			}
			if got := s.Requests()[0].Status; got != test.want {
				t.Errorf("the log says %d, want %d", got, test.want)
			}
		})
	}
}

func TestWithoutCommitNothingHappens(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Inject(pleosim.Cut("POST", installation))
	try(request(t, s, s.Keys().Good, "POST", installation, activated))
	if _, ok := s.Installation(harbourLane); ok {
		t.Error("the request was carried out")
	}
}

func TestCommitThenHang(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Inject(pleosim.Committed(pleosim.Hang("POST", installation)))
	ctx, leave := context.WithCancel(t.Context())
	status := make(chan int)
	req := request(t, s, s.Keys().Good, "POST", installation, activated).WithContext(ctx)
	go func() { status <- try(req) }()
	committed := func([]pleosim.Request) bool { _, ok := s.Installation(harbourLane); return ok }
	if err := s.Wait(t.Context(), committed); err != nil {
		t.Fatal(err)
	}
	leave()
	if got := <-status; got != 0 {
		t.Errorf("got status %d from a request that hangs", got)
	}
}

func TestDelayWaitsForItsGate(t *testing.T) {
	t.Parallel()
	s := start(t)
	gate := make(chan struct{})
	s.Inject(pleosim.Delay("GET", introspect, gate))
	status := make(chan int)
	req := request(t, s, s.Keys().Good, "GET", introspect, "")
	go func() { status <- try(req) }()
	if err := s.Wait(t.Context(), func(r []pleosim.Request) bool { return len(r) == 1 }); err != nil {
		t.Fatal(err)
	}
	// The delayed request is in, yet others overtake it.
	if res, _ := ask(t, s, s.Keys().Good, "GET", company, ""); res.StatusCode != 200 {
		t.Errorf("got status %d", res.StatusCode)
	}
	if got := s.Requests()[0].Status; got != 0 {
		t.Errorf("the gate let a request through: %d", got)
	}
	close(gate)
	if got := <-status; got != 200 {
		t.Errorf("got status %d after the gate opened", got)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx, func([]pleosim.Request) bool { return false }); err == nil {
		t.Error("Wait returned nil")
	}
}

func TestCloseEndsRequestsThatHang(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Inject(pleosim.Hang("", ""))
	s.Inject(pleosim.Delay("", "", make(chan struct{})))
	var clients sync.WaitGroup
	for range 2 {
		req := request(t, s, "", "GET", introspect, "")
		clients.Go(func() { try(req) })
	}
	if err := s.Wait(t.Context(), func(r []pleosim.Request) bool { return len(r) == 2 }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	if stacks := handlerStacks(s); stacks != "" {
		t.Errorf("goroutines are left:\n%s", stacks)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// handlerStacks returns the goroutines that still run a method of s.
func handlerStacks(s *pleosim.Server) string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	receiver := pointer(s)
	var left []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		if strings.Contains(stack, receiver) && strings.Contains(stack, "pleosim.(*Server)") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}

// pointer prints the address of s as stacks do.
func pointer(s *pleosim.Server) string { return fmt.Sprintf("%p", s) }
