package host

import (
	"cmp"
	"context"
	"os/exec"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"pleo-connect/flow"
)

// linkLimit is how long a program may take with a link before people are told something other than its success.
const linkLimit = 2 * time.Second

// Open opens a link in the browser of this computer. It is called only on a key press, and only where [Host.Elsewhere]
// gives no reason against it. A browser that was not running yet may keep its opener waiting until it is closed.
func (h Host) Open(url string) flow.OpenWay {
	cmd := h.alone(context.Background(), opener(runtime.GOOS, url))
	cmd.Env = append(slices.Clone(cmd.Env), "BROWSER="+withWindow(h.Getenv("BROWSER")))
	if cmd.Start() != nil {
		return flow.OpenFailed
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return flow.OpenFailed
		}
		return flow.OpenDone
	case <-time.After(linkLimit):
		return flow.OpenBegun
	}
}

// Copy puts a link on the clipboard of this computer with the first program that can, and reports whether one did. It
// is called only where Open may be, and never with a key.
func (h Host) Copy(link string) bool {
	for _, program := range copiers(runtime.GOOS, h.Getenv) {
		if h.copyWith(program, link) {
			return true
		}
	}
	return false
}

func (h Host) copyWith(program []string, link string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), linkLimit)
	defer cancel()
	cmd := h.alone(ctx, program)
	cmd.Stdin = strings.NewReader(link)
	cmd.Cancel = func() error { return killWithChildren(cmd.Process) } // a script may wait for another program
	return cmd.Run() == nil
}

// opener is the command that opens a link.
func opener(goos, url string) []string {
	switch goos {
	case "darwin":
		return []string{"open", url}
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", url}
	}
	return []string{"xdg-open", url}
}

// withWindow returns the browsers of BROWSER that have a window, or else those that xdg-open knows. xdg-open would
// continue with browsers that run in a terminal: without one, they may end well and have shown nothing to anyone.
//
// Source: https://gitlab.freedesktop.org/xdg/xdg-utils/-/blob/master/scripts/xdg-open.in
func withWindow(browsers string) string {
	var out []string
	for browser := range strings.SplitSeq(browsers, ":") {
		words := strings.Fields(browser)
		if len(words) > 0 && !slices.Contains(inTerminal, path.Base(words[0])) {
			out = append(out, browser)
		}
	}
	return cmp.Or(strings.Join(out, ":"), "x-www-browser:firefox:iceweasel:seamonkey:mozilla:epiphany:konqueror:"+
		"chromium:chromium-browser:google-chrome")
}

// inTerminal are browsers that run in a terminal.
var inTerminal = []string{
	"www-browser", "w3m", "lynx", "links", "links2", "elinks", "netrik", "retawq", "browsh", "carbonyl", "cha",
}

// copiers are the commands that take a text for the clipboard. Those of Linux end once a process of theirs holds it.
func copiers(goos string, getenv func(string) string) [][]string {
	switch goos {
	case "darwin":
		return [][]string{{"pbcopy"}}
	case "windows":
		return [][]string{{"clip"}}
	}
	var out [][]string
	if getenv("WAYLAND_DISPLAY") != "" {
		out = append(out, []string{"wl-copy"})
	}
	if getenv("DISPLAY") != "" {
		out = append(out, []string{"xclip", "-in", "-selection", "clipboard"}, []string{"xsel", "--input", "--clipboard"})
	}
	return out
}

// alone returns a command that inherits only the environment from us: no terminal, as xdg-open may start a browser that
// runs in one; no stream and no other descriptor; and no directory that it would keep busy.
func (h Host) alone(ctx context.Context, program []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program[0], program[1:]...) // without streams, it gets the null device
	cmd.Dir, cmd.Env, cmd.SysProcAttr = rootDirectory, h.Environ, apart()
	keepDescriptors()
	return cmd
}
