package flow_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/flow/flowtest/source"
)

// samples has a value for every name in the book, short and such as a person could meet it.
var samples = flow.Values{
	Program: "pleo-connect", Arguments: "4b0c7f1e",
	Detail: "connection reset", Reason: "permission denied",
	Path: "/srv/keys", Dir: "/srv", File: "/etc/ledger.toml", Paths: "/srv/keys /etc/keys",
	Command: "pleo-connect status", Account: "ledger", Owner: "root", Mode: "0644", Flag: "--company",
	Variable: "SSL_CERT_FILE", Value: "72h", Name: "Ledger Sync", ID: "4b0c7f1e",
	Vendor: "Contoso", Host: "external.pleo.io", Origin: "https://external.pleo.io", Proxy: "http://proxy:3128",
	Issuer: "Example CA", Names: "gateway.example", Company: "Lane Bakery", Wanted: "0d9f5a3b",
	Integration: "ledger-sync", Environment: "production",
	Permissions: "See exports (export-jobs:read)", Scopes: "export-jobs:read", List: "export-jobs:read, tags:read",
	Fingerprint: "SHA256:ab12cd34", Recipient: "age1qqqq…", Date: "2 March 2026", Ago: "12 minutes ago",
	Signal: "hung up", Status: "not activated yet", N: 3, M: 4, Unit: "minutes",
	Process: "1234", Character: "no-break space (U+00A0)", Here: "production", Elsewhere: "staging", WebApp: "app.pleo.io",
}

