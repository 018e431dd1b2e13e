package kv

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pleo-connect/store"
)

type env map[string]string

func TestReadSettings(t *testing.T) {
	t.Parallel()
	const url = "https://vault.contoso.example:8200"
	home := filepath.Join("home", "anna")
	tests := []struct {
		env           env
		want          Settings
		refused, name string // of the error
	}{
		{env: env{"VAULT_ADDR": url}, want: Settings{URL: url, TokenFile: filepath.Join(home, tokenFile)}},
		{env: env{"BAO_ADDR": url + "/", "VAULT_ADDR": "https://other.example",
			"BAO_TOKEN_PATH": "/run/token", "BAO_CACERT": "a.pem", "VAULT_CACERT": "b.pem",
			"VAULT_NAMESPACE": "/team/one/", "VAULT_SKIP_VERIFY": "false"},
			want: Settings{URL: url, TokenFile: "/run/token", CACert: "a.pem", Namespace: "team/one"}},
		{env: env{"BAO_ADDR": "http://127.0.0.1:8200", "VAULT_TOKEN_PATH": "token"},
			want: Settings{URL: "http://127.0.0.1:8200", TokenFile: "token"}},
		{env: env{"BAO_ADDR": "http://[::1]:8200"},
			want: Settings{URL: "http://[::1]:8200", TokenFile: filepath.Join(home, ".vault-token")}},

		{env: env{"BAO_ADDR": url, "BAO_TOKEN_PATH": "t", "VAULT_TLS_SERVER_NAME": "vault.test", "BAO_CACERT": "a.pem",
			"BAO_CAPATH": "/etc/certs"},
			want: Settings{URL: url, TokenFile: "t", CACert: "a.pem", ServerName: "vault.test"}},

		{env: env{"BAO_ADDR": url, "VAULT_CAPATH": "/etc/certs"}, refused: "ca_elsewhere", name: "VAULT_CAPATH"},
		{env: env{"BAO_ADDR": url, "BAO_CACERT_BYTES": "-----"}, refused: "ca_elsewhere", name: "BAO_CACERT_BYTES"},
		{env: env{"BAO_ADDR": url, "VAULT_CLIENT_CERT": "c.pem"}, refused: "client_cert", name: "VAULT_CLIENT_CERT"},
		{env: env{"BAO_ADDR": url, "BAO_CACERT": "a.pem", "BAO_CLIENT_KEY": "k.pem"},
			refused: "client_cert", name: "BAO_CLIENT_KEY"},
		{env: nil, refused: "address_missing", name: "BAO_ADDR"},
		{env: env{"VAULT_ADDR": "http://192.0.2.1:8200"}, refused: "address_http", name: "VAULT_ADDR"},
		{env: env{"BAO_ADDR": "http://localhost.contoso.example"}, refused: "address_http", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": "vault.contoso.example:8200"}, refused: "address_bad", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": "unix:///run/vault.sock"}, refused: "address_bad", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": url + "/v1/secret"}, refused: "address_bad", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": url + "?x"}, refused: "address_bad", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": url + "\n"}, refused: "address_bad", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": "https://:8200"}, refused: "address_bad", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": "https://root:" + canary + "@vault.test"}, refused: "address_credentials", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": "https://" + canary}, refused: "address_credentials", name: "BAO_ADDR"},
		{env: env{"BAO_ADDR": url, "VAULT_SKIP_VERIFY": "1"}, refused: "skip_verify", name: "VAULT_SKIP_VERIFY"},
		{env: env{"BAO_ADDR": url, "BAO_SKIP_VERIFY": "yes"}, refused: "skip_verify", name: "BAO_SKIP_VERIFY"},
		{env: env{"BAO_ADDR": url, "BAO_NAMESPACE": "a/../b"}, refused: "namespace", name: "BAO_NAMESPACE"},
		{env: env{"BAO_ADDR": url, "BAO_NAMESPACE": "a\r\nb"}, refused: "namespace", name: "BAO_NAMESPACE"},
		{env: env{"BAO_ADDR": url, "BAO_TOKEN": canary + "\nX: y"}, refused: "token", name: "BAO_TOKEN"},
	}
	for _, test := range tests {
		got, err := ReadSettings(func(name string) string { return test.env[name] }, home)
		var e *store.AddressError
		if errors.As(err, &e) {
			if e.Case != test.refused || e.Name != test.name {
				t.Errorf("%v: %q of %s", test.env, e.Case, e.Name)
			}
			refuseToken(t, err)
			continue
		}
		got.caCertName, got.serverNameName, got.tokenName = "", "", ""
		if err != nil || got != test.want || test.refused != "" {
			t.Errorf("%v:\n got %+v, %v\nwant %+v", test.env, got, err, test.want)
		}
	}
	s, err := ReadSettings(func(name string) string {
		return map[string]string{"BAO_ADDR": url, "VAULT_TOKEN": " " + canary + "\n"}[name]
	}, home)
	if err != nil || s.Token.reveal() != canary || s.TokenFile != "" {
		t.Errorf("%v, %v", s, err)
	}
}

// TestTokenIsNotPrinted prints a token in every way.
func TestTokenIsNotPrinted(t *testing.T) {
	t.Parallel()
	token, _ := newToken(canary)
	s := Settings{Token: token}
	c := client(t, "https://vault.test")
	text := fmt.Sprintf("%v %+v %#v %s %q %x %d %+v %#v", token, token, token, token, token, token, token, s, s)
	encoded, err := json.Marshal(s)
	must(t, err)
	text += string(encoded) + fmt.Sprintf("%+v %#v", c.config, &c.token)
	if strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%x", "canary")) {
		t.Error("a token was printed")
	}
}

// TestTokenFileErrors reads token files that are of no use.
func TestTokenFileErrors(t *testing.T) {
	t.Parallel()
	unsafe := &store.Error{Kind: store.KindEngineToken, Case: "unsafe", Path: "token"}
	for _, test := range []struct {
		text string
		err  error
		want string
	}{
		{"", fs.ErrNotExist, "store_engine_token/missing"},
		{"", &fs.PathError{Op: "open", Path: canary, Err: syscall.EACCES}, "store_engine_token/file"},
		{"", unsafe, "store_engine_token/unsafe"},
		{"", nil, "store_engine_token/content"},
		{" \n", nil, "store_engine_token/content"},
		{canary + "\n" + canary, nil, "store_engine_token/content"},
		{canary + " x", nil, "store_engine_token/content"},
		{canary + "\x00", nil, "store_engine_token/content"},
		{canary + "\u00e4", nil, "store_engine_token/content"},
		{`{"token":"` + canary + `", "x":1}`, nil, "store_engine_token/content"},
		{strings.Repeat("canary", maxToken), nil, "store_engine_token/content"},
	} {
		_, err := New(Address{Vault, "secret/pleo"}, Config{
			Settings: Settings{URL: "https://vault.test", TokenFile: "token"},
			ReadFile: func(string) ([]byte, error) { return []byte(test.text), test.err },
		})
		if row(err) != test.want {
			t.Errorf("%.40q, %v: %v", test.text, test.err, err)
		}
		refuseToken(t, err)
	}
	named := Settings{TokenFile: "token", tokenName: "BAO_TOKEN_PATH"}
	_, err := New(Address{Vault, "secret/pleo"}, Config{
		Settings: named, ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	})
	if row(err) != "store_engine_token/file" {
		t.Errorf("a file that was named and is not there: %v", err)
	}
	if _, err := New(Address{Vault, "secret/pleo"}, Config{}); row(err) != "store_engine_token/missing" {
		t.Errorf("without a file: %v", err)
	}
}
