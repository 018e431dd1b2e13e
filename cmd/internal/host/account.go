package host

// Owner is what a process is to the store that it uses.
type Owner struct {
	Changed bool   // this process became the owner of the store, and is no longer who started it
	Service string // the account of the service, when that is who this process is
}
