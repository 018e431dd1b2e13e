package host

import (
	"cmp"
	"strconv"
	"strings"
	"testing"

	"pleo-connect/flow"
)

// What is offered for a link.
const (
	here       = "open, copy here"
	byTerminal = "copy by the terminal"
	nothing    = "nothing"
)

// ancestors writes a line of processes, ours first: the name of each, and its uid unless that is 1000. The one with a
// star leads the session.
const (
	inWindow  = "us *bash gnome-terminal- systemd systemd/0"
	inSSH     = "us *bash sshd-session sshd-session/0 sshd/0 systemd/0"
	inSudo    = "us/0 *sudo/0 sudo/0 bash gnome-terminal- systemd systemd/0"
	inSudoSSH = "us/0 *sudo/0 sudo/0 bash sshd sshd/0 systemd/0"
	inWSL     = "us *bash Relay(41) SessionLeader/0 init-systemd(Ub/0 systemd/0"
	inWindows = "us.exe powershell.exe WindowsTerminal.exe explorer.exe"
	inMac     = "us *-zsh login/0 Terminal launchd/0"
)

// TestElsewhere is every way to sit in front of the wizard that we know, what it sets, and what is offered there.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		about   string
		goos    string // empty: linux
		env     string
		line    string
		change  func(*facts)
		noOSC52 bool // the terminal cannot be asked to copy
		why     Elsewhere
		offered string // empty: copy by the terminal
	}{
		// Linux, in front of the computer
		{about: "X11", env: "DISPLAY=:0", line: inWindow, offered: here},
		{about: "X11 with a screen", env: "DISPLAY=:0.0", line: inWindow, offered: here},
		{about: "X11 by its socket", env: "DISPLAY=unix:1", line: inWindow, offered: here},
		{about: "Wayland", env: "WAYLAND_DISPLAY=wayland-0", line: inWindow, offered: here},
		{about: "both", env: "DISPLAY=:0 WAYLAND_DISPLAY=wayland-0", line: inWindow, noOSC52: true, offered: here},
		{about: "with an SSH agent", env: "DISPLAY=:0 SSH_AUTH_SOCK=/run/a SSH_AGENT_PID=7 SSH_ASKPASS=/bin/a",
			line: inWindow, offered: here},
		{about: "variables without a value", env: "DISPLAY=:0 SSH_CONNECTION= TMUX= SUDO_UID=",
			line: inWindow, offered: here},
		{about: "startx", env: "DISPLAY=:0", line: "us *bash xterm openbox xinit startx bash login/0 init/0", offered: here},
		{about: "script", env: "DISPLAY=:0", line: "us *bash script bash xterm systemd systemd/0", offered: here},
		{about: "root's desktop", env: "DISPLAY=:0", line: "us/0 *bash/0 xterm/0 xinit/0 systemd/0", offered: here},
		{about: "VNC", env: "DISPLAY=:1", line: "us *bash xfce4-terminal xfce4-session Xvnc systemd systemd/0",
			offered: here},
		{about: "no display", line: inWindow, why: NoDisplay},
		{about: "a display without a name", env: "DISPLAY= WAYLAND_DISPLAY=", line: inWindow, why: NoDisplay},
		{about: "a display elsewhere", env: "DISPLAY=thin-client:0", line: inWindow, why: OverSSH},

		// SSH
		{about: "ssh", env: "SSH_CONNECTION=a SSH_CLIENT=b SSH_TTY=/dev/pts/0", line: inSSH, why: OverSSH},
		{about: "ssh, a terminal without OSC 52", env: "SSH_TTY=a", line: inSSH, noOSC52: true,
			why: OverSSH, offered: nothing},
		{about: "ssh without its variables", env: "DISPLAY=:0", line: inSSH, why: OverSSH},
		{about: "an older sshd", env: "DISPLAY=:0", line: "us *bash sshd sshd/0 systemd/0", why: OverSSH},
		{about: "dropbear", env: "DISPLAY=:0", line: "us *ash dropbear/0 dropbear/0 init/0", why: OverSSH},
		{about: "ssh -X", env: "DISPLAY=localhost:10.0", line: inWindow, why: OverSSH},
		{about: "ssh -X, IPv4", env: "DISPLAY=127.0.0.1:10.0", line: inWindow, why: OverSSH},
		{about: "ssh -X, IPv6", env: "DISPLAY=[::1]:10.0", line: inWindow, why: OverSSH},
		{about: "ssh -X, IPv6 bare", env: "DISPLAY=::1:10.0", line: inWindow, why: OverSSH},
		{about: "ssh -X beside a desktop", env: "DISPLAY=localhost:10.0 WAYLAND_DISPLAY=wayland-0", line: inWindow,
			why: OverSSH},
		{about: "waypipe", env: "WAYLAND_DISPLAY=wayland-7", line: "us *bash waypipe sshd sshd/0 systemd/0",
			why: OverSSH},
		{about: "mosh", env: "DISPLAY=:0", line: "us *bash mosh-server systemd/0", why: OverNetwork},
		{about: "telnet", env: "DISPLAY=:0", line: "us *bash login/0 in.telnetd/0 inetd/0 systemd/0", why: OverNetwork},
		{about: "a terminal in a web page", env: "DISPLAY=:0", line: "us *bash ttyd systemd systemd/0",
			why: OverNetwork},

		// another account
		{about: "sudo", env: "DISPLAY=:0 SUDO_UID=1000 SUDO_USER=ada", line: inSudo, why: AnotherAccount},
		{about: "sudo without its variables", env: "DISPLAY=:0", line: inSudo, why: AnotherAccount},
		{about: "sudo in ssh", env: "SUDO_UID=1000 SUDO_USER=ada", line: inSudoSSH, why: AnotherAccount},
		{about: "sudo -i in ssh -X", env: "DISPLAY=localhost:10.0", line: inSudoSSH, why: AnotherAccount},
		{about: "sudo -i in ssh", env: "DISPLAY=:0", line: "us/0 *bash/0 sudo/0 bash sshd sshd/0 systemd/0",
			why: AnotherAccount},
		{about: "doas", env: "DISPLAY=:0 DOAS_USER=ada", line: inWindow, why: AnotherAccount},
		{about: "pkexec", env: "DISPLAY=:0 PKEXEC_UID=1000", line: inWindow, why: AnotherAccount},
		{about: "su -", env: "DISPLAY=:0", line: "us/0 *bash/0 su bash gnome-terminal- systemd systemd/0",
			why: AnotherAccount},
		{about: "su - in ssh", line: "us/0 *bash/0 su bash sshd sshd/0 systemd/0", why: AnotherAccount},
		{about: "su to a person by root", env: "DISPLAY=:0", line: "us *bash su/0 bash/0 xterm/0 systemd/0",
			why: AnotherAccount},
		{about: "an unknown su", env: "DISPLAY=:0", line: "us/0 *bash/0 sudo-rs/0 bash xterm systemd systemd/0",
			why: AnotherAccount},
		{about: "setpriv by root", env: "DISPLAY=:0", line: "us *bash/0 xterm/0 systemd/0",
			change: func(f *facts) { f.terminal = 0 }, why: AnotherAccount},
		{about: "a program with the setuid bit", env: "DISPLAY=:0", line: inWindow,
			change: func(f *facts) { f.uid = 1001 }, why: AnotherAccount},

		// multiplexers
		{about: "tmux", env: "DISPLAY=:0 TMUX=/tmp/tmux-1000/default,7,0", line: "us *bash tmux:_server systemd systemd/0",
			why: InTmux},
		{about: "tmux in ssh", env: "TMUX=/tmp/tmux-1000/default,7,0", line: "us *bash tmux:_server systemd/0", noOSC52: true,
			why: InTmux, offered: nothing},
		{about: "tmux without its variable", env: "DISPLAY=:0", line: "us *bash tmux:_server systemd systemd/0",
			why: InTmux},
		{about: "screen", env: "DISPLAY=:0 STY=7.pts-0.host", line: "us *bash screen systemd systemd/0", why: InScreen},
		{about: "screen in ssh", env: "STY=7.pts-0.host", line: "us *bash screen systemd/0", why: InScreen},
		{about: "screen without its variable", env: "DISPLAY=:0", line: "us *bash SCREEN systemd systemd/0",
			why: InScreen},
		{about: "zellij", env: "DISPLAY=:0 ZELLIJ=0", line: inWindow, why: InMultiplexer},
		{about: "dtach", env: "DISPLAY=:0", line: "us *bash dtach systemd/0", why: InMultiplexer},

		// containers, consoles, and what systemd starts
		{about: "docker exec", line: "us/0 *bash/0", change: incomplete, why: Unknown},
		{about: "docker exec, made at a desktop", env: "DISPLAY=:0", line: "us/0 *bash/0", change: incomplete,
			why: Unknown},
		{about: "docker run", env: "DISPLAY=:0", line: "us/0 *bash/0", why: NoWindow},
		{about: "docker run --init", env: "DISPLAY=:0", line: "us/0 *bash/0 docker-init/0", why: NoWindow},
		{about: "docker run of the wizard", env: "DISPLAY=:0", line: "*us/0", why: NoWindow},
		{about: "a serial line", line: "us *bash login/0 systemd/0", change: noPseudo, noOSC52: true,
			why: NoDisplay, offered: nothing},
		{about: "a serial line, display set", env: "DISPLAY=:0", line: "us *bash agetty/0 systemd/0", change: noPseudo,
			why: NoWindow},
		{about: "the console of a container", env: "DISPLAY=:0", line: "us *bash login/0 systemd/0", why: NoWindow},
		{about: "one without login", env: "DISPLAY=:0", line: "us *ash init/0", why: NoWindow},
		{about: "docker run with an init that starts a session", env: "DISPLAY=:0", line: "us/0 *bash/0 dumb-init/0",
			why: NoWindow},
		{about: "machinectl shell", line: "us/0 *bash/0 systemd/0", why: NoDisplay},
		{about: "machinectl shell, display set", env: "DISPLAY=:0", line: "us/0 *bash/0 systemd/0", why: NoWindow},
		{about: "systemd-run --user", env: "DISPLAY=:0", line: "*us systemd systemd/0", why: NoWindow},
		{about: "who leads the session is gone", env: "DISPLAY=:0", line: "us bash systemd/0", why: NoWindow},
		{about: "/proc of others cannot be read", env: "DISPLAY=:0", line: inWindow, change: incomplete, why: Unknown},
		{about: "/proc cannot be read", env: "DISPLAY=:0", change: incomplete, why: Unknown},

		// WSL
		{about: "WSL in Windows Terminal", env: "DISPLAY=:0 WSL_DISTRO_NAME=Ubuntu WSL_INTEROP=/run/a WT_SESSION=b",
			line: inWSL, offered: here},
		{about: "WSL", env: "DISPLAY=:0 WAYLAND_DISPLAY=wayland-0 WSL_DISTRO_NAME=Ubuntu", line: inWSL, why: Unknown},
		{about: "WSL, its socket alone", env: "DISPLAY=:0 WSL_INTEROP=/run/a", line: inWSL, why: Unknown},
		{about: "WSL without windows", env: "WSL_DISTRO_NAME=Ubuntu WT_SESSION=b", line: inWSL, why: NoDisplay},

		// macOS
		{about: "macOS", goos: "darwin", line: inMac, offered: here},
		{about: "macOS, ssh", goos: "darwin", env: "SSH_TTY=a", line: inMac, why: OverSSH},
		{about: "macOS, ssh without its variables", goos: "darwin", line: "us *-zsh sshd-session sshd/0 launchd/0",
			why: OverSSH},
		{about: "macOS, sudo", goos: "darwin", line: "us/0 *sudo/0 -zsh login/0 Terminal launchd/0",
			why: AnotherAccount},
		{about: "macOS, tmux", goos: "darwin", line: "us *-zsh tmux launchd/0", why: InTmux},
		{about: "macOS, nothing known", goos: "darwin", line: inMac, change: incomplete, why: Unknown},

		// Windows
		{about: "Windows", goos: "windows", line: inWindows, change: incomplete, offered: here},
		{about: "Windows, ssh", goos: "windows", env: "SSH_CLIENT=a", line: inWindows, why: OverSSH},
		{about: "Windows, ssh without its variables", goos: "windows",
			line: "us.exe cmd.exe conhost.exe sshd.exe services.exe", why: OverSSH},
		{about: "Windows, its name in capitals", goos: "windows", line: "us.exe cmd.exe SSHD.EXE", why: OverSSH},
		{about: "Windows, nothing known", goos: "windows", why: Unknown},

		{about: "FreeBSD", goos: "freebsd", env: "DISPLAY=:0", line: inWindow, why: Unknown},
	} {
		f := factsOf(t, cmp.Or(row.goos, "linux"), row.env, row.line)
		if row.change != nil {
			row.change(&f)
		}
		why, want := f.elsewhere(), cmp.Or(row.offered, byTerminal)
		if got := offered(flow.Setup{Remote: why != "", NoClipboard: row.noOSC52}); why != row.why || got != want {
			t.Errorf("%s: %q, offered: %s; want %q, %s", row.about, why, got, row.why, want)
		}
		if f.noDisplay() && why == "" {
			t.Errorf("%s: a desktop without a display", row.about)
		}
	}
}

