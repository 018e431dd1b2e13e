package pleosim

import (
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
)

const maxBodyBytes = 64 << 10

// call is a request as the endpoints see it.
type call struct {
	method, path string
	contentType  string
	authorized   bool // an Authorization header came
	account      account
	body         []byte
}

// reply is an answer. A nil value has no body.
type reply struct {
	status int
	value  any
}

func success(value any) reply { return reply{http.StatusOK, value} }

// failure returns an answer with an invented body, because Pleo documents none.
func failure(status int, message string) reply {
	return reply{status, map[string]string{"message": message}}
}

// ServeHTTP logs the request, lets a fault act, and answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(w, r)
	logged := &loggedWriter{ResponseWriter: w, log: s.log, entry: s.log.add(Request{
		Method: c.method, Path: c.path, Key: c.keyName(),
	})}
	if !pause(r.Context(), s.pace) {
		panic(http.ErrAbortHandler)
	}
	if f, ok := s.faults.take(c.method, c.path); ok {
		s.misbehave(logged, r, c, f)
		return
	}
	write(logged, s.answer(c))
}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) call {
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	c := call{
		method:      r.Method,
		path:        r.URL.Path,
		contentType: r.Header.Get("Content-Type"),
		authorized:  r.Header.Get("Authorization") != "",
		body:        body,
	}
	if user, password, ok := r.BasicAuth(); ok && password == "" {
		c.account = s.accountOf(user)
	}
	return c
}

func (c call) keyName() string {
	switch {
	case c.account.key != "":
		return c.account.key
	case c.authorized:
		return "unknown"
	}
	return ""
}

// answer returns what Pleo answers when nothing is wrong: the path, the method, the key and the media type are checked
// in this order.
func (s *Server) answer(c call) reply {
	methods := s.endpoints(c.path)
	endpoint := methods[c.method]
	hasBody := c.method == http.MethodPost || c.method == http.MethodPut
	switch {
	case methods == nil:
		return failure(http.StatusNotFound, "no such path")
	case endpoint == nil:
		return failure(http.StatusMethodNotAllowed, "method not allowed")
	case !c.account.valid():
		return failure(http.StatusUnauthorized, "unauthorised")
	case hasBody && len(c.body) > 0 && !strings.HasPrefix(c.contentType, "application/json"):
		return failure(http.StatusUnsupportedMediaType, "application/json is required")
	}
	return endpoint(c)
}

// endpoints returns the methods of a path, or nil.
func (s *Server) endpoints(path string) map[string]func(call) reply {
	switch path {
	case introspectPath:
		return map[string]func(call) reply{http.MethodGet: s.introspect}
	case installationPath:
		return map[string]func(call) reply{
			http.MethodGet:    s.getInstallation,
			http.MethodPost:   s.postInstallation,
			http.MethodPut:    s.putInstallation,
			http.MethodDelete: s.deleteInstallation,
		}
	case installationPath + ":activate":
		return map[string]func(call) reply{http.MethodPost: s.activateInstallation}
	case companiesPath:
		return map[string]func(call) reply{http.MethodGet: s.listCompanies}
	}
	if id, ok := strings.CutPrefix(path, companiesPath+"/"); ok && id != "" && !strings.Contains(id, "/") {
		return map[string]func(call) reply{http.MethodGet: s.getCompany}
	}
	return nil
}

// misbehave carries out a fault.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, c call, f Fault) {
	if f.Gate != nil {
		select {
		case <-f.Gate:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	var ordinary reply
	if f.Commit || f.Ending == EndNormal {
		ordinary = s.answer(c)
		s.log.committed()
	}
	switch f.Ending {
	case EndNormal:
		if f.Change == nil {
			write(w, ordinary)
			return
		}
		f.Status, f.Body = f.Change(ordinary.status, ordinary.body())
		writeFault(w, f)
	case EndReply:
		writeFault(w, f)
	case EndHang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case EndCut:
		panic(http.ErrAbortHandler) // closes the connection without an answer or a log entry
	}
}

func write(w http.ResponseWriter, r reply) {
	if r.value == nil {
		w.WriteHeader(r.status)
		return
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(r.status)
	_, _ = io.WriteString(w, r.body())
}

func (r reply) body() string {
	if r.value == nil {
		return ""
	}
	return string(marshal(r.value))
}

func marshal(value any) []byte {
	body, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		panic("pleosim: an answer of ours cannot be written as JSON")
	}
	return body
}

func writeFault(w http.ResponseWriter, f Fault) {
	w.Header().Set("Content-Type", jsonType)
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
}

// loggedWriter records the status before the first byte is sent, so that a client never knows more than the log.
type loggedWriter struct {
	http.ResponseWriter
	log   *requestLog
	entry int
}

func (w *loggedWriter) WriteHeader(status int) {
	w.log.answered(w.entry, status)
	w.ResponseWriter.WriteHeader(status)
}
