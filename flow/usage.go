package flow

import "strings"

// The rows for wrong use that commands detect themselves. None repeats what was typed, unless it is a word of this
// program: an argument in the wrong place may be a key, and output is kept in journals and logs.
const (
	NeedsApproval     Kind = "settings/needs_approval"
	NeedsCompany      Kind = "settings/needs_company"
	NeedsConfirmation Kind = "settings/never_confirmed"
	JSONAtTerminal    Kind = "settings/json_at_terminal"
	NoPermissions     Kind = "settings/no_permissions"
	OtherAddress      Kind = "settings/other_address"
	EmptyCompany      Kind = "settings/empty_company"
	NoCompanyID       Kind = "settings/no_company_id"
	NoCompanyFlag     Kind = "settings/no_company_flag"
	NoIntegrationID   Kind = "settings/no_integration_id"
	NoEnvironment     Kind = "settings/no_environment"
	NoDays            Kind = "settings/no_days"
	NotActivatedYet   Kind = "store/not_activated_yet"

	StoppedBefore Kind = "interrupted/before" // before anything was changed
	StoppedOnce   Kind = "interrupted/stopped"
	Cancelled     Kind = "interrupted/cancelled"
	NoKeyEntered  Kind = "interrupted/no_key"
	OutputFailed  Kind = "internal/output"
	OutputOfDone  Kind = "internal/output/done" // what was to be done is done
)

// The rows for what --key-file names. Those for standard input are next to those for a file.
const (
	KeyFileMissing    Kind = "settings/key_file/missing"
	KeyFileDescriptor Kind = "settings/key_file/descriptor"
	KeyFileUnreadable Kind = "settings/key_file/unreadable"
	KeyFileIrregular  Kind = "settings/key_file/irregular"
	KeyFileTooLarge   Kind = "key_too_long/file"
	KeyFileEmpty      Kind = "not_a_key/file"
	KeyFileNoText     Kind = "key_malformed/file"

	KeyInputUnreadable Kind = "settings/key_input/unreadable"
	KeyInputIrregular  Kind = "settings/key_input/irregular"
	KeyInputTooLarge   Kind = "key_too_long/input"
	KeyInputEmpty      Kind = "not_a_key/input"
	KeyInputNoText     Kind = "key_malformed/input"

	KeyTerminalNone    Kind = "settings/key_terminal/none"
	KeyTerminalFailed  Kind = "settings/key_terminal/failed"
	KeyTerminalTooLong Kind = "key_too_long/terminal"
)

const (
	keyArgument    Kind = "settings/key_argument"
	keyInFlag      Kind = "settings/key_in_flag"
	keyInVariable  Kind = "settings/key_in_variable"
	unknownCommand Kind = "settings/unknown_command"
	unknownFlag    Kind = "settings/unknown_flag"
	noFlagValue    Kind = "settings/no_flag_value"
	wrongFlagValue Kind = "settings/flag_value"
	emptyFlag      Kind = "settings/empty_flag"
	noSuchPath     Kind = "settings/no_such_path"
	noStoreHere    Kind = "settings/no_store_here"
	noArguments    Kind = "settings/no_arguments"
	oneCompany     Kind = "settings/one_company"
	oneRecipient   Kind = "settings/one_recipient"
	notUnderstood  Kind = "settings/not_understood"
	noTerminal     Kind = "settings/no_terminal"
)

// KeyAsArgument is the fault of a key on the command line. position counts the arguments from 1, or is 0 where that is
// not known. unattended means a run with a key file, where nothing is pasted.
func KeyAsArgument(position int, unattended bool) Fault {
	row := keyArgument
	if position > 0 {
		row += "/position"
	}
	return NewFault(keyElsewhere(row, unattended), Values{N: position})
}

// KeyInFlag is the fault of a key as the value of a flag that takes something else.
func KeyInFlag(flag string, unattended bool) Fault {
	return NewFault(keyElsewhere(keyInFlag, unattended), Values{Flag: flag})
}

func keyElsewhere(row Kind, unattended bool) Kind {
	if unattended {
		return row + "/file"
	}
	return row
}

// KeyInVariable is the fault of a key in a variable that names a file or directory.
func KeyInVariable(name string) Fault { return NewFault(keyInVariable, Values{Variable: name}) }

