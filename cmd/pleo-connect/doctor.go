package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
	"pleo-connect/tui"
	"pleo-connect/tui/plain"
)

type doctorOptions struct {
	*connectOptions
	names bool
}

func newDoctor(a *app) *cobra.Command {
	o := &doctorOptions{connectOptions: &connectOptions{app: a}}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why this computer can't connect to Pleo",
		Long: "Checks everything a connection needs, in order: settings, DNS, TCP connection, proxy, TLS " +
			"certificate, clock, Pleo, saved keys, key store and terminal. Each problem comes with a fix. Nothing is " +
			"changed.\n\n" +
			"Without an integration file, it uses the integration that is connected here, if there is only one.\n\n" +
			"You can send the output to support: it contains no key, identity or recipient, and no company names " +
			"unless you add --company-names.\n\n" +
			"The exit code is that of the first problem found: 2 a setting, or a file it names, such as --ca-file, " +
			"--integration or SSL_CERT_FILE; 5 a proxy setting that can't be read, or the way to Pleo; 3 or 4 a " +
			"saved key; 7 another company's key; 6 the key store; 0 none. It is also 2 if a flag can't be used; then " +
			"nothing is checked. A note doesn't change the exit code.",
		Example: "pleo-connect doctor\n\n# for monitoring\npleo-connect doctor --json",
		Args:    a.takesNothing,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },
	}
	o.settingsFlags(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "print JSON, one object per line")
	f.BoolVar(&o.names, "company-names", false, "include company names")
	return cmd
}

func (o *doctorOptions) run(ctx context.Context) error {
	x := o.examiner(ctx)
	p := &examPrinter{console: o.console, book: o.book, json: o.json, bar: o.console.Progress(o.book)}
	p.begin()
	s, effects := flow.BeginDoctor(x.Setup)
	leave := func(context.Context, flow.State) (flow.Event, error) { return flow.Leave{}, nil }
	s, err := plain.Driver{Do: x.Do, Changed: p.changed, Ask: leave}.Drive(ctx, s, effects)
	p.bar.Clear()
	switch stop := interruptedBefore(ctx); {
	case stop != nil:
		if p.json { // scripts wait for a result
			p.console.JSON(examinedEvent{"result", "failed", s.FailedExams(), string(flow.KindInterrupted)})
		}
		return stop
	case err != nil && p.console.Failed() == nil: // the error of the console is returned at the end
		return err
	}
	return p.end(s)
}

// examiner makes what it can of the settings. What is wrong with them is the first finding.
func (o *doctorOptions) examiner(ctx context.Context) engine.Engine {
	var (
		setup  flow.Setup
		client *pleoclient.Client
	)
	opened, clientErr := o.openInputs(ctx)
	places, storeErr := o.enter(ctx, opened, access{}) // a locked identity is a finding: no passphrase is asked for
	if clientErr == nil {
		if opened.file == "" && storeErr == nil {
			o.adopt(&opened, places.records)
		}
		setup, client, clientErr = o.prepare(opened)
	}
	x := o.engine(setup, client, places)
	x.ClientErr, x.StoreErr, x.Names = clientErr, storeErr, o.names
	return x
}

// adopt takes the integration, and where it asks, from what is connected, so that the vendor who can help is named. If
// there are several integrations, or it is unknown which there are, none is named.
func (o *doctorOptions) adopt(opened *inputs, st engine.Store) {
	first, err := onlyOne(st)
	switch {
	case err != nil:
		opened.integration = flow.Integration{Environment: flow.Production}
	case first.Generation > 0:
		opened.integration = integration.OfRecord(first)
		if o.apiBase == "" && o.env == "" {
			o.apiBase = otherThanPleo(first)
		}
	}
}

var errNotOne = errors.New("several connected")

// maxAdopted bounds how many records are read to compare their addresses. Their names say which integrations there are.
const maxAdopted = 10

// onlyOne returns one of several records if they share their integration, environment and address. There may be none.
func onlyOne(st engine.Store) (first store.Record, err error) {
	refs, err := st.Refs(nil)
	if err != nil {
		return first, err
	}
	other := func(ref store.Ref) bool { return ref.Integration != refs[0].Integration || ref.Env != refs[0].Env }
	if slices.ContainsFunc(refs, other) {
		return first, errNotOne
	}
	all, err := st.Records(refs[:min(len(refs), maxAdopted)])
	if err != nil {
		return first, err
	}
	for r, err := range all {
		switch {
		case err != nil:
			return first, err
		case first.Generation == 0:
			first = r
		case r.Origin != first.Origin:
			return first, errNotOne
		}
	}
	return first, nil
}

// examPrinter prints each exam as it ends. At a terminal it names the one that is under way.
type examPrinter struct {
	console *console.Console
	book    *flow.Book
	json    bool // otherwise lines for people
	bar     *console.Progress
}

type (
	beginEvent struct {
		Event   string `json:"event"`
		Version string `json:"version"`
		System  string `json:"system"`
	}
	examEvent struct {
		Event  string `json:"event"`
		Name   string `json:"name"`
		Status string `json:"status"` // ok, failed, note (unknown, or could be better) or skipped
		Note   string `json:"note,omitempty"`
		Remedy string `json:"remedy,omitempty"`
		Also   string `json:"also,omitempty"` // a second remedy
		Kind   string `json:"kind,omitempty"`
	}
	examinedEvent struct {
		Event  string `json:"event"`
		Status string `json:"status"` // ok or failed
		Failed int    `json:"failed"` // the number of exams
		Kind   string `json:"kind,omitempty"`
	}
)

