// Package kv speaks to OpenBao and to HashiCorp Vault, as far as a key store needs it: entries of a KV version 2 mount,
// with versions that are compared. Start with [Parse], which reads the name of a store, and [New].
//
// # Which node answers
//
// All calls go to the active node of a cluster. A standby of OpenBao answers reads itself, from data that may be up to
// 100 ms old, and forwards writes; a standby of Vault forwards both. No header makes every version of OpenBao forward a
// read. So [Client] asks /v1/sys/health, which answers 200 on the active node only, and on any other node
// /v1/sys/leader for the address of the active one. If none was ever reached there, as behind a load balancer,
// requests go to the address that was configured, and [Client.Read] refuses what is older than this client has seen. A
// standby of OpenBao also compares a write with its own data before it forwards it, so it may find a change where there
// is none: what is read after that decides.
//
// No address is kept of the nodes that were met. While the configured one answers nothing, the others aren't found, so
// in a cluster it should be an address that outlives a node, such as that of a load balancer.
//
// # What is repeated
//
// Neither this package nor anything below it repeats a write that is compared: that would meet itself and look like a
// conflict. A write that got no answer is [store.ErrUnsure]. A request that was certainly not carried out,
// any read, and what may be carried out twice, is sent again for up to 30 seconds while a cluster chooses another
// active node, if this client had an answer before.
//
// # Secrets
//
// The token is in one header of requests to the engine, and nowhere else. No error has it, nor any text of an answer
// that repeats it.
package kv
