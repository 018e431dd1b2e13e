package pleoclient

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
)

const redacted = "[redacted]"

// SimulatedKeyPrefix marks the keys of the simulated Pleo, so that they are never sent to the real one.
const SimulatedKeyPrefix = "pleo-simulated-key-"

// Key is an API key that cannot be printed by accident. It is a struct around a pointer, not a string type: fmt may not
// call the methods of unexported fields, so a string type would leak from any struct that keeps one in such a field.
// Behind the pointer is a function, because printers that look into everything, such as go-cmp's, would follow a
// pointer to a string.
//
// The zero Key means "no key". Because == compares pointers, use [Key.Equal].
type Key struct{ text *func() string }

// NewKey wraps text that is known to be a key: a decrypted record, a simulated key. Text that a person or a file
// supplied goes through [CleanKey] instead.
func NewKey(text string) Key {
	if text == "" {
		return Key{}
	}
	reveal := func() string { return text }
	return Key{text: &reveal}
}

// Reveal returns the key itself. Its callers are few and listed in TestWhoReveals.
func (k Key) Reveal() string {
	if k.text == nil {
		return ""
	}
	return (*k.text)()
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.text == nil }

// Simulated reports whether the key belongs to the simulated Pleo.
func (k Key) Simulated() bool { return strings.HasPrefix(k.Reveal(), SimulatedKeyPrefix) }

// Equal reports whether both are the same key. go-cmp also uses it.
func (k Key) Equal(other Key) bool { return k.Reveal() == other.Reveal() }

// Fingerprint returns "SHA256:" and the first eight hex digits of the key's SHA-256. It is the only thing about a key
// that is ever shown, and it is empty for the zero Key.
func (k Key) Fingerprint() string {
	if k.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(k.Reveal()))
	return "SHA256:" + hex.EncodeToString(sum[:4])
}

// String returns a placeholder, never the key.
func (k Key) String() string { return redacted }

// GoString returns a placeholder, never the key.
func (k Key) GoString() string { return redacted }

// Format writes a placeholder for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue gives log/slog a placeholder.
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives JSON, TOML and other encoders a placeholder.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