// special are samples for texts in which a name has another meaning.
var special = []struct {
	place string
	set   func(v *flow.Values)
}{
	{"Problems.settings/integration/", func(v *flow.Values) {
		v.Path, v.Value, v.List, v.Name = "ledger.toml", "help_url", "name, vendor", "[service]"
	}},
	{"Problems.settings/integration/id", func(v *flow.Values) { v.ID = "ledger-sync" }},
	{"Problems.settings/integration/title", func(v *flow.Values) { v.List = "export-jobs:read" }},
	{"Problems.settings/exec_", func(v *flow.Values) { v.Name, v.Path = "export.sh", "./export.sh" }},
	{"Problems.settings/roots/", func(v *flow.Values) { v.Flag, v.File = v.Variable, v.Dir }},
	{"Problems.settings/unknown_command/", func(v *flow.Values) { v.Name, v.List = "status", "add, remove" }},
	{"Problems.settings/demo_scenario", func(v *flow.Values) { v.List = "good, revoked" }},
	{"Problems.settings/listen_taken", func(v *flow.Values) { v.Value = "127.0.0.1:8080" }},
	{"Problems.store/large", func(v *flow.Values) { v.Value = "64 KiB" }},
	{"Problems.store_too_large", func(v *flow.Values) { v.Value = "64 KiB" }},
	{"Problems.store_wrong_owner/", func(v *flow.Values) { v.Name = "ada" }},
	{"Problems.store_not_ours/holds", func(v *flow.Values) { v.Name = "photos" }},
	{"Problems.store_not_a_file/link", func(v *flow.Values) { v.File = "/srv/old/keys" }},
	{"Problems.not_connected/file", func(v *flow.Values) { v.ID = v.Integration }},
	{"Problems.tls_name", func(v *flow.Values) { v.Detail = "its certificate is for gateway.example" }},
	{"Problems.tls_issuer", func(v *flow.Values) { v.Detail = v.Issuer }},
	{"Problems.proxy/setting", func(v *flow.Values) { v.Variable = "HTTPS_PROXY" }},
	{"Problems.interrupted/encrypting", func(v *flow.Values) { v.Command = "pleo-connect rekey" }},
	{"Problems.interrupted/partly", func(v *flow.Values) { v.Detail = "stopped after 3 of 4 connections" }},
	{"Problems.store_damaged/encrypting", func(v *flow.Values) { v.Command = "pleo-connect rekey" }},
	{"Problems.store_engine", func(v *flow.Values) {
		v.Origin, v.Path, v.Name = "https://bao.example:8200", "/run/token", "secret/data/pleo/4b0c7f1e"
	}},
	{"Problems.store_engine_mount", func(v *flow.Values) { v.Name, v.Reason = "secret", "transit" }},
	{"Problems.store_engine_mount/expires", func(v *flow.Values) { v.Name = "secret" }},
	{"Problems.store_engine_namespace", func(v *flow.Values) { v.Name = "finance" }},
	{"Problems.settings/engine_", func(v *flow.Values) { v.Variable, v.Value = "BAO_ADDR", "openbao:secret/pleo" }},
	{"Problems.settings/engine_characters", func(v *flow.Values) { v.Character, v.Value = "%", "openbao:secret/pleo" }},
	{"Problems.settings/engine_cacert", func(v *flow.Values) { v.Variable = "BAO_CACERT" }},
	{"Problems.settings/engine_ca_elsewhere", func(v *flow.Values) { v.Variable = "BAO_CAPATH" }},
	{"Problems.settings/engine_client", func(v *flow.Values) { v.Variable = "BAO_CLIENT_CERT" }},
	{"Problems.settings/engine_skip", func(v *flow.Values) { v.Variable = "BAO_SKIP_VERIFY" }},
	{"Lead.", func(v *flow.Values) { v.Detail = "the disk is full" }},
	{"Wizard.Network.", func(v *flow.Values) { v.Detail, v.Flag = "/etc/ca.pem", "--ca-file" }},
	{"Wizard.Back", func(v *flow.Values) { v.Detail = "Setup > Bank" }},
	{"Wizard.Changes.", func(v *flow.Values) { v.Name, v.Value = "vendor was", "Fabrikam" }},
	{"Screen.TooSmall", func(v *flow.Values) { v.Wanted, v.Value = "40x12", "30x10" }},
	{"Screen.Optional", func(v *flow.Values) { v.Name = "See exports" }},
	{"Report.Finding.Settings", func(v *flow.Values) {
		v.List, v.Note = "production, https://external.pleo.io", "HTTP_PROXY is not used"
	}},
	{"Plain.", func(v *flow.Values) { v.Name, v.Value, v.List = "company", "back", "yes, new" }},
	{"Plain.AskKey", func(v *flow.Values) { v.Name, v.Value = "Integrated API Key", "demo" }},
	{"Use.Nothing", func(v *flow.Values) { v.Detail = v.Path }},
	{"Report.Finding.Works", func(v *flow.Values) { v.Detail = "a file in another directory" }},
	{"Report.Finding.Accepted", func(v *flow.Values) { v.N, v.Value = 2, "1" }},
	{"Report.Finding.Addresses", func(v *flow.Values) { v.List = "198.51.100.7" }},
	{"Report.Finding.MoreOf", func(v *flow.Values) { v.List = "198.51.100.7" }},
	{"Report.Finding.Encrypted", func(v *flow.Values) { v.Value = "TLS 1.3" }},
	{"Report.Terminal", func(v *flow.Values) { v.Value = "40x12" }},
	{"Report.Disconnect.Prompt", func(v *flow.Values) { v.Value = "disconnect" }},
	{"Client.", func(v *flow.Values) { v.Value, v.Status = "198.51.100.7", "503" }},
	{"Client.Reasons.issuer", func(v *flow.Values) { v.Value = v.Issuer }},
	{"Client.Proxy.issuer", func(v *flow.Values) { v.Value = v.Issuer }},
	{"Client.Reasons.names", func(v *flow.Values) { v.Value = v.Names }},
	{"Client.Reasons.redirect", func(v *flow.Values) { v.Value = v.Names }},
	{"Client.Reasons.sign_in", func(v *flow.Values) { v.Value = "Basic" }},
	{"Client.Reasons.setting", func(v *flow.Values) { v.Value = "HTTPS_PROXY" }},
	{"Client.Reasons.system", func(v *flow.Values) { v.Value = v.Detail }},
	{"Client.Reasons.tls", func(v *flow.Values) { v.Value = "bad record" }},
	{"Client.Reasons.proxy_status", func(v *flow.Values) { v.Value = "503" }},
	{"Client.Texts.", func(v *flow.Values) { v.Value = "UTF-16" }},
	{"Client.Character", func(v *flow.Values) { v.Name, v.ID = "no-break space", "U+00A0" }},
	{"Client.Byte", func(v *flow.Values) { v.ID = "0x80" }},
	{"Client.Repaired", func(v *flow.Values) { v.List = "quotes removed" }},
}