// TestElsewhereByName: each name alone, of a variable or of an ancestor, keeps a window from being one of this desktop.
func TestElsewhereByName(t *testing.T) {
	t.Parallel()
	for why, names := range map[Elsewhere]struct{ variables, programs string }{
		OverSSH: {
			"SSH_CONNECTION SSH_CLIENT SSH_TTY SSH_ORIGINAL_COMMAND SSH_USER_AUTH SSH_TUNNEL",
			"sshd sshd-session sshd-auth dropbear tinysshd",
		},
		OverNetwork: {
			"", "mosh-server etterminal telnetd in.telnetd rlogind in.rlogind ttyd shellinaboxd cockpit-bridge",
		},
		InTmux:         {"TMUX", "tmux tmux:_server"},
		InScreen:       {"STY", "screen SCREEN"},
		InMultiplexer:  {"ZELLIJ ABDUCO_SESSION", "zellij dtach abduco"},
		AnotherAccount: {"SUDO_UID SUDO_USER DOAS_USER PKEXEC_UID", "sudo su doas pkexec runuser"},
	} {
		for _, name := range strings.Fields(names.variables) {
			if got := factsOf(t, "linux", "DISPLAY=:0 "+name+"=set", inWindow).elsewhere(); got != why {
				t.Errorf("%s: %q, want %q", name, got, why)
			}
		}
		for _, name := range strings.Fields(names.programs) {
			if got := factsOf(t, "linux", "DISPLAY=:0", "us *bash "+name+" systemd/0").elsewhere(); got != why {
				t.Errorf("%s: %q, want %q", name, got, why)
			}
		}
	}
}

