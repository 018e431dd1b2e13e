package store

// The cases of kinds that have several. The part after the slash is [Error.Case].
const (
	casePermission Kind = "store_not_writable/permission"
	caseOther      Kind = "store_not_writable/other"
	caseNoLocks    Kind = "store_not_writable/no_locks"
	caseNoHome     Kind = "store_not_writable/no_home" // the home directory does not exist
	caseClosed     Kind = "store_not_writable/closed"  // a directory of root's does not let this account through
	caseOwnWrite   Kind = "store_not_writable/own"     // in the store; this account took the permission from itself
	caseOwnPlace   Kind = "store_not_writable/own_above"

	caseIDPermission Kind = "store_not_writable/identity_permission"
	caseIDOther      Kind = "store_not_writable/identity_other"
	caseIDNoLocks    Kind = "store_not_writable/identity_no_locks"
	caseIDReadOnly   Kind = "store_read_only/identity"

	caseWrite  Kind = "store_full/write"
	caseNearly Kind = "store_full/nearly"
	caseInodes Kind = "store_full/inodes"

	caseOwned      Kind = "store_wrong_owner/file"
	caseRoot       Kind = "store_wrong_owner/root"      // root, in the store of another account
	caseAboveOwned Kind = "store_wrong_owner/above"     // a directory above the store
	caseIDOwned    Kind = "store_wrong_owner/above_key" // the directory of the identity, or one above it
	caseUnreadable Kind = "store_wrong_owner/unreadable"
	caseOwnRead    Kind = "store_wrong_owner/own"       // in the store; this account took the permission from itself
	caseOwnAbove   Kind = "store_wrong_owner/own_above" // the same, of a directory above it
	caseShut       Kind = "store_wrong_owner/closed"    // a directory of root's does not let this account through

	caseOpen      Kind = "store_too_open/file"
	caseOpenSaved Kind = "store_too_open/file_saved" // and a key is saved in the store
	caseAboveOpen Kind = "store_too_open/above"
	caseAboveRoot Kind = "store_too_open/above_root" // a directory of root's, and this account is not root
	caseSticky    Kind = "store_too_open/sticky"     // one that is meant to be open, like /tmp, holds the identity

	caseBroken        Kind = "store_damaged/file"
	caseReadError     Kind = "store_damaged/read_error"
	caseOtherIdentity Kind = "store_damaged/other_identity"
	caseSettings      Kind = "store_damaged/settings"
	caseSettingsGone  Kind = "store_damaged/settings_gone"
	caseRecordsGone   Kind = "store_damaged/records_gone" // the directory of the records
	caseVanished      Kind = "store_damaged/vanished"
	caseReadBack      Kind = "store_damaged/read_back"
	caseIDReadBack    Kind = "store_damaged/identity_read_back"

	caseEntry         Kind = "store_damaged/entry" // of an engine, as the next two
	caseEntryIdentity Kind = "store_damaged/entry_identity"
	caseEntryRecord   Kind = "store_other_record/entry"

	caseSettingsLarge Kind = "store_too_large/settings"
	caseSettingsLock  Kind = "store_passphrase/settings"

	caseHolds        Kind = "store_not_ours/holds"
	caseWhole        Kind = "store_not_ours/whole" // a file system, or a home directory
	caseNotDirectory Kind = "store_not_ours/not_directory"
	caseInside       Kind = "store_not_ours/inside" // not a directory, in a store
	caseStray        Kind = "store_not_ours/stray"

	caseIDNotDirectory Kind = "store_not_ours/identity_not_directory"

	caseNoFile Kind = "store_not_a_file/file"
	caseLink   Kind = "store_not_a_file/link" // to a file

	caseNoTarget Kind = "store_not_a_file/no_target" // a link to nothing, or to something that is not a file

	caseIDNoFile Kind = "store_not_a_file/identity"

	caseNetwork   Kind = "store_bad_place/network"
	caseMemory    Kind = "store_bad_place/memory"
	caseTemporary Kind = "store_bad_place/temporary"
	caseTooLong   Kind = "store_bad_place/too_long" // a path, for the system
	caseLoop      Kind = "store_bad_place/loop"     // of symbolic links
	caseIDTooLong Kind = "store_bad_place/identity_too_long"
	caseIDLoop    Kind = "store_bad_place/identity_loop"

	caseSystemd Kind = "identity_missing/systemd"

	caseNotIdentity   Kind = "identity_damaged/file"
	caseNotText       Kind = "identity_damaged/text"
	caseEmptyIdentity Kind = "identity_damaged/empty"
	caseIDOfOther     Kind = "identity_damaged/other_store"
	caseWorkFactor    Kind = "identity_damaged/work_factor"
	caseRecipientOnly Kind = "identity_damaged/recipient"

	caseInsideFirst Kind = "identity_inside_store/first" // there is no such file yet

	caseNobodyToAsk Kind = "identity_locked/no_terminal"
	caseIDChanged   Kind = "identity_locked/changed"
	caseFirst       Kind = "identity_locked/first"
	caseRekey       Kind = "identity_locked/rekey"

	caseSave      Kind = "store_uncertain/save"
	caseReadable  Kind = "store_uncertain/readable"
	caseNotSame   Kind = "store_uncertain/read_back"
	caseRemoval   Kind = "store_uncertain/removal"
	caseRealHere  Kind = "store_demo/real"
	caseLeftThere Kind = "store_demo/left_over"

	// Of an engine; package kv puts the parts together.
	caseEngineDownRefused   Kind = "store_engine_down/refused"
	caseEngineDownDns       Kind = "store_engine_down/dns"
	caseEngineDownTimeout   Kind = "store_engine_down/timeout"
	caseEngineDownCut       Kind = "store_engine_down/cut"
	caseEngineDownProxy     Kind = "store_engine_down/proxy"
	caseEngineDownOther     Kind = "store_engine_down/other"
	caseEngineTLSIssuer     Kind = "store_engine_tls/issuer"
	caseEngineTLSCacert     Kind = "store_engine_tls/cacert"
	caseEngineTLSName       Kind = "store_engine_tls/name"
	caseEngineTLSServerName Kind = "store_engine_tls/server_name"
	caseEngineTLSDates      Kind = "store_engine_tls/dates"
	caseEngineTLSOther      Kind = "store_engine_tls/other"
	caseEngineHTTPS         Kind = "store_engine_unexpected/https"
	caseEngineTokenMissing  Kind = "store_engine_token/missing"
	caseEngineTokenInvalid  Kind = "store_engine_token/invalid"
	caseEngineTokenVariable Kind = "store_engine_token/variable"
	caseEngineTokenFile     Kind = "store_engine_token/file"
	caseEngineTokenContent  Kind = "store_engine_token/content"
	caseEngineTokenUnsafe   Kind = "store_engine_token/unsafe"
	caseEngineDeniedRead    Kind = "store_engine_denied/read"
	caseEngineDeniedWrite   Kind = "store_engine_denied/write"
	caseEngineDeniedRemove  Kind = "store_engine_denied/remove"
	caseEngineDeniedList    Kind = "store_engine_denied/list"
	caseEngineDeniedDestroy Kind = "store_engine_denied/destroy"
	caseEngineMountMissing  Kind = "store_engine_mount/missing"
	caseEngineMountV1       Kind = "store_engine_mount/v1"
	caseEngineMountExpires  Kind = "store_engine_mount/expires"
	caseEngineMountOther    Kind = "store_engine_mount/other"
	caseEngineNoNamespaces  Kind = "store_engine_namespace/ignored"
	caseEngineQuotaRate     Kind = "store_engine_quota/rate"
	caseEngineQuotaLease    Kind = "store_engine_quota/lease"
	caseEngineQuotaSize     Kind = "store_engine_quota/size"
	caseEngineEntryForeign  Kind = "store_engine_entry/foreign"
	caseEngineEntryNewer    Kind = "store_engine_entry/newer"
	caseEngineEntrySealed   Kind = "store_engine_entry/sealed"
)

