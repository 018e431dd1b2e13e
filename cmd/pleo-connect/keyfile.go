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

// maxKeyFileBytes is the longest key in the widest encoding. A file may hold more than the key, for example its name.
// The text about a larger file says 16 KiB.
const maxKeyFileBytes = 4 * pleoclient.MaxKeyBytes

// keySource is where the key comes from in a run that does not ask for it elsewhere: what --key-file names.
type keySource struct {
	isInput  bool            // standard input, and not a file
	in       io.Reader       // a file, a pipe or a device
	terminal *plain.Terminal // where the key is asked for instead; nil if nowhere
	book     *flow.Book      // for the prompt there
	close    func()
}

// from returns what the words for another key depend on. A run without a source of its own continues with a key that is
// saved; --key-file gives it another one.
func (k *keySource) from() flow.KeySource {
	switch {
	case k != nil && k.terminal != nil:
		return flow.KeyAtPrompt
	case k != nil && k.isInput:
		return flow.KeyOnInput
	}
	return flow.KeyInFile
}

// openKey opens what --key-file names, or returns nil. It waits for the writer of a named pipe, as every reader of one
// does, until ctx ends. A terminal is taken at once, before anything typed there can be echoed.
//
// A key must not be in the environment or the arguments.
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
		return o.keyAtTerminal(ctx)
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
		err = k.isNoFile()
	case !k.isInput && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0:
		path := o.keyFile
		if _, isDescriptor := host.Descriptor(path); isDescriptor || !host.MayChmod(info) {
			path = "" // so that no command to close it is shown
		}
		o.console.Warn(o.book.Use.KeyFileOpen.Fill(flow.Values{Path: path}))
	}
	if err != nil {
		k.close()
	}
	return k, err
}

func (o *connectOptions) openKeyFile(ctx context.Context) (*keySource, error) {
	n, isDescriptor := host.Descriptor(o.keyFile)
	if o.keyFile == "-" || isDescriptor && n == 0 {
		return &keySource{isInput: true, in: o.console.In, close: func() {}}, nil
	}
	k := &keySource{}
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
		return nil, flow.NewFault(flow.KeyFileDescriptor, flow.Values{})
	case err != nil:
		return nil, k.cannotRead(err)
	}
	k.in, k.close = f, func() { _ = f.Close() }
	return k, nil
}

// checkOpenable refuses a path from which no text can be read.
func (k *keySource) checkOpenable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return k.cannotRead(err)
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSocket != 0:
		return k.isNoFile()
	case mode&fs.ModeDevice != 0 && mode&fs.ModeCharDevice == 0:
		return k.isNoFile()
	}
	return nil
}

func (k *keySource) isNoFile() error {
	if k.isInput {
		return flow.NewFault(flow.KeyInputIrregular, flow.Values{})
	}
	return flow.NewFault(flow.KeyFileIrregular, flow.Values{})
}

func (k *keySource) cannotRead(err error) error {
	reason := flow.Values{Reason: pleoclient.SystemReason(err)}
	switch {
	case k.isInput:
		return flow.NewFault(flow.KeyInputUnreadable, reason)
	case errors.Is(err, fs.ErrNotExist):
		return flow.NewFault(flow.KeyFileMissing, flow.Values{})
	}
	return flow.NewFault(flow.KeyFileUnreadable, reason)
}

// noKey returns the fault of a text that cannot hold a key.
func (k *keySource) noKey(err error) error {
	row := flow.KeyFileNoText
	switch empty, large := errors.Is(err, textfile.ErrEmpty), errors.Is(err, textfile.ErrTooLarge); {
	case empty && k.isInput:
		row = flow.KeyInputEmpty
	case empty:
		row = flow.KeyFileEmpty
	case large && k.isInput:
		row = flow.KeyInputTooLarge
	case large:
		row = flow.KeyFileTooLarge
	case k.isInput:
		row = flow.KeyInputNoText
	}
	return flow.NewFault(row, flow.Values{Place: textfile.LineOf(err)})
}

// keyAtTerminal takes the terminal of the person, to ask for the key.
func (a *app) keyAtTerminal(ctx context.Context) (*keySource, error) {
	terminal, done, ok := a.askAnywhere(ctx)
	if !ok {
		return nil, flow.NewFault(flow.KeyTerminalNone, flow.Values{})
	}
	return &keySource{book: a.book, terminal: &terminal, close: sync.OnceFunc(done)}, nil
}

// read returns the whole key as an event, or why there is none. label is the name of the key.
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
		return nil, k.noKey(err)
	case err != nil:
		return nil, k.cannotRead(err)
	}
	text, err := textfile.Decode(data)
	defer clear(text)
	if err == nil {
		err = textfile.CheckUTF8(text)
	}
	if err != nil {
		return nil, k.noKey(err)
	}
	return flow.Pasted(string(text)), nil
}

// ask asks for the key. An empty line cancels, like Ctrl+C and Ctrl+D.
func (k *keySource) ask(ctx context.Context, label string) (flow.Event, error) {
	text, err := k.terminal.Secret(ctx, k.book.Use.AskKey.Fill(flow.Values{Name: label}))
	if err != nil {
		fmt.Fprintln(k.terminal.Out)
	}
	switch {
	case context.Cause(ctx) != nil:
		return nil, ended(flow.State{}, context.Cause(ctx))
	case errors.Is(err, plain.ErrTooLong):
		return nil, flow.NewFault(flow.KeyTerminalTooLong, flow.Values{})
	case errors.Is(err, io.EOF), err == nil && strings.TrimSpace(text) == "":
		return nil, flow.NewFault(flow.NoKeyEntered, flow.Values{})
	case err != nil:
		return nil, flow.NewFault(flow.KeyTerminalFailed, flow.Values{Reason: pleoclient.SystemReason(err)})
	}
	return flow.Typed(text), nil
}
