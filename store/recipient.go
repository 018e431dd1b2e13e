package store

import (
	"errors"
	"slices"
	"strings"

	"filippo.io/age"
)

// maxExtra bounds the extra recipients, each of which adds some 100 bytes to every file.
const maxExtra = 16

// Errors of [Store.AddRecipient] and [Store.RemoveRecipient]. Nothing was changed.
var (
	ErrRecipientKnown error = &RefusedError{
		"this recipient can open the store already", "pleo-connect status lists all of them"}
	ErrRecipientUnknown error = &RefusedError{
		"this recipient cannot open the store", "pleo-connect status lists those who can"}
	ErrRecipientMany error = &RefusedError{"the store has 16 more recipients already", "remove one first"}
	ErrRecipientOwn  error = &RefusedError{
		"this is the store's own recipient, which the service needs", "pleo-connect rekey replaces it"}
	ErrRecipientInUse error = &RefusedError{
		"this recipient belongs to the identity in use", "remove it with the store's own identity"}
	ErrRekeyUnfinished error = &RefusedError{
		"replacing the identity was interrupted", "finish it first with: pleo-connect rekey"}
)

// ErrSecret is the error of [ParseRecipient] for what nobody else may see.
var ErrSecret = errors.New("this is a secret identity, not a recipient")

// ParseRecipient returns text as a recipient that a store can have: an X25519 one, age1 and 58 more characters. The
// error says what text is instead, and never quotes it: it may be an identity that was pasted by mistake.
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
		return "", errors.New("this is an SSH key, not an age recipient")
	case strings.HasPrefix(lower, "age1pq1"):
		return "", errors.New("this is a post-quantum recipient, which older age commands cannot read")
	case strings.HasPrefix(lower, "age1") && strings.Count(lower, "1") > 1:
		return "", errors.New("this is a mistyped recipient, or one of an age plugin")
	case strings.HasPrefix(lower, "age1"):
		return "", errors.New("this is a mistyped or incomplete recipient")
	}
	return "", errors.New("this is not an age recipient")
}

// Recipients returns who else can open the store, in the order in which they were added: its own
// recipient is not among them.
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

// AddRecipient lets one more identity open the store, and encrypts every record anew. Whoever holds that identity can
// read all keys, and change the store where the system lets them. A call that was interrupted is finished by the same
// call. progress may be nil.
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

// RemoveRecipient encrypts every record anew without the recipient. It cannot take back what that identity has read, or
// can read in a copy of the store. A call that was interrupted is finished by the same call. progress may be nil.
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

// changeRecipients gives the store the list that edit makes of its recipients, under the lock. edit gets the recipient
// as ParseRecipient returns it, and whether the list has it. The settings say that the change is under way until every
// record follows.
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