func incomplete(f *facts) { f.complete = false }
func noPseudo(f *facts)   { f.pseudo = false }

func offered(s flow.Setup) string {
	switch {
	case s.CanOpen() && s.CanCopy():
		return here
	case !s.CanOpen() && s.CanCopy():
		return byTerminal
	case !s.CanOpen():
		return nothing
	}
	return "a browser and no copy"
}

// factsOf makes the facts of an environment and a line of ancestors.
func factsOf(t *testing.T, goos, env, line string) facts {
	t.Helper()
	h := Host{Environ: strings.Fields(env)}
	f := facts{goos: goos, getenv: h.Getenv, complete: true, pseudo: true}
	words := strings.Fields(line)
	for i, word := range words {
		name, number, _ := strings.Cut(strings.ReplaceAll(word, "_", " "), "/")
		uid, err := strconv.Atoi(cmp.Or(number, "1000"))
		if err != nil {
			t.Fatal(err)
		}
		p := process{pid: len(words) - i, parent: len(words) - i - 1, uid: uid, name: strings.TrimPrefix(name, "*")}
		if p.name != name {
			f.session = p.pid
		}
		f.processes = append(f.processes, p)
	}
	if len(f.processes) > 0 {
		f.uid = f.processes[0].uid
	}
	f.euid, f.terminal = f.uid, f.uid
	return f
}

// TestAncestry: a line ends with the first process, where one is unknown, and where it would continue for ever.
func TestAncestry(t *testing.T) {
	t.Parallel()
	for about, row := range map[string]struct {
		parents  map[int]int
		length   int
		complete bool
	}{
		"to the first":          {map[int]int{7: 3, 3: 1, 1: 0}, 3, true},
		"out of a container":    {map[int]int{7: 3, 3: 0, 1: 0}, 2, false},
		"to one that is closed": {map[int]int{7: 3, 3: 2}, 2, false},
		"back to itself":        {map[int]int{7: 3, 3: 7}, maxAncestors, false},
	} {
		line, complete := ancestry(7, func(pid int) (process, bool) {
			parent, found := row.parents[pid]
			return process{pid: pid, parent: parent}, found
		})
		if len(line) != row.length || complete != row.complete {
			t.Errorf("%s: %d processes, complete %t", about, len(line), complete)
		}
	}
}
