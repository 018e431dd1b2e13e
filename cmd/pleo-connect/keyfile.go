package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"pleo-connect/cmd/internal/console"
	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/textfile"
	"pleo-connect/tui/plain"
)

const helpForKeyFile = "read the key from a file or a pipe, or from standard input with -; at a terminal, - asks for it"

// maxKeyFileBytes is the longest key in the widest encoding. A file may hold more than the key: its name, for example.
const (
	maxKeyFileBytes = 4 * pleoclient.MaxKeyBytes
	maxKeyFileText  = "16 KiB"
)

const hintForKeyFile = "name a file that holds the key alone, or - for standard input"

// keySource is where the key comes from in a run that asks nobody else: what --key-file names.
type keySource struct {
	name     string          // for a sentence
	in       io.Reader       // a file, a pipe or a device
	terminal *plain.Terminal // where the key is asked for instead; nil: nowhere
	close    func()
}

// openKey opens what --key-file names, or returns nil. It waits for the writer of a named pipe, as every reader of one
// does, until ctx ends. A terminal is taken at once, before anything can be echoed that is typed there.
//
// The environment and arguments are no places for a key.
func (o *connectOptions) openKey(ctx context.Context) (*keySource, error) {
	if o.keyFile == "" {
		return nil, nil
	}
	k, err := o.openKeyFile(ctx)
	if err != nil {
		if context.Cause(ctx) != nil {
			return nil, ended(flow.State{}, context.Cause(ctx))
		}
		return nil, err
	}
	if console.IsTerminal(k.in) {
		k.close()
		return o.keyAtTerminal()
	}
	f, isFile := k.in.(*os.File)
	if !isFile {
		return k, nil
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = k.cannotRead(err)
	case info.IsDir():
		err = k.isNoFile("a directory")
	case k.name == theKeyFile && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0:
		o.console.Warn("others can read the key file: remove it after this run, or chmod 600 it")
	}
	if err != nil {
		k.close()
	}
	return k, err
}

const theKeyFile = "the key file"

func (o *connectOptions) openKeyFile(ctx context.Context) (*keySource, error) {
	n, isDescriptor := host.Descriptor(o.keyFile)
	if o.keyFile == "-" || isDescriptor && n == 0 {
		return &keySource{name: "standard input", in: o.console.In, close: func() {}}, nil
	}
	k := &keySource{name: theKeyFile}
	open := func() (*os.File, error) { return host.OpenDescriptor(n) }
	if !isDescriptor {
		if err := k.checkOpenable(o.keyFile); err != nil {
			return nil, err
		}
		open = func() (*os.File, error) { return os.Open(o.keyFile) }
	}
	f, err := read(ctx, open)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isDescriptor:
		return nil, flow.WrongUse("the key file does not exist: this program was not given that descriptor",
			"sudo closes descriptors; give the key on standard input, with --key-file -")
	case err != nil:
		return nil, k.cannotRead(err)
	}
	k.in, k.close = f, func() { _ = f.Close() }
	return k, nil
}

// checkOpenable refuses what opening cannot turn into a text.
func (k *keySource) checkOpenable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return k.cannotRead(err)
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSocket != 0:
		return k.isNoFile("a socket")
	case mode&fs.ModeDevice != 0 && mode&fs.ModeCharDevice == 0:
		return k.isNoFile("a block device")
	}
	return nil
}

func (k *keySource) isNoFile(what string) error {
	return flow.WrongUse(k.name+" is "+what, hintForKeyFile)
}

func (k *keySource) cannotRead(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return flow.WrongUse(k.name+" does not exist", hintForKeyFile)
	}
	return flow.WrongUse(k.name+" cannot be read: "+pleoclient.SystemReason(err), hintForKeyFile)
}

// keyAtTerminal takes the terminal of the person, to ask for the key.
func (a *app) keyAtTerminal() (*keySource, error) {
	terminal, done, ok := a.askAnywhere()
	if !ok {
		return nil, flow.WrongUse("the key cannot be asked for: standard error leads to no terminal",
			"leave it at the terminal, or give the key in a file with --key-file FILE")
	}
	return &keySource{name: "the terminal", terminal: &terminal, close: sync.OnceFunc(done)}, nil
}

// read returns the whole key as an event, or why there is none. label is what the key is called.
func (k *keySource) read(ctx context.Context, label string) (flow.Event, error) {
	if k == nil {
		return nil, nil
	}
	defer k.close()
	if k.terminal != nil {
		return k.ask(ctx, label)
	}
	data, err := read(ctx, func() ([]byte, error) { return textfile.ReadAll(k.in, maxKeyFileBytes) })
	switch {
	case context.Cause(ctx) != nil:
		clear(data)
		return nil, ended(flow.State{}, context.Cause(ctx))
	case errors.Is(err, textfile.ErrTooLarge):
		return nil, noKey(pleoclient.KindKeyTooLong, k.name+" holds more than "+maxKeyFileText+", which no key needs")
	case err != nil:
		return nil, k.cannotRead(err)
	}
	text, err := textfile.Decode(data)
	defer clear(text)
	if err == nil {
		err = textfile.CheckUTF8(text)
	}
	switch {
	case errors.Is(err, textfile.ErrEmpty):
		return nil, noKey(pleoclient.KindNotAKey, k.name+" is empty")
	case err != nil:
		return nil, noKey(pleoclient.KindKeyMalformed, k.name+" "+err.Error())
	}
	return flow.Pasted(string(text)), nil
}

// noKey is the failure of a text that cannot hold a key.
func noKey(kind flow.Kind, summary string) error {
	return &flow.Failure{Kind: kind, Summary: summary, Hint: "give the key alone, as UTF-8 text; nothing was sent"}
}

// ask asks for the key. An empty line is a change of mind, like Ctrl+C and Ctrl+D.
func (k *keySource) ask(ctx context.Context, label string) (flow.Event, error) {
	text, err := k.terminal.Secret(ctx, label+" (nothing is shown; press Enter at the end): ")
	if err != nil {
		fmt.Fprintln(k.terminal.Out)
	}
	switch {
	case context.Cause(ctx) != nil:
		return nil, ended(flow.State{}, context.Cause(ctx))
	case errors.Is(err, plain.ErrTooLong):
		return nil, noKey(pleoclient.KindKeyTooLong, "what was entered is too long for a key")
	case errors.Is(err, io.EOF), err == nil && strings.TrimSpace(text) == "":
		return nil, interrupted("no key was given", "nothing was changed")
	case err != nil:
		return nil, flow.WrongUse("the key cannot be asked for: "+err.Error(), "give it in a file with --key-file FILE")
	}
	return flow.Typed(text), nil
}
