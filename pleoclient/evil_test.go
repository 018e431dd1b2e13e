package pleoclient_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
)

const evilAgent = "pleo-connect/1.2.3 (linux; amd64)"

// evil is one way in which the world misbehaves.
type evil struct {
	name string
	make func(*scene) world
	want pleoclient.Kind // "" for success
	call apiCall         // none: introspect
	kept bool            // the answer is whole, so the connection may serve the next call
	then func(*testing.T, *scene, *pleoclient.Client)
}

// world is what the client is made with: an address, and settings.
type world struct {
	base string
	opts []pleoclient.Option
}

// The time limits: a row shortens the one that has to end it, and the others never do. Where something has to be done
// in time before that, the limit is not so short.
const (
	short    = 150 * time.Millisecond
	notShort = 3 * time.Second
	long     = 10 * time.Minute
)

var (
	shortTLS       = pleoclient.WithLimits(short, long, long)
	shortFirstByte = pleoclient.WithLimits(long, short, long)
	shortWhole     = pleoclient.WithLimits(long, long, short)
	unlimited      = pleoclient.WithLimits(long, long, long) // what ends here ends for another reason
)

// plain is an address over http whose connections go to handle.
func plain(handle func(*peer), opts ...pleoclient.Option) func(*scene) world {
	return func(s *scene) world { return world{"http://" + s.listen(true, handle), opts} }
}

// says answers each request with text.
func says(text string) func(*peer) {
	return func(w *peer) {
		for {
			if _, ok := w.hear(); !ok || !w.say(text) {
				return
			}
		}
	}
}

// once answers the first request with text, and then continues with more.
func once(text string, more func(*peer)) func(*peer) {
	return func(w *peer) {
		if _, ok := w.hear(); ok && w.say(text) {
			more(w)
		}
	}
}

func silence(*peer) {}

func hangUp(w *peer) { _ = w.tcp.Close() }

func reset(w *peer) { w.reset() }

func dripping(text string) func(*peer) {
	return func(w *peer) { w.drip(func(int) string { return text }) }
}

func flooding(text string) func(*peer) { return func(w *peer) { w.flood(text) } }

const (
	head    = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
)

// fine is a whole answer of a media type.
func fine(contentType, body string) string {
	return whole("200 OK", "Content-Type: "+contentType+"\r\n", body)
}

func whole(status, headers, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
}

// TestEvil: with any answer, the call ends in time with a kind and a sentence, the key stays where it belongs, and
// nothing is left. The sentences are in testdata/evil.golden.
func TestEvil(t *testing.T) {
	t.Parallel()
	var rows []evil
	for _, more := range [][]evil{
		evilRedirects, evilDrips, evilBombs, evilCuts, evilTypes, evilProtocols, evilStatuses, evilOutcomes,
		evilTLS, evilProxies, evilDNS,
	} {
		rows = append(rows, more...)
	}
	var mu sync.Mutex
	sentences := map[string]string{}
	t.Run("row", func(t *testing.T) {
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				said := row.run(t)
				mu.Lock()
				defer mu.Unlock()
				if _, twice := sentences[row.name]; twice {
					t.Error("two rows have this name")
				}
				sentences[row.name] = said
			})
		}
	})
	if len(sentences) < len(rows) {
		return // only some were asked for
	}
	var all strings.Builder
	for _, row := range rows {
		all.WriteString(row.name + "\n" + sentences[row.name] + "\n")
	}
	golden.Compare(t, "evil.golden", all.String())
}

// run plays the row and returns what a person reads.
func (row evil) run(t *testing.T) string {
	s := &scene{t: t}
	w := row.make(s)
	c := newClient(t, w.base,
		append([]pleoclient.Option{pleoclient.UserAgent(evilAgent), pleoclient.WithWaits()}, w.opts...)...)
	if row.call.do == nil {
		row.call = introspect
	}
	label := t.Name()
	err := labelled(t, label, func(ctx context.Context) error { return row.call.do(ctx, c, canaryKey) })
	e := wantKind(t, err, row.want)
	checkNoKey(t, err)
	if row.then != nil {
		row.then(t, s, c)
	}
	if row.kept {
		s.hangUp()
	}
	s.ended()
	s.noGoroutines(label)
	s.checkSent()
	said := s.sentence(e, w.base)
	for _, secret := range s.secrets {
		if err != nil && strings.Contains(err.Error()+said, secret) {
			t.Error("the error shows the login at the proxy")
		}
	}
	return said
}

// sentence returns the words for a problem, without what differs from run to run.
func (s *scene) sentence(e *pleoclient.Error, base string) string {
	s.t.Helper()
	if e.Kind == "" {
		return "  success\n"
	}
	fault := flow.ClientFault(e)
	if !e.RetryAt.IsZero() {
		fault.RetryAt = flowtest.SavedAt // the same in every run
	}
	words := flow.English.Stored(fault, flow.Integration{}, base)
	if words.Summary == "" || words.Hint == "" {
		s.t.Errorf("no words for %v", e)
	}
	said := strings.TrimSpace(words.Summary + " " + words.Hint + " " + words.Also)
	if e.Kind != pleoclient.KindKeyRejected && aboutTheKey.MatchString(said) {
		s.t.Errorf("nobody but Pleo can say this about the key: %s", said)
	}
	if e.Kind != pleoclient.KindForbidden && strings.Contains(said, "denied") {
		s.t.Errorf("nobody but Pleo denies anything: %s", said)
	}
	if strings.ContainsAny(said, "{}\n") || !pleoclient.IsSafe(said) {
		s.t.Errorf("not a sentence: %q", said)
	}
	kind := string(e.Kind)
	if e.RetryAfter != 0 {
		kind += ", " + e.RetryAfter.String()
	}
	if cause := flow.English.Cause(e.Cause); !strings.Contains(words.Summary, cause) {
		kind += ", " + cause
	}
	text := fmt.Sprintf("  %s\n  %s\n  %s\n", kind, words.Summary, strings.TrimSpace(words.Hint))
	if words.Also != "" {
		text += "  " + words.Also + "\n"
	}
	for _, name := range s.names {
		text = strings.ReplaceAll(text, name, "RESOLVER")
	}
	text = clocks.ReplaceAllString(text, "clock says NOW")
	return ports.ReplaceAllString(text, "$1:PORT")
}

// clocks and ports are what differs from run to run.
var (
	clocks = regexp.MustCompile(`clock says \d+ \w+ \d+, [:0-9]+ UTC`)
	ports  = regexp.MustCompile(`(127\.0\.0\.1|localhost|\.test):\d+`)
)

// aboutTheKey are words that condemn a key.
var aboutTheKey = regexp.MustCompile(`(?i)rejected|mistyped|revoked|expired key|invalid key|wrong key|bad key`)
