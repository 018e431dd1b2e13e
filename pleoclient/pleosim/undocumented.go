package pleosim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Undocumented returns every behaviour that a client must be ready for, because Pleo documents neither it nor its
// opposite.
func Undocumented() []Behaviour {
	return slices.Concat(
		noneForms(), installedForms(), creations(), metadata(), values(), successes(), errorBodies(), refusals(),
		subjects(), scopes(), companyNames(), rateLimits(), removals(), types(),
	)
}

func noneForms() []Behaviour {
	const point = "GET installation, nothing installed"
	out := []Behaviour{{Name: "none/404", Point: point}} // what this package does by default
	for _, form := range []struct {
		name   string
		status int
		body   string
	}{
		{"204", 204, ""}, {"empty", 200, ""}, {"null", 200, "null"}, {"object", 200, "{}"}, {"list", 200, "[]"},
		{"data null", 200, `{"data":null}`}, {"data list", 200, `{"data":[]}`}, {"400", 400, `{"message":"no installation"}`},
	} {
		out = append(
			out,
			always(
				"none/"+form.name,
				point,
				changed("GET", installationPath, func(status int, body string) (int, string) {
					if status == http.StatusNotFound {
						return form.status, form.body
					}
					return status, body
				}),
			),
		)
	}
	return out
}

func installedForms() []Behaviour {
	const point = "GET installation, installed"
	form := func(name string, change func(body string) string) Behaviour {
		return always("installed/"+name, point, onSuccess("GET", installationPath, change))
	}
	elsewhere := func(body string) string {
		return inJSON(body, func(m map[string]any) {
			m["id"], m["resource"] = uuidFrom("installation", "elsewhere"), "urn:pleo:company:"+uuidFrom(
				"company",
				"elsewhere",
			)
		})
	}
	return []Behaviour{
		{Name: "installed/object", Point: point}, // what this package does by default
		form("list", func(body string) string { return "[" + body + "]" }),
		form("wrapped", func(body string) string { return `{"data":` + body + `}` }),
		form("wrapped list", func(body string) string { return `{"data":[` + body + `]}` }),
		form("among others", func(body string) string { return "[" + elsewhere(body) + "," + body + "]" }),
		form("twice", func(body string) string { return "[" + body + "," + body + "]" }),
		form("elsewhere", elsewhere),
	}
}

func creations() []Behaviour {
	const again, direct = "POST meets an existing one", "POST straight to ACTIVATED"
	unseen := once(Reply("GET", installationPath, 400, jsonType, "{}")) // otherwise no client would POST
	return []Behaviour{
		{
			Name: "create/200 with the old one", Point: again, faults: []Fault{unseen},
			habits: habits{keepsAuthorized: true},
		},
		{Name: "create/409", Point: again, faults: []Fault{unseen}, habits: habits{refusesSecond: 409}},
		{Name: "create/400", Point: again, faults: []Fault{unseen}, habits: habits{refusesSecond: 400}},
		{
			Name: "create/commit, then hang", Point: again,
			faults: []Fault{once(Committed(Hang("POST", installationPath)))},
		},
		{
			Name: "create/commit, then cut", Point: again,
			faults: []Fault{once(Committed(Cut("POST", installationPath)))},
		},
		{
			Name: "create/commit, then 502", Point: again,
			faults: []Fault{once(Committed(Reply("POST", installationPath, 502, "text/html", "<html>")))},
		},
		{
			Name: "create/commit, then a page with 403", Point: again,
			faults: []Fault{once(Committed(Reply("POST", installationPath, 403, "text/html", "<html>")))},
		},
		{Name: "create/keeps AUTHORIZED", Point: direct, habits: habits{keepsAuthorized: true}},
	}
}

func metadata() []Behaviour {
	const point = "metadata"
	return []Behaviour{
		{Name: "metadata/PUT clears", Point: point, habits: habits{clearsMetadata: true}},
		{Name: "metadata/objects only", Point: point, habits: habits{onlyObjects: true}},
	}
}