// texts are the texts of [Error.Error], in English, for logs and for programs that use this package.
func texts() map[Kind]string {
	return map[Kind]string{
		casePermission: "no permission to write",
		caseOther:      "can't be written",
		caseNoLocks:    "the file system doesn't support locks",
		caseNoHome:     "the home directory does not exist",
		caseClosed:     "closed to the account that needs it",
		caseOwnWrite:   "closed to its own account",
		caseOwnPlace:   "closed to its own account",

		caseIDPermission: "no permission to write",
		caseIDOther:      "can't be written",
		caseIDNoLocks:    "the file system doesn't support locks",
		caseIDReadOnly:   "on a read-only file system",

		KindReadOnly: "on a read-only file system",
		caseWrite:    "no space left",
		caseNearly:   "less than 1 MiB is free",
		caseInodes:   "no inodes are free",

		caseOwned:      "belongs to another account",
		caseRoot:       "the key store belongs to another account",
		caseAboveOwned: "belongs to another account, which could replace the files in it",
		caseIDOwned:    "belongs to another account, which could replace the files in it",
		caseUnreadable: "no permission to read",
		caseOwnRead:    "closed to its own account",
		caseOwnAbove:   "closed to its own account",
		caseShut:       "closed to the account that needs it",

		caseOpen:      "open to other accounts",
		caseOpenSaved: "open to other accounts",
		caseAboveOpen: "other accounts can change it",
		caseAboveRoot: "other accounts can change it",
		caseSticky:    "other accounts can make files in it",
		KindLinked:    "also exists under another name (a hard link)",
		KindLocked:    "the key store is in use",

		caseBroken:        "damaged",
		caseReadError:     "can't be read",
		caseOtherIdentity: "damaged, or encrypted for another identity",
		caseSettings:      "damaged",
		caseSettingsGone:  "missing, although there are records",
		caseRecordsGone:   "the directory of the records is missing",
		caseVanished:      "disappeared in the meantime",
		caseIDReadBack:    "the disk returned different data than was written",
		caseReadBack:      "the disk returned different data than was written",
		caseEntry:         "damaged",
		caseEntryIdentity: "damaged, or encrypted for another identity",
		caseEntryRecord:   "a record of another company, integration or environment",
		KindTooLarge:      "too large for a file of a key store",
		caseSettingsLarge: "too large for a file of a key store",
		KindPassphrase:    "locked with a passphrase, which no record is",
		caseSettingsLock:  "locked with a passphrase, which no settings are",

		caseHolds:        "not a key store, and not empty",
		caseWhole:        "a whole file system or home directory",
		caseNotDirectory: "not a directory",
		caseInside:       "not a directory",
		caseStray:        "not a file of this key store",
		KindOtherStore:   "a file of another key store",
		KindOtherRecord:  "a record of another company, integration or environment",
		caseNoFile:       "not a regular file",
		caseLink:         "a symbolic link",
		caseNoTarget:     "a symbolic link that points to no file",

		caseIDNotDirectory: "not a directory",
		caseIDNoFile:       "not a regular file",

		caseTooLong:   "the path is too long",
		caseLoop:      "a loop of symbolic links",
		caseIDTooLong: "the path is too long",
		caseIDLoop:    "a loop of symbolic links",
		caseNetwork:   "on a network file system",
		caseMemory:    "on a file system in memory",
		caseTemporary: "in a temporary directory",
		KindNewer:     "written by a newer version of pleo-connect",

		KindIdentityMissing: "the identity file is missing",
		caseSystemd:         "the identity file is missing",
		caseNotIdentity:     "not an age X25519 identity file",
		caseNotText:         "not a text file that can be read",
		caseEmptyIdentity:   "the identity file is empty",
		caseIDOfOther:       "doesn't open the key store",
		caseWorkFactor:      "needs too much memory to unlock",
		caseRecipientOnly:   "a recipient's identity, not the key store's own",
		caseNobodyToAsk:     "has a passphrase, and there is no one to ask for it",
		caseIDChanged:       "changed in the meantime",
		caseFirst:           "has a passphrase, so a service could not open the key store",
		caseRekey:           "has a passphrase, so it can't be replaced",
		KindWrongPassphrase: "wrong passphrase",
		KindIdentityShared:  "another key store uses this identity",
		KindIdentityInside:  "the identity file is inside the key store",
		caseInsideFirst:     "the identity file would be inside the key store",

		caseSave:      "the disk did not confirm the save",
		caseReadable:  "the disk did not confirm the save, but the new record can be read now",
		caseNotSame:   "what was read back is not what was saved",
		caseRemoval:   "the disk did not confirm the removal",
		caseRealHere:  "a real record in a demo store",
		caseLeftThere: "a demo record in a real store",

		caseEngineDownRefused: "nothing answers: the connection was refused",
		caseEngineDownDns:     "nothing answers: the name has no address",
		caseEngineDownTimeout: "nothing answers in time",
		caseEngineDownCut:     "the connection was cut",
		caseEngineDownProxy:   "no connection through the proxy",
		caseEngineDownOther:   "can't be reached",

		caseEngineTLSIssuer:     "the issuer of the certificate isn't trusted",
		caseEngineTLSCacert:     "the issuer of the certificate isn't trusted",
		caseEngineTLSName:       "the certificate is for another name",
		caseEngineTLSServerName: "the certificate is for another name",
		caseEngineTLSDates:      "the certificate isn't valid now",
		caseEngineTLSOther:      "no TLS connection",

		KindEngineUnexpected:    "not an answer of OpenBao or Vault",
		caseEngineHTTPS:         "only HTTPS is served there",
		KindEngineSealed:        "sealed",
		KindEngineUninitialised: "not initialised",
		KindEngineStandby:       "no active node can be reached",

		caseEngineTokenMissing:  "there is no token",
		caseEngineTokenInvalid:  "the token isn't accepted",
		caseEngineTokenVariable: "the token isn't accepted",
		caseEngineTokenContent:  "the file doesn't hold one token",
		caseEngineTokenFile:     "the token can't be read",
		caseEngineTokenUnsafe:   "other accounts can change the token",

		caseEngineDeniedRead:    "the policy doesn't allow reading",
		caseEngineDeniedWrite:   "the policy doesn't allow writing",
		caseEngineDeniedRemove:  "the policy doesn't allow removing",
		caseEngineDeniedList:    "the policy doesn't allow listing",
		caseEngineDeniedDestroy: "the policy doesn't allow destroying",

		caseEngineMountMissing: "nothing is mounted there",
		caseEngineMountV1:      "KV version 1, which compares nothing",
		caseEngineMountExpires: "what is written there is deleted after a while",
		caseEngineMountOther:   "not a mount of KV",

		KindEngineNamespace:    "there is no such namespace",
		caseEngineNoNamespaces: "namespaces are ignored",

		caseEngineQuotaRate:  "too many requests",
		caseEngineQuotaLease: "too many leases",
		caseEngineQuotaSize:  "too large to save",

		KindEngineTrouble:   "the engine has a problem",
		KindEngineUncertain: "it isn't known whether it was saved",

		caseEngineEntryForeign: "not written by pleo-connect",
		caseEngineEntryNewer:   "written by a newer version of pleo-connect",
		caseEngineEntrySealed:  "encrypted with age, and no identity is named",
	}
}

