package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

// baoNodes are three processes of OpenBao.
type baoNodes struct {
	*cluster
	program string
	dir     string
	log     io.Writer
	key     string // unseals them
	running [3]*exec.Cmd
}

func serveOpenBao(program, dir string, log io.Writer) (*cluster, error) {
	if err := writeCertificates(dir); err != nil {
		return nil, err
	}
	b := &baoNodes{program: program, dir: dir, log: log}
	addresses, err := b.configure()
	if err != nil {
		return nil, err
	}
	if b.cluster, err = newCluster(addresses, filepath.Join(dir, caFile)); err != nil {
		return nil, err
	}
	b.cluster.nodes = b
	if err := b.form(); err != nil {
		b.end()
		return nil, err
	}
	return b.cluster, nil
}

// configure writes the configuration of every node.
func (b *baoNodes) configure() (addresses []string, err error) {
	var hosts [6]string // where the nodes listen: for clients, then for each other
	for i := range hosts {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		hosts[i] = l.Addr().String()
	}
	for n := range b.running {
		addresses = append(addresses, "https://"+hosts[n])
		storage := filepath.Join(b.dir, fmt.Sprint("storage", n))
		if err := os.Mkdir(storage, 0o700); err != nil {
			return nil, err
		}
		text, err := json.Marshal(map[string]any{
			"api_addr":     addresses[n],
			"cluster_addr": "https://" + hosts[n+3],
			"listener": map[string]any{"tcp": map[string]string{
				"address":         hosts[n],
				"cluster_address": hosts[n+3],
				"tls_cert_file":   filepath.Join(b.dir, certFile),
				"tls_key_file":    filepath.Join(b.dir, keyFile),
			}},
			"storage": map[string]any{"raft": map[string]string{"path": storage, "node_id": fmt.Sprint(n)}},
		})
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(b.config(n), text, 0o600); err != nil {
			return nil, err
		}
	}
	return addresses, nil
}

func (b *baoNodes) config(n int) string { return filepath.Join(b.dir, fmt.Sprintf("node%d.json", n)) }

// form starts the nodes and makes one cluster of them.
func (b *baoNodes) form() error {
	var secrets struct {
		Keys  []string `json:"keys"`
		Token string   `json:"root_token"`
	}
	if err := b.start(0); err != nil {
		return err
	}
	shares := map[string]int{"secret_shares": 1, "secret_threshold": 1}
	if _, err := b.ask(0, http.MethodPut, "sys/init", shares, &secrets); err != nil {
		return err
	}
	b.key, b.RootToken = secrets.Keys[0], secrets.Token
	if err := b.unseal(0); err != nil {
		return err
	}
	if _, err := b.leader(); err != nil {
		return err
	}
	for n := 1; n < len(b.running); n++ {
		if err := b.join(n); err != nil {
			return err
		}
	}
	all := func() bool { return b.voters() == len(b.running) }
	if err := until("a node may not vote", all); err != nil {
		return err
	}
	v2 := map[string]any{"type": "kv", "options": map[string]string{"version": "2"}}
	if _, err := b.ask(0, http.MethodPost, "sys/mounts/"+b.KV, v2, nil); err != nil {
		return err
	}
	return b.mount()
}

// join starts a node and makes it one of the cluster of node 0.
func (b *baoNodes) join(n int) error {
	if err := b.start(n); err != nil {
		return err
	}
	ca, err := os.ReadFile(b.CAFile)
	if err != nil {
		return err
	}
	with := map[string]string{"leader_api_addr": b.Addresses[0], "leader_ca_cert": string(ca)}
	if _, err := b.ask(n, http.MethodPost, "sys/storage/raft/join", with, nil); err != nil {
		return err
	}
	return b.unseal(n)
}

// voters returns how many nodes may become active, as node 0 knows it.
func (b *baoNodes) voters() (voters int) {
	var raft struct {
		Data struct {
			Config struct {
				Servers []struct {
					Voter bool `json:"voter"`
				} `json:"servers"`
			} `json:"config"`
		} `json:"data"`
	}
	b.ask(0, http.MethodGet, "sys/storage/raft/configuration", nil, &raft)
	for _, server := range raft.Data.Config.Servers {
		if server.Voter {
			voters++
		}
	}
	return voters
}

func (b *baoNodes) kill(n int) error {
	if err := b.running[n].Process.Kill(); err != nil {
		return err
	}
	b.running[n].Wait() // says that it was killed
	return nil
}

func (b *baoNodes) start(n int) error {
	cmd := exec.Command(b.program, "server", "-config="+b.config(n))
	cmd.Env = append(os.Environ(), "BAO_RAFT_AUTOPILOT_DISABLE=1") // which lets no node vote for its first 20 s
	cmd.Stdout, cmd.Stderr = b.log, b.log
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	b.running[n] = cmd
	return until("a node does not answer", func() bool { return b.health(n) != 0 })
}

// seal starts a node anew, because a standby cannot be told to seal itself.
func (b *baoNodes) seal(n int) error {
	if err := b.kill(n); err != nil {
		return err
	}
	return b.start(n)
}

// unseal gives a node the key once: one that is given it again while it joins begins to serve twice, and never steps
// down.
func (b *baoNodes) unseal(n int) error {
	if _, err := b.ask(n, http.MethodPut, "sys/unseal", map[string]string{"key": b.key}, nil); err != nil {
		return err
	}
	return until("a node remains sealed", func() bool {
		status := b.health(n)
		return status == http.StatusOK || status == http.StatusTooManyRequests
	})
}

func (b *baoNodes) end() {
	for n, cmd := range b.running {
		if cmd != nil {
			b.kill(n)
		}
	}
}
