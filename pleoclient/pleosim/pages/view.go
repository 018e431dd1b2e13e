package pages

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Addresses of the pages. Those of an integration continue with its ID: see [Integration].
const (
	AccountingPath = "/settings/accounting"
	KeysPath       = "/settings/api-keys"
	NewKeyPath     = "/settings/api-keys/new"
	KindsPath      = "/settings/api-keys/kinds"
	EventsPath     = "/events" // of a view since a change: ?view=accounting&since=3
)

// Views that change while they are looked at.
const (
	ViewAccounting = "accounting"
	ViewKeys       = "api-keys"
)

// events returns where a page hears about changes.
func (b Base) events() string { return fmt.Sprintf("%s?view=%s&since=%d", EventsPath, b.View, b.Seen) }

// Base is what every page shows beside its content.
type Base struct {
	Company string // that the person who looks belongs to
	View    string // which entry of the menu is the current one
	Status  string // what happened last; may be empty
	Seen    int    // how many changes there were: the page hears about those that follow
}

// Integration is one that can be connected.
type Integration struct {
	ID, Name    string
	Standalone  bool // it takes a key from Settings > API Keys, so there is no Allow
	Installed   []Installation
	Permissions []Permission
}

// Installation is an active connection of an integration.
type Installation struct {
	CompanyID, Company string
	Fingerprint        string // of the key that activated it
	Fresh              bool   // its activation is what happened last
}

func (i Integration) connected() bool { return len(i.Installed) > 0 }

func (i Integration) fresh() bool {
	return slices.ContainsFunc(i.Installed, func(in Installation) bool { return in.Fresh })
}

// path returns an address of the integration: that of its dialog for no step.
func (i Integration) path(step string) string {
	return strings.TrimSuffix(AccountingPath+"/"+i.ID+"/"+step, "/")
}

// initial returns the first letter of the name.
func (i Integration) initial() string {
	for _, r := range strings.ToUpper(i.Name) {
		return string(r)
	}
	return ""
}

// Permission is what an integration asks for.
type Permission struct {
	Scope, Title string // Title may be empty
	Required     bool
}

// Key is one that was created in Pleo. Its text is not here: see [Secret].
type Key struct {
	Number      int // in the order of creation, from 1
	Name        string
	Integrated  bool
	Fingerprint string
	Access      string // the company or the organisation
	Scopes      []string
	Created     time.Time
	Expires     time.Time // zero: never
	Expired     bool
}

func (k Key) kind() string {
	if k.Integrated {
		return "Integrated"
	}
	return "Standalone"
}

// path returns an address of the key.
func (k Key) path(step string) string { return KeysPath + "/" + strconv.Itoa(k.Number) + "/" + step }

func (k Key) id(what string) string { return what + "-" + strconv.Itoa(k.Number) }

// Secret is a key at the one moment when it is shown.
type Secret struct {
	Text        string // empty: it was shown before
	Fingerprint string
}

// AccountingView is Settings > Accounting.
type AccountingView struct {
	Base
	Integrations []Integration
	Dialog       Dialog
	Of           Integration // that the dialog is about
	Secret       Secret      // for DialogKey
}

// Dialog is what is open over a page.
type Dialog int

// The dialogs.
const (
	DialogNone    Dialog = iota
	DialogInstall        // what the integration asks for, Cancel and Allow
	DialogKey            // the key that Allow made
)

// KeysView is Settings > API Keys.
type KeysView struct {
	Base
	Keys   []Key
	Shown  bool // a dialog shows the key that was created last
	Of     Key  // that key
	Secret Secret

	OfIntegration string // the ID of the one that the key is for: when that connects, the dialog ends; may be empty
}

// NewKeyView is the form that creates a Standalone API Key. After one that was not complete, it has what was entered.
type NewKeyView struct {
	Base
	Organisation string // its name, for the access level
	Scopes       []Permission
	Name         string
	Expiration   string // in days; "" is never
	Access       string // AccessCompany or AccessOrganisation
	Ticked       []string
	Problem      string // what is missing; may be empty
}

// The access levels of a key, as the form sends them.
const (
	AccessCompany      = "company"
	AccessOrganisation = "organisation"
)

// MessageView is a page that only says something, such as that an address is not known.
type MessageView struct {
	Base
	Title, Text string
}
