package main

import (
	"context"
	"io/fs"
	"os"
	"syscall"

	"pleo-connect/cmd/internal/engine"
	"pleo-connect/cmd/internal/trusted"
	"pleo-connect/flow"
	"pleo-connect/pleoclient/textfile"
	"pleo-connect/store"
	"pleo-connect/store/kv"
)

// nameVault makes the texts name the engine that keeps the keys of this run, if one does.
func (a *app) nameVault() error {
	name := a.host.StoreName(a.places.store)
	if !kv.IsAddress(name) {
		return nil
	}
	address, err := kv.Parse(name)
	a.book.Engine = flow.KeyEngine{ // of a wrong address, too: its sentences name the variables
		Name: string(address.Engine), Sealed: a.host.NamesIdentity(a.places.identity),
	}
	if err != nil {
		return engine.StoreFault(err)
	}
	a.vault = &address
	if a.places.force {
		return flow.NewFault(flow.ForceOfEngine, flow.Values{})
	}
	return nil
}

// enterVault enters a key store in OpenBao or Vault. No account is changed for it: the token decides what this process
// may do there.
func (a *app) enterVault(ctx context.Context, how access) (e entered, err error) {
	if how.as != "" {
		return e, flow.NewFault(flow.AsOfEngine, flow.Values{})
	}
	e.Dir, e.Home, e.named = a.vault.String(), a.host.Home, true
	e.open = func() (*store.Store, error) { return nil, store.ErrNoStore }
	var sealer *store.Sealer
	if a.book.Engine.Sealed {
		if e.Config, err = a.sealing(ctx, e.Config, how.ask); err == nil {
			sealer, err = store.NewSealer(e.Config)
		}
	}
	if err != nil {
		return e, engine.StoreFault(err)
	}
	client, err := a.vaultClient()
	if err != nil {
		return e, engine.StoreFault(err)
	}
	st := kv.NewStore(ctx, client, sealer, writer())
	e.records, e.fresh = st, st
	e.within = func(ctx context.Context) engine.Store { return st.Within(ctx) }
	return e, nil
}

// vaultClient returns a client for the engine that the environment names.
func (a *app) vaultClient() (*kv.Client, error) {
	settings, err := kv.ReadSettings(a.host.Getenv, a.host.Home)
	if err != nil {
		return nil, err
	}
	proxy, err := a.host.Proxy()
	if err != nil {
		return nil, err
	}
	config := kv.Config{
		Settings: settings, Proxy: proxy, UserAgent: userAgent(),
		ReadFile: func(path string) ([]byte, error) { return readTrusted(settings, path) },
	}
	if system := a.openRoots("").system; system != nil {
		config.Roots = system.Pool
	}
	return kv.New(*a.vault, config)
}

// readTrusted reads the token or the certificates if no other account can change them. An account that could change them
// could choose the engine that gets the keys.
func readTrusted(s kv.Settings, path string) ([]byte, error) {
	real, refused, err := trusted.Resolve(path)
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(real)
	}
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // opening a pipe would wait for its writer
		return nil, syscall.EINVAL
	case refused != nil && path == s.TokenFile:
		return nil, &store.Error{Kind: store.KindEngineToken, Case: "unsafe", Path: refused.Path}
	case refused != nil:
		return nil, &store.AddressError{Case: "cacert_unsafe", Value: refused.Path}
	}
	f, err := os.Open(real)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return textfile.ReadAll(f, maxTrustedBytes)
}

const maxTrustedBytes = 1 << 20 // certificates; a token is a line
