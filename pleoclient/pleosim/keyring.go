package pleosim

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/pleosim/pages"
)

// keyring holds the keys that the simulated Pleo knows: those of [Keys], which are there from the beginning and are not
// listed, and those that its pages create.
type keyring struct {
	mu       sync.Mutex
	accounts map[string]account // by the text of the key
	created  []*createdKey
}

// createdKey is a key that was created on the pages.
type createdKey struct {
	text        string
	name        string // of the key, or of the integration that it was made for
	integration string // its id; empty for one that the form has made
	integrated  bool   // the kind: an Integrated API Key
	account     account
	created     time.Time
	expires     time.Time // zero: never
	shown       bool      // its text is not shown again
	deleted     bool
}

// account returns the account of a key. One that was deleted or has expired has none.
func (k *keyring) account(text string) account {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.created {
		if c.text == text && (c.deleted || c.expired()) {
			return account{key: c.account.key}
		}
	}
	return k.accounts[text]
}

func (c *createdKey) expired() bool { return !c.expires.IsZero() && !time.Now().Before(c.expires) }

// allow creates a key for an integration, of the kind that it takes and of a role such as "good". The first one is that
// of [Keys].
func (k *keyring) allow(i Integration, role string) (number int, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	text = i.key(role)
	a := k.accounts[text]
	if n := k.count(i.ID); n > 0 {
		another := fmt.Sprintf("%s_%d", role, n+1)
		text, a.key = i.key(another), i.keyName(another)
	}
	return k.add(&createdKey{text: text, name: i.Name, integration: i.ID, integrated: !i.Standalone, account: a}), text
}

// count returns how many keys were created for an integration; the id "" stands for those of the form.
func (k *keyring) count(id string) int {
	n := 0
	for _, c := range k.created {
		if c.integration == id {
			n++
		}
	}
	return n
}

// standalone creates the Standalone API Key of a form, for the application of an integration.
func (k *keyring) standalone(i Integration, c *createdKey) (number int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	role := fmt.Sprintf("standalone_%d", k.count("")+1)
	c.text, c.account.key, c.account.application = i.key(role), i.keyName(role), i.Application
	return k.add(c)
}

func (k *keyring) add(c *createdKey) (number int) {
	c.created = time.Now()
	c.account.fingerprint = fingerprint(c.text)
	k.accounts[c.text] = c.account
	k.created = append(k.created, c)
	return len(k.created)
}

func fingerprint(text string) string { return pleoclient.NewKey(text).Fingerprint() }

// show returns the text of a key the first time, and "" afterwards.
func (k *keyring) show(number int) (pages.Key, pages.Secret, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if number < 1 || number > len(k.created) || k.created[number-1].deleted {
		return pages.Key{}, pages.Secret{}, false
	}
	c := k.created[number-1]
	secret := pages.Secret{Fingerprint: c.account.fingerprint}
	if !c.shown {
		c.shown, secret.Text = true, c.text
	}
	return c.view(number), secret, true
}

// newest returns the number of the key that was created last for an integration, or 0.
func (k *keyring) newest(id string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for n, c := range slices.Backward(k.created) {
		if c.integration == id {
			return n + 1
		}
	}
	return 0
}

// remove deletes a key, and returns its name; false if there is none.
func (k *keyring) remove(number int) (name string, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if number < 1 || number > len(k.created) || k.created[number-1].deleted {
		return "", false
	}
	c := k.created[number-1]
	c.deleted = true
	return c.name, true
}

// list returns the keys that were created and not deleted, oldest first.
func (k *keyring) list() []pages.Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []pages.Key
	for n, c := range k.created {
		if !c.deleted {
			out = append(out, c.view(n+1))
		}
	}
	return out
}

func (c *createdKey) view(number int) pages.Key {
	v := pages.Key{
		Number: number, Name: c.name, Integrated: c.integrated, Fingerprint: c.account.fingerprint,
		Access: c.account.company.Name, Created: c.created, Expires: c.expires, Expired: c.expired(),
	}
	if c.account.organisation != "" {
		v.Access = organisationName
	}
	for _, s := range c.account.scopes {
		v.Scopes = append(v.Scopes, string(s))
	}
	return v
}
