package pleoclient

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// reply is an answer as it came, to find out who wrote it.
type reply struct {
	status int
	header http.Header
	body   []byte // at least its beginning
}

// stranger is one sign that somebody on the way to Pleo wrote an answer, and not Pleo.
type stranger struct {
	fits    func(reply) bool
	words   func(reply) string // for people, without a word from outside
	because string
}

// strangers are all the signs. An answer without one may be Pleo's: its API speaks JSON, and its pages leave open what
// an error looks like, so text and an empty body may be Pleo's as well. The first that fits gives the words.
var strangers = []stranger{
	{reply.wantsLogin, func(r reply) string { return "it asks for a sign-in by " + loginName(r.logins()) },
		"a browser, a proxy or a company network signs people in like this; an API challenges with Bearer or with nothing"},
	{reply.isPage, words("a web page"),
		"Pleo's API writes no pages; gateways, firewalls and captive portals do"},
	{reply.isEncoded, words("it is compressed"),
		"it was not asked to be, and whatever cannot be read says nothing about its author"},
	{reply.isOther, words("neither JSON nor text"),
		"Pleo documents JSON, and an image or a download is none of its answers"},
}

func words(s string) func(reply) string { return func(reply) string { return s } }

// strangerIn returns the sign that r is not Pleo's answer, or nil when it may be.
func strangerIn(r reply) *stranger {
	i := slices.IndexFunc(strangers, func(s stranger) bool { return s.fits(r) })
	if i < 0 {
		return nil
	}
	return &strangers[i]
}

func (r reply) blank() bool { return len(bytes.TrimSpace(r.body)) == 0 }

func (r reply) isEncoded() bool {
	encoding := strings.Join(r.header.Values("Content-Encoding"), "")
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// mediaType returns the type in lower case and without parameters, or "" when none is named.
func (r reply) mediaType() string {
	header := r.header.Get("Content-Type")
	if parsed, _, err := mime.ParseMediaType(header); err == nil {
		return parsed
	}
	name, _, _ := strings.Cut(header, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// isJSON reports whether the answer calls itself JSON, in one of the ways in which servers spell that.
func (r reply) isJSON() bool {
	t := r.mediaType()
	return t == "application/json" || t == "text/json" || strings.HasSuffix(t, "+json")
}

var pageTypes = []string{"text/html", "application/xhtml+xml", "text/xml", "application/xml"}

// isPage reports whether the answer calls itself a page, or begins like one.
func (r reply) isPage() bool {
	begin := bytes.TrimSpace(bytes.TrimPrefix(r.body, []byte("\ufeff")))
	return slices.Contains(pageTypes, r.mediaType()) || bytes.HasPrefix(begin, []byte("<")) && !r.isEncoded()
}

// isOther reports whether the answer is neither JSON nor text, by its type or by its bytes.
func (r reply) isOther() bool {
	known := r.isJSON() || slices.Contains([]string{"", "text/plain"}, r.mediaType())
	return !known || !strings.HasPrefix(http.DetectContentType(r.body), "text/")
}

// apiSchemes are the challenges of an API, in lower case. All others ask a person or a computer to sign in.
//
// Source: https://www.iana.org/assignments/http-authschemes/http-authschemes.xhtml
var apiSchemes = []string{"bearer", "dpop", "oauth", "gnap", "apikey"}

func (r reply) wantsLogin() bool { return len(r.logins()) > 0 }

// logins returns the schemes with which the answer asks for a sign-in, in lower case.
func (r reply) logins() []string {
	wanted := schemes(r.header.Values("WWW-Authenticate"))
	wanted = slices.DeleteFunc(wanted, func(s string) bool { return slices.Contains(apiSchemes, s) })
	return append(wanted, schemes(r.header.Values("Proxy-Authenticate"))...)
}

// schemes returns the schemes of challenges in lower case. One header may hold several, and a comma also parts the
// parameters of one.
//
// Source: RFC 9110, section 11.6.1
func schemes(challenges []string) []string {
	var out []string
	for _, header := range challenges {
		for _, part := range splitUnquoted(header) {
			scheme, rest, _ := strings.Cut(strings.TrimSpace(part), " ")
			isParameter := strings.Contains(scheme, "=") || strings.HasPrefix(strings.TrimSpace(rest), "=")
			if scheme != "" && !isParameter {
				out = append(out, strings.ToLower(scheme))
			}
		}
	}
	return out
}

// splitUnquoted splits s at the commas outside of quotes.
func splitUnquoted(s string) []string {
	quoted, escaped := false, false
	return strings.FieldsFunc(s, func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
}

// loginNames are the schemes that are known by name.
var loginNames = map[string]string{"basic": "Basic", "digest": "Digest", "negotiate": "Negotiate", "ntlm": "NTLM"}

// loginName names the first scheme. What a stranger calls it is not repeated.
func loginName(schemes []string) string {
	if name := loginNames[schemes[0]]; name != "" {
		return name
	}
	return "a scheme of its own"
}
