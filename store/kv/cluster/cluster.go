package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// patience is how long the nodes may take to become what they are told to be, on a busy machine.
const patience = 2 * time.Minute

// cluster is nodes that are reached over HTTP.
type cluster struct {
	Ready
	nodes nodes
	http  *http.Client
}

func newCluster(addresses []string, caFile string) (*cluster, error) {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	return &cluster{
		Ready: Ready{Addresses: addresses, CAFile: caFile, KV: "secret", KV1: "old", Other: "cubbyhole"},
		http: &http.Client{
			Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       patience,
		},
	}, nil
}

// ask sends a request to a node, with the root token if there is one yet, and decodes what it answers into out.
func (c *cluster) ask(n int, method, path string, body, out any) (status int, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequest(method, c.Addresses[n]+"/v1/"+path, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Vault-Token", c.RootToken)
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	if err == nil && resp.StatusCode >= 400 && path != "sys/health" {
		err = fmt.Errorf("%s %s: HTTP %d: %s", method, path, resp.StatusCode, answer)
	}
	return resp.StatusCode, err
}

// health returns the status with which a node answers about itself, or 0.
func (c *cluster) health(n int) int {
	status, _ := c.ask(n, http.MethodGet, "sys/health", nil, nil)
	return status
}

// leader waits until a node is active and the others know it, and returns which.
func (c *cluster) leader() (n int, err error) {
	err = until("no node is active", func() bool {
		for n = range c.Addresses {
			if c.health(n) == http.StatusOK {
				return c.agree(n)
			}
		}
		return false
	})
	return n, err
}

// agree reports whether every node that serves names this one as the active one.
func (c *cluster) agree(active int) bool {
	for n := range c.Addresses {
		var said struct {
			Address string `json:"leader_address"`
		}
		switch c.health(n) {
		case http.StatusOK, http.StatusTooManyRequests:
			c.ask(n, http.MethodGet, "sys/leader", nil, &said)
			if said.Address != c.Addresses[active] {
				return false
			}
		}
	}
	return true
}

// stepDown makes the active node a standby, and waits until another is active.
func (c *cluster) stepDown() error {
	n, err := c.leader()
	if err != nil {
		return err
	}
	if _, err := c.ask(n, http.MethodPut, "sys/step-down", nil, nil); err != nil {
		return err
	}
	return until("no other node became active", func() bool {
		next, err := c.leader()
		return err == nil && next != n
	})
}

// mount mounts what the tests need beside the KV v2, and waits until every node serves that.
func (c *cluster) mount() error {
	n, err := c.leader()
	if err != nil {
		return err
	}
	v1 := map[string]any{"type": "kv", "options": map[string]string{"version": "1"}}
	if _, err := c.ask(n, http.MethodPost, "sys/mounts/"+c.KV1, v1, nil); err != nil {
		return err
	}
	for n := range c.Addresses {
		if err := c.serves(n); err != nil {
			return err
		}
	}
	return nil
}

// unseal unseals a node, and waits until it serves and all agree who is active.
func (c *cluster) unseal(n int) error {
	if err := c.nodes.unseal(n); err != nil {
		return err
	}
	if err := c.serves(n); err != nil {
		return err
	}
	_, err := c.leader()
	return err
}

// serves waits until a node reads the KV v2. That refuses everything for a moment after it was mounted, and so does a
// standby that has not met the active node.
func (c *cluster) serves(n int) error {
	return until(fmt.Sprintf("node %d does not serve", n), func() bool {
		status, err := c.ask(n, http.MethodGet, c.KV+"/config", nil, nil)
		return err == nil && status == http.StatusOK
	})
}

// until waits for a state, and fails with the text if it does not come.
func until(text string, reached func() bool) error {
	for begin := time.Now(); !reached(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > patience {
			return errors.New(text)
		}
	}
	return nil
}
