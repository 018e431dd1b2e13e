package kv

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// answer is what came back for a request.
type answer struct {
	status  int
	header  http.Header
	url     *url.URL // that was asked
	body    []byte   // of JSON, or nil
	errors  []string // in the body; nil: it has no such member
	hasData bool     // the body has a member "data"
	plain   bool     // the server has TLS, and was asked without
}

// newAnswer judges a body. What is no object of JSON belongs to something else, such as a load balancer.
func newAnswer(res *http.Response, body []byte) answer {
	a := answer{status: res.StatusCode, header: res.Header, url: res.Request.URL}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "application/json" {
		a.plain = a.status == http.StatusBadRequest && bytes.Contains(body, []byte(saysHTTPS))
		return a
	}
	var said struct {
		Errors []string       `json:"errors"`
		Data   jsontext.Value `json:"data"`
	}
	if jsonv2.Unmarshal(body, &said) == nil {
		a.body, a.errors, a.hasData = body, said.Errors, said.Data != nil
	}
	return a
}

// isEngines reports whether a refusal has the form that both engines give it.
func (a answer) isEngines() bool { return a.errors != nil }

// isMissing reports whether the engine says that there is nothing in the place that was asked for: without errors, or
// with what it knows of a version that is gone. Any other 404 may be that of something in front of it.
func (a answer) isMissing() bool {
	return a.status == http.StatusNotFound && len(a.errors) == 0 && (a.errors != nil || a.hasData)
}

// says reports whether one of the errors has a text in it.
func (a answer) says(text string) bool {
	return slices.ContainsFunc(a.errors, func(e string) bool { return strings.Contains(e, text) })
}

// said returns the first error.
func (a answer) said() string {
	if len(a.errors) == 0 {
		return ""
	}
	return a.errors[0]
}
