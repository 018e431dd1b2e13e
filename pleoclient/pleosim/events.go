package pleosim

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"pleo-connect/pleoclient/pleosim/pages"
)

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
	w.Header().Set("Content-Type", "text/event-stream")
	all, changed := s.board.since(0)
	told := len(all)
	for {
		send(w, "live", rendered(live()))
		for _, h := range all[min(told, len(all)):] {
			told++
			for _, id := range h.integrations {
				send(w, h.event, id)
			}
			if h.text != "" {
				send(w, "news", h.text)
			}
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
		if !pause(r.Context(), s.pace) {
			return
		}
		all, changed = s.board.since(0)
	}
}

// live returns what draws the part of a view that changes; nil if there is no such view.
func (s *Server) live(view string) func() templ.Component {
	switch view {
	case pages.ViewAccounting:
		return func() templ.Component { return pages.Tiles(s.tiles()) }
	case pages.ViewKeys:
		return func() templ.Component { return pages.KeyList(s.keyList()) }
	}
	return nil
}

// send writes one event.
func send(w io.Writer, event, data string) {
	_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(data, "\n", "\ndata: "))
}

func rendered(c templ.Component) string {
	var text strings.Builder
	_ = c.Render(context.Background(), &text) // nothing fails in memory
	return text.String()
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
