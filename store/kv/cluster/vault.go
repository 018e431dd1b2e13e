package main

import (
	"io"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/vault"
	"github.com/mitchellh/go-testing-interface"
)

// vaultNodes are the nodes of a Vault in this process. What fails in the library's own helpers ends it.
type vaultNodes struct {
	*vault.TestCluster
	t    testing.T
	opts *vault.TestClusterOptions
}

func serveVault(dir string, log io.Writer) (*cluster, error) {
	t := &testing.RuntimeT{}
	opts := &vault.TestClusterOptions{
		HandlerFunc: vaulthttp.Handler,
		KVVersion:   "2",
		Logger:      hclog.New(&hclog.LoggerOptions{Output: log, Level: hclog.Debug}),
		TempDir:     dir,
	}
	nodes := vaultNodes{t: t, opts: opts, TestCluster: vault.NewTestCluster(t, &vault.CoreConfig{
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{"approle": approle.Factory},
	}, opts)}
	var addresses []string
	for _, core := range nodes.Cores {
		core.Address = core.Listeners[0].Address // which StartCore listens on again
		addresses = append(addresses, "https://"+core.Address.String())
	}
	c, err := newCluster(addresses, filepath.Join(dir, "ca_cert.pem"))
	if err != nil {
		return nil, err
	}
	c.nodes, c.RootToken = nodes, nodes.RootToken
	return c, c.mount()
}

func (v vaultNodes) kill(n int) error {
	if err := v.Cores[n].Server.Close(); err != nil {
		return err
	}
	v.StopCore(v.t, n)
	return nil
}

func (v vaultNodes) start(n int) error {
	v.StartCore(v.t, n, v.opts)
	return nil
}

func (v vaultNodes) seal(n int) error {
	v.Cores[n].Seal(v.t)
	return nil
}

func (v vaultNodes) unseal(n int) error { return v.AttemptUnsealCore(v.Cores[n]) }

func (v vaultNodes) end() {} // nothing of it outlives this process