// moreSamples are those of fields that texts of one area have.
var moreSamples = map[string]string{
	"Engine": "OpenBao", "Capability": "read", "Keeper": "this computer", "Where": "on this computer",
	"Saved": "saved encrypted on this computer",
	"Above": "/srv /etc", "Place": "3:7", "From": "2 March 2026", "To": "2 June 2026", "Clock": "1 March 2026",
	"Note": "the saved key was not rejected", "Next": "check this computer's network connection",
}

// sampleValues returns the samples, with what is derived from them. A field without a sample gets its name.
func sampleValues(t *testing.T) flow.Values {
	v := samples
	entry := flow.English.Clauses.Entry[flow.KeyInWizard]
	v.GetKey, v.CopyAgain, v.CopyOne = entry.GetKey.Fill(v), entry.CopyAgain.Fill(v), entry.CopyOne.Fill(v)
	v.Contact = flow.English.Clauses.Contact.Fill(v)
	v.Cleaned = "2 line breaks were removed; they may belong to it"
	all := reflect.ValueOf(&v).Elem()
	for name, text := range moreSamples {
		if field := all.FieldByName(name); field.IsValid() {
			field.SetString(text)
		}
	}
	for i := range all.NumField() {
		name, field := all.Type().Field(i).Name, all.Field(i)
		if !field.IsZero() || field.Kind() == reflect.Struct { // a time becomes a date
			continue
		}
		t.Errorf("samples has no believable %s", name)
		switch field.Kind() {
		case reflect.String:
			field.SetString(strings.ToLower(name))
		case reflect.Int:
			field.SetInt(3)
		}
	}
	return v
}

// TestBook writes all that people can read into one file, for a person to read from top to bottom.
func TestBook(t *testing.T) {
	t.Parallel()
	w := bookWriter{book: &flow.English, values: sampleValues(t)}
	w.problems(t)
	w.key()
	w.lines()
	w.others()
	golden.Compare(t, "book.golden", w.out.String())
}

// bookWriter prints a book.
type bookWriter struct {
	book   *flow.Book
	values flow.Values
	out    strings.Builder
}

func (w *bookWriter) heading(text string) {
	if w.out.Len() > 0 {
		w.out.WriteString("\n")
	}
	fmt.Fprintf(&w.out, "%s\n", strings.ToUpper(text))
}

// line prints a text after a label, which may be empty.
func (w *bookWriter) line(label, text string) {
	const columns = 25 // of a label
	text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", columns+3))
	fmt.Fprintf(&w.out, "  %s\n", strings.TrimRight(fmt.Sprintf("%-*s %s", columns, label, text), " "))
}

var classNames = map[flow.Class]string{
	flow.ClassInternal: "this program", flow.ClassKey: "the key", flow.ClassPermissions: "permissions",
	flow.ClassNoAnswer: "no answer", flow.ClassStore: "the key store", flow.ClassConflict: "conflict",
	flow.ClassUsage: "wrong use", flow.ClassInterrupted: "stopped",
}

var actionNames = [...]string{"retry", "edit", "doctor", "back", "leave"}

