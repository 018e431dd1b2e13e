package pleosim

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/pleoclient"
)

// statuses are the values that POST and PUT take, in Pleo's contract an enum.
var statuses = []string{"ACTIVATED", "AUTHORIZED", "PENDING_INTEGRATION", "INACTIVE", "ERROR"}

// installation is "Installation" in Pleo's contract.
type installation struct {
	ID            string         `json:"id"`
	ApplicationID string         `json:"applicationId"`
	Resource      string         `json:"resource"`
	Status        string         `json:"status"`
	Metadata      jsontext.Value `json:"metadata"`
	CreatedAt     time.Time      `json:"createdAt"`
	UpdatedAt     time.Time      `json:"updatedAt"`
	ErrorCode     string         `json:"errorCode,omitempty"`

	company     company
	application string
	fingerprint string // of the key that was used last
}

// owner is what an installation belongs to: a company has one for each application.
type owner struct{ companyID, application string }

// installations holds at most one installation for each owner.
type installations struct {
	mu      sync.Mutex
	byOwner map[owner]installation
	dead    map[owner]bool // those whose keys ended with the installation
	habits  habits
	changed func(before, now installation) // is called for each change
}

func newInstallations(changed func(before, now installation)) *installations {
	return &installations{byOwner: map[owner]installation{}, dead: map[owner]bool{}, changed: changed}
}

// put keeps an installation as it is now, after a request with a key of this account.
func (l *installations) put(a account, now installation) {
	now.company, now.application, now.fingerprint = a.company, a.application, a.fingerprint
	before := l.byOwner[a.owner()]
	l.byOwner[a.owner()] = now
	l.changed(before, now)
}

// active returns the active installations of an application, by the names of the companies.
func (l *installations) active(application string) []installation {
	l.mu.Lock()
	defer l.mu.Unlock()
	byName := map[string]installation{}
	for o, in := range l.byOwner {
		if o.application == application && in.isActive() {
			byName[in.company.Name+o.companyID] = in
		}
	}
	var out []installation
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}

func (in installation) owner() owner { return owner{in.company.ID, in.application} }

func (in installation) isActive() bool { return in.Status == pleoclient.StatusActivated }

func (l *installations) set(h habits) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.habits = h
}

// accountOf returns the account of a key, as it is now.
func (s *Server) accountOf(key string) account {
	a := s.keys.account(key)
	s.installed.mu.Lock()
	defer s.installed.mu.Unlock()
	if s.installed.dead[a.owner()] {
		return account{key: a.key}
	}
	return a
}

// Installation returns the status of the first integration's installation at a company, or false if there is none.
func (s *Server) Installation(companyID string) (status string, ok bool) {
	return s.InstallationOf(s.integrations[0].ID, companyID)
}

// InstallationOf is like [Server.Installation], for the integration with the given id. It returns false if that is not
// served.
func (s *Server) InstallationOf(id, companyID string) (status string, ok bool) {
	i, ok := s.integration(id)
	if !ok {
		return "", false
	}
	in, ok := s.installed.get(owner{companyID, i.Application})
	return in.Status, ok
}

// Metadata returns the metadata of the first integration's installation at a company, or nil when there is none.
func (s *Server) Metadata(companyID string) []byte {
	in, _ := s.installed.get(owner{companyID, s.integrations[0].Application})
	return in.Metadata
}

func (l *installations) get(o owner) (installation, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	in, ok := l.byOwner[o]
	return in, ok
}

// create keeps an existing installation: Pleo does not document what a second POST does. It also returns the status of
// the answer.
func (l *installations) create(a account, b installationBody) (installation, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if in, ok := l.byOwner[a.owner()]; ok {
		return in, max(l.habits.refusesSecond, http.StatusOK)
	}
	if l.habits.keepsAuthorized {
		b.Status = nil
	}
	now := time.Now().UTC().Truncate(time.Second)
	in := installation{
		ID:            uuidFrom("installation", a.company.ID, a.application),
		ApplicationID: uuidFrom("application", a.application),
		Resource:      a.urn(),
		Status:        "AUTHORIZED", // for a body that names none
		Metadata:      jsontext.Value("{}"),
		CreatedAt:     now,
		UpdatedAt:     now,
	}
	in = in.with(b)
	l.put(a, in)
	return in, http.StatusOK
}

