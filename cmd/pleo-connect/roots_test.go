//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pleo-connect/flow"
)

// rootSettings are the ways to name certificates, each with how the file at path is named by it.
var rootSettings = map[string]func(s *site, path string){
	"--ca-file":     func(s *site, path string) { s.trust = []string{"--ca-file", path} },
	"SSL_CERT_FILE": func(s *site, path string) { s.more = append(s.more, "SSL_CERT_FILE="+path) },
	"SSL_CERT_DIR": func(s *site, path string) {
		s.more = append(s.more, "SSL_CERT_DIR=:"+filepath.Dir(path)+":")
	},
}

// behindOffice is a site whose certificate is trusted by one of the settings. It returns the file, which is alone in a
// directory, and whose name fits into a line.
func behindOffice(t *testing.T, setting string) (*site, string) {
	t.Helper()
	if strings.HasPrefix(setting, "SSL") && runtime.GOOS == "darwin" {
		t.Skip("package x509 does not read SSL_CERT_FILE and SSL_CERT_DIR on macOS")
	}
	s := newSite(t)
	s.behindTLS(false)
	dir, err := os.MkdirTemp("/tmp", "office-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	chmod(t, dir, 0o755)
	path := filepath.Join(dir, "ca.pem")
	writeFile(t, path, []byte(certificate(t)), 0o644)
	if setting != "" {
		rootSettings[setting](s, path)
	}
	return s, path
}

// shownAs is how the file at path is named on Review.
func shownAs(setting, path string) string {
	switch setting {
	case "--ca-file":
		return "extra certificates from " + path + " (--ca-file)"
	case "SSL_CERT_DIR":
		path = ":" + filepath.Dir(path) + ":"
	}
	return "certificates from " + path + " (" + setting + ")"
}

// TestCertificatesAreNamedBeforeAKey connects with each setting, without a terminal and at one, examines, and removes
// the connection. Each time what is trusted is said first, and no other.
func TestCertificatesAreNamedBeforeAKey(t *testing.T) {
	t.Parallel()
	for setting := range rootSettings {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			s, path := behindOffice(t, setting)
			shown := shownAs(setting, path)
			warned := func(out string) bool {
				return strings.Count(out, `{"event":"check","name":"certificates","status":"warning","note":"`) == 1 &&
					strings.Count(out, shown+`"}`) == 1
			}
			key := s.sim.Keys().Good
			r := s.headless(key, "--yes")
			before, _, reached := strings.Cut(r.out, `{"event":"step","step":"key"}`)
			if r.code != exitDone || !reached || !warned(before) ||
				strings.Count(r.out, `"warning"`) != 1 {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
			}
			again := s.pipe(s.sim.Keys().Replacement, append(s.places("reconnect", bakery, "--force-store",
				"--key-file", "-", "--accept-permissions", "--json"), s.trust...)...)
			if again.code != exitDone || !warned(again.out) {
				t.Errorf("reconnect: exit code %d: %s%s", again.code, again.out, again.err)
			}
			lines, _ := s.exams(exitDone)
			if note := lines["settings"].Note; !strings.HasSuffix(note, s.api+", with "+shown) {
				t.Errorf("doctor: %s", note)
			}
			x := s.wizard()
			where, _, _ := strings.Cut(shown, " (")
			x.see("Allow", "! ", where, "("+setting+")")
			x.send(enter)
			x.see("Get your key from Pleo")
			x.paste(s.sim.Keys().Replacement)
			x.see("Is this the right company?", where, "("+setting+")")
			x.send(ctrlC)
			x.exit(exitInterrupted)
			x = start(t, s.env(), append(s.places("disconnect", bakery), s.trust...)...)
			x.seeWrapped("Pleo at", s.api+" with "+shown, "Type disconnect")
			x.send("disconnect" + enter)
			x.see("Pleo: disconnected")
			x.exit(exitDone)
		})
	}
}

// seeWrapped waits for words that a terminal may break anywhere.
func (x *terminal) seeWrapped(words ...string) {
	x.t.Helper()
	x.until(strings.Join(words, " and "), func() bool {
		text := unspaced(x.text())
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, unspaced(w)) })
	})
}

func unspaced(text string) string { return strings.Join(strings.Fields(text), "") }

