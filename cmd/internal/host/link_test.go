package host

import (
	"strings"
	"testing"
)

// TestLinkPrograms: each system has its own.
func TestLinkPrograms(t *testing.T) {
	t.Parallel()
	for goos, want := range map[string]string{
		"linux": "xdg-open link", "darwin": "open link", "windows": "rundll32 url.dll,FileProtocolHandler link",
	} {
		if got := strings.Join(opener(goos, "link"), " "); got != want {
			t.Errorf("%s: %s", goos, got)
		}
	}
	for about, row := range map[string]struct{ goos, env, want string }{
		"X11":     {"linux", "DISPLAY=:0", "xclip xsel"},
		"Wayland": {"linux", "WAYLAND_DISPLAY=wayland-0", "wl-copy"},
		"both":    {"linux", "DISPLAY=:0 WAYLAND_DISPLAY=wayland-0", "wl-copy xclip xsel"},
		"macOS":   {"darwin", "", "pbcopy"},
		"Windows": {"windows", "", "clip"},
	} {
		var got []string
		for _, program := range copiers(row.goos, Host{Environ: strings.Fields(row.env)}.Getenv) {
			got = append(got, program[0])
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%s: %v", about, got)
		}
	}
}

// TestBrowsersWithWindow: a browser of the terminal is never chosen, by whom or how ever it is named.
func TestBrowsersWithWindow(t *testing.T) {
	t.Parallel()
	known := withWindow("")
	for browsers, want := range map[string]string{
		"firefox":                         "firefox",
		"/opt/firefox/firefox":            "/opt/firefox/firefox",
		"w3m":                             known,
		"/usr/bin/lynx":                   known,
		"links2 -g %s:firefox %s:elinks":  "firefox %s",
		"www-browser::w3m":                known,
		"/usr/share/links/firefox:chrome": "/usr/share/links/firefox:chrome",
	} {
		if got := withWindow(browsers); got != want {
			t.Errorf("%q: %q", browsers, got)
		}
	}
	for browser := range strings.SplitSeq(known, ":") {
		if withWindow(browser) != browser {
			t.Errorf("%s is tried, and runs in a terminal", browser)
		}
	}
}