func values() []Behaviour {
	const point = "unknown status, authMethod, errorCode, field"
	client := func(name string, change func(map[string]any)) Behaviour {
		return inClient("value/"+name, point, change)
	}
	installed := func(name string, change func(map[string]any)) Behaviour {
		return always("value/"+name, point,
			onSuccess("", installationPath, func(body string) string { return inJSON(body, change) }))
	}
	return []Behaviour{
		installed("status", func(m map[string]any) { m["status"] = "SIMMERING" }),
		installed("errorCode", func(m map[string]any) { m["status"], m["errorCode"] = "INACTIVE", "OUT_OF_YEAST" }),
		client("authMethod", func(m map[string]any) { m["authMethod"] = "CARRIER_PIGEON" }),
		client("field", func(m map[string]any) { m["flavour"] = map[string]any{"sweet": []any{true, 1}} }),
		installed("field of the installation", func(m map[string]any) { m["flavour"] = []any{"sweet"} }),
		client("no authMethod", func(m map[string]any) { delete(m, "authMethod") }),
		client("no scope", func(m map[string]any) { delete(m, "scope") }),
		installed("no resource", func(m map[string]any) { delete(m, "resource") }),
		installed("no status", func(m map[string]any) { delete(m, "status") }),
		installed("no metadata", func(m map[string]any) { delete(m, "metadata") }),
		installed("no updatedAt", func(m map[string]any) { delete(m, "updatedAt") }),
		always("value/no address", point, onSuccess("GET", companiesPath+"/", func(body string) string {
			return inData(body, func(m map[string]any) { delete(m, "address") })
		})),
	}
}

func successes() []Behaviour {
	const point = "status 201, 202 or 204 where 200 is documented"
	as := func(name string, status int, withBody bool) Behaviour {
		change := func(was int, body string) (int, string) {
			switch {
			case was != http.StatusOK:
				return was, body
			case withBody:
				return status, body
			}
			return status, ""
		}
		return always("written/"+name, point, changed("POST", installationPath, change),
			changed("PUT", installationPath, change))
	}
	return []Behaviour{
		as("201", 201, true), as("202", 202, true), as("202 without a body", 202, false), as("204", 204, false),
	}
}

func errorBodies() []Behaviour {
	const point = "error bodies"
	as := func(name, contentType, body string) Behaviour {
		return always("error/"+name, point, Reply("GET", introspectPath, 400, contentType, body))
	}
	challenge := func(name, challenge string) Behaviour {
		f := Reply("GET", introspectPath, 401, jsonType, "{}")
		f.Header.Set("WWW-Authenticate", challenge)
		return always("error/"+name, point, f)
	}
	return []Behaviour{
		as("JSON", jsonType, `{"message":"the oven is cold"}`), as("HTML", "text/html", "<h1>the oven is cold</h1>"),
		as("text", "text/plain", "the oven is cold"), as("empty", "", ""),
		challenge("Bearer", `Bearer realm="pleo"`), challenge("Basic", `Basic realm="intranet"`),
		challenge("Negotiate", "Negotiate"),
	}
}

func refusals() []Behaviour {
	const scope, introspect = "401 or 403 for a missing scope", "introspect answers 403 or 404"
	return []Behaviour{
		always("refused/403", scope, Reply("POST", installationPath, 403, jsonType, "{}")),
		always("refused/401", scope, Reply("POST", installationPath, 401, jsonType, "{}")),
		always("introspect/403", introspect, Reply("GET", introspectPath, 403, jsonType, "{}")),
		always("introspect/404", introspect, Reply("GET", introspectPath, 404, jsonType, "{}")),
	}
}

func subjects() []Behaviour {
	const missing, spelling = "subjectURN missing", "URN spelling"
	as := func(name string, change func(urn string) string) Behaviour {
		spelled := func(member string) func(map[string]any) {
			return func(m map[string]any) { m[member] = change(m[member].(string)) }
		}
		return always("subject/"+name, spelling,
			onSuccess("GET", introspectPath, func(body string) string { return inData(body, spelled("subjectURN")) }),
			onSuccess("", installationPath, func(body string) string { return inJSON(body, spelled("resource")) }))
	}
	return []Behaviour{
		inClient("subject/missing", missing, func(m map[string]any) { delete(m, "subjectURN") }),
		as("capitals", strings.ToUpper),
		as("organisation", func(urn string) string { return strings.Replace(urn, "company", "organisation", 1) }),
		as("organization", func(urn string) string { return strings.Replace(urn, "company", "Organization", 1) }),
		as("person", func(urn string) string { return strings.Replace(urn, "company", "person", 1) }),
	}
}

