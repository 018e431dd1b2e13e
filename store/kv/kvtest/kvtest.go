// Package kvtest gives tests the engine itself: three nodes of Vault or OpenBao on loopback, over TLS. Start starts
// them or skips the test, and what a test needs there is made with the methods of [Cluster].
package kvtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Cluster is three nodes, which the tests of one package share. A test that kills or seals one is not parallel.
type Cluster struct {
	Addresses []string `json:"addresses"`  // the URLs of the nodes
	CAFile    string   `json:"ca_file"`    // the certificate that signed theirs
	RootToken string   `json:"root_token"` // a token that may do everything
	KV        string   `json:"kv"`         // the mount of a KV v2
	KV1       string   `json:"kv1"`        // the mount of a KV v1
	Other     string   `json:"other"`      // the mount of something else

	mu      sync.Mutex // held from a command to its answer
	program *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

// shared is the cluster of this process. Its program ends with its input, which is when this process ends.
var shared = sync.OnceValues(func() (*Cluster, error) {
	c := &Cluster{program: exec.Command(os.Getenv("KV_CLUSTER"))}
	c.program.Stderr = &bytes.Buffer{}
	in, err := c.program.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.program.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.program.Start(); err != nil {
		return nil, err
	}
	c.in, c.out = in, json.NewDecoder(out)
	if err := c.out.Decode(c); err != nil {
		return nil, c.ended(err)
	}
	return c, nil
})

// ended ends the program after an error, and adds what it said.
func (c *Cluster) ended(err error) error {
	c.in.Close()
	c.program.Wait()
	return fmt.Errorf("the program of the cluster: %w\n%s", err, c.program.Stderr)
}

// Start returns the cluster, and skips the test if there is no program that serves one.
func Start(t testing.TB) *Cluster {
	t.Helper()
	if os.Getenv("KV_CLUSTER") == "" {
		t.Skip("KV_CLUSTER names no program that serves a cluster: make vault builds one and sets it")
	}
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var prefixes atomic.Int64

// Prefix returns a path for the entries of one test, below a mount.
func (c *Cluster) Prefix(t testing.TB) string {
	name := strings.NewReplacer("/", "-", "#", "-").Replace(strings.ToLower(t.Name()))
	return fmt.Sprintf("%s-%d", name, prefixes.Add(1))
}

// Environ returns the environment of a program that reaches a node with a token.
func (c *Cluster) Environ(node int, token string) []string {
	return []string{"BAO_ADDR=" + c.Addresses[node], "BAO_CACERT=" + c.CAFile, "BAO_TOKEN=" + token}
}

// Kill stops a node as a power cut would, until the test ends.
func (c *Cluster) Kill(t testing.TB, node int) {
	t.Helper()
	t.Cleanup(func() { c.command(t, "start", node) })
	c.command(t, "kill", node)
}

// Seal seals a node, until the test ends.
func (c *Cluster) Seal(t testing.TB, node int) {
	t.Helper()
	t.Cleanup(func() { c.Unseal(t, node) })
	c.command(t, "seal", node)
}

// Unseal unseals a node.
func (c *Cluster) Unseal(t testing.TB, node int) {
	t.Helper()
	c.command(t, "unseal", node)
}

// StepDown lets another node become active.
func (c *Cluster) StepDown(t testing.TB) {
	t.Helper()
	c.command(t, "stepdown")
}

// Leader waits until a node is active, and returns its index.
func (c *Cluster) Leader(t testing.TB) int {
	t.Helper()
	return c.command(t, "leader")
}

// Standby returns the index of a node that is not active.
func (c *Cluster) Standby(t testing.TB) int {
	t.Helper()
	return (c.Leader(t) + 1) % len(c.Addresses)
}

// command has the program obey a line, and returns the node in its answer.
func (c *Cluster) command(t testing.TB, line ...any) (leader int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	var answer struct {
		OK     bool
		Error  string
		Leader int
	}
	_, err := fmt.Fprintln(c.in, line...)
	if err == nil {
		err = c.out.Decode(&answer)
	}
	if err != nil {
		t.Fatalf("%v: %v", line, c.ended(err))
	}
	if !answer.OK {
		t.Fatalf("%v: %s", line, answer.Error)
	}
	return answer.Leader
}
