package flow_test

import (
	"slices"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
)

// TestNetworkBeforeAKey: what else is trusted is on Review, for a new connection and for a new key, and again on
// Confirm. It names the settings, for an admin who did not make them.
func TestNetworkBeforeAKey(t *testing.T) {
	t.Parallel()
	const (
		file   = "certificates from /opt/contoso/ca-bundle.pem (SSL_CERT_FILE)"
		dirs   = "certificates from /etc/ssl/certs:/opt/contoso/certs (SSL_CERT_DIR)"
		caFile = "extra certificates from /home/anna/Documents/network/contoso-inspection.pem (--ca-file)"
	)
	marks := []flow.Line{
		{Name: "proxy", Label: "Through proxy proxy.contoso.example:3128", Mark: flow.MarkWarning},
		{Name: "certificates", Label: "Trusting " + file, Mark: flow.MarkWarning},
		{Name: "certificates", Label: "Trusting " + dirs, Mark: flow.MarkWarning},
		{Name: "certificates", Label: "Trusting " + caFile, Mark: flow.MarkWarning},
	}
	facts := []flow.Fact{
		{Label: "proxy", Value: "proxy.contoso.example:3128"}, {Label: "trusting", Value: file},
		{Label: "trusting", Value: dirs}, {Label: "trusting", Value: caFile},
	}
	for about, replaced := range map[string]*flow.Reconnect{"connect": nil, "reconnect": {}} {
		for _, network := range []flow.Network{{}, flowtest.OfficeNetwork()} {
			wantMarks, wantFacts := marks, facts
			if network.Proxy.IsZero() {
				wantMarks, wantFacts = nil, nil
			}
			setup := flowtest.Setup()
			setup.Reconnect, setup.Network = replaced, network
			s, _ := flow.Begin(setup)
			var gotMarks []flow.Line
			for _, line := range s.Lines(flow.StepReview) {
				if line.Mark == flow.MarkWarning {
					gotMarks = append(gotMarks, line)
				}
			}
			s.Step = flow.StepConfirm
			var gotFacts []flow.Fact
			for _, fact := range s.Facts() {
				if fact.Label == "proxy" || fact.Label == "trusting" {
					gotFacts = append(gotFacts, fact)
				}
			}
			if !slices.Equal(gotMarks, wantMarks) || !slices.Equal(gotFacts, wantFacts) {
				t.Errorf("%s, %v:\n%v\n%v", about, network, gotMarks, gotFacts)
			}
		}
	}
	remark := "through proxy proxy.contoso.example:3128, with " + file + ", with " + dirs + ", with " + caFile
	if got := flow.English.Network(flowtest.OfficeNetwork()); got != remark || flow.English.Network(flow.Network{}) != "" {
		t.Error(got)
	}
}
