// Package pleoclient is the small client for Pleo's External API that an integration with an Integrated API Key needs:
// who does this key belong to, what may it do, and is our installation active.
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
//   - A [Key] never prints. Its text leaves the type through [Key.Reveal] alone, and a test lists who may call that.
//   - Every string that Pleo, a proxy or a stranger on the wire wrote becomes [SafeText], [Scope] or [CompanyID] here,
//     before anyone can draw it.
//   - Every failure is an [*Error] with a [Kind]. Only [KindKeyRejected] says something about the key; a dead network
//     never does, nor does an answer that something on the way to Pleo wrote.
//   - No error has a part of a body, and an answer that sends the key back is none.
//   - Only reading is tried again, up to three times in passing trouble, each in at most 15 s. A write is sent once,
//     and the caller decides what to do next.
//   - The key travels in one header of one origin: no redirect is followed, and no other host is tried.
//   - No proxy is taken from the environment: it is an option, [Proxy].
//
// # The files
//
//   - client.go and option.go make a [Client]; origin.go and hostname.go check its address, proxy.go and roots.go its
//     way there.
//   - introspect.go, installations.go and company.go hold the calls, with the types of types.go, scope.go and uuid.go.
//   - do.go sends a question and judges the answer, over a connection of transport.go; retry.go says whether it is sent
//     again, trace.go how far it came, decode.go reads a success.
//   - error.go lists the kinds; error_network.go and error_status.go choose one, and author.go recognises answers that
//     Pleo did not write. scrub.go and safetext.go clean what an error or a face shows.
//   - clean.go makes a [Key] (key.go) of a pasted text: clean_peel.go takes away what is around it, clean_refuse.go
//     recognises what is no key, and charactername.go names what is wrong in it.
//
// The facts about the API come from Pleo's developer pages; each call names its page.
package pleoclient
