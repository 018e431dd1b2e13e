package flow

import (
	"cmp"
	"strings"

	"pleo-connect/pleoclient"
	"pleo-connect/pleoclient/lazy"
	"pleo-connect/pleoclient/textfile"
)

// ClientFault returns an error of the client as a fault.
func ClientFault(e *pleoclient.Error) Fault {
	return Fault{Kind: e.Kind, Cause: e.Cause, RetryAfter: e.RetryAfter, RetryAt: e.RetryAt}
}

// SettingFault returns a setting that the client cannot use as a fault.
func SettingFault(e *pleoclient.SettingError) Fault {
	f := NewFault(KindSettings+"/"+Kind(e.Setting), Values{Reason: e.System.String()})
	f.Character, f.Text = e.Character, e.Text
	return f
}

// The rows for certificates that are trusted besides the system's, or in their place. Each names the file or directory,
// and the flag or variable that sets it.
const (
	RootsUnreadable  Kind = "settings/roots/unreadable"
	RootsDirectory   Kind = "settings/roots/directory"
	RootsIrregular   Kind = "settings/roots/irregular"
	RootsForeign     Kind = "settings/roots/foreign" // another account owns it
	RootsOpen        Kind = "settings/roots/open"    // other accounts can change it
	RootsWayForeign  Kind = "settings/roots/way_foreign"
	RootsReplaceable Kind = "settings/roots/replaceable"
)

// OfRoot ends the row of something that other accounts can change and only root can protect.
const OfRoot = "/root"

// ClientWords name the client's reasons, and what it did to the text of a key.
type ClientWords struct {
	Reasons *lazy.Map[pleoclient.Reason, Text] // why, in brackets after a headline
	Proxy   *lazy.Map[pleoclient.Reason, Text] // the same, where the words for a proxy differ
	Either  Text                               // the end of a list of alternatives: {list}, and the last {value}

	Texts *lazy.Map[textfile.What, Text] // why a file is not a text

	Characters *lazy.Map[rune, Text]            // the names of characters
	Sorts      *lazy.Map[pleoclient.Sort, Text] // in place of a name
	Character  Text                             // {name}, and its number {id}
	Byte       Text                             // one that is not UTF-8: {id}

	Removed  *lazy.Map[pleoclient.Removed, Forms] // what was removed from a pasted text
	Repaired Text                                 // a {list} of these
	Front    Text                                 // a {character} at the beginning of a key that may not be part of it
	Middle   Text
	Back     Text

	ReceivedFront, ReceivedMiddle, ReceivedBack Text // the same after "key received"
}

// reasonRow returns the row of a kind for the reason of the fault. Few reasons have one.
func (f Fault) reasonRow() Kind {
	if f.Cause.Reason == "" {
		return ""
	}
	return f.Kind + "/" + Kind(f.Cause.Reason)
}

// ofClient returns the values of a fault, with the facts of the client in them.
func (b *Book) ofClient(f Fault) Values {
	v := f.given()
	v.Detail = cmp.Or(v.Detail, f.Detail.String(), b.NotText(f.Text))
	if !foreign(f.Cause) {
		v.Detail = cmp.Or(v.Detail, b.Cause(f.Cause))
	}
	v.Value = cmp.Or(v.Value, f.Cause.Value.String())
	v.Proxy = cmp.Or(v.Proxy, f.Cause.Proxy.String())
	switch f.Cause.Reason {
	case pleoclient.ReasonProxySetting:
		v.Variable = cmp.Or(v.Variable, f.Cause.Value.String())
	case pleoclient.ReasonLogin, pleoclient.ReasonLoginBasic:
		v.Names = cmp.Or(v.Names, b.either(f.Cause.Value.String()))
	}
	if f.Character != (pleoclient.Character{}) {
		v.Character = b.CharacterName(f.Character)
	}
	return v
}

// foreign reports whether a cause is in the words of a library. Those are for doctor and scripts, never for a headline.
func foreign(c pleoclient.Cause) bool {
	return c.Reason == pleoclient.ReasonTLS || c.Reason == pleoclient.ReasonNet
}

// Cause returns the reason of an error, as it appears in brackets after a headline. It may be empty.
func (b *Book) Cause(c pleoclient.Cause) string {
	text, differs := b.Client.Proxy.Find(c.Reason)
	if !differs || c.Proxy.IsZero() {
		text = b.Client.Reasons.Get(c.Reason)
	}
	v := Values{Value: c.Value.String(), Names: b.either(c.Value.String())}
	if c.Status != 0 || c.Reason == pleoclient.ReasonStatus {
		v.Status = number(c.Status)
	}
	if !c.From.IsZero() {
		v.From, v.To, v.Clock = b.Date(c.From), b.Date(c.To), b.Day(c.Clock)
	}
	return text.Fill(v)
}

// either returns a list of alternatives as a sentence has it.
func (b *Book) either(list string) string {
	last := strings.LastIndex(list, ", ")
	if last < 0 {
		return list
	}
	return b.Client.Either.Fill(Values{List: list[:last], Value: list[last+2:]})
}

// NotText returns why a file is not a text, as it appears in brackets. It is empty without a fault.
func (b *Book) NotText(f *textfile.Fault) string {
	if f == nil {
		return ""
	}
	return b.Client.Texts.Get(f.What).Fill(Values{Value: f.Encoding, N: f.Line})
}

// CharacterName returns the name of a character, and its number.
func (b *Book) CharacterName(c pleoclient.Character) string {
	name, known := b.Client.Characters.Find(c.Rune)
	switch {
	case c.Byte != 0:
		return b.Client.Byte.Fill(Values{ID: c.String()})
	case !known:
		name = b.Client.Sorts.Get(c.Sort)
	}
	return b.Client.Character.Fill(Values{Name: name.String(), ID: c.String()})
}
