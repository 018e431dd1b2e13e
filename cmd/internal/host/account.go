package host

// Owner describes the account of a process, and its relation to the store that it uses.
type Owner struct {
	Changed bool   // this process became the owner of the store, and has left the account that started it
	Name    string // with Changed: the account, or its number if it has no name
	HomeDir string // with Changed: its home directory
	Unnamed bool   // with Changed: the account was not named; the person who is asked for the key has to know
	Service string // the account of the service, if this process is running as it
}

// Wanted describes the account for which a command uses a store.
type Wanted struct {
	Service string // the account that must be able to read the store; may be empty
	As      string // the same, as a person named it with --as
	Create  bool   // there may be no store yet: root makes only the directories of a new one
	Named   bool   // root does not become an account that is named in neither way
	Before  func() // is called before the account changes, for what only this one may read; may be nil
}
