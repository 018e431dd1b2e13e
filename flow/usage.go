package flow

import (
	"fmt"
	"strings"
)

// The failures of wrong use. None of them repeats what was typed, unless it is a word of this program: what is in a
// wrong place may be a key, and what a program prints is kept in journals and logs.

// KeyAsArgument is the failure for a key on the command line. where names the place, such as "argument 2".
func KeyAsArgument(where string) *Failure {
	return WrongUse(where+" looks like a key, and a key is never an argument; it was not used",
		"run pleo-connect and paste the key when it asks, or use --key-file FILE; this key may now be in the history of "+
			"your shell, and others may have seen it in the list of processes: if they could, replace it in Pleo")
}

// KeyInVariable is the failure for a key in a variable that names a file or directory.
func KeyInVariable(name string) *Failure {
	return WrongUse(name+" looks like a key, and names a place for files; it was not used",
		"write a whole path there, or unset it; run pleo-connect and paste the key when it asks")
}

// UnknownCommand is the failure for a word that is no command. meant are the commands with a similar name.
func UnknownCommand(command string, meant []string) *Failure {
	hint := command + " --help shows the commands"
	if len(meant) > 0 {
		hint = "did you mean " + strings.Join(meant, " or ") + "? " + hint
	}
	return WrongUse(command+" has no such command", hint)
}

// UnknownFlag is the failure for a flag that a command does not have. position counts the arguments from 1, or is 0
// where nobody can tell; known is the flag when another command has it, else "".
func UnknownFlag(command string, position int, known string) *Failure {
	summary := command + " has no such flag"
	switch {
	case known != "":
		summary = command + " has no flag " + known
	case position > 0:
		summary = fmt.Sprintf("argument %d is not a flag of %s", position, command)
	}
	return WrongUse(summary, command+" --help shows its flags")
}

// FlagWithoutValue is the failure for a flag at the end of the arguments, or before --json.
func FlagWithoutValue(command, flag string) *Failure {
	return WrongUse(flag+" needs a value", command+" --help shows its flags")
}

// FlagValue is the failure for a flag whose value cannot be read. wants is what it takes, such as "a whole number".
func FlagValue(command, flag, wants string) *Failure {
	return WrongUse(flag+" takes "+wants, command+" --help shows its flags")
}

// EmptyFlag is the failure for a flag whose value is empty, as that of a variable that is not set.
func EmptyFlag(flag string) *Failure {
	return WrongUse(flag+" is empty", "leave it out, or give it a value")
}

// NoSuchPlace is the failure for a flag that names a directory or file by one word, where there is none.
func NoSuchPlace(flag string) *Failure {
	return WrongUse(flag+" names nothing that is here",
		"check the name; for a new one, write its whole path, or one that begins with ./")
}

// WithoutStore is the failure for a flag about the key store, given to a command that uses none of the user's.
func WithoutStore(command, flag string) *Failure {
	return WrongUse(flag+" means nothing to "+command+", which uses no key store of yours", "leave it out")
}

// ArgumentCount is the failure for too few or too many arguments. what names the only one that the command takes, or
// is empty when it takes none.
func ArgumentCount(command, what string, needed bool) *Failure {
	hint := command + " --help shows how it is used"
	switch {
	case what == "":
		return WrongUse(command+" takes no arguments, only flags", hint)
	case needed:
		return WrongUse(command+" takes exactly one argument: "+what, hint)
	}
	return WrongUse(command+" takes at most one argument: "+what, hint)
}

// NotUnderstood is the failure for arguments of which nobody can say more.
func NotUnderstood(command string) *Failure {
	return WrongUse("the arguments of "+command+" cannot be used", command+" --help shows how it is used")
}
