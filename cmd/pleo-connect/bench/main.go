// Command bench measures what a person waits for, and what a line and a server pay, of whole programs on
// pseudo-terminals: a build of the wizard, the build before, and peers. Run it in this folder, on Linux, on a machine
// where nothing else runs:
//
//	make -C ../../.. build
//	go run . -ours ../../../bin/pleo-connect -base /tmp/base -json /tmp/results.json
//
// That takes about ten minutes; -rounds 3 -only keys is a look in one.
//
// It measures, in this order:
//
//   - start: whole processes that print a line or their help
//   - first: from the exec to when the text of the first screen is on it, on terminals that answer like a modern
//     one, like xterm, not at all, and as a modern one 100 ms late; and with a file of certificates to trust
//   - keys: a letter and ctrl+u in turn, from the write to the paint
//   - idle: processor time and bytes of a program that waits for a key
//   - run: the bytes of a whole pasted run over SSH, by step, and the times to each screen, with Pleo on loopback
//   - trips: the round trips to a Pleo behind TLS 1.3 that are waited for, and the memory of a run
//   - store: key and exec, the status of 10,000 records, and a wizard that starts among them
//
// The peers are a Go program that prints a word (go hello), an echo in raw mode (echo), a Bubble Tea program that shows
// one word (hello), a password form of huh, and a program that only multiplies on the curve (x25519). These are built
// here. Others are measured if they are on PATH:
//
//	go install github.com/charmbracelet/gum@latest
//	go install filippo.io/age/cmd/age@latest
//	apt install gh # or from cli.github.com
//
// Without age, key and exec are compared with nothing. exec starts true, and so does the bench after the others.
//
// A ratio of medians is the median over the rounds of the ratios within a round. The last lines say which goals are
// met; the exit code says it only with -strict. -json keeps all figures, and -from reads them again, for the page and
// the graph that -markdown and -svg write.
//
// What misleads, and what is done about it:
//
//   - The file that Go's linker writes starts 0.8 ms slower than its copy: all programs are copied first.
//   - Machines drift: all programs take their turn in each round, in an order that differs from round to round.
//   - A frame clock in step with the keys shows one phase of it: keys come at random times.
//   - A program paints late what it could have left out: a run stays on each screen until nothing comes for 500 ms.
//   - The emulator takes longer than a raw echo: output is timed before it is drawn.
//   - The first start reads the disk: there is a round that does not count.
//   - A connection on loopback is there at once: see line.
//   - A disk flushes in 1 ms or in 100: round trips are counted with a key store in memory.
//   - A child has the memory of its parent until the exec: the peak is read in /proc before the end.
//   - Other programs use this computer: the load is printed, and the 99 % of echo, which is below 1 ms on a calm one.
//
// This is a module of its own, so that the peers are no dependencies of the wizard.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// terminals are those whose first screens are timed.
var terminals = []terminal{modern, plain, silent, late}

type options struct {
	ours, base, only          string
	json, from, markdown, svg string
	rounds, starts, pairs     int
	idle, rtt, think          time.Duration
	strict                    bool
}

func main() {
	var o options
	flag.StringVar(&o.ours, "ours", "", "the build to measure")
	flag.StringVar(&o.base, "base", "", "the build before")
	flag.StringVar(&o.json, "json", "", "write all figures to this file")
	flag.StringVar(&o.from, "from", "", "measure nothing, and read this file that -json wrote")
	flag.StringVar(&o.markdown, "markdown", "", "write a page of the results to this file")
	flag.StringVar(&o.svg, "svg", "", "write a graph of the results to this file")
	flag.StringVar(&o.only, "only", "", "measure only these: "+strings.Join(parts, ","))
	flag.IntVar(&o.rounds, "rounds", 12, "how often each program takes its turn")
	flag.IntVar(&o.starts, "starts", 5, "starts per terminal in a round; of processes without one, four times as many")
	flag.IntVar(&o.pairs, "pairs", 20, "letters, and ctrl+u, in a round")
	flag.DurationVar(&o.idle, "idle", 10*time.Second, "how long to watch idle programs, in the first three rounds")
	flag.DurationVar(&o.rtt, "rtt", 100*time.Millisecond, "round trip to Pleo, where round trips are counted")
	flag.DurationVar(&o.think, "think", 0, "how long Pleo thinks there; the goals are for 0 and an -rtt of 100ms")
	flag.BoolVar(&o.strict, "strict", false, "exit with 1 if a goal is missed")
	flag.Parse()
	if (o.ours == "") == (o.from == "") || flag.NArg() > 0 || !known(o.only) || o.rtt <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	r, err := o.results()
	met := false
	if err == nil {
		met, err = o.report(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	if err != nil || o.strict && !met {
		os.Exit(1)
	}
}

// results measures, or reads what was measured.
func (o options) results() (r report, err error) {
	if o.from != "" {
		text, err := os.ReadFile(o.from)
		if err == nil {
			err = json.Unmarshal(text, &r)
		}
		r.Goals = r.Figures.judge() // by the goals of today
		return r, err
	}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, unix.SIGTERM, unix.SIGHUP)
	b := &bench{round: -1, stores: map[string]stores{}}
	if b.dir, err = os.MkdirTemp("", "pleo-connect-bench-"); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if b.quick, err = os.MkdirTemp("/dev/shm", "pleo-connect-bench-"); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.quick)) }()
	go func() {
		<-stopped
		_, _ = os.RemoveAll(b.dir), os.RemoveAll(b.quick)
		os.Exit(130)
	}()
	return o.measure(b)
}