// problems prints the rows of Problems in the order in which the kinds are declared. What kinds have in common is above
// them in brackets.
func (w *bookWriter) problems(t *testing.T) {
	w.heading("Problems: what happened, -> what to do, -> a second step")
	w.out.WriteString("A row has the headline or the step that it lacks from the row above. In brackets: class; the line " +
		"about the key; buttons.\n")
	rows := slices.Sorted(maps.Keys(w.book.Problems.All()))
	seen, common := 0, ""
	for _, kind := range source.Problems[flow.Kind](t) {
		mine := slices.DeleteFunc(slices.Clone(rows), func(row flow.Kind) bool { return flow.BaseOf(row) != kind })
		if len(mine) == 0 {
			continue
		}
		rule := flow.RuleOf(kind)
		var buttons []string
		for _, action := range rule.Actions {
			buttons = append(buttons, actionNames[action])
		}
		is := fmt.Sprintf("[%s; %s; %s]", classNames[rule.Class], rule.Key, strings.Join(buttons, ", "))
		if is != common {
			fmt.Fprintf(&w.out, "\n%s\n", is)
			common = is
		}
		var above flow.Words
		for _, row := range w.grouped(mine) {
			label := string(kind)
			if row != kind {
				label = "  " + strings.TrimPrefix(string(row), string(kind))
			}
			w.problem(label, row, above)
			above = w.book.Problems.Get(row)
			seen++
		}
		if line, ok := w.book.Lines.Find(rule.Line); ok {
			w.line("", "in a list: "+line.Failed.Fill(w.values))
		}
	}
	if seen != len(rows) {
		t.Errorf("%d rows of problems were printed, of %d: some row has a kind that is not declared", seen, len(rows))
	}
}

// grouped returns rows with those next to each other that have the same next step.
func (w *bookWriter) grouped(rows []flow.Kind) []flow.Kind {
	var out []flow.Kind
	for _, first := range rows {
		for _, row := range rows {
			if w.book.Problems.Get(row).Next == w.book.Problems.Get(first).Next && !slices.Contains(out, row) {
				out = append(out, row)
			}
		}
	}
	return out
}

// problem prints what a row has that is not the same in the row above.
func (w *bookWriter) problem(label string, row flow.Kind, above flow.Words) {
	words := w.book.Problems.Get(row)
	var lines []string
	if words.Headline != above.Headline {
		lines = append(lines, w.fill("Problems."+string(row), words.Headline))
	}
	if words.Next != above.Next {
		lines = append(lines, "-> "+w.fill("Problems."+string(row), words.Next))
	}
	if words.Also != "" {
		lines = append(lines, "-> "+w.fill("Problems."+string(row), words.Also))
	}
	w.line(label, strings.Join(lines, "\n"))
}

// fill fills a text with what its place in the book is about. A command says which company by its ID.
func (w *bookWriter) fill(place string, text flow.Text) string {
	v := w.values
	if strings.Contains(string(text), "pleo-connect") {
		v.Company = v.ID
	}
	for _, s := range special {
		if strings.HasPrefix(place, s.place) {
			s.set(&v)
		}
	}
	return text.Fill(v)
}