// The cases of an [AddressError].
const (
	addressScheme           = "scheme"
	addressEmpty            = "empty"
	addressMount            = "mount"
	addressPath             = "path"
	addressDots             = "dots"
	addressCharacters       = "characters"
	addressNamespace        = "namespace"
	addressToken            = "token"
	addressCredentials      = "credentials"
	addressUrl              = "url"
	addressAddressMissing   = "address_missing"
	addressAddressBad       = "address_bad"
	addressAddressHttp      = "address_http"
	addressAddressCreds     = "address_credentials"
	addressSkipVerify       = "skip_verify"
	addressCacertUnreadable = "cacert_unreadable"
	addressCacertNone       = "cacert_none"
	addressCacertUnsafe     = "cacert_unsafe"
	addressCaElsewhere      = "ca_elsewhere"
	addressClientCert       = "client_cert"
)

// addressTexts are the texts of [AddressError.Error].
func addressTexts() map[string]string {
	return map[string]string{
		addressScheme:      "not a kind of key store",
		addressEmpty:       "names nothing after the colon",
		addressMount:       "names no mount",
		addressPath:        "names no path below a mount",
		addressDots:        "a part of the path has two dots, or is one",
		addressCharacters:  "a character that no path needs",
		addressNamespace:   "not a namespace",
		addressToken:       "not a token",
		addressCredentials: "holds what may be a token or a password",
		addressUrl:         "the address of a server in place of a path",

		addressAddressMissing: "not set, so there is no address",
		addressAddressBad:     "not the address of a server",
		addressAddressHttp:    "not encrypted, and not on this computer",
		addressAddressCreds:   "holds what may be a token or a password",
		addressSkipVerify:     "would trust any certificate",

		addressCacertUnreadable: "can't be read",
		addressCacertNone:       "holds no certificate",
		addressCacertUnsafe:     "others can change it",

		addressCaElsewhere: "not read: certificates have to be in a file",
		addressClientCert:  "no certificate is shown",
	}
}

