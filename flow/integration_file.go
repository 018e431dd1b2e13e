package flow

// The rows for a file that describes an integration. Each names the file, and most name the line and the column.
const (
	IntegrationNotThere Kind = "settings/integration/not_there" // --integration names no file by one word

	FileMissing    Kind = "settings/integration/missing"
	FileForbidden  Kind = "settings/integration/forbidden"
	FileUnreadable Kind = "settings/integration/unreadable"
	FileIrregular  Kind = "settings/integration/irregular"
	FileTooLarge   Kind = "settings/integration/too_large"
	FileEmpty      Kind = "settings/integration/empty"
	FileNoText     Kind = "settings/integration/no_text"
	FileNoTOML     Kind = "settings/integration/no_toml"

	FileForeign     Kind = "settings/integration/foreign" // another account owns it
	FileOpen        Kind = "settings/integration/open"    // other accounts can change it
	FileWayForeign  Kind = "settings/integration/way_foreign"
	FileReplaceable Kind = "settings/integration/replaceable"

	FileName          Kind = "settings/integration/name"
	FileID            Kind = "settings/integration/id"
	FileEnvironment   Kind = "settings/integration/environment"
	FileKeyKind       Kind = "settings/integration/key_kind"
	FileSurplus       Kind = "settings/integration/surplus"
	FileLink          Kind = "settings/integration/link"
	FileApplication   Kind = "settings/integration/application"
	FilePermissions   Kind = "settings/integration/permissions"
	FileScope         Kind = "settings/integration/scope"
	FileScopeSpaces   Kind = "settings/integration/scope_spaces"
	FileScopeLong     Kind = "settings/integration/scope_long"
	FileScopeTwice    Kind = "settings/integration/scope_twice"
	FileTitle         Kind = "settings/integration/title"
	FileTwice         Kind = "settings/integration/twice"
	FileUndrawable    Kind = "settings/integration/undrawable"
	FileUnknownKey    Kind = "settings/integration/unknown_key"
	FileUnknownSubkey Kind = "settings/integration/unknown_subkey" // below a value that takes no keys

	FileText   Kind = "settings/integration/text"
	FileFlag   Kind = "settings/integration/flag"
	FileList   Kind = "settings/integration/list"
	FileTable  Kind = "settings/integration/table"
	FileEntry  Kind = "settings/integration/entry"
	FileTables Kind = "settings/integration/tables"
)
