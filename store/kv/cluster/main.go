// The cluster command serves three nodes of Vault on loopback, over TLS, for tests that need the engine itself. Its
// storage is memory, and one temporary directory holds its certificates until it ends. With BAO_BIN in its environment
// it serves three processes of the OpenBao that this names instead, whose storage is Raft in that directory.
//
// It is a module of its own, because it links the engine. The tests of pleo-connect start it through package kvtest,
// and make vault builds it and runs them.
//
// When all nodes are ready it prints one line of JSON, a [Ready]. Then it obeys the lines of its standard input, where
// N is 0, 1 or 2, and answers each with a line of JSON, an [Answer]:
//
//	kill N     stop a node as a power cut would: its connections are cut, and it is gone
//	start N    start a node that was killed
//	seal N     seal a node
//	unseal N   unseal a node
//	stepdown   let another node become active
//	leader     wait until a node is active, and say which
//
// It ends with its standard input, and leaves nothing behind. To try it by hand:
//
//	go run . -log cluster.log
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// Ready says how to reach the nodes, and what they hold.
type Ready struct {
	Addresses []string `json:"addresses"`  // the URLs of the nodes
	CAFile    string   `json:"ca_file"`    // the certificate that signed theirs
	RootToken string   `json:"root_token"` // a token that may do everything
	KV        string   `json:"kv"`         // the mount of a KV v2
	KV1       string   `json:"kv1"`        // the mount of a KV v1
	Other     string   `json:"other"`      // the mount of something else
}

// Answer says what became of a command.
type Answer struct {
	OK     bool   `json:"ok,omitempty"`
	Error  string `json:"error,omitempty"`
	Leader *int   `json:"leader,omitempty"`
}

// nodes are three nodes of an engine, by their index.
type nodes interface {
	kill(n int) error
	start(n int) error // sealed
	seal(n int) error
	unseal(n int) error
	end() // stops what would outlive this process
}

func main() {
	log := flag.String("log", os.DevNull, "the `file` to which the nodes log")
	flag.Parse()
	if err := run(*log, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// run serves a cluster until its input ends, or a signal does.
func run(logFile string, in io.Reader, out io.Writer) error {
	log, err := os.OpenFile(logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	dir, err := os.MkdirTemp("", "cluster-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	c, err := serve(dir, log)
	if err != nil {
		return err
	}
	defer c.nodes.end()
	answers := json.NewEncoder(out)
	if err := answers.Encode(c.Ready); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(in); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	for {
		select {
		case line, more := <-lines:
			if !more {
				return nil
			}
			if err := answers.Encode(c.obey(line)); err != nil {
				return err
			}
		case <-signals:
			return nil
		}
	}
}

// serve starts the engine that the environment asks for.
func serve(dir string, log io.Writer) (*cluster, error) {
	if program := os.Getenv("BAO_BIN"); program != "" {
		return serveOpenBao(program, dir, log)
	}
	return serveVault(dir, log)
}

// obey does what a line says.
func (c *cluster) obey(line string) Answer {
	verb, rest, _ := strings.Cut(line, " ")
	var err error
	switch verb {
	case "leader":
		var n int
		if n, err = c.leader(); err == nil {
			return Answer{OK: true, Leader: &n}
		}
	case "stepdown":
		err = c.stepDown()
	default:
		err = c.obeyOne(verb, rest)
	}
	if err != nil {
		return Answer{Error: err.Error()}
	}
	return Answer{OK: true}
}

// obeyOne does what concerns one node.
func (c *cluster) obeyOne(verb, node string) error {
	n, err := strconv.Atoi(node)
	if err != nil || n < 0 || n >= len(c.Addresses) {
		return fmt.Errorf("%q is not a node", node)
	}
	switch verb {
	case "kill":
		return c.nodes.kill(n)
	case "start":
		if c.health(n) == 0 {
			if err := c.nodes.start(n); err != nil {
				return err
			}
		}
		return c.unseal(n)
	case "seal":
		return c.nodes.seal(n)
	case "unseal":
		return c.unseal(n)
	}
	return fmt.Errorf("%q is not a command", verb)
}
