package host

import (
	"slices"
	"strings"
)

// HandedOn names the variables that a command keeps when it runs as an account other than the one that started us. LC_*
// means all that begin so. Those in which systemd describes the process itself are among them: process id and streams
// stay the same.
//
// Other variables of root's may hold a secret, like AWS_SECRET_ACCESS_KEY or a proxy with a password, lead to one, like
// SSH_AUTH_SOCK, or decide what is loaded, like LD_PRELOAD.
var HandedOn = []string{
	"PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "COLORTERM", "NO_COLOR",
	"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "INVOCATION_ID", "JOURNAL_STREAM",
}

// HandOver prepares this process for a command that takes its place, and returns the environment of that command. It is
// called last. If the account did not change, the command gets everything that we were started with.
//
// Otherwise root's controlling terminal, session keyring and all open files except the three standard streams are left
// behind, and the environment has HOME, USER and LOGNAME of the new account, the variables of [HandedOn], and those
// that preserve names, which win. SHELL is left out: a service's usually refuses to run, and without it programs use
// /bin/sh.
func (h Host) HandOver(owner Owner, preserve []string) (environ []string, err error) {
	if !owner.Changed {
		return h.Environ, nil
	}
	if err := leaveBehind(); err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, entry := range h.Environ {
		name, _, _ := strings.Cut(entry, "=")
		if slices.Contains(preserve, name) || isHandedOn(name) {
			environ, kept[name] = append(environ, entry), true
		}
	}
	for _, own := range [][2]string{{"HOME", owner.HomeDir}, {"USER", owner.Name}, {"LOGNAME", owner.Name}} {
		if name, value := own[0], own[1]; !kept[name] {
			environ = append(environ, name+"="+value)
		}
	}
	return environ, nil
}

func isHandedOn(name string) bool {
	return slices.ContainsFunc(HandedOn, func(pattern string) bool {
		start, all := strings.CutSuffix(pattern, "*")
		return name == pattern || all && strings.HasPrefix(name, start)
	})
}
