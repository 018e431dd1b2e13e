package kv

import (
	"errors"
	"strings"
	"testing"

	"pleo-connect/store"
)

// TestProveRefuses has engines that lose what is written, each in its way.
func TestProveRefuses(t *testing.T) {
	t.Parallel()
	const (
		getProbe  = "GET secret/data/pleo/" + probe
		postProbe = "POST secret/data/pleo/" + probe
		expires   = `{"data":{"deletion_time":"2026-12-02T20:57:03Z","destroyed":false,"version":1}}`
	)
	good := map[string][]reply{
		getProbe:  {{status: 404, body: none}, {status: 200, body: version(1, "{}")}},
		postProbe: {{status: 200, body: written(1)}, {status: 400, body: changed}},
		list:      {{status: 200, body: `{"data":{"keys":["` + probe + `"]}}`}},

		"POST secret/metadata/pleo/" + probe: {{status: 204}},
		"POST secret/destroy/pleo/" + probe:  {{status: 204}},
	}
	for name, test := range map[string]struct {
		call    string
		answers []reply
		want    string
	}{
		"good":             {"", nil, ""},
		"compares nothing": {postProbe, []reply{{status: 200, body: written(1)}}, unexpected},
		"deletes":          {postProbe, []reply{{status: 200, body: expires}}, "store_engine_mount/expires"},
		"keeps nothing":    {getProbe, []reply{{status: 404, body: none}}, "store_engine_trouble"},
		"lists nothing":    {list, []reply{{status: 404, body: none}}, "store_engine_unexpected"},
		"always redirects": {
			postProbe, []reply{{status: 307, at: "https://node.test/v1/secret/data/pleo/" + probe}}, noActive,
		},
		"does not say which version": {postProbe, []reply{{status: 200, body: "{}"}}, unexpected},
		"loses the answer":           {postProbe, []reply{{cut: true}}, "store_engine_down/cut"},
		"behind a gateway":           {postProbe, []reply{page(502)}, trouble},
		"compares, and says nothing": {
			postProbe, []reply{{status: 200, body: written(1)}, {status: 200, body: "{}"}}, unexpected,
		},

		"always changed": {postProbe, []reply{{status: 400, body: changed}}, "store_engine_trouble"},
	} {
		answers := map[string][]reply{}
		for call, replies := range good {
			answers[call] = replies
		}
		if test.call != "" {
			answers[test.call] = test.answers
		}
		f := newFake(t, answers)
		if err := client(t, f.URL).Prove(t.Context()); row(err) != test.want || errors.Is(err, store.ErrUnsure) {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range f.requests() {
			if r.Method == "DELETE" || r.Method == "POST" && !strings.HasSuffix(r.URL.Path, "/"+probe) {
				t.Errorf("%s: %s %s", name, r.Method, r.URL.Path)
			}
		}
	}
}
