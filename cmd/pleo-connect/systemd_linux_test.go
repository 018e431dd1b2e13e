package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pleo-connect/flow"
)

// TestSystemdCredential keeps the identity as an encrypted credential of the real systemd, and reads the record with
// what comes out of it.
func TestSystemdCredential(t *testing.T) {
	t.Parallel()
	creds, err := exec.LookPath("systemd-creds")
	if err != nil {
		t.Skip("needs the systemd-creds command, of systemd 250 or newer")
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root, which alone can read the key of this computer's credentials")
	}
	s := newSite(t)
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
		t.Fatal(r)
	}
	dir := filepath.Join(s.home, "credentials")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	sealed, opened := filepath.Join(s.home, flow.CredentialName), filepath.Join(dir, flow.CredentialName)
	if out, err := exec.Command(creds, "setup").CombinedOutput(); err != nil { // does nothing where there is one
		t.Skipf("systemd-creds can make no key for this computer: %s", out)
	}
	for _, args := range [][]string{
		{"encrypt", "--with-key=host", "--name=" + flow.CredentialName, s.identity, sealed},
		{"decrypt", "--name=" + flow.CredentialName, sealed, opened},
	} {
		if out, err := exec.Command(creds, args...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
	}
	if err := os.Chmod(opened, 0o400); err != nil { // as systemd leaves it
		t.Fatal(err)
	}
	if err := os.Remove(s.identity); err != nil {
		t.Fatal(err)
	}
	s.more = []string{"CREDENTIALS_DIRECTORY=" + dir}
	r := s.pipe("", "status", bakery, "--json", "--store", s.store)
	if r.code != exitDone || r.last(t)["protection"] != "systemd" || r.last(t)["status"] != "active" {
		t.Errorf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	again := s.pipe(s.sim.Keys().Good, "connect", "--api-base", s.sim.APIBase(), "--store", s.store, "--force-store",
		"--key-file", "-", "--accept-permissions", "--yes")
	for _, want := range []string{
		"protected by   systemd\n", "    " + flow.CredentialLine + "\n",
		"systemd-run --pipe --wait -p LoadCredential", " pleo-connect status " + bakery,
	} {
		if again.code != exitDone || !strings.Contains(again.out, want) {
			t.Errorf("exit code %d, the receipt lacks %q: %s%s", again.code, want, again.out, again.err)
		}
	}
	if err := os.Rename(opened, opened+"-renamed"); err != nil {
		t.Fatal(err)
	}
	s.namesTheSetting()
}

// namesTheSetting requires that a reader without its identity says which line the unit lacks.
func (s *site) namesTheSetting() {
	s.t.Helper()
	r := s.pipe("", "status", "--store", s.store, "--identity", s.identity)
	if r.code != exitStore || !strings.Contains(r.err, flow.CredentialLine) {
		s.t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

// TestSystemdSettingMissing: in a unit the setting is named, elsewhere units are not mentioned.
func TestSystemdSettingMissing(t *testing.T) {
	t.Parallel()
	s := connectedSite(t)
	if err := os.Remove(s.identity); err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{
		"CREDENTIALS_DIRECTORY=" + t.TempDir(), "INVOCATION_ID=00000000000000000000000000000001",
	} {
		s.more = []string{variable}
		s.namesTheSetting()
	}
	s.more = nil
	if r := s.pipe("", "status", "--store", s.store, "--identity", s.identity); r.code != exitStore ||
		strings.Contains(r.err, "LoadCredential") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

// TestUnits gives real systemd the unit of the README, and one with the lines of a receipt whose paths are odd. It
// complains about settings that it does not know, and about values that it cannot use.
func TestUnits(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("needs the systemd-analyze command")
	}
	readme := readFile(t, filepath.Join(root, "README.md"))
	_, unit, _ := strings.Cut(string(readme), "```ini\n")
	unit, _, found := strings.Cut(unit, "```\n")
	if !found || !strings.Contains(unit, "\n"+flow.CredentialLine+"\n") ||
		!strings.Contains(unit, "=/usr/local/bin/pleo-connect exec ") {
		t.Fatalf("no unit in the README that takes the identity from a credential: %s", unit)
	}
	complaints := verify(t, strings.ReplaceAll(unit, "/usr/local/bin/pleo-connect", binary(t)))
	if complaints != "" {
		t.Errorf("the unit in the README: %s", complaints)
	}
	odd := strings.Join(oddUnit(t), "\n") + "\nExecStart=" + binary(t) + " status\n"
	if complaints := verify(t, odd); complaints != "" {
		t.Errorf("odd paths: %s\n%s", complaints, odd)
	}
	for about, broken := range map[string]string{
		"an unknown setting": strings.Replace(unit, "NoNewPrivileges", "NoNewPrivilege", 1),
		"a lost quote":       strings.ReplaceAll(odd, `\"`, `"`),
	} {
		if verify(t, strings.ReplaceAll(broken, "/usr/local/bin/pleo-connect", binary(t))) == "" {
			t.Errorf("%s is not noticed: this test proves nothing", about)
		}
	}
}

// oddUnit returns the settings of a receipt.
func oddUnit(t *testing.T) []string {
	t.Helper()
	s := flow.State{Setup: flow.Setup{Unit: &flow.Unit{
		User: "daemon", Store: `/srv/my "100%q" store\`, Identity: "/srv/it's/50%/identity.txt",
	}}}
	s.Outcome.Active = true
	var out []string
	for _, row := range s.Receipt() {
		line := strings.TrimSpace(row.Lead)
		if line == "[Service]" || strings.HasPrefix(line, "User=") || strings.HasPrefix(line, "Environment=") {
			out = append(out, line)
		}
	}
	if len(out) != 4 {
		t.Fatalf("the lines are %q", out)
	}
	return out
}

// verify returns what systemd says about a unit.
func verify(t *testing.T, unit string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dynamics-pleo.service")
	writeFile(t, path, []byte(unit), 0o600)
	cmd := exec.Command("systemd-analyze", "verify", "--man=no", path)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "SYSTEMD_LOG_LEVEL=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return err.Error() + ": " + string(out)
	}
	var about []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "dynamics-pleo") { // units of this system may have faults of their own
			about = append(about, line)
		}
	}
	return strings.Join(about, "")
}
