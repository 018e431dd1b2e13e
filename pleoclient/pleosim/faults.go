package pleosim

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Always is the Times of a fault that never wears off.
const Always = -1

// Fault makes the simulated Pleo misbehave. Of the faults that match a request, only the one injected first acts.
//
// The constructors cover the usual faults; the fields can be combined. In order: the gate is awaited, with Commit the
// request is carried out as if nothing were wrong, then the Ending follows.
//
// A fault acts on requests with any key, or none.
type Fault struct {
	Method string // "" matches every method
	Path   string // "" matches every path, "x/" every path below x; otherwise exact
	Times  int    // how many requests it acts on; 0 means one, see Always

	Gate   <-chan struct{} // nil: open; otherwise wait until it is closed
	Commit bool
	Ending Ending

	// For EndNormal: it gets the ordinary answer and returns another. nil changes nothing.
	Change func(status int, body string) (int, string)

	// For EndReply, and Header for Change as well.
	Status int
	Header http.Header // nil: Content-Type application/json;charset=UTF-8
	Body   string
}

// Ending is what happens to the answer.
type Ending int

// The endings.
const (
	EndNormal Ending = iota // the ordinary answer
	EndReply                // Status, Header and Body of the fault
	EndHang                 // no answer until the client leaves or the server closes
	EndCut                  // the connection closes without an answer
)

// Reply answers the next such request with a status and a body of the given media type. An empty type sends none.
func Reply(method, path string, status int, contentType, body string) Fault {
	header := http.Header{"Content-Type": nil} // nil keeps net/http from guessing
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return Fault{Method: method, Path: path, Ending: EndReply, Status: status, Header: header, Body: body}
}

// Hang leaves the next such request without an answer.
func Hang(method, path string) Fault { return Fault{Method: method, Path: path, Ending: EndHang} }

// Cut closes the connection of the next such request.
func Cut(method, path string) Fault { return Fault{Method: method, Path: path, Ending: EndCut} }

// Delay holds back the ordinary answer of the next such request until gate is closed.
func Delay(method, path string, gate <-chan struct{}) Fault {
	return Fault{Method: method, Path: path, Gate: gate}
}

// Committed returns f with the request carried out first: committed, and then left hanging, cut or answered with a 500.
func Committed(f Fault) Fault {
	f.Commit = true
	return f
}

// Inject adds a fault. A fault that has acted on all its requests is removed.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults.add(f)
}

func (f Fault) fits(path string) bool {
	if strings.HasSuffix(f.Path, "/") {
		return strings.HasPrefix(path, f.Path)
	}
	return f.Path == "" || f.Path == path
}

type faultList struct {
	mu   sync.Mutex
	list []Fault
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, f)
}

// take uses one turn of the first fault that matches.
func (l *faultList) take(method, path string) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(f Fault) bool {
		return (f.Method == "" || f.Method == method) && f.fits(path)
	})
	if i < 0 {
		return Fault{}, false
	}
	f := l.list[i]
	if f.Times != Always {
		if l.list[i].Times--; l.list[i].Times == 0 {
			l.list = slices.Delete(l.list, i, i+1)
		}
	}
	return f, true
}