// The cases of a [RefusedError].
const (
	refusedKnown      = "recipient_known"
	refusedUnknown    = "recipient_unknown"
	refusedMany       = "recipient_many"
	refusedOwn        = "recipient_own"
	refusedInUse      = "recipient_in_use"
	refusedUnfinished = "rekey_unfinished"
	refusedSeal       = "seal"
	refusedLarge      = "large"
	refusedRandom     = "random"
	refusedRelative   = "relative_variable"
	refusedNoHome     = "no_home"
	refusedHome       = "relative_home"
	refusedPaths      = "relative_paths"
)

// refusals are the texts of [RefusedError.Error].
func refusals() map[string]string {
	return map[string]string{
		refusedKnown:      "this recipient can already open the key store",
		refusedUnknown:    "this recipient can't open the key store anyway",
		refusedMany:       "the key store already has 16 other recipients",
		refusedOwn:        "this is the key store's own recipient, which services need",
		refusedInUse:      "this recipient belongs to the identity in use",
		refusedUnfinished: "replacing the identity was interrupted",
		refusedSeal:       "encrypting the record failed",
		refusedLarge:      "the record is larger than " + maxFileText,
		refusedRandom:     "can't create an identity: the random number source doesn't work",
		refusedRelative:   "must be an absolute path",
		refusedNoHome:     "not set, and neither is HOME",
		refusedHome:       "the home directory must be an absolute path",
		refusedPaths:      "the key store and its identity need absolute paths",
	}
}
