package host

import (
	"os"
	"runtime"
	"slices"
	"strings"

	"pleo-connect/pleoclient/lazy"
)

// Elsewhere is why the person is not known to be at the desktop of this computer; "" means that the person is known to
// be there. Otherwise no link is opened or copied by programs of this computer.
type Elsewhere string

// The reasons.
const (
	OverSSH        Elsewhere = "ssh"
	OverNetwork    Elsewhere = "network"
	InTmux         Elsewhere = "tmux"
	InScreen       Elsewhere = "screen"
	InMultiplexer  Elsewhere = "multiplexer"
	AnotherAccount Elsewhere = "account" // the desktop belongs to the person, not to root or a service
	NoWindow       Elsewhere = "no_window"
	NoDisplay      Elsewhere = "no_display"
	Unknown        Elsewhere = "unknown"
)

// facts decide whether the person is at the desktop of this computer.
type facts struct {
	goos      string
	getenv    func(string) string
	uid, euid int
	processes []process // this one, its parent, and so on
	complete  bool      // processes ends with the first process of the computer
	session   int       // id of the process that leads our session, which is that of our terminal
	terminal  int       // uid of the account that the terminal belongs to
	pseudo    bool      // the terminal is a pseudo-terminal: neither a serial line nor the console
}

// process is what is known about a process. Windows reports no uid.
type process struct {
	pid, parent, uid int
	name             string
}

// Elsewhere returns why the person is not known to be at the desktop of this computer, or "".
//
// The variables of SSH alone are not enough: sudo and su remove them, and docker exec, machinectl shell and a serial
// line never set them. So everything has to fit: no such variable, a display, and a line of ancestors that leads
// through the program that shows our terminal to the first process, with no server and no change of account on the way.
// A multiplexer ends that line, because people come back to it from anywhere.
func (h Host) Elsewhere() Elsewhere {
	f := h.facts()
	f.gather(h.In)
	return f.elsewhere()
}

// AtDesktop reports whether Elsewhere has no reason. Without a display, as on most servers, it does not look at the
// ancestors: the first screen waits for this.
func (h Host) AtDesktop() bool {
	return !h.facts().noDisplay() && h.Elsewhere() == ""
}

// facts returns those that cost nothing; gather adds the others.
func (h Host) facts() facts {
	return facts{goos: runtime.GOOS, getenv: h.Getenv, uid: os.Getuid(), euid: os.Geteuid()}
}

// variables are set by programs between the person and us. Those of the SSH agent say nothing: desktops also set them.
var variables = []struct {
	name string
	why  Elsewhere
}{
	// https://man.openbsd.org/ssh#ENVIRONMENT
	{"SSH_CONNECTION", OverSSH}, {"SSH_CLIENT", OverSSH}, {"SSH_TTY", OverSSH}, {"SSH_ORIGINAL_COMMAND", OverSSH},
	{"SSH_USER_AUTH", OverSSH}, {"SSH_TUNNEL", OverSSH},
	{"TMUX", InTmux}, {"STY", InScreen}, {"ZELLIJ", InMultiplexer}, {"ABDUCO_SESSION", InMultiplexer},
	{"SUDO_UID", AnotherAccount}, {"SUDO_USER", AnotherAccount}, {"DOAS_USER", AnotherAccount},
	{"PKEXEC_UID", AnotherAccount},
}

// between tells what an ancestor that is between the person and us means. Other programs mean nothing.
func between(program string) Elsewhere {
	switch program {
	case "sshd", "sshd-session", "sshd-auth", "dropbear", "tinysshd":
		return OverSSH
	case "mosh-server", "etterminal", "telnetd", "in.telnetd", "rlogind", "in.rlogind", "ttyd", "shellinaboxd",
		"cockpit-bridge":
		return OverNetwork
	case "tmux", "tmux: server":
		return InTmux
	case "screen":
		return InScreen
	case "zellij", "dtach", "abduco":
		return InMultiplexer
	case "sudo", "su", "doas", "pkexec", "runuser":
		return AnotherAccount
	}
	return ""
}

func (f facts) elsewhere() Elsewhere {
	for _, v := range variables {
		if f.getenv(v.name) != "" {
			return v.why
		}
	}
	ancestors := f.processes[min(1, len(f.processes)):]
	for _, p := range ancestors {
		if why := between(strings.TrimSuffix(strings.ToLower(p.name), ".exe")); why != "" {
			return why
		}
	}
	switch {
	case len(f.processes) == 0:
		return Unknown
	case f.goos == "windows":
		return "" // it has neither displays nor accounts that a terminal changes to
	}
	if f.uid != f.euid || f.terminal != f.euid {
		return AnotherAccount
	}
	for _, p := range ancestors {
		if p.uid != f.euid && p.uid != 0 { // root starts the sessions of all accounts
			return AnotherAccount
		}
	}
	switch {
	case f.goos != "linux" && f.goos != "darwin", !f.complete:
		return Unknown
	case f.goos == "darwin":
		return ""
	}
	return f.elsewhereOnLinux()
}

// noDisplay reports whether there is nothing on which a desktop of Linux could be.
func (f facts) noDisplay() bool {
	return f.goos == "linux" && f.getenv("DISPLAY") == "" && f.getenv("WAYLAND_DISPLAY") == ""
}

func (f facts) elsewhereOnLinux() Elsewhere {
	x := f.getenv("DISPLAY")
	switch {
	case x != "" && !localX.MatchString(x):
		return OverSSH
	case f.noDisplay():
		return NoDisplay
	case !f.inWindow():
		return NoWindow
	case (f.getenv("WSL_DISTRO_NAME") != "" || f.getenv("WSL_INTEROP") != "") && f.getenv("WT_SESSION") == "":
		return Unknown // no ancestor is on the side of Windows, which may have an sshd; Windows Terminal is a window there
	}
	return ""
}

// localX matches a display of this computer. One that SSH forwards begins with the name of a host, usually localhost.
//
// Source: https://www.x.org/releases/current/doc/man/man7/X.7.xhtml#heading5
var localX = lazy.NewRegexp(`^(unix)?:\d+(\.\d+)?$`)

// inWindow reports whether an ancestor shows our terminal. That is the parent of the process that leads the session of
// the terminal. In a container there is none, because it is outside: the parent is at most the first process, which
// shows no terminals. Under systemd (machinectl shell, systemd-run) and login (a serial line, the console) it is
// somewhere else.
func (f facts) inWindow() bool {
	leader := slices.IndexFunc(f.processes, func(p process) bool { return p.pid == f.session })
	if !f.pseudo || leader < 0 || leader+1 == len(f.processes) {
		return false
	}
	parent := f.processes[leader+1]
	return parent.pid != 1 && parent.name != "systemd" && parent.name != "login"
}

// ancestry returns a process, its parent, and so on as far as find knows them, and whether they reach the first process
// of the computer.
func ancestry(pid int, find func(pid int) (process, bool)) (line []process, complete bool) {
	for range maxAncestors {
		p, found := find(pid)
		if !found {
			return line, false
		}
		line = append(line, p)
		if p.parent == 0 {
			return line, p.pid == 1
		}
		pid = p.parent
	}
	return line, false
}

// maxAncestors ends a line that leads back to itself: Windows gives the id of a parent that has ended to new processes.
const maxAncestors = 100
