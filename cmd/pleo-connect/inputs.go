package main

import (
	"context"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
)

// inputs are the files named by flags, and the certificates that variables name. They are opened before the program
// becomes the account that owns the store, which may not be allowed to read them.
type inputs struct {
	integration flow.Integration
	file        string // where integration is from; empty if it is the built-in one, or that of a record
	roots       roots
	key         *keySource // --key-file; nil if it is not set
}

// openInputs opens what the flags name; close closes it again, even after an error.
func (o *connectOptions) openInputs(ctx context.Context) (inputs, error) {
	in := o.rootsOnly(o.caFile)
	var err error
	if !o.ofRecord {
		if in.integration, in.file, err = o.describe(o.integration); err != nil {
			return in, err
		}
	}
	in.key, err = o.openKey(ctx)
	return in, err
}

// helpForFile says what --integration is, for commands where it names a file.
const helpForFile = "integration file (TOML); the default is /etc/pleo-connect/integration.toml, or the built-in one"

// describe returns the integration of a file: the one that is named, else that of this computer, else the built-in one.
func (a *app) describe(named string) (i flow.Integration, file string, err error) {
	if file = named; file == "" {
		file = a.host.IntegrationFile
		found, closed := integration.Find(file)
		if closed {
			a.console.Warn(a.book.Use.BuiltIn.Fill(flow.Values{Path: file}))
		}
		if !found {
			return integration.Default(), "", nil
		}
	}
	if named != "" && !isPath(named) {
		return i, file, flow.NewFault(flow.IntegrationNotThere, flow.Values{})
	}
	i, err = integration.Load(file)
	return i, file, err
}

// noInputs are the inputs of a command that reads no file.
var noInputs inputs

// rootsOnly returns the inputs of a command that reads only certificates. A fault in those is an error of newClient.
func (a *app) rootsOnly(caFile string) inputs { return inputs{roots: a.openRoots(caFile)} }

func (in inputs) close() {
	if in.key != nil {
		in.key.close()
	}
}

// read returns what f opens or reads, or the cause if ctx ends first. A pipe may never have a writer, and standard
// input may never be closed.
func read[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		read T
		err  error
	}
	results := make(chan result, 1)
	go func() {
		got, err := f()
		results <- result{got, err}
	}()
	select {
	case r := <-results:
		return r.read, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
