package flow

import (
	"fmt"
	"strings"
)

// KeyEngine is the secrets engine that keeps the keys. The zero KeyEngine means that they are in files.
type KeyEngine struct {
	Name   string // "OpenBao" or "Vault"
	Sealed bool   // what is saved there is also encrypted for an identity
}

// Used reports whether there is an engine.
func (e KeyEngine) Used() bool { return e.Name != "" }

// Protection returns what guards the keys there, or "" for files.
func (e KeyEngine) Protection() Protection {
	switch {
	case !e.Used():
		return ""
	case e.Sealed:
		return ProtectedByEngineAndIdentity
	}
	return ProtectedByEngine
}

// Keeper returns what keeps the keys: this computer, or the name of an engine.
func (b *Book) Keeper() string {
	if b.Engine.Used() {
		return b.Engine.Name
	}
	return b.Clauses.Keeper.String()
}

// Where returns where the keys are, as a part of a sentence.
func (b *Book) Where() string {
	if b.Engine.Used() {
		return b.Clauses.WhereEngine.Fill(Values{Engine: b.Engine.Name})
	}
	return b.Clauses.Where.String()
}

// saved returns how a key is saved, as a part of a sentence.
func (b *Book) saved() string {
	text := b.Clauses.Saved
	switch {
	case b.Engine.Sealed:
		text = b.Clauses.SavedSealed
	case b.Engine.Used():
		text = b.Clauses.SavedEngine
	}
	return text.Fill(Values{Engine: b.Engine.Name})
}

// savedBriefly is saved without who can read it.
func (b *Book) savedBriefly() string {
	text := b.Clauses.SavedBriefly
	switch {
	case b.Engine.Sealed:
		text = b.Clauses.SavedSealed
	case b.Engine.Used():
		text = b.Clauses.SavedEngineBriefly
	}
	return text.Fill(Values{Engine: b.Engine.Name})
}

// EngineSetting returns the fault of the address of an engine, or of a variable that it is reached with.
func EngineSetting(setting Kind, v Values) Fault { return NewFault(KindSettings+"/engine_"+setting, v) }

// vault is the engine whose variables and program have other names than those of OpenBao.
const vault = "Vault"

// enginePrefix returns what the names of an engine's variables begin with.
func enginePrefix(engine string) string {
	if engine == vault {
		return "VAULT"
	}
	return "BAO"
}

// engineProgram returns the name of an engine's own program.
func engineProgram(engine string) string {
	if engine == vault {
		return "vault"
	}
	return "bao"
}

// policy returns the line of a policy that allows something on a path. Several capabilities are separated by commas.
func policy(path, capabilities string) string {
	if path == "" || capabilities == "" {
		return ""
	}
	quoted := strings.ReplaceAll(fmt.Sprintf("%q", capabilities), ", ", `", "`)
	return fmt.Sprintf("path %q { capabilities = [%s] }", path, quoted)
}
