// Command pleo-connect connects this server to Pleo with an Integrated API Key.
//
// Each command has one file with its options, its constructor and what it does; headless.go and wizard.go are the two
// ways to connect. main reads what there is to know of the process ([host.Start]), run builds the commands, and
// enter.go is the one way into the store. A command prints through the one console, asks Pleo and the store through an
// engine, and returns a failure as a kind and words; exit.go alone knows exit codes.
package main

import (
	"context"
	"os"

	_ "pleo-connect/cmd/internal/early" // first: cleans the environment before other packages look at it
	"pleo-connect/cmd/internal/host"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], host.Start())) }
