package pleoclient_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim"
)

const (
	goodClient = `{"data":{"authMethod":"API_KEY","clientId":"9e2d6a40-7b13-4f58-a1c6-3d8e5f07b924",` +
		`"scope":"companies:read",` +
		`"applicationName":"Contoso Books","subjectURN":"urn:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"}}`
	goodInstallation = `{"id":"c35e81f6-94ab-4d07-b2e9-70a1d6c8f34e",` +
		`"applicationId":"1a7f3c9d-0e64-4b82-95d1-c6e2f8a4b073",` +
		`"resource":"urn:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5","status":"ACTIVATED","metadata":{},` +
		`"createdAt":"2026-03-02T09:14:05Z","updatedAt":"2026-03-02T09:14:05Z"}`
	goodCompany = `{"data":{"id":"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5","name":"Harbour Lane Bakery ApS","address":{}}}`
)

// edit replaces one part of a good body, and fails the test when the part is not there.
func edit(t *testing.T, body, old, replacement string) string {
	t.Helper()
	if strings.Count(body, old) != 1 {
		t.Fatalf("%q is not in the body once", old)
	}
	return strings.Replace(body, old, replacement, 1)
}

// TestNoAnswerAtAll: what is wrong for every call that needs an answer.
func TestNoAnswerAtAll(t *testing.T) {
	t.Parallel()
	bodies := []string{
		`null`, `{}`, `[]`, `""`, `"x"`, `5`, `true`, `{`, `x`,
		`{"data":null}`, `{"data":[]}`, `{"data":{}}`, `{"data":"x"}`,
		"{\"data\":\"\xff\"}", strings.Repeat("[", 100_000),
	}
	for _, body := range bodies {
		who, err := pleoclient.ParseIntrospection([]byte(body))
		if pleoclient.KindOf(err) != pleoclient.KindUnexpected {
			t.Errorf("introspect %.40s: got %+v, %v", body, who, err)
		}
		company, err := pleoclient.ParseCompany([]byte(body), harbourLane)
		if pleoclient.KindOf(err) != pleoclient.KindUnexpected {
			t.Errorf("company %.40s: got %+v, %v", body, company, err)
		}
	}
}

func TestIntrospectBodies(t *testing.T) {
	t.Parallel()
	const subject = `"urn:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`
	company, organisation := pleoclient.Owner{Company: harbourLane}, pleoclient.Owner{Organisation: true}
	tests := []struct {
		name, old, replacement string
		owner                  pleoclient.Owner
		fails                  bool
	}{
		{"as documented", `"data"`, `"data"`, company, false},
		{"unknown members", `"scope"`, `"new":{"a":[1]},"scope"`, company, false},
		{"no application", `"applicationName":"Contoso Books",`, ``, company, false},
		{"null application", `"Contoso Books"`, `null`, company, false},
		{"empty scope", `"companies:read"`, `""`, company, false},
		{"no subject", `,"subjectURN":` + subject, ``, pleoclient.Owner{}, false},
		{"null subject", subject, `null`, pleoclient.Owner{}, false},
		{"subject in capitals", subject, strings.ToUpper(subject), company, false},
		{"organisation", subject, `"urn:pleo:organisation:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`, organisation, false},
		{"organization", subject, `"urn:pleo:Organization:7"`, organisation, false},
		{"another subject", subject, `"urn:pleo:user:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`, company, true},
		{"bare subject", subject, `"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`, company, true},
		{"foreign subject", subject, `"urn:oelp:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`, company, true},
		{"no URN", subject, `"id:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`, company, true},
		{"short subject", subject, `"urn:pleo:company:4b0c7f1e"`, company, true},
		{"long subject", subject, `"urn:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5:x"`, company, true},
		{"subject with a path", subject, `"urn:pleo:company:../../etc/cron.d/x"`, company, true},
		{"number as subject", subject, `7`, company, true},
		{"no authMethod", `"authMethod":"API_KEY",`, ``, company, true},
		{"null authMethod", `"API_KEY"`, `null`, company, true},
		{"authMethod in another case", `"authMethod"`, `"AuthMethod"`, company, true},
		{"no clientId", `"clientId":"9e2d6a40-7b13-4f58-a1c6-3d8e5f07b924",`, ``, company, true},
		{"no scope", `"scope":"companies:read",`, ``, company, true},
		{"null scope", `"companies:read"`, `null`, company, true},
		{"list as scope", `"companies:read"`, `["companies:read"]`, company, true},
		{"duplicate data", `}}`, `},"data":{}}`, company, true},
		{"duplicate scope", `"scope"`, `"scope":"x","scope"`, company, true},
		{"two values", `}}`, `}} {}`, company, true},
		{"not wrapped", `{"data":`, ``, company, true},
		{"list", `{"data":{`, `{"data":[{`, company, true},
	}
	for _, test := range tests {
		got, err := pleoclient.ParseIntrospection([]byte(edit(t, goodClient, test.old, test.replacement)))
		switch {
		case test.fails && pleoclient.KindOf(err) != pleoclient.KindUnexpected:
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		case !test.fails && (err != nil || got.Owner != test.owner):
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		}
	}
}

