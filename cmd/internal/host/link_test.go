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