func (p *examPrinter) begin() {
	version, system := fullVersion(), runtime.GOOS+"/"+runtime.GOARCH
	if p.json {
		p.console.JSON(beginEvent{"begin", version, system})
		return
	}
	p.console.Print("pleo-connect " + version + ", " + system)
}

// changed prints the exams that have ended. Lines that were left out directly follow the one that is the reason.
func (p *examPrinter) changed(before, after flow.State) error {
	old := before.Lines(flow.StepDoctor)
	for i, line := range after.Lines(flow.StepDoctor) {
		switch {
		case line.Mark == flow.MarkBusy:
			p.bar.Say(line.Label + " …")
		case line != old[i]:
			p.bar.Clear()
			p.line(line, after.Doctor.Findings[i].Fault.Kind)
		}
	}
	return p.console.Failed()
}

func (p *examPrinter) line(line flow.Line, kind flow.Kind) {
	if p.json {
		p.console.JSON(examEvent{
			"exam", line.Name, examStates()[line.Mark], line.Note, line.Remedy, line.Also, string(kind),
		})
		return
	}
	lead, width := p.console.Mark(line.Mark)+fmt.Sprintf(" %-15s  ", line.Label), p.console.Width()
	var rows []string
	if width-ansi.StringWidth(lead) < examRoom { // the words go below
		rows, lead = []string{strings.TrimRight(lead, " ")}, "  "
	}
	rows = append(rows, console.Hang(p.book, width, lead, line.Note)...)
	for _, remedy := range []string{line.Remedy, line.Also} {
		if remedy != "" {
			rows = append(rows, console.Hang(p.book, width, strings.Repeat(" ", ansi.StringWidth(lead)), remedy)...)
		}
	}
	p.console.Print(rows...)
}

// examRoom is the least room for words beside the label of an exam.
const examRoom = 30

// examStates are the states for scripts.
func examStates() map[flow.Mark]string {
	return map[flow.Mark]string{
		flow.MarkDone:    "ok",
		flow.MarkFailed:  "failed",
		flow.MarkUnknown: "note",
		flow.MarkWaiting: "skipped",
	}
}

// end prints the outcome.
func (p *examPrinter) end(s flow.State) error {
	fault := s.Doctor.Failed()
	if p.json {
		status := "ok"
		if fault.Failed() {
			status = "failed"
		}
		p.console.JSON(examinedEvent{"result", status, s.FailedExams(), string(fault.Kind)})
	} else {
		p.console.Rows(flow.Row{}, flow.Row{Lead: p.console.Mark(worstMark(s)) + " ", Text: s.DoctorTitle()})
	}
	switch {
	case p.console.Failed() != nil:
		return p.console.Failed()
	case fault.Failed():
		return reported{class: flow.ClassOf(fault.Kind)}
	}
	return nil
}

// worstMark returns the mark of the whole examination.
func worstMark(s flow.State) flow.Mark {
	for _, m := range []flow.Mark{flow.MarkFailed, flow.MarkUnknown} {
		if slices.ContainsFunc(s.Doctor.Findings[:], func(f flow.Finding) bool { return f.Mark == m }) {
			return m
		}
	}
	return flow.MarkDone
}

// examineTerminal returns what the wizard would find at this terminal, and what would make it better.
func (a *app) examineTerminal() (note, remedy string) {
	say := &a.book.Report.Terminal
	if !a.console.Interactive() {
		return say.None.String(), ""
	}
	columns, rows, err := a.console.Size()
	if err != nil {
		return say.UnknownSize.Headline.String(), say.UnknownSize.Next.String()
	}
	note = a.terminalNote(columns, rows)
	if small := columns < tui.MinWidth || rows < tui.MinHeight; small && !a.console.Plain() {
		remedy = say.TooSmall.Fill(flow.Values{Value: fmt.Sprintf("%dx%d", tui.MinWidth, tui.MinHeight)})
	}
	return note, remedy
}

func (a *app) terminalNote(columns, rows int) string {
	say := &a.book.Report.Terminal
	parts := []string{fmt.Sprintf("%dx%d", columns, rows)}
	if t := a.host.Getenv("TERM"); t != "" {
		parts = append([]string{t}, parts...)
	}
	place := placeText(say.Place, a.host.Elsewhere())
	for _, fact := range []struct {
		holds bool
		text  flow.Text
	}{
		{!a.console.ASCII(), say.UTF8}, {a.console.ASCII(), say.ASCII}, {a.console.Plain(), say.LineByLine},
		{place != "", place}, {a.console.Tmux(), say.Place.Tmux},
	} {
		if fact.holds {
			parts = append(parts, fact.text.String())
		}
	}
	return a.book.List(slices.Compact(parts))
}

// placeText returns where the terminal is used from, or "".
func placeText(say flow.PlaceWords, e host.Elsewhere) flow.Text {
	return map[host.Elsewhere]flow.Text{
		host.OverSSH: say.SSH, host.OverNetwork: say.Network, host.InTmux: say.Tmux, host.InScreen: say.Screen,
		host.InMultiplexer: say.Multiplexer, host.AnotherAccount: say.Account, host.NoWindow: say.NoWindow,
		host.NoDisplay: say.NoDisplay, host.Unknown: say.Unknown,
	}[e]
}
