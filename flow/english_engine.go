package flow

const (
	engineAdmin   = "ask {engine}'s administrator"
	engineLike    = "write it like this: --store {value}"
	engineRoot    = "set {prefix}_CACERT to a PEM file with {engine}'s root certificate"
	engineBetween = "check any proxy or firewall between this computer and {origin}"
	engineToken   = "for a service, set {prefix}_TOKEN, or save the token in a file and set {prefix}_TOKEN_PATH"
	engineReadme  = "the README shows the whole policy"
	restoreEntry  = "to see whether an earlier version is left, run: {cli} kv metadata get {paths}"
	replaceEntry  = "if none is left, delete this entry before you connect again; run: {cli} kv delete {paths}"
	moveEntry     = "move it elsewhere, or delete it if you don't need it"
	otherPrefix   = "if other programs save things there, choose another prefix with --store"
	enginePolicy  = "add this to the token's policy: {policy}"
)

// englishEngine are the rows of problems with a key store in an engine.
func englishEngine() map[Kind]Words {
	denied := func(what Text) Words {
		return Words{"the token's policy doesn't let it " + what, enginePolicy, engineReadme}
	}
	return map[Kind]Words{
		KindEngineDown: {"no answer from {engine}", "check that {engine} is running, then try again", ""},
		KindEngineDown + "/refused": {"{engine} at {origin} refused the connection",
			"check that {engine} is running, and that no firewall blocks {origin}", ""},
		KindEngineDown + "/dns": {"the host in {origin} could not be found",
			"check {prefix}_ADDR and this computer's DNS settings", ""},
		KindEngineDown + "/timeout": {"{engine} at {origin} did not answer in time",
			"try again; if it happens again, check whether a firewall blocks {origin}", ""},
		KindEngineDown + "/cut": {"the connection to {engine} was interrupted{{ ({reason})}}",
			"try again; if it happens again, " + engineBetween, ""},
		KindEngineDown + "/proxy": {"can't connect to {engine} through the proxy{{ ({reason})}}",
			"check HTTPS_PROXY; if {engine} needs no proxy, add its host to NO_PROXY", ""},
		KindEngineDown + "/other": {"can't connect to {engine} at {origin}{{ ({reason})}}",
			"check {prefix}_ADDR and this computer's network connection", ""},

		KindEngineTLS: {"can't make a secure connection to {engine}", engineBetween, ""},
		KindEngineTLS + "/issuer": {"this computer doesn't trust {engine}'s certificate{{ ({reason})}}",
			engineRoot, ""},
		KindEngineTLS + "/cacert": {"{engine}'s certificate can't be verified with the file in {name}{{ ({reason})}}",
			"set {name} to a PEM file with {engine}'s root certificate", ""},
		KindEngineTLS + "/name": {"{engine}'s certificate is for another host{{ ({reason})}}",
			"set {prefix}_ADDR to a host name that is in the certificate", ""},
		KindEngineTLS + "/server_name": {"{engine}'s certificate is not for the name in {name}{{ ({reason})}}",
			"correct or unset {name}", ""},
		KindEngineTLS + "/dates": {"{engine}'s certificate is not valid at this time{{ ({reason})}}",
			"check this computer's clock", "if it's right, " + engineAdmin + " to replace the certificate"},
		KindEngineTLS + "/other": {"can't make a secure connection to {engine}{{ ({reason})}}", engineBetween, ""},

		KindEngineUnexpected: {"unexpected answer from {origin}{{ ({reason})}}",
			"check {prefix}_ADDR; a proxy or a sign-in page may have answered", ""},
		KindEngineUnexpected + "/https": {"{origin} needs https://",
			"set {prefix}_ADDR to an address with https://", ""},
		KindEngineSealed: {"{engine} is sealed", engineAdmin + " to unseal it, then try again",
			"if that's you, run: {cli} operator unseal"},
		KindEngineUninitialised: {"{engine} is not initialised yet", engineAdmin + " to initialise it",
			"if that's you, run: {cli} operator init"},
		KindEngineStandby: {"{engine} has no active node at the moment", "wait a minute, then try again", ""},

		KindEngineToken:              {"{engine} needs a token", "run: {cli} login", engineToken},
		KindEngineToken + "/missing": {"there is no token for {engine}", "run: {cli} login", engineToken},
		KindEngineToken + "/invalid": {"{engine} doesn't accept the token; it may have expired",
			"to get a new one, run: {cli} login", ""},
		KindEngineToken + "/variable": {"{engine} doesn't accept the token from {name}; it may have expired",
			"replace it, or unset {name} and run: {cli} login", ""},
		KindEngineToken + "/file": {"can't read the token file {path}{{ ({reason})}}",
			"check that the path is right and that this account can read the file", ""},
		KindEngineToken + "/content": {"the token file {path} doesn't hold a token",
			"save one in it", "if {prefix}_TOKEN_PATH is not set, run: {cli} login"},
		KindEngineToken + "/unsafe": {"other accounts can change the token file {path}",
			"run: chmod go-w {word}", "if others can also change its directory, move the file"},

		KindEngineDenied: {"{engine}'s policies don't allow this",
			engineAdmin + " which policy the token needs", ""},
		KindEngineDenied + "/read":    denied("read the connection"),
		KindEngineDenied + "/write":   denied("save the connection"),
		KindEngineDenied + "/remove":  denied("remove the connection"),
		KindEngineDenied + "/list":    denied("list connections"),
		KindEngineDenied + "/destroy": denied("destroy old versions"),

		KindEngineMount: {"{engine} has no KV version 2 mount at {name}", "choose another mount with --store", ""},
		KindEngineMount + "/missing": {"{engine} has nothing mounted at {name}, or hides it from this token",
			"to create it, run: {cli} secrets enable -path={nameword} kv-v2", ""},
		KindEngineMount + "/v1": {"the mount {name} is KV version 1, which can't compare versions",
			"to upgrade it to version 2, run: {cli} kv enable-versioning {nameword}",
			"if other programs need version 1, choose another mount with --store"},
		KindEngineMount + "/expires": {"the mount {name} deletes saved data after a while",
			engineAdmin + " to set delete_version_after to 0s", "or choose another mount with --store"},
		KindEngineMount + "/other": {"the mount {name} is not KV version 2{{ (it is {reason})}}",
			"choose another mount with --store", ""},
		KindEngineNamespace: {"{engine} has no namespace {name}, or this token can't use it",
			"check {prefix}_NAMESPACE", ""},
		KindEngineNamespace + "/ignored": {"{engine} has no namespaces, and ignores the namespace {name}",
			"unset {prefix}_NAMESPACE, or set {prefix}_ADDR to a server that has namespaces", ""},

		KindEngineQuota: {"{engine} has reached a limit{{ ({reason})}}", engineAdmin + " to raise it", ""},
		KindEngineQuota + "/rate": {"{engine} is limiting requests", "wait a minute, then try again",
			"if it keeps happening, " + engineAdmin + " to raise the limit"},
		KindEngineQuota + "/lease": {"{engine} has reached its limit for leases",
			engineAdmin + " to raise the limit or revoke leases", ""},
		KindEngineQuota + "/size": {"the connection is too large for {engine}{{ ({reason})}}",
			engineAdmin + " to raise the limit", ""},
		KindEngineTrouble: {"{engine} is having problems{{ ({reason})}}", "try again in a minute",
			"if it keeps happening, " + engineAdmin + " to check its log"},
		KindEngineUncertain: {"{engine} did not confirm the save, which may have worked{{ ({reason})}}",
			"to see what is saved, run: {program} status",
			"if the connection isn't listed, or has another fingerprint, try again"},
		EngineRemovalUncertain: {"{engine} did not confirm the removal, which may have worked{{ ({reason})}}",
			"to see what is saved, run: {program} status", ""},

		KindEngineEntry: {"{engine}'s entry at {name} is not a connection",
			"choose another prefix with --store", ""},
		KindEngineEntry + "/foreign": {"{engine}'s entry at {name} was not written by pleo-connect",
			moveEntry, otherPrefix},
		KindEngineEntry + "/sealed": {"{engine}'s entry at {name} is encrypted with an identity",
			"add --identity with the file of that identity", ""},
		KindEngineEntry + "/newer": {"{engine}'s entry at {name} is from a newer version of pleo-connect",
			"update pleo-connect", ""},

		KindStoreDamaged + "/entry": {"{engine}'s entry at {path} is damaged", restoreEntry, replaceEntry},
		KindStoreDamaged + "/entry_identity": {"{engine}'s entry at {path} is damaged or for another identity",
			"use the identity that it was saved with: add --identity FILE",
			"if that is the one you used, see which versions are left; run: {cli} kv metadata get {paths}"},
		KindStoreOtherRecord + "/entry": {"{engine}'s entry at {path} holds another connection",
			restoreEntry, replaceEntry},

		// The address of a key store in an engine, and the variables with which the engine is reached.

		KindSettings + "/engine_scheme": {"the key store's address begins with an unknown name",
			"begin it with openbao: or vault:, as in {value}, or name a directory", ""},
		KindSettings + "/engine_empty": {"the key store's address has nothing after the colon", engineLike, ""},
		KindSettings + "/engine_mount": {"the key store's address has no valid mount", engineLike, ""},
		KindSettings + "/engine_path":  {"the key store's address has no valid path after the mount", engineLike, ""},
		KindSettings + "/engine_dots":  {"the key store's address contains . or .. in its path", engineLike, ""},
		KindSettings + "/engine_characters": {"the key store's address contains an unexpected character{{ ({character})}}",
			engineLike, "it can contain letters, digits, hyphens, dots, underscores and slashes"},
		KindSettings + "/engine_namespace": {"{variable} is not a valid namespace",
			"for example: {variable}=team/payments", ""},
		KindSettings + "/engine_token": {"{variable} is not a valid token",
			"set it again, without quotes or spaces", ""},
		KindSettings + "/engine_credentials": {"the key store's address must not contain a token or a password",
			"set {prefix}_TOKEN instead", "if others can see your shell history or processes, replace the token"},
		KindSettings + "/engine_url": {"the key store's address is a mount and a prefix, not a web address",
			"set {prefix}_ADDR to the web address, and name the mount: --store {value}", ""},
		KindSettings + "/engine_address_missing": {"{engine}'s address is not set",
			"for example: {prefix}_ADDR=https://{cli}.example:8200", ""},
		KindSettings + "/engine_address_http": {
			"{variable}: http:// would send the keys unencrypted, so it works on this computer only",
			"use https://", ""},
		KindSettings + "/engine_address_credentials": {"{variable} must not contain a token or a password",
			"set {prefix}_TOKEN instead", "if others can see your shell history or processes, replace the token"},
		KindSettings + "/engine_address_bad": {"{variable} must be a web address without a path",
			"for example: {variable}=https://{cli}.example:8200", ""},
		KindSettings + "/engine_skip_verify": {"{variable} would turn certificate checks off",
			"unset it, and set {prefix}_CACERT to a PEM file with {engine}'s root certificate", ""},
		KindSettings + "/engine_cacert_unreadable": {"can't read the file in {variable}{{ ({reason})}}",
			"check the path and its permissions", ""},
		KindSettings + "/engine_cacert_none": {"the file in {variable} doesn't contain a PEM certificate", caForm, ""},
		KindSettings + "/engine_cacert_unsafe": {
			"other accounts can change the file in {variable}, and could then read the keys",
			"use a file that only root and you can change", ""},

		KindSettings + "/engine_ca_elsewhere": {"{variable} is not supported",
			"put the certificates in one PEM file, and set {prefix}_CACERT to it", ""},
		KindSettings + "/engine_client_cert": {"{variable} is not supported",
			"unset it; if {engine} requires a client certificate, connect through its agent", ""},

		// What makes no sense with an engine.

		RecipientsOfEngine: {"recipients are for key stores in files; {engine}'s policies decide who can read the keys",
			"to let someone read them, " + engineAdmin + " for a policy",
			"keys that were saved with --identity can be read only with that identity"},
		RekeyOfEngine: {"rekey is for key stores in files; {engine} has its own encryption key",
			"to replace it, run: {cli} operator rotate", ""},
		ForceOfEngine: {"--force-store is for directories, and this key store is in {engine}", "leave it out", ""},
		AsOfEngine: {"--as is for key stores in files; {engine}'s policies decide who can read the keys",
			"leave it out", ""},
	}
}

// EngineRemovalUncertain is the row of a removal that was not confirmed.
const EngineRemovalUncertain = KindEngineUncertain + "/removal"

// The rows for flags and commands that make no sense with a key store in an engine.
const (
	RecipientsOfEngine = KindSettings + "/engine_recipients"
	RekeyOfEngine      = KindSettings + "/engine_rekey"
	ForceOfEngine      = KindSettings + "/engine_force"
	AsOfEngine         = KindSettings + "/engine_as"
)
