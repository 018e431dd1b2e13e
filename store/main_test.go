package store

import (
	"encoding/json"
	"os"
	"runtime/debug"
	"testing"
)

// jobVar makes the test binary a process of its own that does one job on a store: the value is a job in JSON.
const jobVar = "STORE_TEST_JOB"

func TestMain(m *testing.M) {
	if text := os.Getenv(jobVar); text != "" {
		var j job
		if err := json.Unmarshal([]byte(text), &j); err != nil {
			panic(err)
		}
		os.Exit(j.run())
	}
	debug.SetGCPercent(400) // thousands of small stores are mostly garbage
	os.Exit(m.Run())
}
