package store

import (
	"slices"
	"strings"

	"filippo.io/age"
)

// maxExtra bounds the extra recipients, each of which adds some 100 bytes to every file.
const maxExtra = 16

// Errors of [Store.AddRecipient] and [Store.RemoveRecipient]. Nothing was changed.
var (
	ErrRecipientKnown   error = &RefusedError{Case: refusedKnown}
	ErrRecipientUnknown error = &RefusedError{Case: refusedUnknown}
	ErrRecipientMany    error = &RefusedError{Case: refusedMany}
	ErrRecipientOwn     error = &RefusedError{Case: refusedOwn}
	ErrRecipientInUse   error = &RefusedError{Case: refusedInUse}
	ErrRekeyUnfinished  error = &RefusedError{Case: refusedUnfinished}
)

// ErrSecret is the error of [ParseRecipient] for text that no one else may see.
var ErrSecret error = &NotRecipientError{Case: "secret"}

// NotRecipientError reports what a text is that is not a recipient.
type NotRecipientError struct {
	Case string // secret, ssh, post_quantum, plugin, incomplete or other
}

// Error returns what the text is, for logs.
func (e *NotRecipientError) Error() string {
	switch e.Case {
	case "secret":
		return "this is a secret identity, not a recipient"
	case "ssh":
		return "this is an SSH key, not an age recipient"
	case "post_quantum":
		return "post-quantum recipients are not supported"
	case "plugin":
		return "this recipient is mistyped, or needs an age plugin"
	case "incomplete":
		return "this recipient is mistyped or incomplete"
	}
	return "this is not an age recipient"
}

// ParseRecipient returns text as a recipient that a store can have: an X25519 one, age1 and 58 more characters. The
// error is a [*NotRecipientError] and never quotes the text, which may be an identity that was pasted by mistake.
//
// Source: https://age-encryption.org/v1
func ParseRecipient(text string) (string, error) {
	text = strings.TrimSpace(text)
	lower := strings.ToLower(text)
	r, err := age.ParseX25519Recipient(text)
	switch {
	case err == nil:
		return r.String(), nil
	case strings.Contains(lower, "age-secret-key-"), strings.Contains(lower, "age-plugin-"):
		return "", ErrSecret
	case strings.HasPrefix(lower, "ssh-"):
		return "", &NotRecipientError{"ssh"}
	case strings.HasPrefix(lower, "age1pq1"):
		return "", &NotRecipientError{"post_quantum"}
	case strings.HasPrefix(lower, "age1") && strings.Count(lower, "1") > 1:
		return "", &NotRecipientError{"plugin"}
	case strings.HasPrefix(lower, "age1"):
		return "", &NotRecipientError{"incomplete"}
	}
	return "", &NotRecipientError{"other"}
}

// Recipients returns who else can open the store, in the order in which they were added. Its own recipient is not among
// them.
func (s *Store) Recipients() []string { return slices.Clone(s.current().recipients()[1:]) }

// Unfinished returns the command that must be repeated because it was interrupted, "rekey" or "recipient", or "". Until
// then some files are encrypted for those who could open the store before.
func (s *Store) Unfinished() string {
	switch c := s.current().settings.Change; {
	case c == nil:
		return ""
	case c.To != "":
		return "rekey"
	}
	return "recipient"
}

// AddRecipient lets one more identity open the store, and encrypts every record again. Anyone who holds that identity
// can read all keys, and change the store where the system lets them. A call that was interrupted is finished by the
// same call. progress may be nil.
func (s *Store) AddRecipient(recipient string, progress Progress) error {
	return s.changeRecipients(recipient, progress, func(k keys, recipient string, known bool) ([]string, error) {
		list := k.recipients()
		switch {
		case known && k.settings.Change != nil:
			return list, nil
		case known:
			return nil, ErrRecipientKnown
		case len(list) > maxExtra:
			return nil, ErrRecipientMany
		}
		return append(slices.Clone(list), recipient), nil
	})
}

// RemoveRecipient encrypts every record again without the recipient. It cannot take back what that identity has read,
// or can read in a copy of the store. A call that was interrupted is finished by the same call. progress may be nil.
func (s *Store) RemoveRecipient(recipient string, progress Progress) error {
	return s.changeRecipients(recipient, progress, func(k keys, recipient string, known bool) ([]string, error) {
		switch {
		case known && k.ids.find(recipient) != nil:
			return nil, ErrRecipientInUse
		case !known && k.settings.Change == nil:
			return nil, ErrRecipientUnknown
		}
		return slices.DeleteFunc(slices.Clone(k.recipients()), func(r string) bool { return r == recipient }), nil
	})
}

// changeRecipients replaces the store's list of recipients with what edit returns for it, under the lock. edit gets the
// recipient as ParseRecipient returns it, and whether the list has it. The settings say that the change is under way
// until every record is encrypted again.
func (s *Store) changeRecipients(
	recipient string, progress Progress, edit func(k keys, recipient string, known bool) ([]string, error),
) error {
	recipient, err := ParseRecipient(recipient)
	if err != nil {
		return err
	}
	if s.closed.Load() {
		return errClosed
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.refresh(); err != nil {
		return err
	}
	k := s.current()
	if s.Unfinished() == "rekey" {
		return ErrRekeyUnfinished
	}
	if recipient == k.recipients()[0] {
		return ErrRecipientOwn
	}
	list, err := edit(k, recipient, slices.Contains(k.recipients(), recipient))
	if err != nil {
		return err
	}
	files, err := s.survey()
	if err != nil {
		return err
	}
	k.settings.Recipients, k.settings.Change = list, &changing{}
	if err := s.writeSettings(k); err != nil {
		return err
	}
	if err := s.reseal(files, progress); err != nil {
		return err
	}
	k.settings.Change = nil
	return s.writeSettings(k)
}
