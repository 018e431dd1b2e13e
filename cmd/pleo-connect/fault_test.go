package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// kindsIn reads the constants of a file whose names begin with Kind.
func kindsIn(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Kind") &&
			len(spec.Values) == 1 {
			out = append(out, strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
		}
		return true
	})
	return out
}

// allKinds returns the kinds of flow and of pleoclient.
func allKinds(t *testing.T) []flow.Kind {
	t.Helper()
	var out []flow.Kind
	for _, kind := range append(kindsIn(t, "../../flow/problem.go"), kindsIn(t, "../../pleoclient/error.go")...) {
		out = append(out, flow.Kind(kind))
	}
	if len(out) < 50 {
		t.Fatalf("only %d kinds were found", len(out))
	}
	return out
}

// TestExitCodesOfKinds: the codes are a contract with scripts, so each kind is named here once more with its own.
func TestExitCodesOfKinds(t *testing.T) {
	t.Parallel()
	codes := map[int]string{
		1: "internal",
		2: "no_key settings",
		3: "key_malformed key_shortened key_too_long not_a_key key_rejected not_an_api_key other_application " +
			"organisation_key simulated_key real_key_in_demo",
		4: "forbidden permissions_missing fewer_permissions permissions_unknown not_entitled",
		5: "offline_dns offline_refused offline_timeout offline proxy proxy_login tls tls_dates tls_not_yet_valid " +
			"tls_name tls_issuer login_page rate_limited pleo_trouble unexpected_answer bad_request not_found " +
			"canceled not_activated clock_wrong",
		6: "store store_not_writable store_full store_wrong_owner store_too_open store_locked store_damaged " +
			"store_not_ours store_swapped store_bad_place store_newer identity_missing identity_locked store_uncertain",
		7:   "other_company conflict",
		130: "interrupted",
	}
	want := map[flow.Kind]int{}
	for code, kinds := range codes {
		for _, kind := range strings.Fields(kinds) {
			want[flow.Kind(kind)] = code
		}
	}
	for _, kind := range allKinds(t) {
		if got := exitCode(t.Context(), &flow.Failure{Kind: kind}); got != want[kind] {
			t.Errorf("%s: exit code %d, want %d", kind, got, want[kind])
		}
		delete(want, kind)
	}
	for kind := range want {
		t.Errorf("there is no kind %s", kind)
	}
}

// TestExitCode: a signal counts before all else, then what exec says, and then the class.
func TestExitCode(t *testing.T) {
	t.Parallel()
	hungUp, cancel := context.WithCancelCause(t.Context())
	cancel(signalled{syscall.SIGHUP})
	released, cancel := context.WithCancelCause(t.Context())
	cancel(context.Canceled)
	locked := &flow.Failure{Kind: flow.KindStoreLocked, Summary: "busy"}
	for _, c := range []struct {
		about string
		ctx   context.Context
		err   error
		want  int
	}{
		{"nothing", t.Context(), nil, 0},
		{"nothing, with the signals given back", released, nil, 0},
		{"a failure", t.Context(), locked, 6},
		{"a failure inside", t.Context(), fmt.Errorf("here: %w", locked), 6},
		{"two", t.Context(), errors.Join(WrongUse("wrong", ""), locked), 2},
		{"lines that say it", t.Context(), reported{class: flow.ClassPermissions}, 4},
		{"no class at all", t.Context(), reported{}, 1},
		{"no kind at all", t.Context(), &flow.Failure{}, 1},
		{"some other error", t.Context(), errors.New("boom"), 1},
		{"a command that is not there", t.Context(), cannotRun("x", exec.ErrNotFound), 127},
		{"a command that ended", t.Context(), &commandExit{code: 42}, 42},
		{"stopped in Ctrl+C's place", t.Context(), interrupted("cancelled", ""), 130},
		{"a signal", hungUp, nil, 129},
		{"a signal and a failure", hungUp, locked, 129},
	} {
		if got := exitCode(c.ctx, c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.about, got, c.want)
		}
	}
}

