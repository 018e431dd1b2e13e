package pleoclient_test

import (
	"strings"
	"testing"

	"pleo-connect/pleoclient"
)

func TestMayBeKey(t *testing.T) {
	t.Parallel()
	const random = "Q7WmZ2xR9tK4vB6nJ1sD8fG3"
	for text, want := range map[string]bool{
		random: true, "pls_" + random + "_" + random: true, " Bearer " + random + "\n": true,
		"'" + random + "'": true, "PLEO_API_KEY=" + random: true, random + "==": true,

		"": false, random[:12]: false, "dynamics-365-finance": false, "4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5": false,
		"4b0c7f1e-52d8-4c39-8e6a-1f7d": false, "pleo-connect-2026-11-30-backup": false, "/srv/" + random: false,
		"https://external.pleo.io": false, "vpce-0a1b2c3d4e5f67890.example.com": false, "127.0.0.1:8080": false,
		"Harbour Lane Bakery ApS": false, "internationalisations": false, "12345678901234567890": false,
		"age1" + strings.Repeat("q2w3", 14): false, "AGE-SECRET-KEY-1" + strings.Repeat("CANARY0", 8): false,
		strings.Repeat(random, 1000): false,
	} {
		if got := pleoclient.MayBeKey(text); got != want {
			t.Errorf("%.30q: %v", text, got)
		}
	}
}
