package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pleo-connect/cmd/internal/host"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
	"pleo-connect/store/kv"
)

// takesNothing checks the arguments of a command that has only flags.
func (a *app) takesNothing(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return a.wrongUse(cmd, flow.ArgumentCount(cmd.CommandPath()))
	}
	return nil
}

// takesCompany returns the check of a command about one company, which may be left out unless needed. byName reports
// that the command also takes its name.
func (a *app) takesCompany(needed, byName bool) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 || needed && len(args) == 0 {
			return a.wrongUse(cmd, flow.CompanyCount(cmd.CommandPath(), len(args), byName))
		}
		return nil
	}
}

// takesRecipient checks the arguments of a command about one recipient.
func (a *app) takesRecipient(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return a.wrongUse(cmd, flow.RecipientCount(cmd.CommandPath()))
	}
	return nil
}

// takesCommand checks the arguments of a command that has others below it.
func (a *app) takesCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var meant []string
	switch cmd.SuggestionsMinimumDistance = 2; {
	case cmd.HasParent(): // there are few
		for _, below := range cmd.Commands() {
			meant = append(meant, below.Name())
		}
	case args[0] != "":
		meant = cmd.SuggestionsFor(args[0])
	}
	return a.wrongUse(cmd, flow.UnknownCommand(cmd.CommandPath(), meant, cmd.HasParent()))
}

// wrongFlag returns the fault for an error of pflag, whose own text quotes what was typed.
func (a *app) wrongFlag(cmd *cobra.Command, err error) error {
	var (
		command  = cmd.CommandPath()
		unknown  *pflag.NotExistError
		valued   *pflag.ValueRequiredError
		unfit    *pflag.InvalidValueError
		unformed *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &valued):
		return a.wrongUse(cmd, flow.FlagWithoutValue(command, "--"+valued.GetFlag().Name))
	case errors.As(err, &unfit):
		flag := unfit.GetFlag()
		return a.wrongUse(cmd, flow.FlagValue(command, "--"+flag.Name, flag.Value.Type()))
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		typed := "--" + unknown.GetSpecifiedName()
		return a.wrongUse(cmd, flow.UnknownFlag(command, a.position(typed), a.knownFlag(typed)))
	case errors.As(err, &unknown):
		return a.wrongUse(cmd, flow.UnknownFlag(command, a.position("-"+unknown.GetSpecifiedShortnames()), ""))
	case errors.As(err, &unformed):
		return a.wrongUse(cmd, flow.UnknownFlag(command, a.position(unformed.GetSpecifiedFlag()), ""))
	}
	return err // of a request for help
}

// position returns the position of the flag that was typed, from 1, or 0.
func (a *app) position(typed string) int {
	return 1 + slices.IndexFunc(a.args, func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return arg == typed || name == typed
	})
}

// knownFlag returns a flag that some command has, or "".
func (a *app) knownFlag(typed string) string {
	known := ""
	for _, cmd := range newApp(nil, a.host).root(allCommands()...).Commands() {
		if cmd.Flags().Lookup(strings.TrimPrefix(typed, "--")) != nil {
			known = typed
		}
	}
	return known
}

// wrongUse returns the fault of arguments that cannot be used, or of a key among them, which matters more.
func (a *app) wrongUse(cmd *cobra.Command, f flow.Fault) error {
	for i, arg := range a.args {
		switch {
		case arg == "--" && cmd.Name() == "exec": // what follows is for another program
			return f
		case pleoclient.MayBeKey(strings.TrimLeft(arg, "-")):
			return flow.KeyAsArgument(i+1, a.namesKeyFile())
		}
	}
	return f
}

// namesKeyFile reports whether --key-file is among the arguments: then there is nothing to paste.
func (a *app) namesKeyFile() bool {
	return slices.ContainsFunc(a.args, func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return name == "--key-file"
	})
}

// notUnderstood returns the fault of arguments that cobra refuses for a command that it added.
func (a *app) notUnderstood() error {
	cmd, _, err := a.commands.Find(a.args)
	if err != nil {
		cmd = a.commands
	}
	return a.wrongUse(cmd, flow.NotUnderstood(cmd.CommandPath()))
}

// checkFlags refuses values that cannot be intended, before anything is done with them.
func checkFlags(flags *pflag.FlagSet, command string) error {
	unattended := flags.Changed("key-file")
	var err error
	flags.Visit(func(f *pflag.Flag) {
		if err == nil {
			err = checkFlag(f, flags.Lookup("json") != nil, unattended, command)
		}
	})
	return err
}

func checkFlag(f *pflag.Flag, hasJSON, unattended bool, command string) error {
	name, value := "--"+f.Name, f.Value.String()
	switch {
	case hasJSON && value == "--json": // the value of f was forgotten
		return flow.FlagWithoutValue(command, name)
	case value == "": // a script whose variable is not set does not mean the default
		return flow.EmptyFlag(name)
	case f.Name == "integration" && store.IsIntegrationID(value):
		return nil
	case holdsKey(value):
		return flow.KeyInFlag(name, unattended)
	case f.Name == "store" && kv.IsAddress(value):
		return nil
	case (f.Name == "store" || f.Name == "identity") && !isPath(value):
		// A new store would get this name, which may be a key that does not look like one.
		return flow.NoSuchPath(name)
	}
	return nil
}

// checkPlaces refuses a key in a variable that names a place: a new store or identity would get this name.
func checkPlaces(getenv func(string) string) error {
	for _, name := range host.PlaceVariables {
		if holdsKey(getenv(name)) {
			return flow.KeyInVariable(name)
		}
	}
	return nil
}

// holdsKey reports whether part of a value may be a key, unless it is a path.
func holdsKey(value string) bool {
	separator := func(r rune) bool { return r == '/' || r == filepath.Separator }
	return !isPath(value) && slices.ContainsFunc(strings.FieldsFunc(value, separator), pleoclient.MayBeKey)
}

// isPath reports whether text is meant as a path and may be shown to people: an absolute path, one that begins at the
// current directory and says so, or one that leads to something. Any other word in the place of a path may be a key.
func isPath(text string) bool {
	if filepath.IsAbs(text) || strings.HasPrefix(text, ".") {
		return true
	}
	_, err := os.Lstat(text)
	return err == nil
}

// checkNoStore refuses the flags about the key store for a command that uses none of the user's.
func checkNoStore(cmd *cobra.Command) error {
	for _, name := range storeFlags {
		if cmd.Flags().Changed(name) {
			return flow.WithoutStore(cmd.CommandPath(), "--"+name)
		}
	}
	return nil
}