// TestCertificatesLineByLine are named before the question.
func TestCertificatesLineByLine(t *testing.T) {
	t.Parallel()
	s, path := behindOffice(t, "SSL_CERT_FILE")
	x := s.wizard("--plain")
	x.seeWrapped("warning: ", shownAs("SSL_CERT_FILE", path), "allow or cancel")
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// TestNothingIsTrustedWithoutNeed: variables that are not set, or that a connection without encryption ignores.
func TestNothingIsTrustedWithoutNeed(t *testing.T) {
	t.Parallel()
	encrypted, path := behindOffice(t, "--ca-file")
	encrypted.more = []string{"SSL_CERT_FILE=", "SSL_CERT_DIR=", "HTTPS_PROXY="}
	open := newSite(t)
	open.trust = encrypted.trust
	open.more = []string{
		"SSL_CERT_FILE=" + path, "SSL_CERT_DIR=" + filepath.Dir(path), "HTTPS_PROXY=http://proxy.example:3128",
	}
	unproxied, _ := behindOffice(t, "--ca-file")
	unproxied.more = []string{"HTTPS_PROXY=http://proxy.example:3128", "NO_PROXY=127.0.0.1"}
	for s, warnings := range map[*site]int{encrypted: 1, open: 0, unproxied: 1} {
		r := s.headless(s.sim.Keys().Good, "--yes")
		if r.code != exitDone || strings.Count(r.out, `"warning"`) != warnings || strings.Contains(r.out, "SSL_CERT") ||
			strings.Contains(r.out, "through proxy") {
			t.Errorf("exit code %d, want %d warnings: %s%s", r.code, warnings, r.out, r.err)
		}
		lines, _ := s.exams(exitDone)
		if note := lines["settings"].Note; strings.Count(note, " with ") != warnings {
			t.Errorf("doctor: %s", note)
		}
	}
}

// spoilt are the ways to let others decide which certificates are trusted: each spoils what leads to the file at path,
// and returns what is to be named instead, what is said about it, and the remedy.
var spoilt = map[string]func(t *testing.T, path string) (named, says, remedy string){
	"file": func(t *testing.T, path string) (string, string, string) {
		chmod(t, path, 0o666)
		return path, "other accounts can change the file and read your key on its way to Pleo",
			"run: chmod go-w " + path
	},
	"directory": func(t *testing.T, path string) (string, string, string) {
		dir := filepath.Dir(path)
		chmod(t, dir, 0o777)
		return path, "other accounts can replace files in " + dir, "run: chmod go-w " + dir
	},
	"link": func(t *testing.T, path string) (string, string, string) {
		dir := t.TempDir()
		link := filepath.Join(t.TempDir(), "link.pem")
		if err := os.Symlink(filepath.Join(dir, "real.pem"), link); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path, filepath.Join(dir, "real.pem")); err != nil {
			t.Fatal(err)
		}
		chmod(t, dir, 0o777)
		return link, "other accounts can replace files in " + dir, "run: chmod go-w " + dir
	},
	"owner": func(t *testing.T, path string) (string, string, string) {
		if os.Geteuid() != 0 {
			t.Skip("only root can give a file away")
		}
		if err := os.Chown(path, 54321, 54321); err != nil {
			t.Fatal(err)
		}
		return path, "the file belongs to another account", "use a file owned by root or by you"
	},
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestCertificatesOfOthers are refused by every command that would use them, before anything is sent.
func TestCertificatesOfOthers(t *testing.T) {
	t.Parallel()
	for setting, set := range rootSettings {
		for how, spoil := range spoilt {
			t.Run(setting+", "+how, func(t *testing.T) {
				t.Parallel()
				s, path := behindOffice(t, "")
				s.put(bakery, s.sim.Keys().Good, nil)
				before := s.files()
				named, says, remedy := spoil(t, path)
				s.more = nil
				if strings.HasPrefix(setting, "SSL") && runtime.GOOS == "darwin" {
					t.Skip("package x509 does not read this variable on macOS")
				}
				set(s, named)
				for _, args := range [][]string{
					s.flags("--key-file", "-", "--accept-permissions", "--yes"),
					append(s.places("reconnect", bakery, "--key-file", "-", "--accept-permissions"), s.trust...),
					append(s.places("status", "--check"), s.trust...),
					append(s.places("disconnect", bakery, "--yes"), s.trust...),
				} {
					r := s.pipe(s.sim.Keys().Good, args...)
					if r.code != exitUsage || !strings.Contains(r.err, "("+setting+"): "+says) ||
						!strings.Contains(r.err, "hint: "+remedy) {
						t.Errorf("%s: exit code %d: %s%s", args[0], r.code, r.out, r.err)
					}
				}
				lines, last := s.exams(exitUsage)
				settings := lines["settings"]
				if settings.Status != "failed" || !strings.Contains(settings.Note, "("+setting+"): "+says) ||
					!strings.HasPrefix(settings.Remedy, remedy) || last.Kind != string(flow.KindSettings) {
					t.Errorf("doctor: %+v", settings)
				}
				if s.files() != before || len(s.sim.Requests()) != 0 {
					t.Error("something was changed or asked")
				}
				for _, args := range [][]string{ // which need no certificates
					append(s.places("status"), s.trust...), append(s.places("disconnect", bakery, "--yes", "--forget"), s.trust...),
				} {
					if r := s.pipe("", args...); r.code != exitDone {
						t.Errorf("%v: exit code %d: %s%s", args, r.code, r.out, r.err)
					}
				}
			})
		}
	}
}

// TestCertificatesOfOthersAtTerminal end a wizard, which judges them beside its first screen, before anything is sent.
func TestCertificatesOfOthersAtTerminal(t *testing.T) {
	t.Parallel()
	for setting, set := range rootSettings {
		for _, face := range []string{"--no-color", "--plain"} {
			for how, spoil := range spoilt {
				t.Run(strings.Join([]string{setting, face, how}, ", "), func(t *testing.T) {
					t.Parallel()
					s, path := behindOffice(t, "")
					named, says, _ := spoil(t, path)
					if strings.HasPrefix(setting, "SSL") && runtime.GOOS == "darwin" {
						t.Skip("package x509 does not read this variable on macOS")
					}
					set(s, named)
					x := s.wizard(face)
					x.exit(exitUsage)
					x.seeWrapped("error: ", "("+setting+"): "+says, "hint: ")
					if !x.modesOff() || len(s.sim.Requests()) != 0 {
						t.Errorf("modes off %v, %d requests", x.modesOff(), len(s.sim.Requests()))
					}
					s.nothing()
				})
			}
		}
	}
}

// TestCertificatesThatCannotBeRead: package x509 would continue without them, or wait for ever, so a variable that
// names them is an error, like a proxy that cannot be read.
func TestCertificatesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s, path := behindOffice(t, "SSL_CERT_FILE")
	dir := filepath.Dir(path)
	other := func(name string) string { return filepath.Join(s.home, name) }
	for _, name := range []string{"pipes", "dirs", "dirs/sub"} {
		if err := os.Mkdir(other(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(other("pipes/pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/none/such", other("dirs/link")); err != nil {
		t.Fatal(err)
	}
	const gone = ": no such file or directory"
	correct := func(variable string) string { return "correct or unset " + variable }
	for _, tt := range []struct{ variable, value, says, hint string }{
		{"SSL_CERT_FILE", other("none"), "can't read " + other("none") + " (SSL_CERT_FILE)" + gone,
			correct("SSL_CERT_FILE")},
		{"SSL_CERT_FILE", dir, dir + " (SSL_CERT_FILE) is a directory", "name a file in it, or unset SSL_CERT_FILE"},
		{"SSL_CERT_FILE", other("pipes/pipe"), other("pipes/pipe") + " (SSL_CERT_FILE) is not a regular file",
			correct("SSL_CERT_FILE")},
		{"SSL_CERT_FILE", os.DevNull, "/dev/null (SSL_CERT_FILE) is not a regular file", correct("SSL_CERT_FILE")},
		{"SSL_CERT_DIR", dir + ":" + other("none"), "can't read " + other("none") + " (SSL_CERT_DIR)" + gone,
			correct("SSL_CERT_DIR")},
		{"SSL_CERT_DIR", path, "can't read " + path + " (SSL_CERT_DIR): not a directory", correct("SSL_CERT_DIR")},
		{"SSL_CERT_DIR", other("pipes"), other("pipes/pipe") + " (SSL_CERT_DIR) is not a regular file",
			correct("SSL_CERT_DIR")},
	} {
		s.more = []string{tt.variable + "=" + tt.value}
		r := s.headless(s.sim.Keys().Good, "--yes")
		got := r.last(t)
		if r.code != exitUsage || got["summary"] != tt.says ||
			got["hint"] != tt.hint {
			t.Errorf("%s=%s: exit code %d: %s%s", tt.variable, tt.value, r.code, r.out, r.err)
		}
	}
	if os.Geteuid() != 0 { // who may read everything
		chmod(t, path, 0)
		s.more = []string{"SSL_CERT_FILE=" + path}
		r := s.headless(s.sim.Keys().Good, "--yes")
		if r.code != exitUsage || r.last(t)["summary"] != "can't read "+path+" (SSL_CERT_FILE): permission denied" {
			t.Errorf("not ours to read: exit code %d: %s%s", r.code, r.out, r.err)
		}
		chmod(t, path, 0o644)
	}
	s.nothing()
	s.more = []string{"SSL_CERT_FILE=" + path, "SSL_CERT_DIR=" + other("dirs")}
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
		t.Errorf("a directory and a link to nowhere in the directory: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

// TestHostileCertificateNames: what a variable names is drawn as a person can read it, whether it is used or refused,
// and a long name leaves room for the rest.
func TestHostileCertificateNames(t *testing.T) {
	t.Parallel()
	s, path := behindOffice(t, "SSL_CERT_FILE")
	const odd = "\x1b[2J\x1b]0;owned\a\u202e" // no path separator
	hostile := filepath.Join(filepath.Dir(path), odd)
	if err := os.Rename(path, hostile); err != nil {
		t.Fatal(err)
	}
	s.more = []string{"SSL_CERT_FILE=" + hostile}
	r := s.headless(s.sim.Keys().Good, "--yes")
	if r.code != exitDone || !strings.Contains(r.out, `\\x1b[2J\\x1b]0;owned\\a\\u202e`) {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	x := s.wizard()
	x.see("Allow", "! ", "certificates from", "(SSL_CERT_FILE)")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	chmod(t, hostile, 0o666)
	refused := s.pipe("", s.flags("--key-file", "-", "--accept-permissions", "--yes")...)
	if refused.code != exitUsage || !strings.Contains(refused.err, `other accounts can change the file`) {
		t.Errorf("exit code %d: %s", refused.code, refused.err)
	}
	for where, text := range map[string]string{"JSON": r.out, "a screen": x.written(), "an error": refused.err} {
		if strings.Contains(text, "]0;owned\a") || strings.ContainsRune(text, '\u202e') {
			t.Errorf("%s has the name as it is: %q", where, text)
		}
	}

	long := filepath.Join(slices.Insert(slices.Repeat([]string{strings.Repeat("d", 200)}, 5), 0, filepath.Dir(path))...)
	if err := os.MkdirAll(long, 0o755); err != nil {
		t.Fatal(err)
	}
	chmod(t, hostile, 0o644)
	if err := os.Rename(hostile, filepath.Join(long, "o.pem")); err != nil {
		t.Fatal(err)
	}
	s.more = []string{"SSL_CERT_FILE=" + filepath.Join(long, "o.pem")}
	x = s.wizard()
	x.see("Allow", "! ", "certificates from", "dd…", "(SSL_CERT_FILE)", "Pleo is reachable")
	x.send(ctrlC)
	x.exit(exitInterrupted)
}

// TestCertificatesOfRoot are read before root becomes the account of the service, which could not, and are root's to
// judge: a person's own do not do.
func TestCertificatesOfRoot(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.behindTLS(false)
	file := s.secret("office.pem", certificate(t))
	s.more = append(s.more, "SSL_CERT_FILE="+file)
	if r := s.connectFor(serviceName); r.code != exitDone {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	x := s.wizard("--integration", s.integrationFor(serviceName)) // its first call comes after the change
	x.see("Pleo is reachable")
	x.send(ctrlC)
	x.exit(exitInterrupted)
	if err := os.Chown(file, s.service.uid, s.service.gid); err != nil {
		t.Fatal(err)
	}
	if r := s.connectFor(serviceName); r.code != exitUsage || !strings.Contains(r.err, "belongs to another account") {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	s.wizard("--integration", s.integrationFor(serviceName)).exit(exitUsage)
}
