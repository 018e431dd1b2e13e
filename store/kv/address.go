package kv

import (
	"strings"
	"unicode/utf8"

	"pleo-connect/store"
)

// Engine is the program that keeps the entries, by its own name.
type Engine string

// The engines. They share the interface of KV version 2.
const (
	OpenBao Engine = "OpenBao"
	Vault   Engine = "Vault"
)

// engines are the engines by the schemes of their addresses.
var engines = [...]struct {
	scheme string
	engine Engine
}{{"openbao", OpenBao}, {"vault", Vault}}

const (
	letters  = "abcdefghijklmnopqrstuvwxyz"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits   = "0123456789"

	schemeCharacters = letters + digits + "+-."
	pathCharacters   = letters + capitals + digits + "-_./"

	maxPath = 512
)

// Address names a store in an engine: "openbao:MOUNT/PREFIX". Where the engine is, and who may use it, is in
// [Settings].
type Address struct {
	Engine Engine
	Path   string // the mount and the prefix: only the engine knows where the one ends, see [Client.Mount]
}

// String returns the address as it is written.
func (a Address) String() string {
	for _, e := range engines {
		if e.engine == a.Engine {
			return e.scheme + ":" + a.Path
		}
	}
	return ""
}

// IsAddress reports whether the name of a store is an address, right or wrong, and not a directory. A directory whose
// name looks like an address is written with "./" in front. The single letter of a drive is no scheme.
func IsAddress(name string) bool {
	scheme, _, found := strings.Cut(strings.ToLower(name), ":")
	return found && len(scheme) > 1 && strings.Contains(letters, scheme[:1]) &&
		strings.Trim(scheme, schemeCharacters) == ""
}

// Parse reads an address. Its error is a [*store.AddressError]; with one, the address has at most the engine that was
// meant.
func Parse(name string) (Address, error) {
	scheme, path, _ := strings.Cut(name, ":")
	for _, e := range engines {
		near := isNear(strings.ToLower(scheme), e.scheme)
		switch refused := checkPath(path); {
		case !near:
		case holdsCredential(name): // before anything is repeated
			return Address{Engine: e.engine}, &store.AddressError{Case: "credentials"}
		case scheme != e.scheme:
			return Address{Engine: e.engine}, (&refusal{"scheme", scheme}).instead(e.scheme, path)
		case refused != nil:
			return Address{Engine: e.engine}, refused.instead(scheme, path)
		default:
			return Address{e.engine, path}, nil
		}
	}
	if holdsCredential(name) {
		return Address{}, &store.AddressError{Case: "credentials"}
	}
	return Address{}, &store.AddressError{Case: "scheme", Value: scheme}
}

// isNear reports whether a scheme, in lower case, stands for another one.
func isNear(scheme, other string) bool {
	return scheme == other || other == "openbao" && scheme == "bao"
}

// refusal is what is wrong with a path, and the part of it that shows it.
type refusal struct{ reason, value string }

// instead returns the error, with the address that was probably meant, or else an example.
func (r *refusal) instead(scheme, path string) *store.AddressError {
	e := &store.AddressError{Case: r.reason, Value: r.value, Instead: scheme + ":secret/pleo"}
	if path = repaired(path); checkPath(path) == nil && !strings.Contains(path, "://") {
		e.Instead = scheme + ":" + path
	}
	return e
}

// checkPath returns what is wrong with a path, or nil. The engine refuses two dots anywhere; the other characters would
// be part of a URL, of a pattern in a policy, or of a command.
func checkPath(path string) *refusal {
	parts := strings.Split(path, "/")
	switch {
	case strings.TrimSpace(path) == "":
		return &refusal{reason: "empty"}
	case strings.Contains(path, "://") || strings.HasPrefix(path, "//"):
		return &refusal{reason: "url"}
	case parts[0] == "":
		return &refusal{reason: "mount"}
	}
	if at := strings.IndexFunc(path, func(r rune) bool { return !strings.ContainsRune(pathCharacters, r) }); at >= 0 {
		r, _ := utf8.DecodeRuneInString(path[at:])
		return &refusal{"characters", string(r)}
	}
	for _, part := range parts {
		if part == "." || strings.Contains(part, "..") {
			return &refusal{"dots", part}
		}
	}
	switch last := parts[len(parts)-1]; {
	case len(parts) == 1, last == "", strings.Contains(path, "//"), len(path) > maxPath:
		return &refusal{reason: "path"}
	case isAPI(parts[1]):
		return &refusal{"path", parts[1]}
	}
	return nil
}

// isAPI reports whether the first part of a prefix belongs to the path of a request, which people copy: the engine puts
// it behind the mount by itself.
func isAPI(part string) bool { return part == "data" || part == "metadata" }

// repaired returns a path without the slashes and the part that don't belong there, and with a prefix.
func repaired(path string) string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) > 1 && isAPI(parts[1]) {
		parts = append(parts[:1], parts[2:]...)
	}
	if len(parts) == 1 {
		parts = append(parts, "pleo-connect")
	}
	return strings.Join(parts, "/")
}

// holdsCredential reports whether a name has a user part, or a part that looks like a token of one of the engines:
// "hvs." and Base64, or in earlier versions and in OpenBao "s." and 24 letters and digits. The first letter is "b" or
// "r" for other types of tokens.
//
// Source: https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
func holdsCredential(name string) bool {
	if strings.Contains(name, "@") {
		return true
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("/:=?&# ", r) }) {
		if isToken(part) {
			return true
		}
	}
	return false
}

func isToken(text string) bool {
	kind, secret, _ := strings.Cut(text, ".")
	switch kind {
	case "hvs", "hvb", "hvr":
		return secret != ""
	case "s", "b", "r":
		return len(secret) >= 20 && strings.Trim(secret, letters+capitals+digits) == ""
	}
	return false
}