// update changes what b names. It returns false if there is no installation.
func (l *installations) update(a account, b installationBody) (installation, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	in, ok := l.byOwner[a.owner()]
	if !ok {
		return installation{}, false
	}
	if l.habits.clearsMetadata && b.Metadata == nil {
		b.Metadata = jsontext.Value("{}")
	}
	in = in.with(b)
	in.UpdatedAt = time.Now().UTC().Truncate(time.Second)
	l.put(a, in)
	return in, true
}

func (l *installations) remove(o owner) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	in, ok := l.byOwner[o]
	delete(l.byOwner, o)
	l.dead[o] = ok && l.habits.keyDies
	l.changed(in, installation{})
	return ok
}

func (in installation) with(b installationBody) installation {
	if b.Status != nil {
		in.Status = *b.Status
	}
	if b.Metadata != nil {
		in.Metadata = b.Metadata
	}
	in.ErrorCode = b.ErrorCode
	return in
}

// installationBody is what POST and PUT take.
type installationBody struct {
	Status    *string        `json:"status"`
	Metadata  jsontext.Value `json:"metadata"`
	ErrorCode string         `json:"errorCode"`
}

// parseInstallationBody returns what is wrong with a body, or "".
func parseInstallationBody(body []byte, statusRequired bool) (b installationBody, problem string) {
	if len(body) == 0 || jsontext.Value(body).Kind() != '{' {
		return b, "a JSON object is required"
	}
	if err := json.Unmarshal(body, &b, json.RejectUnknownMembers(true)); err != nil {
		return b, "the body does not fit"
	}
	switch {
	case b.Status == nil && statusRequired:
		return b, "status is required"
	case b.Status != nil && !slices.Contains(statuses, *b.Status):
		return b, "status is unknown"
	case b.Metadata != nil && b.Metadata.Kind() != '{':
		return b, "metadata must be an object"
	}
	return b, ""
}

// parse is like parseInstallationBody, but follows the habits.
func (l *installations) parse(body []byte, statusRequired bool) (b installationBody, problem string) {
	if b, problem = parseInstallationBody(body, statusRequired); problem != "" || b.Metadata == nil {
		return b, problem
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var values map[string]map[string]any
	if l.habits.onlyObjects && json.Unmarshal(b.Metadata, &values) != nil {
		return b, "the values of metadata must be objects"
	}
	return b, ""
}

func (s *Server) getInstallation(c call) reply {
	return installed(s.installed.get(c.account.owner()))
}

func (s *Server) postInstallation(c call) reply {
	b, problem := s.installed.parse(c.body, false)
	if problem != "" {
		return failure(http.StatusBadRequest, problem)
	}
	in, status := s.installed.create(c.account, b)
	if status != http.StatusOK {
		return failure(status, "installed already")
	}
	return success(in)
}

func (s *Server) putInstallation(c call) reply {
	b, problem := s.installed.parse(c.body, true)
	if problem != "" {
		return failure(http.StatusBadRequest, problem)
	}
	return installed(s.installed.update(c.account, b))
}

// activateInstallation is described for OAuth; the wizard never calls it.
func (s *Server) activateInstallation(c call) reply {
	activated := "ACTIVATED"
	return installed(s.installed.update(c.account, installationBody{Status: &activated}))
}

func (s *Server) deleteInstallation(c call) reply {
	if !s.installed.remove(c.account.owner()) {
		return failure(http.StatusNotFound, "no installation")
	}
	return reply{status: http.StatusNoContent}
}

func installed(in installation, ok bool) reply {
	if !ok {
		return failure(http.StatusNotFound, "no installation")
	}
	return success(in)
}
