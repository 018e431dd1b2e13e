package kv

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/store"
)

// Version is one version of an entry, usually the newest.
type Version struct {
	Number uint64         // what [Client.Write] compares; 0: there has never been one
	Data   jsontext.Value // an object; nil: there is none, or not any more
}

// The members of answers that this package reads.
type (
	versionInfo struct {
		Version  uint64 `json:"version"`
		Deletion string `json:"deletion_time"`
	}
	readAnswer struct {
		Data *struct {
			Data     jsontext.Value `json:"data"`
			Metadata versionInfo    `json:"metadata"`
		} `json:"data"`
	}
	writeAnswer struct {
		Data versionInfo `json:"data"`
	}
	listAnswer struct {
		Data struct {
			Keys []string `json:"keys"`
		} `json:"data"`
	}
	writeBody struct {
		Options struct {
			CAS uint64 `json:"cas"`
		} `json:"options"`
		Data jsontext.Value `json:"data"`
	}
	destroyBody struct {
		Versions []uint64 `json:"versions"`
	}
	limitBody struct {
		MaxVersions int `json:"max_versions"`
	}
)

const (
	lag      = 100 * time.Millisecond // of a standby of OpenBao
	maxReads = 20
)

// Read returns the newest version of an entry. One that is older than this client has seen may come from a standby, and
// is read again; after two seconds it is no lag, but an entry that began anew. The engine does not keep the text of an
// object: its members are in another order, and its numbers are those of a float64.
func (c *Client) Read(ctx context.Context, name string) (Version, error) {
	var newest uint64
	for tries := 0; ; tries++ {
		v, err := c.read(ctx, name)
		if err != nil {
			return v, err
		}
		switch seen := c.see(name, v.Number); {
		case v.Number >= seen:
			return v, nil
		case seen > newest: // also in the meantime
			newest, tries = seen, 0
		case tries == maxReads && c.beginAnew(name, newest, v.Number):
			return v, nil
		}
		c.config.Pause(ctx, lag)
	}
}

func (c *Client) read(ctx context.Context, name string) (Version, error) {
	m, err := c.Mount(ctx)
	if err != nil {
		return Version{}, err
	}
	a, err := c.ask(ctx, request{method: http.MethodGet, path: m.data(name), needs: m.toRead()})
	if err != nil {
		return Version{}, err
	}
	var said readAnswer
	if jsonv2.Unmarshal(a.body, &said) != nil || a.status != http.StatusNotFound && said.Data == nil {
		return Version{}, c.fail(store.KindEngineUnexpected, "")
	}
	if said.Data == nil {
		return Version{}, nil
	}
	v := Version{Number: said.Data.Metadata.Version}
	switch {
	case v.Number == 0, a.status != http.StatusNotFound && said.Data.Data.Kind() != '{':
		return Version{}, c.fail(store.KindEngineUnexpected, "")
	case a.status != http.StatusNotFound:
		v.Data = said.Data.Data
	}
	return v, nil
}

// Write saves an object as the next version of an entry if its newest version is over; 0 means that there is none. It
// returns the number of the new version. [store.ErrChanged] means that there is another one, [store.ErrUnsure] that no
// answer came.
func (c *Client) Write(ctx context.Context, name string, object jsontext.Value, over uint64) (uint64, error) {
	said, err := c.write(ctx, name, object, over)
	return said.Version, err
}

func (c *Client) write(ctx context.Context, name string, object jsontext.Value, over uint64) (versionInfo, error) {
	m, err := c.Mount(ctx)
	if err != nil {
		return versionInfo{}, err
	}
	body := writeBody{Data: object}
	body.Options.CAS = over
	text, err := jsonv2.Marshal(body)
	if err != nil { // the object is not JSON
		return versionInfo{}, err
	}
	a, err := c.ask(ctx, request{method: http.MethodPost, path: m.data(name), body: text, needs: m.toWrite()})
	if err != nil {
		return versionInfo{}, err
	}
	var said writeAnswer
	if jsonv2.Unmarshal(a.body, &said) != nil || said.Data.Version == 0 {
		return versionInfo{}, errors.Join(store.ErrUnsure, c.fail(store.KindEngineUnexpected, ""))
	}
	c.see(name, said.Data.Version)
	return said.Data, nil
}

// awaitAfter waits until a version after another can be read, or for two seconds. The engine says that there is one;
// where a standby has said so, it may itself lack the other.
func (c *Client) awaitAfter(ctx context.Context, name string, version uint64) {
	for range maxReads {
		if v, err := c.read(ctx, name); err != nil || v.Number > version {
			return
		}
		c.config.Pause(ctx, lag)
	}
}

// see records that a version was seen, and returns the newest one.
func (c *Client) see(name string, version uint64) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[name] = max(version, c.seen[name])
	return c.seen[name]
}

// beginAnew records that an older version is the newest there is now. It returns false if one after newest has been
// seen.
func (c *Client) beginAnew(name string, newest, version uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[name] > newest {
		return false
	}
	c.seen[name] = version
	return true
}

// Destroy erases the contents of versions. Those that don't exist are no error, and the newest may be one of them.
func (c *Client) Destroy(ctx context.Context, name string, versions ...uint64) error {
	m, err := c.Mount(ctx)
	if err != nil {
		return err
	}
	return c.set(ctx, m.destroy(name), destroyBody{versions}, m.toDestroy())
}

// SetMaxVersions makes the engine keep n versions of an entry, from the next one that is written.
func (c *Client) SetMaxVersions(ctx context.Context, name string, n int) error {
	m, err := c.Mount(ctx)
	if err != nil {
		return err
	}
	return c.set(ctx, m.metadata(name), limitBody{n}, m.toLimit())
}

// List returns the names of all entries, also of those without contents, in order. It leaves out the one of
// [Client.Prove].
func (c *Client) List(ctx context.Context) ([]string, error) {
	m, err := c.Mount(ctx)
	if err != nil {
		return nil, err
	}
	names, err := c.list(ctx, m)
	return slices.DeleteFunc(names, func(n string) bool { return n == probe || strings.HasSuffix(n, "/") }), err
}

func (c *Client) list(ctx context.Context, m Mount) ([]string, error) {
	a, err := c.ask(ctx, request{method: http.MethodGet, path: m.metadata("") + "?list=true", needs: m.toList()})
	if err != nil || a.status == http.StatusNotFound {
		return nil, err
	}
	var said listAnswer
	if jsonv2.Unmarshal(a.body, &said) != nil {
		return nil, c.fail(store.KindEngineUnexpected, "")
	}
	slices.Sort(said.Data.Keys)
	return said.Data.Keys, nil
}

// set posts what may be carried out twice, so that a lost answer makes no difference.
func (c *Client) set(ctx context.Context, path string, body any, needs rights) error {
	text, err := jsonv2.Marshal(body)
	if err == nil {
		_, err = c.ask(ctx, request{method: http.MethodPost, path: path, body: text, twice: true, needs: needs})
	}
	return err
}

// ask is call for an entry. The engine refuses a token that it does not know and one that a policy stops in the same
// words, so the mount is asked for again: only the former may not know that. If that fails for another reason, so does
// the request.
func (c *Client) ask(ctx context.Context, r request) (answer, error) {
	a, err := c.call(ctx, r)
	if kindOf(err) != store.KindEngineToken {
		return a, err
	}
	b, of := c.call(ctx, c.mountRequest())
	switch {
	case of == nil, b.says(saysPreflight):
		return a, c.denied(r.needs)
	case kindOf(of) != store.KindEngineToken:
		return a, of
	}
	return a, err
}
