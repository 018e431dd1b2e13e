package host

// Owner is what a process is to the store that it uses.
type Owner struct {
	Changed bool   // this process became the owner of the store, and is no longer who started it
	Name    string // with Changed: the account, or the number of one that has no name
	HomeDir string // with Changed: its home directory
	Unnamed bool   // with Changed: nobody said that this account may have the key; who is asked for it has to know
	Service string // the account of the service, when that is who this process is
}

// Wanted is for which account a command uses a store.
type Wanted struct {
	Service string // the account that must be able to read the store; may be empty
	As      string // the same, as a person named it with --as
	Create  bool   // there may be no store yet: root makes the directories of a new one for the account, and nothing else
	Named   bool   // root becomes no account that is named in neither way
}
