// Command pleo-connect connects this server to Pleo with an Integrated API Key.
//
// Each command has one file with its options, its constructor and what it does; headless.go and wizard.go are the two
// ways to connect. main prepares the process ([host.Start]), run builds the commands, and enter.go is the only way to
// open the store. A command prints through the console, uses Pleo and the store through an engine, and returns a
// failure as data, a [flow.Fault]. Only exit.go has exit codes.
package main

import (
	"context"
	"os"

	_ "pleo-connect/cmd/internal/early" // first: cleans the environment before other packages look at it
	"pleo-connect/cmd/internal/host"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], host.Start())) }
