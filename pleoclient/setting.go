package pleoclient

import (
	"strings"

	"pleo-connect/pleoclient/textfile"
)

// Setting is what is wrong with a setting, as a stable name that is never shown to people. flow has the words.
type Setting string

// What can be wrong with a setting.
const (
	SettingAddress   Setting = "api_address" // it is not an address
	SettingScheme    Setting = "api_scheme"  // neither https:// nor http://
	SettingUser      Setting = "api_user"    // a username, or a key
	SettingQuery     Setting = "api_query"   // or a fragment
	SettingPath      Setting = "api_path"
	SettingPlain     Setting = "api_plain"     // http:// to another computer
	SettingColon     Setting = "api_colon"     // without a port
	SettingPort      Setting = "api_port"      // not 1 to 65535
	SettingHost      Setting = "api_host"      // not a name
	SettingCharacter Setting = "api_character" // SettingError.Character is not ASCII
	SettingScript    Setting = "api_script"    // xn--
	SettingLookalike Setting = "api_lookalike" // of pleo.io

	SettingCAName       Setting = "ca_name" // there is none
	SettingCAMissing    Setting = "ca_missing"
	SettingCAUnreadable Setting = "ca_unreadable" // SettingError.System says why
	SettingCADirectory  Setting = "ca_directory"
	SettingCANotRegular Setting = "ca_not_regular"
	SettingCASize       Setting = "ca_size"
	SettingCAText       Setting = "ca_text" // SettingError.Text says why it is not a text
	SettingCAEmpty      Setting = "ca_empty"
	SettingCABinary     Setting = "ca_der"
	SettingCAPrivateKey Setting = "ca_private_key"
	SettingCADamaged    Setting = "ca_damaged"
	SettingCABlock      Setting = "ca_block" // of PEM, but of another type
	SettingCAOther      Setting = "ca_other"

	SettingUserAgent Setting = "user_agent"
)

// SettingError says why [New] cannot use a setting. It holds at most one character of the setting, which may be a key
// in the wrong place.
type SettingError struct {
	Setting   Setting
	Character Character
	System    SafeText        // the system's own words
	Text      *textfile.Fault // nil: it is a text
}

// Error returns one line for logs.
func (e *SettingError) Error() string {
	parts := []string{string(e.Setting)}
	if e.Setting == SettingCharacter {
		parts = append(parts, e.Character.String())
	}
	if !e.System.IsZero() {
		parts = append(parts, e.System.String())
	}
	if e.Text != nil {
		parts = append(parts, e.Text.Error())
	}
	return strings.Join(parts, ": ")
}

func wrong(s Setting) *SettingError { return &SettingError{Setting: s} }
