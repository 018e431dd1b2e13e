package pleosim

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"pleo-connect/pleoclient/pleosim/pages"
)

// retry is how soon a browser asks again after a stream was cut, in milliseconds.
const retry = 500

// events tells a page about changes, for as long as it is looked at: first the part of it that changes ("live"), then
// what happened ("connected" or "disconnected" with the id of an integration, "news" in words).
//
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	live := s.live(r.URL.Query().Get("view"))
	if live == nil {
		s.missing(w, r)
		return
	}
	seen, _ := strconv.Atoi(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("since")))
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = fmt.Fprintf(w, "retry: %d\n\n", retry)
	for {
		happened, changed := s.board.since(seen)
		if len(happened) > 0 {
			if !pause(r.Context(), s.pace) {
				return
			}
			seen += len(happened)
			send(w, "live", live().String())
		}
		for _, h := range happened {
			for _, id := range h.integrations {
				send(w, h.event, id)
			}
			if h.text != "" {
				send(w, "news", h.text)
			}
		}
		_, _ = fmt.Fprintf(w, "id: %d\n\n", seen)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// live returns what draws the part of a view that changes; nil if there is no such view.
func (s *Server) live(view string) func() pages.Node {
	switch view {
	case pages.ViewAccounting:
		return func() pages.Node { return pages.Tiles(s.tiles()) }
	case pages.ViewKeys:
		return func() pages.Node { return pages.KeyList(s.keys.list()) }
	}
	return nil
}

// send writes one event.
func send(w io.Writer, event, data string) {
	_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(data, "\n", "\ndata: "))
}

// pause reports whether it waited for d in full.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
