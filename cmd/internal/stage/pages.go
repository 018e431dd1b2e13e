package stage

import (
	"bytes"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"time"
)

// The policies of the pages, each in place of that of the simulated Pleo. xterm.js writes style sheets into its page,
// which therefore has nothing but the terminal.
const (
	stagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'none'; " +
		"frame-ancestors 'none'; base-uri 'none'"
	terminalPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; " +
		"connect-src 'self'; form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
)

//go:embed files/*.html files/*.css files/*.js files/*.gz files/*.txt
var files embed.FS

// Pages returns the pages by the pattern of [http.ServeMux]. They are for one person: what serves them has to let no
// one else in, and no page of another origin.
func (s *Stage) Pages() map[string]http.Handler {
	all := map[string]http.Handler{
		"GET /{$}":             page("stage.html", stagePolicy),
		"GET /terminal":        page("terminal.html", terminalPolicy),
		"GET /terminal/output": http.HandlerFunc(s.output),
		"POST /terminal/input": http.HandlerFunc(s.input),
	}
	for _, name := range []string{
		"stage.css", "terminal.css", "terminal.js", "xterm.css.gz", "xterm.mjs.gz", "xterm-LICENSE.txt",
	} {
		all["GET /terminal/"+trimGzip(name)] = asset(name)
	}
	return all
}

// page serves a file with a policy of its own.
func page(name, policy string) http.Handler {
	file := asset(name)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		file.ServeHTTP(w, r)
	})
}

const gzipSuffix = ".gz"

func trimGzip(name string) string {
	if path.Ext(name) == gzipSuffix {
		return name[:len(name)-len(gzipSuffix)]
	}
	return name
}

func contentTypes() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
		".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
		".txt": "text/plain; charset=utf-8",
	}
}

// asset serves a file. A compressed one is sent as it is: every browser that can run it takes that.
func asset(name string) http.Handler {
	content, err := files.ReadFile("files/" + name)
	if err != nil {
		panic(err) // the program was not built with it
	}
	plain := trimGzip(name)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentTypes()[path.Ext(plain)])
		if plain != name {
			w.Header().Set("Content-Encoding", "gzip")
		}
		_, _ = w.Write(content)
	})
}

// writeFor is how long a viewer may take with one event.
const writeFor = 2 * time.Second

// output is the stream of a viewer: first its number, then what is written, and why the stream ends. What is written is
// in base64, because an event is text, and a character may be cut in two. A browser whose stream ends by itself comes
// again soon.
//
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
func (s *Stage) output(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	tell := func(event string, value any) bool {
		_ = stream.SetWriteDeadline(time.Now().Add(writeFor))
		_, err := fmt.Fprintf(w, "retry: 200\nevent: %s\ndata: %v\n\n", event, value)
		return err == nil && stream.Flush() == nil
	}
	v := s.enter()
	if v == nil {
		tell(endedEvent, "")
		return
	}
	defer s.leave(v)
	if !tell("viewer", v.id) {
		return
	}
	for {
		select {
		case <-v.wake:
		case <-r.Context().Done():
			return
		}
		output, link, last := s.news(v)
		if len(output) > 0 && !tell("output", base64.StdEncoding.EncodeToString(output)) {
			return
		}
		if link != "" && !tell("link", link) {
			return
		}
		if last != "" {
			tell(last, "")
			return
		}
	}
}

const (
	maxInput   = 16 << 10 // bytes of a message
	maxColumns = 1000     // or rows
)

// errNotViewer is why a message is refused: another viewer shows the terminal.
var errNotViewer = errors.New("not the viewer")

// input takes a message of a viewer: what was typed, as the body, or the new size.
func (s *Stage) input(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	viewer, viewerErr := strconv.ParseUint(query.Get("viewer"), 10, 64)
	number, numberErr := strconv.ParseUint(query.Get("number"), 10, 64)
	m := message{}
	sizeErr := error(nil)
	if query.Has("columns") {
		m.size, sizeErr = sizeOf(query.Get("columns"), query.Get("rows"))
	}
	if errors.Join(viewerErr, numberErr, sizeErr) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var typed bytes.Buffer
	if _, err := typed.ReadFrom(http.MaxBytesReader(w, r.Body, maxInput)); err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	m.typed = typed.Bytes()
	switch s.take(viewer, number, m) {
	case errNotViewer:
		w.WriteHeader(http.StatusConflict)
	case errAhead:
		w.WriteHeader(http.StatusTooManyRequests)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func sizeOf(columns, rows string) (size, error) {
	c, columnsErr := strconv.Atoi(columns)
	r, rowsErr := strconv.Atoi(rows)
	if err := errors.Join(columnsErr, rowsErr); err != nil {
		return size{}, err
	}
	if c < 1 || c > maxColumns || r < 1 || r > maxColumns {
		return size{}, strconv.ErrRange
	}
	return size{c, r}, nil
}
