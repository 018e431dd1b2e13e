package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/flow/flowtest/source"
)

// TestExitCodesOfKinds: the codes are a contract with scripts, so each kind is named here once more with its own.
func TestExitCodesOfKinds(t *testing.T) {
	t.Parallel()
	codes := map[int]string{
		1: "internal",
		2: "no_key settings not_connected",
		3: "key_malformed key_shortened key_too_long not_a_key key_rejected not_an_api_key other_application " +
			"organisation_key simulated_key real_key_in_demo",
		4: "denied permissions_missing fewer_permissions permissions_unknown surplus_permissions " +
			"not_entitled",
		5: "offline_dns offline_refused offline_timeout offline proxy proxy_login tls tls_dates tls_not_yet_valid " +
			"tls_name tls_issuer login_page intercepted rate_limited pleo_trouble unexpected_answer bad_request not_found " +
			"canceled not_activated clock_wrong",
		6: "store store_missing connection_lost store_not_writable store_read_only store_full store_wrong_owner " +
			"store_too_open store_hard_link store_locked store_damaged store_too_large store_passphrase store_not_ours " +
			"store_other_store store_other_record store_not_a_file store_bad_place store_newer store_demo identity_missing " +
			"identity_damaged identity_inside_store identity_shared identity_locked wrong_passphrase store_uncertain " +
			"store_engine_down store_engine_tls store_engine_unexpected store_engine_sealed store_engine_uninitialised " +
			"store_engine_standby store_engine_token store_engine_denied store_engine_mount store_engine_namespace " +
			"store_engine_quota store_engine_trouble store_engine_uncertain store_engine_entry",
		7:   "other_company conflict",
		130: "interrupted",
	}
	want := map[flow.Kind]int{}
	for code, kinds := range codes {
		for _, kind := range strings.Fields(kinds) {
			want[flow.Kind(kind)] = code
		}
	}
	for _, kind := range source.Problems[flow.Kind](t) {
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
	cancel(host.Stopped{Signal: syscall.SIGHUP})
	released, cancel := context.WithCancelCause(t.Context())
	cancel(context.Canceled)
	notFound := commandNotFound(flow.NewFault(flow.ExecNotInPath, flow.Values{}))
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
		{"two", t.Context(), errors.Join(&flow.Failure{Kind: flow.KindSettings}, locked), 2},
		{"lines that say it", t.Context(), reported{class: flow.ClassPermissions}, 4},
		{"no class at all", t.Context(), reported{}, 1},
		{"no kind at all", t.Context(), &flow.Failure{}, 1},
		{"some other error", t.Context(), errors.New("boom"), 1},
		{"a command that is not there", t.Context(), notFound, 127},
		{"a command that ended", t.Context(), &commandExit{code: 42}, 42},
		{"stopped in Ctrl+C's place", t.Context(), flow.Fault{Kind: flow.KindInterrupted}, 130},
		{"a signal", hungUp, nil, 129},
		{"a signal and a failure", hungUp, locked, 129},
	} {
		if got := exitCode(c.ctx, c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.about, got, c.want)
		}
	}
}