func TestInstallationForms(t *testing.T) {
	t.Parallel()
	elsewhere := edit(t, goodInstallation, "company:4b0c7f1e", "company:00000000")
	forms := map[string]int{ // to how many are installed
		"": 0, "null": 0, "{}": 0, "[]": 0, ` { "data" : null } `: 0, `{"data":[]}`: 0, `{"data":{}}`: 0,
		goodInstallation: 1, "[" + goodInstallation + "]": 1,
		edit(t, goodInstallation, `"status"`, `"data":null,"status"`):  1, // an unknown member, no wrapping
		`{"data":` + goodInstallation + `}`:                            1,
		`{"data":[` + goodInstallation + `],"pagination":{}}`:          1,
		"[" + goodInstallation + "," + elsewhere + "]":                 2,
		`{"data":[` + goodInstallation + `,` + goodInstallation + `]}`: 2,
	}
	for body, want := range forms {
		got, err := pleoclient.ParseInstallations([]byte(body))
		if err != nil || len(got) != want {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
		if len(got) > 0 && (got[0].Owner.Company != harbourLane || got[0].Status.String() != "ACTIVATED") {
			t.Errorf("%s: got %+v", body, got)
		}
		one, err := pleoclient.ParseWritten([]byte(body))
		if failed := pleoclient.KindOf(err) == pleoclient.KindUnexpected; failed != (want > 1) ||
			one.Exists() != (want == 1) {
			t.Errorf("written %s: got %+v, %v", body, one, err)
		}
	}
	wrong := []string{
		`""`, `5`, `true`, `{`, `{"data":"x"}`, `{"data":7}`, `[null]`, `[[]]`, `[{}]`, `["x"]`, `{"data":[null]}`,
		`{"error":"no"}`, `{"DATA":null}`, `{"data":null,"data":null}`, `{"data":{"data":` + goodInstallation + `}}`,
		goodInstallation + goodInstallation, "[" + goodInstallation + ",null]",
		"[" + goodInstallation + "," + edit(t, goodInstallation, `"ACTIVATED"`, `" "`) + "]",
	}
	for _, body := range wrong {
		got, err := pleoclient.ParseInstallations([]byte(body))
		if pleoclient.KindOf(err) != pleoclient.KindUnexpected {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
}

// TestInstallationsOf: the entry of our company is taken, and nothing is guessed.
func TestInstallationsOf(t *testing.T) {
	t.Parallel()
	at := func(id pleoclient.InstallationID, company string) pleoclient.Installation {
		return pleoclient.Installation{ID: id, Owner: pleoclient.Owner{Company: pleoclient.CompanyID(company)}}
	}
	us, us2, other, third := at("1", string(harbourLane)), at("2", string(harbourLane)),
		at("3", "other"), at("4", "third")
	group := pleoclient.Installation{ID: "5", Owner: pleoclient.Owner{Organisation: true}}
	for _, c := range []struct {
		name  string
		list  pleoclient.Installations
		id    pleoclient.InstallationID // empty: nothing is installed
		ok    bool
		owner pleoclient.Owner
	}{
		{"none", nil, "", true, pleoclient.Owner{}},
		{"ours", pleoclient.Installations{us}, "1", true, us.Owner},
		{"ours second", pleoclient.Installations{other, us, third}, "1", true, pleoclient.Owner{}},
		{"ours twice", pleoclient.Installations{us, us2}, "", false, us.Owner},
		{"ours twice among others", pleoclient.Installations{us, other, us2}, "", false, pleoclient.Owner{}},
		{"another", pleoclient.Installations{other}, "", false, other.Owner},
		{"others", pleoclient.Installations{other, third}, "", true, pleoclient.Owner{}},
		{"an organisation", pleoclient.Installations{group}, "", false, group.Owner},
		{"ours and an organisation", pleoclient.Installations{group, us}, "1", true, pleoclient.Owner{}},
	} {
		got, ok := c.list.Of(harbourLane)
		if got.ID != c.id || ok != c.ok || c.list.Owner() != c.owner {
			t.Errorf("%s: got %q, %t, owner %+v", c.name, got.ID, ok, c.list.Owner())
		}
	}
}

func TestInstallationBodyFields(t *testing.T) {
	t.Parallel()
	const (
		id       = `"c35e81f6-94ab-4d07-b2e9-70a1d6c8f34e"`
		resource = `"urn:pleo:company:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`
	)
	tests := []struct {
		name, old, replacement string
		fails                  bool
	}{
		{"id in capitals", id, strings.ToUpper(id), false},
		{"unreadable date", `"createdAt":"2026-03-02T09:14:05Z"`, `"createdAt":"yesterday"`, false},
		{"made-up status", `"ACTIVATED"`, `"BUSY"`, false},
		{"no metadata", `"metadata":{},`, ``, true},
		{"null metadata", `"metadata":{}`, `"metadata":null`, true},
		{"no createdAt", `"createdAt":"2026-03-02T09:14:05Z",`, ``, true},
		{"no updatedAt", `"updatedAt"`, `"updated"`, true},
		{"metadata with text", `"metadata":{}`, `"metadata":{"a":"text"}`, false},
		{"error code", `"metadata"`, `"errorCode":"NOT_ENTITLED","metadata"`, false},
		{"organisation", resource, `"urn:pleo:organisation:x"`, false},
		{"no id", `"id":` + id + `,`, ``, true},
		{"null id", id, `null`, true},
		{"number as id", id, `7`, true},
		{"list as id", id, `[` + id + `]`, true},
		{"id in braces", id, `"{c35e81f6-94ab-4d07-b2e9-70a1d6c8f34e}"`, true},
		{"id with a path", id, `"../../etc/cron.d/x"`, true},
		{"id name in another case", `"id"`, `"ID"`, true},
		{"no applicationId", `"applicationId":"1a7f3c9d-0e64-4b82-95d1-c6e2f8a4b073",`, ``, true},
		{"no resource", `"resource":` + resource + `,`, ``, true},
		{"null resource", resource, `null`, true},
		{"another resource", resource, `"urn:pleo:user:4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`, true},
		{"no status", `"status":"ACTIVATED",`, ``, true},
		{"null status", `"ACTIVATED"`, `null`, true},
		{"text as metadata", `"metadata":{}`, `"metadata":"x"`, true},
		{"list as metadata", `"metadata":{}`, `"metadata":[]`, true},
		{"duplicates in the metadata", `"metadata":{}`, `"metadata":{"a":1,"a":2}`, true},
		{"duplicate status", `"status"`, `"status":"ERROR","status"`, true},
	}
	for _, test := range tests {
		got, err := pleoclient.ParseWritten([]byte(edit(t, goodInstallation, test.old, test.replacement)))
		switch {
		case test.fails && pleoclient.KindOf(err) != pleoclient.KindUnexpected:
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		case !test.fails && (err != nil || got.ID != "c35e81f6-94ab-4d07-b2e9-70a1d6c8f34e"):
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		}
	}
}

func TestCompanyBodies(t *testing.T) {
	t.Parallel()
	const id = `"4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"`
	tests := []struct {
		name, old, replacement, shown string
		fails                         bool
	}{
		{"id in capitals", id, strings.ToUpper(id), "Harbour Lane Bakery ApS", false},
		{"name that plays tricks", `"Harbour`, `"\u001b]0;x\u0007\u202eHarbour`,
			"\ufffd]0;x\ufffd\ufffdHarbour Lane Bakery ApS", false},
		{"another company", id, `"8d1e6a42-0f3b-4957-b6c8-25e9f07a4d13"`, "", true},
		{"null id", id, `null`, "", true},
		{"no id", `"id":` + id + `,`, ``, "", true},
		{"second id in capitals", `"name"`, `"ID":"8d1e6a42-0f3b-4957-b6c8-25e9f07a4d13","name"`,
			"Harbour Lane Bakery ApS", false},
		{"second id", `"name"`, `"id":"8d1e6a42-0f3b-4957-b6c8-25e9f07a4d13","name"`, "", true},
		{"null name", `"Harbour Lane Bakery ApS"`, `null`, "", true},
		{"list as name", `"Harbour Lane Bakery ApS"`, `[]`, "", true},
		{"name in another case", `"name"`, `"Name"`, "", true},
		{"no address", `,"address":{}`, ``, "", true},
		{"text as address", `"address":{}`, `"address":"Aarhus"`, "", true},
	}
	for _, test := range tests {
		got, err := pleoclient.ParseCompany([]byte(edit(t, goodCompany, test.old, test.replacement)), harbourLane)
		switch {
		case test.fails && pleoclient.KindOf(err) != pleoclient.KindUnexpected:
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		case !test.fails && (err != nil || got.ID != harbourLane || got.Name.String() != test.shown):
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		}
	}
}

// TestNotOurJSON: answers with 200 that do not get as far as the decoder, for every call.
func TestNotOurJSON(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, _ = zip.Write([]byte(goodClient))
	_ = zip.Close()
	tests := []struct {
		name, contentType, encoding, body string
		want                              pleoclient.Kind
		reason                            pleoclient.Reason
	}{
		{"login page", "text/html; charset=utf-8", "", "<html>", pleoclient.KindLoginPage, pleoclient.ReasonWebPage},
		{"HTML type with JSON", "text/html", "", goodClient, pleoclient.KindLoginPage, pleoclient.ReasonWebPage},
		{"hostile type", "text/\u202ehtml", "", goodClient, pleoclient.KindUnexpected, pleoclient.ReasonNotJSON},
		{"no type", "", "", goodClient, pleoclient.KindUnexpected, pleoclient.ReasonNotJSON},
		{"similar type", "application/json-seq", "", goodClient, pleoclient.KindUnexpected, pleoclient.ReasonNotJSON},
		{"gzip", "application/json", "gzip", zipped.String(), pleoclient.KindUnexpected, pleoclient.ReasonCompressed},
		{"brotli", "application/json", "br", "x", pleoclient.KindUnexpected, pleoclient.ReasonCompressed},
		{"gzip without a body", "application/json", "gzip", "", pleoclient.KindUnexpected, pleoclient.ReasonCompressed},
		{"2 MB", "application/json", "", `{"data":"` + strings.Repeat("x", 2<<20) + `"}`,
			pleoclient.KindUnexpected, pleoclient.ReasonSize},
	}
	for _, call := range calls {
		t.Run(call.name, func(t *testing.T) {
			t.Parallel()
			s, c, key := start(t)
			for _, test := range tests {
				f := pleosim.Reply(call.method, call.path, http.StatusOK, test.contentType, test.body)
				if test.encoding != "" {
					f.Header.Set("Content-Encoding", test.encoding)
				}
				s.Inject(f)
				e := wantKind(t, call.do(t.Context(), c, key), test.want)
				if e.Cause.Reason != test.reason || e.Status != 200 || e.Op == "" {
					t.Errorf("%s: got %v", test.name, e)
				}
			}
		})
	}
}

func TestJSONTypeWithParameters(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for _, contentType := range []string{
		"application/json", "application/json;charset=UTF-8", "Application/JSON; a=b; c=d", "text/json",
		"application/vnd.pleo+json",
	} {
		s.Inject(pleosim.Reply("GET", "/v1/introspect", 200, contentType, goodClient))
		_, err := c.Introspect(t.Context(), key)
		wantKind(t, err, "")
	}
	s.Inject(pleosim.Reply("GET", "/v1/introspect", 200, "application/json", "<html>"))
	_, err := c.Introspect(t.Context(), key)
	wantKind(t, err, pleoclient.KindLoginPage)
}

// TestSizeLimit: the largest body that is still read.
func TestSizeLimit(t *testing.T) {
	t.Parallel()
	s, c, key := start(t)
	for extra, want := range map[int]pleoclient.Kind{0: "", 1: pleoclient.KindUnexpected} {
		body := goodClient + strings.Repeat(" ", 1<<20+extra-len(goodClient))
		s.Inject(pleosim.Reply("GET", "/v1/introspect", 200, "application/json", body))
		_, err := c.Introspect(t.Context(), key)
		wantKind(t, err, want)
	}
}

// TestDepth: nesting is bounded in every answer, also inside what is ignored, and brackets in a string do not count.
func TestDepth(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	objects := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	quoted := strings.Repeat(`[{\"\\`, 1000)
	for name, body := range map[string]struct {
		body string
		want pleoclient.Kind
	}{
		"32 levels":          {`{"data":` + nested(31) + `}`, pleoclient.KindUnexpected}, // read, and no answer
		"1 MiB of brackets":  {strings.Repeat("[", 1<<20), pleoclient.KindUnexpected},
		"ignored, 32 levels": {edit(t, goodClient, `{"data"`, `{"new":`+nested(31)+`,"data"`), ""},
		"ignored, 33 levels": {edit(t, goodClient, `{"data"`, `{"new":`+nested(32)+`,"data"`),
			pleoclient.KindUnexpected},
		"ignored, 33 objects": {edit(t, goodClient, `{"data"`, `{"new":`+objects(32)+`,"data"`),
			pleoclient.KindUnexpected},
		"brackets in a string": {edit(t, goodClient, `"scope"`, `"new":"`+quoted+`","scope"`), ""},
		"brackets side by side": {edit(t, goodClient, `"scope"`, `"new":[`+strings.Repeat("[],{},", 1000)+`1],"scope"`),
			""},
	} {
		_, err := pleoclient.ParseIntrospection([]byte(body.body))
		e := wantKind(t, err, body.want)
		if name == "1 MiB of brackets" && e.Cause.Reason != pleoclient.ReasonDepth {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, body := range []string{
		edit(t, goodInstallation, `"metadata":{}`, `"metadata":`+objects(32)),
		"[" + edit(t, goodInstallation, `"metadata":{}`, `"metadata":`+objects(31)) + "]",
	} {
		_, err := pleoclient.ParseInstallations([]byte(body))
		wantKind(t, err, pleoclient.KindUnexpected)
	}
	_, err := pleoclient.ParseInstallations([]byte(edit(t, goodInstallation, `"metadata":{}`,
		`"metadata":`+objects(31))))
	wantKind(t, err, "")
	_, err = pleoclient.ParseCompany([]byte(edit(t, goodCompany, `"address":{}`, `"address":`+objects(32))),
		harbourLane)
	wantKind(t, err, pleoclient.KindUnexpected)
}
