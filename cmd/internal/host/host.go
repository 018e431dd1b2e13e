// Package host represents this process on this computer: its environment, standard streams, umask, limits, signals and
// account, and where this account's files are. Begin with [Start], which prepares the process and reads once what a run
// may know about it. The Host that it returns is passed on, so that nothing else looks at the process.
//
// The package has only what changes the process as a whole, or exists once in it: no command, no step of a wizard, no
// request to Pleo. About a store, it knows where the files are and which account they belong to.
package host

import (
	"cmp"
	"io"
	"log"
	"os"
	"runtime"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"pleo-connect/cmd/internal/early"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Host is what a run knows about its process and computer.
type Host struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string // the whole environment at the start: a program that we become gets it back
	Home     string   // the home directory of the person; empty if there is none
	Temp     string   // the directory of temporary files

	IntegrationFile string // names the integration that this computer connects, unless another file is named
	umask           int    // as it was at the start
}

// Start prepares this process for keys, and returns what is known about it: new files are private, no core file is
// written, and other processes of the same user cannot look inside.
func Start() Host {
	log.SetOutput(io.Discard) // net/http writes to it about idle connections, in the middle of the screen
	h := Host{
		In: stdin(), Out: os.Stdout, Err: os.Stderr, Environ: early.Environ, Temp: os.TempDir(),
		IntegrationFile: integrationFile, umask: protect(),
	}
	h.Home = store.HomeDir(h.Getenv)
	if term := h.Getenv("TERM"); term != "" {
		_ = os.Setenv("TERM", term) // for Bubble Tea on Windows; it cannot fail for what was set
	}
	return h
}

// Proxy returns the proxy of the environment. If both spellings are set, the upper-case one counts, as in net/http;
// package httpproxy has it the other way round. A variable that cannot be parsed is an error, whether it counts or not.
func (h Host) Proxy() (httpproxy.Config, error) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		if err := pleoclient.CheckProxy(name, h.Getenv(name)); err != nil {
			return httpproxy.Config{}, err
		}
	}
	return httpproxy.Config{
		HTTPSProxy: cmp.Or(h.Getenv("HTTPS_PROXY"), h.Getenv("https_proxy")),
		HTTPProxy:  cmp.Or(h.Getenv("HTTP_PROXY"), h.Getenv("http_proxy")),
		NoProxy:    cmp.Or(h.Getenv("NO_PROXY"), h.Getenv("no_proxy")),
		CGI:        h.Getenv("REQUEST_METHOD") != "",
	}, nil
}

// IgnoredProxy returns the name of ALL_PROXY, as it is spelled here, if it is set and HTTPS_PROXY is not; else "".
// Other programs use that proxy, such as curl; package httpproxy does not know it.
func (h Host) IgnoredProxy() string {
	if h.Getenv("HTTPS_PROXY") != "" || h.Getenv("https_proxy") != "" {
		return ""
	}
	for _, name := range []string{"ALL_PROXY", "all_proxy"} {
		if h.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

// Getenv returns a variable of the environment at the start, or "".
func (h Host) Getenv(name string) string {
	for _, entry := range h.Environ {
		key, value, _ := strings.Cut(entry, "=")
		if key == name || runtime.GOOS == "windows" && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}
