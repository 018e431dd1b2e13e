package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"pleo-connect/flow"
	"pleo-connect/tui/plain"
)

type doctorOptions struct {
	*connectOptions
	names bool
}

func newDoctor(a *app) *cobra.Command {
	o := &doctorOptions{connectOptions: newConnectOptions(a)}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out what keeps this computer from Pleo, and what to do",
		Long: "Looks at everything that a connection needs, in order: the settings, the name, the connection, the " +
			"proxy, the certificate, the clock, Pleo's API, the stored keys, the key store and the terminal. Each " +
			"thing that is wrong comes with a remedy. Nothing is changed.\n\n" +
			"What it prints is fit to be sent to support: it holds no key, no identity and no recipient, and company " +
			"names only with --company-names.\n\n" +
			"Exit codes, that of the first thing that is wrong: 2 a setting, 5 the way to Pleo, 3 or 4 a stored key, " +
			"7 the key of another company, 6 the store, 0 nothing.",
		Example: "pleo-connect doctor\n\n# for support, or a monitor\npleo-connect doctor --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.finish(o.run(cmd.Context())) },
	}
	f := cmd.Flags()
	f.StringVar(&o.integration, "integration", "", "file that describes the integration (TOML)")
	f.StringVar(&o.env, "env", "", "production or staging; overrides the integration file")
	f.StringVar(&o.apiBase, "api-base", "", "another address of the API; https, or http on this computer")
	f.StringVar(&o.caFile, "ca-file", "", "additional trusted certificates (PEM)")
	f.BoolVar(&o.json, "json", false, "one JSON object a line on standard output")
	f.BoolVar(&o.names, "company-names", false, "tell the names of companies, too")
	return cmd
}

func (o *doctorOptions) run(ctx context.Context) error {
	x := o.examiner(ctx)
	p := &examPrinter{app: o.app, bar: o.newProgress(), width: o.width()}
	if o.json {
		p.json = o.jsonLines()
	}
	p.begin()
	s, effects := flow.BeginDoctor(x.setup)
	do := func(ctx context.Context, e flow.Effect) flow.Event { return x.answer(ctx, e.(flow.Examine)) }
	leave := func(context.Context, flow.State) (flow.Event, error) { return flow.Leave{}, nil }
	s, err := plain.Driver{Do: do, Changed: p.changed, Ask: leave}.Drive(ctx, s, effects)
	p.bar.clear()
	switch stop := interruptedBefore(ctx); {
	case stop != nil:
		if p.json != nil { // scripts wait for a result
			p.json.print(examinedEvent{"result", "failed", s.FailedExams(), string(flow.KindInterrupted)})
		}
		return stop
	case err != nil && p.writeErr() == nil: // that one is returned at the end
		return err
	}
	return p.end(s)
}

// examiner makes what it can of the settings. What is wrong with them is the first thing that is found.
func (o *doctorOptions) examiner(ctx context.Context) examiner {
	x := examiner{terminal: o.examineTerminal, names: o.names, now: time.Now}
	opened, err := o.openInputs()
	if err == nil {
		x.setup, x.client, err = o.prepare(opened)
	}
	x.clientErr = err
	places, err := o.enter(ctx, opened, access{}) // a locked identity is a finding, so nobody is asked
	x.store, x.storeErr, x.protection = places.Config, err, o.protection(places.Config)
	return x
}

// examPrinter prints each exam as it ends. At a terminal it names the one that is under way.
type examPrinter struct {
	*app
	json    *jsonPrinter // nil: lines for people
	bar     *progress
	width   int   // of the lines for people
	textErr error // of the first line for people that could not be written
}

// writeErr returns why standard output cannot be written, or nil.
func (p *examPrinter) writeErr() error {
	if p.json != nil {
		return p.json.err
	}
	return p.textErr
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
		Status string `json:"status"` // ok, failed, note: cannot tell or could be better; skipped
		Note   string `json:"note,omitempty"`
		Remedy string `json:"remedy,omitempty"`
		Kind   string `json:"kind,omitempty"`
	}
	examinedEvent struct {
		Event  string `json:"event"`
		Status string `json:"status"` // ok or failed
		Failed int    `json:"failed"` // how many exams
		Kind   string `json:"kind,omitempty"`
	}
)

func (p *examPrinter) begin() {
	version, system := fullVersion(), runtime.GOOS+"/"+runtime.GOARCH
	if p.json != nil {
		p.json.print(beginEvent{"begin", version, system})
		return
	}
	p.print("pleo-connect " + version + ", " + system)
}

// changed prints what came to an end. Lines that were left out follow at once on the one that is the reason.
func (p *examPrinter) changed(before, after flow.State) error {
	old := before.Lines(flow.StepDoctor)
	for i, line := range after.Lines(flow.StepDoctor) {
		switch {
		case line.Mark == flow.MarkBusy:
			p.bar.say(line.Label + " …")
		case line != old[i]:
			p.bar.clear()
			p.line(line, after.Doctor.Findings[i].Fault.Kind)
		}
	}
	return p.writeErr()
}

func (p *examPrinter) line(line flow.Line, kind flow.Kind) {
	if p.json != nil {
		p.json.print(examEvent{"exam", line.Name, examStates[line.Mark], line.Note, line.Remedy, string(kind)})
		return
	}
	lead := fmt.Sprintf("%-7s %-17s ", examStates[line.Mark], line.Label)
	var rows []string
	if p.width-len(lead) < examRoom { // the words go below
		rows, lead = []string{strings.TrimRight(lead, " ")}, "  "
	}
	rows = append(rows, hangIn(p.width, lead, line.Note)...)
	if line.Remedy != "" {
		rows = append(rows, hangIn(p.width, strings.Repeat(" ", len(lead)), line.Remedy)...)
	}
	p.print(rows...)
}

// examRoom is the least room for words beside the label of an exam.
const examRoom = 30

// width is how wide lines for people may be: a small terminal would break them in the middle of words.
func (a *app) width() int {
	f, ok := a.out.(*os.File)
	if !ok || !IsTerminal(f) {
		return reportWidth
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 2 {
		return reportWidth
	}
	return min(columns-1, reportWidth)
}

// examStates are words and not signs: what is printed here is copied into letters.
var examStates = map[flow.Mark]string{
	flow.MarkDone:    "ok",
	flow.MarkFailed:  "failed",
	flow.MarkUnknown: "note",
	flow.MarkWaiting: "skipped",
}

func (p *examPrinter) print(lines ...string) {
	for _, line := range lines {
		if p.ASCII() {
			line = flow.ASCII(line)
		}
		if p.textErr == nil {
			_, p.textErr = fmt.Fprintln(p.out, line)
		}
	}
}

// end prints the outcome.
func (p *examPrinter) end(s flow.State) error {
	fault := s.Doctor.Failed()
	if p.json != nil {
		status := "ok"
		if fault.Failed() {
			status = "failed"
		}
		p.json.print(examinedEvent{"result", status, s.FailedExams(), string(fault.Kind)})
	} else {
		p.print("", s.DoctorTitle())
	}
	switch {
	case p.writeErr() != nil:
		return cannotPrint(p.writeErr())
	case fault.Failed():
		return reported{class: flow.ClassOf(fault.Kind)}
	}
	return nil
}
