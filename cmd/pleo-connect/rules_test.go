package main

import (
	"testing"

	"pleo-connect/flow/flowtest/source"
)

// TestProcess: only host looks at the process and changes it. Everything else is handed what it needs.
func TestProcess(t *testing.T) {
	t.Parallel()
	source.CheckHomes(t, []source.Home{{
		What: "the process", Files: "cmd/internal/host/ cmd/internal/early/", Instead: "a host.Host",
		Pattern: `os\.(Getenv|LookupEnv|Environ|Setenv|Unsetenv|Clearenv|ExpandEnv|Stdin|Stdout|Stderr|UserHomeDir|` +
			`TempDir)\b|(Mkdir|Create)Temp\(""|signal\.Notify|ProxyFromEnvironment|httpproxy\.FromEnvironment\(|` +
			`\bSet(uid|gid|groups|rlimit|GCPercent)\(|Umask\(\w`,
	}},
		"cmd/pleo-connect", "cmd/internal/console", "cmd/internal/early", "cmd/internal/engine", "cmd/internal/host",
		"cmd/internal/integration", "cmd/internal/stage", "cmd/internal/trusted", "flow", "pleoclient",
		"pleoclient/pleosim", "pleoclient/textfile", "store", "store/trust", "tui", "tui/input", "tui/plain")
}

// TestHomes: what must be right everywhere is done in one place. Everything else gets it from there.
func TestHomes(t *testing.T) {
	t.Parallel()
	source.CheckHomes(t, []source.Home{
		{What: "an encoder of JSON lines", Pattern: `json\.NewEncoder`, Files: "cmd/internal/console/json.go",
			Instead: "Console.JSON"},
		{What: "an error for people", Pattern: `"error: |[wW]ords\.Error\b|Use\.Error\b`, Files: "cmd/internal/console/text.go",
			Instead: "Console.Failure"},
		{What: "the company name of a record", Pattern: `r\.CompanyName`, Files: "cmd/internal/engine/engine.go",
			Instead: "engine.CompanyOf"},
		{What: "the scopes of a record", Pattern: `r\.Scopes`, Files: "cmd/internal/engine/", Instead: "the engine"},
		{What: "the reason of a rejection as text", Pattern: `Rejection: `, Files: "cmd/pleo-connect/report.go",
			Instead: "pleoclient.Safe"},
		{What: "the exit code of a class", Pattern: `classCodes`, Files: "cmd/pleo-connect/exit.go", Instead: "exitCode"},
		{What: "an exit code of exec", Pattern: `exitNotFound`, Files: "cmd/pleo-connect/exit.go",
			Instead: "commandNotFound"},
		{What: "the judgement of a file", Pattern: `trust\.Resolve\(`, Files: "cmd/internal/trusted/",
			Instead: "trusted.Resolve"},
		{What: "a text that is read in a way of its own",
			Pattern: `os\.ReadFile\(|io\.ReadAll\(|io\.LimitReader\(|bufio\.New(Reader|Scanner)`,
			Files:   "cmd/internal/host/desktop_linux.go", // which reads what the kernel writes
			Instead: "package textfile, or plain.Terminal for what a person enters"},
		{What: "the way into the store", Pattern: `host\.Places\(`, Files: "cmd/pleo-connect/enter.go", Instead: "enter"},
	},
		"cmd/pleo-connect", "cmd/internal/console", "cmd/internal/early", "cmd/internal/engine", "cmd/internal/host",
		"cmd/internal/integration", "cmd/internal/stage", "cmd/internal/trusted")
}