func scopes() []Behaviour {
	const scope, application = "scope", "applicationName missing"
	return []Behaviour{
		inClient("scope/odd", scope, func(m map[string]any) {
			names := strings.Fields(m["scope"].(string))
			slices.Reverse(names)
			m["scope"] = "\t" + strings.Join(names, "\n\t") + " " + names[0] + " tea:brew"
		}),
		inClient("scope/empty", scope, func(m map[string]any) { m["scope"] = "" }),
		inClient("application/missing", application, func(m map[string]any) { delete(m, "applicationName") }),
	}
}

func companyNames() []Behaviour {
	const point = "company name"
	refuse := func(name string, status int) Behaviour {
		return always("company/"+name, point, Reply("GET", companiesPath+"/", status, jsonType, "{}"))
	}
	return []Behaviour{refuse("403", 403), refuse("404", 404)}
}

func rateLimits() []Behaviour {
	const point = "429 without Retry-After"
	as := func(name, retryAfter string) Behaviour {
		f := Reply("GET", introspectPath, 429, jsonType, "{}")
		if retryAfter != "" {
			f.Header.Set("Retry-After", retryAfter)
		}
		return Behaviour{Name: "rate limit/" + name, Point: point, faults: []Fault{once(f)}}
	}
	return []Behaviour{
		as("nothing", ""), as("seconds", "1"), as("date", "Wed, 21 Oct 2015 07:28:00 GMT"), as("nonsense", "soon"),
	}
}

func removals() []Behaviour {
	const key, point = "key after DELETE", "DELETE"
	out := []Behaviour{{Name: "key/lives", Point: key}, {Name: "key/dies", Point: key, habits: habits{keyDies: true}}}
	out = append(out, Behaviour{Name: "delete/204", Point: point})
	for _, form := range []struct {
		name   string
		status int
	}{{"200", 200}, {"202", 202}, {"404", 404}, {"401", 401}, {"403", 403}, {"500", 500}, {"502", 502}, {"503", 503}} {
		out = append(out, always("delete/"+form.name, point, Reply("DELETE", installationPath, form.status, "", "")))
	}
	const page = "<!DOCTYPE html><h1>the oven is closed</h1>"
	for _, status := range []int{404, 401, 200} {
		name := fmt.Sprint("delete/page with ", status)
		out = append(out, always(name, point, Reply("DELETE", installationPath, status, "text/html", page)))
	}
	done := Committed(Reply("DELETE", installationPath, 404, jsonType, `{"message":"no installation"}`))
	return append(out, Behaviour{Name: "delete/done and 404", Point: point, faults: []Fault{once(done)}},
		// a gateway that lost its routes
		always("delete/a gateway's 404", point, Reply("", installationPath, 404, jsonType, `{"message":"no route"}`),
			Reply("GET", introspectPath, 404, jsonType, `{"message":"no route"}`)),
		always("delete/a gateway's pages", point, Reply("", "", 404, "text/html", page)))
}

func types() []Behaviour {
	const point = "media type; dates"
	asked := Fault{Method: "GET", Path: introspectPath}
	page, odd, text := asked, asked, asked
	text.Header = http.Header{"Content-Type": {"text/json"}}
	page.Header = http.Header{"Content-Type": {"text/html"}}
	odd.Header = http.Header{"Content-Type": {`application/JSON; charset="utf-8"; profile=x`}}
	same := func(status int, body string) (int, string) { return status, body }
	page.Change, odd.Change, text.Change = same, same, same
	return []Behaviour{
		always("type/HTML", point, Reply("GET", introspectPath, 200, "text/html", "<h1>sign in</h1>")),
		always("type/HTML around JSON", point, page),
		always("type/parameters", point, odd),
		always("type/text JSON", point, text),
		always("dates/odd", point, onSuccess("", installationPath, func(body string) string {
			return inJSON(body, func(m map[string]any) { m["createdAt"] = "last Tuesday"; m["updatedAt"] = 7 })
		})),
	}
}
