// Package pleoclient is the small client for Pleo's External API that an integration with an Integrated API Key needs:
// whom a key belongs to, what it may do, and whether the installation is active.
//
// # Start here
//
//	c, err := pleoclient.New("https://external.pleo.io")
//	key, _, err := pleoclient.CleanKey(pasted)
//	who, err := c.Introspect(ctx, key)       // GET  /v1/introspect
//	all, err := c.Installations(ctx, key)    // GET  /v1/installations/me
//	now, err := c.CreateInstallation(ctx, key, pleoclient.StatusActivated)
//
// # What it promises
//
//   - A [Key] never prints. Only [Key.Reveal] returns its text, and a test lists the files that may call it.
//   - Every string that Pleo, a proxy or anything else on the network wrote becomes a [SafeText], [Scope] or
//     [CompanyID] before a caller gets it.
//   - Every failure is an [*Error] with a [Kind]. Only [KindKeyRejected] says something about the key; a broken network
//     never does, nor does an answer that Pleo did not write.
//   - No error contains a part of a body, and an answer that contains the key is not used.
//   - Only reads are tried again, up to three times if the connection breaks or Pleo has problems, each for at most 15
//     s. A write is sent once, and the caller decides what to do next.
//   - The key is sent in one header to one origin: redirects are not followed, and no other host is tried.
//   - The environment is not read; a proxy is an option, [Proxy].
//
// # The files
//
//   - client.go and option.go make a [Client]; origin.go and hostname.go check its address, proxy.go and roots.go the
//     way there.
//   - introspect.go, installations.go and company.go hold the calls, with the types of types.go, scope.go and uuid.go.
//   - do.go sends a request over a connection from transport.go, and judges the answer; retry.go decides whether it is
//     sent again, trace.go records how far it got, and decode.go reads a success.
//   - error.go lists the kinds; error_network.go and error_status.go choose one, and author.go recognises answers that
//     Pleo did not write. scrub.go and safetext.go clean what an error or a screen shows.
//   - clean.go makes a [Key] (key.go) of a pasted text: clean_peel.go removes what is around it, clean_refuse.go
//     recognises what is not a key, and character.go describes a character that cannot be part of it.
//
// The facts about the API come from Pleo's developer pages; each call names its page.
package pleoclient
