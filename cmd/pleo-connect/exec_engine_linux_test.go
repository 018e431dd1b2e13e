package main

import (
	"slices"
	"strings"
	"testing"
)

// TestExecHidesTokens: a command gets the key, and not the token that could read others, unless that is named. With a
// key store in files, a token is no concern of ours.
func TestExecHidesTokens(t *testing.T) {
	t.Parallel()
	s, _ := newEngineSite(t)
	s.more = append(s.more, "VAULT_TOKEN=canary-other-token", "BAO_TOKEN_PATH=/run/token")
	if r := s.headless(s.sim.Keys().Good, "--yes"); r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	for _, c := range []struct {
		flags, tokens []string
	}{
		{nil, nil},
		{[]string{"--preserve-env=VAULT_TOKEN"}, []string{"VAULT_TOKEN=canary-other-token"}},
		{
			[]string{"--preserve-env=BAO_TOKEN,VAULT_TOKEN"},
			[]string{"BAO_TOKEN=canary-token", "VAULT_TOKEN=canary-other-token"},
		},
	} {
		args := slices.Concat([]string{"exec", "--store", s.store}, c.flags, []string{bakery, "--", "env"})
		got := s.keyOut(args...)
		lines := strings.Split(got.out, "\n")
		var tokens []string
		for _, line := range lines {
			if strings.Contains(line, "token") && !strings.HasPrefix(line, "BAO_TOKEN_PATH=") {
				tokens = append(tokens, line)
			}
		}
		if got.code != exitDone || !slices.Contains(lines, keyVariable+"="+s.sim.Keys().Good) ||
			!slices.Equal(slices.Sorted(slices.Values(tokens)), c.tokens) {
			t.Errorf("%v: exit code %d: gets %q: %s", c.flags, got.code, tokens, got.err)
		}
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "BAO_ADDR=") }) {
			t.Error("the address is missing")
		}
	}
	files := connectedSite(t)
	files.more = []string{"BAO_TOKEN=canary-token"}
	if got := files.child("env"); !strings.Contains(got.out, "BAO_TOKEN=canary-token\n") {
		t.Errorf("with files, the token of the command is gone: %s", got.err)
	}
}
