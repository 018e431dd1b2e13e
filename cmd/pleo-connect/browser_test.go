//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromiumVariable names a Chromium that must be there, as in CI. Without it, the tests of the pages take the one on
// PATH, or are skipped.
const chromiumVariable = "CHROMIUM"

// tabsAtOnce bounds how many tests have the browser at a time.
var tabsAtOnce = make(chan struct{}, 3)

// errNoBrowser skips a test.
var errNoBrowser = errors.New("needs Chromium: chromium on PATH, or its path in " + chromiumVariable)

// endBrowser ends what startBrowser started.
var endBrowser = func() {}

// startBrowser starts a headless Chromium once, for all tests. Nothing of it reaches another computer.
var startBrowser = sync.OnceValues(func() (context.Context, error) {
	path := os.Getenv(chromiumVariable)
	if path == "" {
		var err error
		if path, err = exec.LookPath("chromium"); err != nil {
			return nil, errNoBrowser
		}
	}
	dir, err := os.MkdirTemp("", "pleo-connect-browser-")
	if err != nil {
		return nil, err
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.NoSandbox, // it shows our own pages only, and containers have no sandbox to give
		chromedp.NoInheritEnv, chromedp.Env("HOME="+dir, "TMPDIR="+dir, "PATH="+os.Getenv("PATH"), "LANG=C.UTF-8"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.ProxyServer("direct://"),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-pings", true),
	)...)
	ctx, _ = chromedp.NewContext(ctx)
	endBrowser = func() {
		limited, done := context.WithTimeout(ctx, patience)
		defer done()
		_ = chromedp.Cancel(limited)
		stop()
		_ = os.RemoveAll(dir)
	}
	return ctx, chromedp.Do(ctx)
})

// browser returns the Chromium of all tests.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, err := startBrowser()
	if errors.Is(err, errNoBrowser) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}
