package kv

import (
	"fmt"
	"net/http/httptest"
	"testing"
)

// TestActiveNode lets a standby say where the active node is.
func TestActiveNode(t *testing.T) {
	t.Parallel()
	other := newFake(t, map[string][]reply{get: {{status: 200, body: version(7, "{}")}}})
	sleeping := newFake(t, map[string][]reply{health: {{status: 429, body: standby}}})
	secure := httptest.NewTLSServer(other)
	defer secure.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, test := range map[string]struct {
		leader reply
		want   int    // the version that is read; 0: from the standby
		row    string // of the error
	}{
		"active":        {reply{status: 200, body: at(other.URL)}, 7, ""},
		"with a slash":  {reply{status: 200, body: at(other.URL + "/")}, 7, ""},
		"out of reach":  {reply{status: 200, body: at(gone.URL)}, 0, ""},
		"a standby too": {reply{status: 200, body: at(sleeping.URL)}, 0, ""},
		"other scheme":  {reply{status: 200, body: at(secure.URL)}, 0, ""},
		"other host":    {reply{status: 200, body: at("http://vault.test:8200")}, 0, ""},
		"user":          {reply{status: 200, body: at("http://user:pw@127.0.0.1:1")}, 0, ""},
		"no address":    {reply{status: 200, body: at("\x7f:")}, 0, ""},
		"forbidden":     {reply{status: 403, body: badAuth}, 0, ""},
		"junk":          {reply{status: 200, body: "<html>", kind: "text/html"}, 0, ""},
		"none":          {reply{status: 200, body: at("")}, 0, "store_engine_standby"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, map[string][]reply{
				health: {{status: 429, body: standby}},
				leader: {test.leader},
				get:    {{status: 200, body: version(1, "{}")}},
			})
			v, err := client(t, f.URL).Read(t.Context(), "a")
			if want := max(test.want, 1); row(err) != test.row || err == nil && v.Number != uint64(want) {
				t.Errorf("version %d, %v", v.Number, err)
			}
		})
	}
}

// TestSibling keeps a token that was sent over TLS from a node without it.
func TestSibling(t *testing.T) {
	t.Parallel()
	c := client(t, "https://one.test:8200")
	for address, want := range map[string]string{
		"https://two.test:8200": "https://two.test:8200", "https://user:pw@two.test/ui?x#y": "https://two.test",
		"http://two.test:8200": "", "http://127.0.0.1:8200": "", "two.test:8200": "", "//two.test": "", "https://": "",
		"https:///v1": "", "\x7f": "",
	} {
		if got, ok := c.sibling(address); got != want || ok != (want != "") {
			t.Errorf("%q is %q", address, got)
		}
	}
}

// TestAnotherActiveNode lets the active node fail in the middle. The standby names it until the others know.
func TestAnotherActiveNode(t *testing.T) {
	t.Parallel()
	first := newFake(t, nil)
	second := newFake(t, map[string][]reply{post: {{status: 200, body: written(1)}}})
	f := newFake(t, map[string][]reply{
		health: {{status: 429, body: standby}},
		leader: {
			{status: 200, body: at(first.URL)}, {status: 200, body: at(first.URL)}, {status: 200, body: at("")},
			{status: 200, body: at(second.URL)},
		},
	})
	c := client(t, f.URL)
	must(t, calls[get](t, c))
	first.Close()
	c.Close()
	must(t, calls[post](t, c))
	if second.count(post) != 1 || f.count(post) != 0 {
		t.Errorf("%d writes at the new active node, %d at the standby", second.count(post), f.count(post))
	}
}

// TestOldAnswer has a standby that answers from old data.
func TestOldAnswer(t *testing.T) {
	t.Parallel()
	old, current := reply{status: 200, body: version(1, "{}")}, reply{status: 200, body: version(2, "{}")}
	for name, test := range map[string]struct {
		answers []reply
		want    uint64
	}{
		"lag":        {[]reply{old, {status: 404, body: none}, current}, 2},
		"began anew": {[]reply{old}, 1},
	} {
		f := newFake(t, map[string][]reply{get: test.answers, post: {{status: 200, body: written(2)}}})
		c := client(t, f.URL)
		must(t, calls[post](t, c))
		for range 2 {
			if v, err := c.Read(t.Context(), "a"); err != nil || v.Number != test.want {
				t.Errorf("%s: version %d, %v", name, v.Number, err)
			}
		}
	}
}

// at is the answer of a standby about the active node.
func at(url string) string {
	return fmt.Sprintf(`{"ha_enabled":true,"is_self":false,"leader_address":%q}`, url)
}
