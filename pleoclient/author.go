package pleoclient

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pleo-connect/pleoclient/lazy"
)

// reply is an answer as it came, to find out who wrote it.
type reply struct {
	status int
	header http.Header
	body   []byte // at least its beginning
}

// stranger is a sign that something on the way to Pleo wrote an answer, and not Pleo.
type stranger struct {
	fits   func(reply) bool
	reason Reason
}

// strangers are all the signs. An answer without one may be Pleo's: its API uses JSON, and its documentation leaves
// open what an error looks like, so text and an empty body may be Pleo's as well. The first sign that matches gives the
// reason.
var strangers = []stranger{
	// A site, a proxy or a company network asks for a sign-in like this; an API challenges with Bearer, or not at all.
	{reply.wantsLogin, ReasonSignIn},
	// Pleo's API does not write pages; gateways, firewalls and captive portals do.
	{reply.isPage, ReasonWebPage},
	// Encoding was not requested, and an unreadable body says nothing about its author.
	{reply.isEncoded, ReasonCompressed},
	// Pleo documents JSON; it does not answer with an image or a download.
	{reply.isOther, ReasonOtherType},
	// 504 is what a gateway says when the server behind it does not answer.
	{func(r reply) bool { return r.status == http.StatusGatewayTimeout }, ReasonGateway},
}

// cause returns the sign as a cause, without any text from outside.
func (s stranger) cause(r reply) Cause {
	c := Cause{Reason: s.reason}
	if s.reason == ReasonSignIn {
		c.Value = Safe(r.logins()[0])
	}
	return c
}

// strangerIn returns the sign that r is not Pleo's answer, or nil if it may be.
func strangerIn(r reply) *stranger {
	i := slices.IndexFunc(strangers, func(s stranger) bool { return s.fits(r) })
	if i < 0 {
		return nil
	}
	return &strangers[i]
}

func (r reply) wantsLogin() bool { return len(r.logins()) > 0 }

// logins returns the schemes by which the answer asks for a sign-in.
func (r reply) logins() []string {
	return append(loginsIn(r.header.Values("WWW-Authenticate")), loginsIn(r.header.Values("Proxy-Authenticate"))...)
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

// isJSON reports whether the answer declares itself as JSON, in any spelling that servers use.
func (r reply) isJSON() bool {
	t := r.mediaType()
	return t == "application/json" || t == "text/json" || strings.HasSuffix(t, "+json")
}

// isObject reports whether the body is one JSON object, regardless of its declared type.
func (r reply) isObject() bool {
	var members map[string]jsontext.Value
	return jsonv2.Unmarshal(r.body, &members) == nil
}

var pageTypes = []string{"text/html", "application/xhtml+xml", "text/xml", "application/xml"}

// isPage reports whether the answer declares itself as a page, or begins like one.
func (r reply) isPage() bool {
	begin := bytes.TrimSpace(bytes.TrimPrefix(r.body, []byte("\ufeff")))
	return slices.Contains(pageTypes, r.mediaType()) || bytes.HasPrefix(begin, []byte("<")) && !r.isEncoded()
}

// isOther reports whether the answer is neither JSON nor text, by its type or by its bytes. A body that is too long to
// read, or in UTF-16, is neither.
func (r reply) isOther() bool {
	known := r.isJSON() || slices.Contains([]string{"", "text/plain"}, r.mediaType())
	looks := http.DetectContentType(r.body)
	isText := strings.HasPrefix(looks, "text/") && !strings.Contains(looks, "utf-16")
	return !known || !isText || len(r.header.Values("Content-Type")) > 1 || len(r.body) > maxBodyBytes
}

// loginNames are the schemes with which people and computers sign in to a network, a proxy or a site, as we write them.
// An API challenges with other schemes, such as Bearer, or with names of its own.
//
// Source: https://www.iana.org/assignments/http-authschemes/http-authschemes.xhtml
const loginNames = "Basic|Digest|Negotiate|NTLM|Kerberos|HOBA|Mutual|SCRAM|PrivateToken"

var loginSchemes = lazy.NewRegexp(`(?i)(?:^|[\s,])(` + loginNames + `)\b`)

// values matches the values of parameters. An unclosed quote hides nothing.
var values = lazy.NewRegexp(`=\s*("(\\.|[^"\\])*"|[^\s",]+)`)

// loginsIn returns the schemes of challenges that ask for a sign-in, as we write them. One header may hold several.
func loginsIn(challenges []string) []string {
	var out []string
	for _, header := range challenges {
		for _, found := range loginSchemes.FindAllStringSubmatch(values.ReplaceAllString(header, ""), -1) {
			out = append(out, loginName(found[1]))
		}
	}
	return out
}

// loginName returns a scheme as we write it.
func loginName(scheme string) string {
	for name := range strings.SplitSeq(loginNames, "|") {
		if strings.EqualFold(name, scheme) {
			return name
		}
	}
	return ""
}
