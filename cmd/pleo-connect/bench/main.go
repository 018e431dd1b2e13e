// Command bench measures what a person waits for, and what a line and a server pay, of whole programs on
// pseudo-terminals: a build of the wizard, the build before, and peers. Run it in this folder, on Linux, on a machine
// where nothing else runs:
//
//	go build -trimpath -ldflags '-s -w' -o /tmp/ours ..
//	go run . -ours /tmp/ours -base /tmp/base -json /tmp/results.json
//
// That takes about eleven minutes; -rounds 3 -only keys is a look in one.
//
// It measures, in this order:
//
//   - first: from the exec to when the text of the first screen is on it, on terminals that answer like a modern
//     one, like xterm, not at all, and as a modern one 100 ms late
//   - keys: a letter and ctrl+u in turn, from the write to the first byte that comes back, and to the paint
//   - idle: processor time and bytes of a program that waits for a key
//   - run: the bytes of a whole pasted run over SSH, by step, and the times to each screen, with Pleo on loopback
//
// The peers are an echo in raw mode (echo), a Bubble Tea program that shows one word (hello), a password form of huh,
// and gum if it is on PATH (go install github.com/charmbracelet/gum@latest). A ratio of medians is the median over the
// rounds of the ratios within a round. The last lines say which goals are met; the exit code says it only with -strict.
//
// What misleads, and what is done about it:
//
//   - The file that Go's linker writes starts 0.8 ms slower than its copy: all programs are copied first.
//   - Machines drift: all programs take their turn in each round, in an order that differs from round to round.
//   - A frame clock in step with the keys shows one phase of it: keys come at random times.
//   - A program paints late what it could have left out: a run stays on each screen until nothing comes for 500 ms.
//   - The emulator takes longer than a raw echo: output is timed before it is drawn.
//   - The first start reads the disk: there is a round that does not count.
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
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// terminals are those whose first screens are timed.
var terminals = []terminal{modern, plain, silent, late}

type options struct {
	ours, base, json, only string
	rounds, starts, pairs  int
	idle                   time.Duration
	strict                 bool
}

func main() {
	var o options
	flag.StringVar(&o.ours, "ours", "", "the build to measure")
	flag.StringVar(&o.base, "base", "", "the build before")
	flag.StringVar(&o.json, "json", "", "write all figures to this file")
	flag.StringVar(&o.only, "only", "", "measure only these: first,keys,idle,run")
	flag.IntVar(&o.rounds, "rounds", 15, "how often each program takes its turn")
	flag.IntVar(&o.starts, "starts", 5, "starts per terminal in a round")
	flag.IntVar(&o.pairs, "pairs", 20, "letters, and ctrl+u, in a round")
	flag.DurationVar(&o.idle, "idle", 10*time.Second, "how long to watch idle programs, in the first three rounds")
	flag.BoolVar(&o.strict, "strict", false, "exit with 1 if a goal is missed")
	flag.Parse()
	if o.ours == "" || flag.NArg() > 0 || !known(o.only) {
		flag.Usage()
		os.Exit(2)
	}
	met, err := o.run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	if err != nil || o.strict && !met {
		os.Exit(1)
	}
}

func (o options) run() (met bool, err error) {
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, unix.SIGTERM, unix.SIGHUP)
	dir, err := os.MkdirTemp("", "pleo-connect-bench-")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	go func() {
		<-stopped
		_ = os.RemoveAll(dir)
		os.Exit(130)
	}()
	b := &bench{dir: dir, round: -1}
	if b.all, err = programs(dir, o.ours, o.base); err != nil {
		return false, err
	}
	integration := filepath.Join(dir, "integration.toml")
	if err := copyFile(integration, "../../../integration.toml", 0o600); err != nil {
		return false, err
	}
	if b.at, err = startSandbox(b.path(ours), integration); err != nil {
		return false, err
	}
	defer b.at.close()
	about := machine()
	for ; b.round < o.rounds; b.round++ {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", b.round+1, o.rounds)
		if err := o.round(b); err != nil {
			return false, err
		}
	}
	about["load_after"] = load()
	return o.report(b.results, about)
}

// round measures everything that is asked for. The round that does not count is short.
func (o options) round(b *bench) error {
	starts, pairs, idle := o.starts, o.pairs, o.idle
	if b.round < 0 {
		starts, pairs, idle = 1, 1, 0
	}
	if wants(o.only, "first") {
		for i := range starts {
			if err := b.firstScreens(max(0, b.round)*starts + i); err != nil {
				return err
			}
		}
	}
	if wants(o.only, "keys") {
		if err := b.keys(b.round, pairs); err != nil {
			return err
		}
	}
	if wants(o.only, "idle") && idle > 0 && b.round < 3 {
		if err := b.idle(idle); err != nil {
			return err
		}
	}
	if wants(o.only, "run") {
		return b.wholeRuns(b.round)
	}
	return nil
}

func (o options) report(r results, about map[string]string) (met bool, err error) {
	r.table(os.Stdout)
	goals := r.judge()
	fmt.Println()
	printGoals(os.Stdout, goals)
	fmt.Printf("\nload %s before, %s after", about["load_before"], about["load_after"])
	if s := r.find("letter to first byte"); s != nil {
		fmt.Printf("; echo, 99 %%: %.2g ms", s.quantile(echo, most))
	}
	fmt.Println()
	met = true
	for _, g := range goals {
		met = met && g.Status == "met"
	}
	if o.json == "" {
		return met, nil
	}
	text, err := json.Marshal(map[string]any{"about": about, "goals": goals, "figures": r})
	if err != nil {
		return met, err
	}
	return met, os.WriteFile(o.json, append(text, '\n'), 0o644)
}

// machine says where and when figures were taken.
func machine() map[string]string {
	return map[string]string{
		"date": time.Now().Format(time.DateOnly), "cpus": fmt.Sprint(runtime.NumCPU()),
		"system": runtime.GOOS + "/" + runtime.GOARCH, "go": runtime.Version(), "load_before": load(),
	}
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	now, _, _ := strings.Cut(string(text), " ")
	return now
}

// parts are the names that -only takes.
var parts = []string{"first", "keys", "idle", "run"}

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
