package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/golden"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// bakery is the company of most keys of the simulated Pleo.
const (
	bakery   = "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
	dynamics = "dynamics-365-finance"
)

var (
	firstKey  = pleoclient.NewKey("canary-first-4c7e19a0b3")
	secondKey = pleoclient.NewKey("canary-second-81f5d6c2e7")
	testedAt  = time.Date(2026, 3, 2, 9, 14, 5, 0, time.UTC)
)

func writeFile(t testing.TB, path string, data []byte, mode os.FileMode) {
	t.Helper()
	if mode&0o111 != 0 {
		syscall.ForkLock.RLock() // a child of another test that inherits the open program would keep it "busy"
		defer syscall.ForkLock.RUnlock()
	}
	if err := os.WriteFile(path, data, mode); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// consoleOf returns a console without a terminal, in an environment that names no locale.
func consoleOf(out, err io.Writer) *console.Console {
	return console.New(nil, out, err, host.Host{}.Getenv)
}

// bakeryRecord is an active connection.
func bakeryRecord() store.Record {
	return store.Record{
		Generation: 5, Status: store.StatusActive, Env: flow.Production, Origin: productionAPI,
		Integration: store.Integration{ID: dynamics, Name: "Microsoft Dynamics 365 Finance"},
		CompanyID:   bakery, CompanyName: "Harbour Lane Bakery ApS",
		Key: firstKey, Fingerprint: firstKey.Fingerprint(), ValidatedAt: testedAt,
		File: "/home/ada/.local/share/pleo-connect/installations/prod-" + dynamics + "-" + bakery + ".age",
	}
}

// TestReport reads what a person reads: three records, each with something to say, and nothing beyond 80 columns.
func TestReport(t *testing.T) {
	t.Parallel()
	base := bakeryRecord()
	pending := base
	pending.Status, pending.Previous = store.StatusPending, &store.Previous{Key: secondKey}
	pending.Env, pending.Origin = flow.Staging, stagingAPI
	pending.RejectedAt, pending.Rejection = testedAt.Add(time.Hour), store.RejectedUnknown
	old := base
	old.CompanyName, old.Origin = "", "http://127.0.0.1:8080"
	old.RolledBack, old.NewerSeen, old.NewerSeenAt = true, 7, testedAt.Add(2*time.Hour)
	var out bytes.Buffer
	p := &report{console: consoleOf(&out, nil), book: &flow.English, home: "/home/ada", protection: flow.ProtectedByFile}
	refused := engine.Verdict{Fault: flow.Fault{Kind: pleoclient.KindRefused}, Origin: productionAPI}
	p.record(base, &refused)
	p.record(pending, nil)
	p.record(old, &refused)
	p.summary = tally{flow.ClassNoAnswer: 2}.text(p.book)
	p.end()
	want := `? "Harbour Lane Bakery ApS": active on 2 March 2026, production
  company ID     4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5
  integration    Microsoft Dynamics 365 Finance (dynamics-365-finance)
  fingerprint    ` + firstKey.Fingerprint() + `
  last accepted  2 March 2026, 09:14 UTC
  file
    prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5.age
  checked now    external.pleo.io refused the connection; the saved key was not
                 rejected; check that no firewall blocks external.pleo.io

! "Harbour Lane Bakery ApS": not activated yet, staging
  company ID     4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5
  integration    Microsoft Dynamics 365 Finance (dynamics-365-finance)
  fingerprint    ` + firstKey.Fingerprint() + `
  last accepted  2 March 2026, 09:14 UTC
  file
    prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5.age
  ! this key is not activated yet, so services still use the previous one,
    ` + secondKey.Fingerprint() + `; to finish, run:
    pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --integration dynamics-365-finance --env staging
  ! Pleo rejected this key on 2 March 2026, 10:14 UTC; to replace it, run:
    pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --integration dynamics-365-finance --env staging

? company 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5: active on 2 March 2026,
  production
  integration    Microsoft Dynamics 365 Finance (dynamics-365-finance)
  fingerprint    ` + firstKey.Fingerprint() + `
  last accepted  2 March 2026, 09:14 UTC
  file
    prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5.age
  Pleo at        http://127.0.0.1:8080
  checked now    external.pleo.io refused the connection
  ! this is an older copy (a newer one was saved on 2 March 2026, 11:14 UTC);
    if Pleo rejects the key, run:
    pleo-connect reconnect 4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5 --integration dynamics-365-finance --env production

  saved in       ~/.local/share/pleo-connect/installations
  protected by   a file in another directory

? 0 accepted, 2 unanswered
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error("(-want +got):\n" + diff)
	}
	checkWidth(t, out.String())
}

// TestReportTable has a row for each way a connection can be, with names that are too long, wide, and missing.
func TestReportTable(t *testing.T) {
	t.Parallel()
	active := bakeryRecord()
	with := func(change func(*store.Record)) store.Record {
		r := active
		change(&r)
		return r
	}
	verdict := func(kind flow.Kind) *engine.Verdict {
		return &engine.Verdict{Fault: flow.Fault{Kind: kind}, Origin: productionAPI}
	}
	utf8 := func(name string) string { return map[string]string{"LANG": "C.UTF-8"}[name] }
	print := func(wide bool) string {
		var out bytes.Buffer
		p := &report{
			console: console.New(nil, &out, nil, utf8), book: &flow.English, home: "/home/ada", table: true, wide: wide,
		}
		p.record(active, nil)
		p.record(with(func(r *store.Record) {
			r.CompanyName = "Bäckerei Überlingen an der Donau GmbH & Co. KG"
		}), verdict(""))
		p.record(with(func(r *store.Record) {
			r.CompanyName, r.Integration.ID = "港湾面包店有限责任公司", "a-very-long-integration-id"
		}),
			verdict(pleoclient.KindKeyRejected))
		p.record(with(func(r *store.Record) {
			r.CompanyName, r.Env, r.RejectedAt = "", flow.Staging, testedAt.AddDate(0, 6, 20)
			r.Rejection = store.RejectedDenied
		}), nil)
		p.record(with(func(r *store.Record) { // another one of the same name
			r.CompanyID = "9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93"
		}), nil)
		p.record(with(func(r *store.Record) { r.Status = store.StatusPending }), nil)
		p.record(with(func(r *store.Record) { r.Status, r.Unconfirmed = store.StatusPending, true }), nil)
		p.record(active, verdict(pleoclient.KindRefused))
		p.record(active, verdict(flow.KindOtherCompany))
		p.record(with(func(r *store.Record) { r.ValidatedAt = time.Now().Add(time.Hour) }), nil)
		p.end()
		return out.String()
	}
	narrow := print(false)
	checkWidth(t, narrow)
	golden.Compare(t, "status.golden", narrow)
	golden.Compare(t, "status_wide.golden", print(true))
}

// checkWidth requires that nothing is wider than 80 columns, except what is to be copied.
func checkWidth(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word != "pleo-connect" && ansi.StringWidth(strings.TrimRight(line, "\n")) > 79 {
			t.Errorf("too wide: %q", line)
		}
	}
}

// TestFirstFailure: of several records that cannot be read, a script learns about the first. People read all.
func TestFirstFailure(t *testing.T) {
	t.Parallel()
	var people bytes.Buffer
	p := &report{console: consoleOf(nil, &people), book: &flow.English}
	p.unreadable(&store.Error{Kind: store.KindTooOpen, Path: "/srv/a.age"})
	p.unreadable(&store.Error{Kind: store.KindDamaged, Path: "/srv/b.age"})
	if p.failed.Kind != flow.KindStoreOpen || strings.Count(people.String(), "error: ") != 2 {
		t.Errorf("first %+v, printed:\n%s", p.failed, people.String())
	}
}

// TestReportOutcome: what stopped a run counts before what it printed.
func TestReportOutcome(t *testing.T) {
	t.Parallel()
	reader, full := io.Pipe()
	_ = reader.CloseWithError(syscall.ENOSPC)
	damaged := flow.English.Failure(engine.StoreFault(&store.Error{Kind: store.KindDamaged, Path: "/srv/store/x.age"}))
	for _, c := range []struct {
		about  string
		report report
		err    error
		want   flow.Class
		says   string
	}{
		{about: "nothing is there", report: report{}},
		{about: "records", report: report{shown: 2}},
		{about: "a record cannot be read", report: report{worst: flow.ClassStore, failed: damaged},
			want: flow.ClassStore, says: "damaged"},
		{about: "a rejected key", report: report{shown: 2, worst: flow.ClassKey}, want: flow.ClassKey},
		{about: "stopped", report: report{shown: 2, worst: flow.ClassKey},
			err:  &flow.Failure{Kind: flow.KindInterrupted, Summary: "stopped after 2"},
			want: flow.ClassInterrupted, says: "stopped after 2"},
		{about: "a full disk", report: report{shown: 2, worst: flow.ClassKey, console: consoleOf(full, nil)},
			want: flow.ClassInternal,
			says: "can't write to standard output: no space left on device"},
		{about: "stopped with a full disk", report: report{console: consoleOf(full, nil)},
			err:  &flow.Failure{Kind: flow.KindInterrupted, Summary: "stopped after 0"},
			want: flow.ClassInterrupted},
	} {
		p := c.report
		if p.console == nil {
			p.console = consoleOf(io.Discard, nil)
		}
		p.console.Print("a record")
		err := p.outcome(c.err)
		failure, _ := (&app{book: &flow.English}).asFailure(t.Context(), err)
		if got := exitCode(t.Context(), err); got != classCodes()[c.want] {
			t.Errorf("%s: exit code %d, want %d", c.about, got, classCodes()[c.want])
		}
		if c.says != "" && (failure == nil || !strings.Contains(failure.Summary, c.says)) {
			t.Errorf("%s: %+v", c.about, failure)
		}
	}
}

// TestSeverity: of several records, the worst decides.
func TestSeverity(t *testing.T) {
	t.Parallel()
	want := []flow.Class{
		flow.ClassInternal, flow.ClassStore, flow.ClassKey, flow.ClassPermissions, flow.ClassConflict,
		flow.ClassNoAnswer, 0,
	}
	for i, worst := range want {
		for _, other := range want[i:] {
			if worse(worst, other) != worst || worse(other, worst) != worst {
				t.Errorf("%d and %d", worst, other)
			}
		}
	}
	for class := range classCodes() {
		if got := worse(0, class); got != class {
			t.Errorf("no fault is worse than one of class %d: %d", class, got)
		}
	}
}