func (o options) measure(b *bench) (r report, err error) {
	if err := os.Mkdir(filepath.Join(b.dir, "tmp"), 0o700); err != nil {
		return r, err
	}
	if b.all, err = programs(b.dir, o.ours, o.base); err != nil {
		return r, err
	}
	integration := filepath.Join(b.dir, "integration.toml")
	if err := copyFile(integration, "../../../integration.toml", 0o600); err != nil {
		return r, err
	}
	if b.authority, err = newAuthority(filepath.Join(b.dir, "ca.pem")); err != nil {
		return r, err
	}
	if b.at, err = startSandbox(b.path(ours), integration); err != nil {
		return r, err
	}
	defer b.at.close()
	if b.tls, err = startFront(b.at.pleo, b.authority, 0, 0); err != nil {
		return r, err
	}
	defer b.tls.close()
	for _, p := range b.builds() {
		if wants(o.only, "store") {
			if b.stores[p.name], err = b.makeStores(p); err != nil {
				return r, err
			}
		}
	}
	r.About = machine(b.versions())
	for ; b.round < o.rounds; b.round++ {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", b.round+1, o.rounds)
		if err := o.round(b); err != nil {
			return r, err
		}
	}
	r.About.LoadAfter, r.Figures = load(), b.results
	r.Goals = r.Figures.judge()
	return r, nil
}

// round measures everything that is asked for. The round that does not count is short.
func (o options) round(b *bench) error {
	starts, pairs, idle := o.starts, o.pairs, o.idle
	if b.round < 0 {
		starts, pairs, idle = 1, 1, 0
	}
	measures := map[string]func() error{
		"start": func() error { return b.starts(4 * starts) },
		"first": func() error { return b.firstScreens(starts) },
		"keys":  func() error { return b.keys(pairs) },
		"idle": func() error {
			if idle == 0 || b.round > 2 {
				return nil
			}
			return b.idle(idle)
		},
		"run":   func() error { return b.wholeRuns() },
		"trips": func() error { return b.trips(o.rtt, o.think) },
		"store": func() error { return b.keyStores(4 * starts) },
	}
	for _, part := range parts {
		if wants(o.only, part) {
			if err := measures[part](); err != nil {
				return fmt.Errorf("%s: %w", part, err)
			}
		}
	}
	return nil
}

func (o options) report(r report) (met bool, err error) {
	r.Figures.table(os.Stdout)
	fmt.Println()
	printGoals(os.Stdout, r.Goals)
	fmt.Printf("\nload %s before, %s after", r.About.LoadBefore, r.About.LoadAfter)
	if s := r.Figures.find("letter to paint"); s != nil {
		fmt.Printf("; echo, 99 %%: %.2g ms", s.quantile(echo, most))
	}
	fmt.Println()
	met = true
	for _, g := range r.Goals {
		met = met && g.Status == "met"
	}
	return met, errors.Join(o.writeJSON(r), write(o.markdown, r.page), write(o.svg, r.graph))
}

func (o options) writeJSON(r report) error {
	return write(o.json, func() string {
		text, err := json.Marshal(r)
		if err != nil {
			panic(err) // figures are numbers
		}
		return string(text) + "\n"
	})
}

// write writes a text to a file, if there is a name for one.
func write(file string, text func() string) error {
	if file == "" {
		return nil
	}
	return os.WriteFile(file, []byte(text()), 0o644)
}

// parts are the names that -only takes, in the order in which they are measured.
var parts = []string{"start", "first", "keys", "idle", "run", "trips", "store"}

// known reports whether a list of parts, separated by commas, names nothing else.
func known(list string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if list != "" && !slices.Contains(parts, part) {
			return false
		}
	}
	return true
}

// wants reports whether a list of parts names one. An empty list names all.
func wants(list, part string) bool {
	return list == "" || slices.Contains(strings.Split(list, ","), part)
}