// key prints the lines about the key, under the names by which the problems mention them.
func (w *bookWriter) key() {
	w.heading("The key: on screens / as a note, where that is more than another spelling")
	printed := map[flow.KeyLine]bool{flow.KeyUnsaid: true}
	row := func(rule string, line flow.KeyLine) {
		words := w.book.Key.Get(line)
		text, note := words.Screen.Fill(w.values), words.Note.Fill(w.values)
		if spelling := strings.TrimSuffix(text, "."); !strings.EqualFold(spelling, note) {
			text += " / " + note
		}
		printed[line] = true
		w.line(fmt.Sprintf("%s: %s", rule, line.State()), text)
	}
	for _, rule := range []string{"not sent", "discarded", "kept", "judged", "open"} {
		for _, line := range flow.KeyRules[rule] {
			row(rule, line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(w.book.Key.All())) {
		if !printed[line] {
			row("never", line)
		}
	}
}

// lines prints the live lists: each line while it is busy or waits, after it went well, after it failed, and where the
// answer left it open.
func (w *bookWriter) lines() {
	w.heading("Lists: busy · done · failed · unknown")
	for _, name := range slices.Sorted(maps.Keys(w.book.Lines.All())) {
		words := w.book.Lines.Get(name)
		var states []string
		for _, text := range []flow.Text{words.Doing, words.Done, words.Failed, words.Unknown} {
			states = append(states, text.Fill(w.values))
		}
		states = slices.Compact(slices.DeleteFunc(states, func(text string) bool { return text == "" }))
		w.line(name, strings.Join(states, " · "))
	}
}

// others prints everything else, in the order of the struct.
func (w *bookWriter) others() {
	book := reflect.TypeFor[flow.Book]()
	for i := range book.NumField() {
		switch name := book.Field(i).Name; name {
		case "Problems", "Key", "Lines":
		default:
			w.other(name)
		}
	}
	w.heading("Dates")
	at := time.Date(2026, 3, 2, 9, 14, 0, 0, time.UTC)
	w.line("", w.book.Day(at)+" · "+w.book.Date(at))
}

// other prints the texts of one field by their groups: those that belong together or are short in one line, and each
// other one in a line of its own.
func (w *bookWriter) other(field string) {
	sentences := slices.DeleteFunc(flowtest.Sentences(w.book), func(s flowtest.Sentence) bool { return s.Path[0] != field })
	if len(sentences) == 0 {
		return
	}
	w.heading(plainWords(field))
	group, label, short := "", "", ""
	print := func(text string) {
		w.line(label, text)
		label = ""
	}
	flush := func() {
		if short != "" {
			print(short)
		}
		short = ""
	}
	for len(sentences) > 0 {
		path, n := sentences[0].Path, 1
		for n < len(sentences) && together(sentences[0], sentences[n]) {
			n++
		}
		is := strings.Join(path[1:len(path)-1], ", ")
		if (n > 1 || slices.Contains(path, "Answers")) && len(path) > 2 {
			is = strings.Join(path[1:len(path)-2], ", ")
		}
		if is != group {
			flush()
			group, label = is, plainWords(is)
		}
		text := w.joined(sentences[:n])
		switch {
		case utf8.RuneCountInString(text) > 40:
			flush()
			print(text)
		case short != "" && utf8.RuneCountInString(short+text) > 90:
			flush()
			short = text
		case short != "":
			short += " · " + text
		default:
			short = text
		}
		sentences = sentences[n:]
	}
	flush()
}

// together reports whether two texts are forms of one sentence, cells of one row, or a headline and its next step.
func together(a, b flowtest.Sentence) bool {
	last := len(a.Path) - 1
	if len(b.Path) != last+1 || !slices.Equal(a.Path[:last], b.Path[:last]) {
		return false
	}
	return a.Form || slices.Contains(a.Path, "Comparison") || a.Path[last] == "Headline" ||
		a.Path[last] == "Word" && b.Path[last] == "Offer"
}

// joined returns texts that belong together. Forms that read the same are one.
func (w *bookWriter) joined(sentences []flowtest.Sentence) string {
	var texts []string
	sep := " / "
	for _, s := range sentences {
		values := w.values
		if s.Form && s.Path[len(s.Path)-1] == "0" {
			values.N = 1
		}
		if s.Path[len(s.Path)-1] == "Next" {
			sep = " -> "
		}
		texts = append(texts, (&bookWriter{values: values}).fill(s.Place(), s.Text))
	}
	return strings.Join(slices.Compact(texts), sep)
}

// plainWords splits the name of a field: "GetKeyFile" becomes "get key file".
func plainWords(name string) string {
	var out strings.Builder
	before := ' '
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			out.WriteRune(' ')
		}
		out.WriteRune(unicode.ToLower(r))
		before = r
	}
	return out.String()
}
