package pleosim

import (
	"net/http"

	"github.com/go-json-experiment/json"
)

// Behaviour is one way in which Pleo may act where its documentation leaves that open.
type Behaviour struct {
	Name  string // for commands and tests, such as "none/204"
	Point string // what is left open

	faults []Fault
	habits habits
}

// habits are permanent choices, unlike faults. The zero value is what this package chose.
type habits struct {
	keepsAuthorized bool // POST creates AUTHORIZED, regardless of what it asks for
	refusesSecond   int  // the status that POST gets when an installation exists; 0: 200 and the old one
	clearsMetadata  bool // PUT without metadata empties it
	onlyObjects     bool // metadata accepts only objects as values
	keyDies         bool // DELETE revokes the key
}

// Behave makes the simulated Pleo act like b from now on, on top of the faults that were injected before.
func (s *Server) Behave(b Behaviour) {
	s.installed.set(b.habits)
	for _, f := range b.faults {
		s.Inject(f)
	}
}

const (
	introspectPath   = "/v1/introspect"
	installationPath = "/v1/installations/me"
	jsonType         = "application/json;charset=UTF-8"
)

func always(name, point string, faults ...Fault) Behaviour {
	for i := range faults {
		faults[i].Times = Always
	}
	return Behaviour{Name: name, Point: point, faults: faults}
}

func once(f Fault) Fault {
	f.Times = 1
	return f
}

func changed(method, path string, change func(int, string) (int, string)) Fault {
	return Fault{Method: method, Path: path, Change: change}
}

// onSuccess changes the body of a success that has one.
func onSuccess(method, path string, change func(body string) string) Fault {
	return changed(method, path, func(status int, body string) (int, string) {
		if status != http.StatusOK {
			return status, body
		}
		return status, change(body)
	})
}

// inClient changes what introspect says about the key.
func inClient(name, point string, change func(map[string]any)) Behaviour {
	return always(
		name, point, onSuccess("GET", introspectPath, func(body string) string { return inData(body, change) }),
	)
}

func inData(body string, change func(map[string]any)) string {
	return inJSON(body, func(m map[string]any) { change(m["data"].(map[string]any)) })
}

// inJSON changes the members of a JSON object of this package.
func inJSON(body string, change func(map[string]any)) string {
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		panic("pleosim: an answer of ours cannot be read")
	}
	change(m)
	return string(marshal(m))
}
