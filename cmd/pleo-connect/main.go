// Command pleo-connect connects this server to Pleo with an Integrated API Key.
//
// This package is where everything meets: main calls run, run builds the commands, each command has one file with its
// options, its constructor and what it does. entrance.go is the one way into the store, do.go the one funnel for side
// effects. A command returns a failure as a kind and words, and exit.go alone knows exit codes.
package main

import (
	"context"
	"os"

	_ "pleo-connect/cmd/pleo-connect/early" // first: cleans the environment before other packages look at it
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, stdin(), os.Stdout, os.Stderr))
}