// UnknownCommand is the fault of a word that is not a command. meant are the commands with a similar name, and all
// reports whether meant lists every command.
func UnknownCommand(command string, meant []string, all bool) Fault {
	v := Values{Command: command}
	switch {
	case len(meant) == 0:
		return NewFault(unknownCommand, v)
	case all:
		v.List = strings.Join(meant, ", ")
		return NewFault(unknownCommand+"/of", v)
	}
	v.Name = meant[0]
	return NewFault(unknownCommand+"/similar", v)
}

// UnknownFlag is the fault of a flag that a command does not have. position counts the arguments from 1, or is 0 where
// that is not known; known is the flag if another command has it, else "".
func UnknownFlag(command string, position int, known string) Fault {
	row := unknownFlag
	switch {
	case known != "":
		row += "/known"
	case position > 0:
		row += "/position"
	}
	return NewFault(row, Values{Command: command, N: position, Flag: known})
}

// FlagWithoutValue is the fault of a flag at the end of the arguments, or before --json.
func FlagWithoutValue(command, flag string) Fault {
	return NewFault(noFlagValue, Values{Command: command, Flag: flag})
}

// FlagValue is the fault of a flag whose value cannot be read. kind is the type of its value, as package pflag names
// it.
func FlagValue(command, flag, kind string) Fault {
	row := wrongFlagValue
	switch kind {
	case "bool":
		row += "/bool"
	case "int":
		row += "/number"
	}
	return NewFault(row, Values{Command: command, Flag: flag})
}

// EmptyFlag is the fault of a flag whose value is empty, as that of a variable that is not set.
func EmptyFlag(flag string) Fault { return NewFault(emptyFlag, Values{Flag: flag}) }

// NoSuchPath is the fault of a flag that names a missing directory or file by one word.
func NoSuchPath(flag string) Fault { return NewFault(noSuchPath, Values{Flag: flag}) }

// WithoutStore is the fault of a flag about the key store, given to a command that does not use the user's store.
func WithoutStore(command, flag string) Fault {
	return NewFault(noStoreHere, Values{Command: command, Flag: flag})
}

// ArgumentCount is the fault of arguments that a command does not take.
func ArgumentCount(command string) Fault { return NewFault(noArguments, Values{Command: command}) }

// CompanyCount is the fault of several arguments, or none, where a command takes one company, perhaps by its name.
func CompanyCount(command string, given int, byName bool) Fault {
	row := oneCompany
	switch {
	case given == 0:
		row += "/none"
	case !byName:
		row += "/id"
	}
	return NewFault(row, Values{Command: command})
}

// RecipientCount is the fault of several arguments, or none, where a command takes one recipient.
func RecipientCount(command string) Fault { return NewFault(oneRecipient, Values{Command: command}) }

// NotUnderstood is the fault of arguments about which nothing more is known.
func NotUnderstood(command string) Fault { return NewFault(notUnderstood, Values{Command: command}) }

// NoTerminal is the fault of a run whose input or output is not a terminal, and that was not told to do without one.
func NoTerminal(input, output bool) Fault {
	switch {
	case input:
		return NewFault(noTerminal+"/output", Values{})
	case output:
		return NewFault(noTerminal+"/input", Values{})
	}
	return NewFault(noTerminal, Values{})
}

// Unconfirmed is the fault of an unattended run that was not told which company is right. One that was never confirmed
// is named by its ID.
func Unconfirmed(company string) Fault {
	if company == "" {
		return NewFault(NeedsCompany, Values{})
	}
	return NewFault(NeedsConfirmation, Values{Company: company})
}

// Unapproved is the fault of an unattended run that was not told to allow the permissions. file is where they can be
// read; empty: nowhere. company is what else is missing, so that one run reports both; it may be zero.
func Unapproved(i Integration, file string, company Fault) Fault {
	row := NeedsApproval
	if file == "" {
		row += "/listed"
	}
	switch company.Row {
	case NeedsCompany:
		row += "/company"
	case NeedsConfirmation:
		row += "/never_confirmed"
	}
	v := company.given()
	v.File, v.List = file, scopeList(i.Scopes())
	return NewFault(row, v)
}