// TestEveryStoreKindIsTranslated holds the other table complete.
func TestEveryStoreKindIsTranslated(t *testing.T) {
	t.Parallel()
	for _, kind := range kindsIn(t, "../../store/error.go") {
		if to, ok := storeKinds[store.Kind(kind)]; !ok || flow.ClassOf(to) != flow.ClassStore {
			t.Errorf("%s is translated to %q", kind, to)
		}
	}
}

func TestFaultOf(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("directory/", 20)
	for name, c := range map[string]struct {
		err  error
		kind flow.Kind
		says string
	}{
		"none": {nil, "", ""},
		"client": {&pleoclient.Error{Kind: pleoclient.KindTLSIssue, Detail: pleoclient.Safe("Contoso CA")},
			pleoclient.KindTLSIssue, "Contoso CA"},
		"conflict": {&store.ConflictError{Have: 2, Want: 1, ChangedAt: testedAt},
			flow.KindConflict, "on " + flow.Day(testedAt)},
		"removed": {&store.ConflictError{Want: 1}, flow.KindConflict, "it was removed"},
		"store": {&store.Error{Kind: store.KindTooOpen, Path: long, Fix: "chmod 700 it"},
			flow.KindStoreOpen, "chmod 700 it"},
		"gone":  {store.ErrNotFound, flow.KindStoreDamaged, ""},
		"other": {errors.New("boom \x1b[2J"), flow.KindInternal, "boom"},
	} {
		f := FaultOf(c.err)
		if f.Kind != c.kind || !strings.Contains(f.Detail.String(), c.says) ||
			strings.Contains(f.Detail.String(), "\x1b") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://[::1]:1": true, "http://localhost:80": true,
		"https://external.pleo.io": false, "https://127.0.0.1.example": false, "https://localhost.example": false,
	} {
		if isLoopback(origin) != want {
			t.Errorf("isLoopback(%s) = %t", origin, !want)
		}
	}
}

// TestWorld holds how terminals and locales are distinguished.
func TestWorld(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]struct{ plain, ascii, remote bool }{
		"TERM=xterm-256color LANG=en_US.UTF-8":                  {},
		"TERM=xterm-256color LANG=en_US.utf8":                   {},
		"TERM=xterm-256color LANG=en_US.UTF-8 LC_ALL=C":         {ascii: true},
		"TERM=xterm-256color":                                   {ascii: true},
		"TERM=linux LANG=en_US.UTF-8":                           {ascii: true},
		"TERM=dumb LANG=en_US.UTF-8":                            {plain: true},
		"LANG=en_US.UTF-8":                                      {plain: true},
		"TERM=xterm LANG=en_US.UTF-8 ACCESSIBLE=1":              {plain: true},
		"TERM=xterm LANG=en_US.UTF-8 SSH_TTY=/dev/pts/0":        {remote: true},
		"TERM=xterm LANG=en_US.UTF-8 SSH_CONNECTION=a_b_c":      {remote: true},
		"TERM=xterm LANG=en_US.UTF-8 NO_COLOR=yes ACCESSIBLE=1": {plain: true},
	} {
		w := world{Getenv: environment(env)}
		if w.plainTerminal() != want.plain || w.ASCII() != want.ascii || w.Remote() != want.remote {
			t.Errorf("%s: plain %t, ascii %t, remote %t", env, w.plainTerminal(), w.ASCII(), w.Remote())
		}
	}
	plain := world{Getenv: environment("TERM=xterm-256color NO_COLOR=yes")}
	colourful := world{Getenv: environment("TERM=xterm-256color")}
	if plain.Colors(false) == colourful.Colors(false) || plain.Colors(false) != colourful.Colors(true) {
		t.Error("NO_COLOR=yes and --no-color must both take the colours away")
	}
}

func environment(vars string) func(string) string {
	return func(name string) string {
		for _, v := range strings.Fields(vars) {
			if k, value, _ := strings.Cut(v, "="); k == name {
				return value
			}
		}
		return ""
	}
}
