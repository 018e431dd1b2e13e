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
//     never does.
//   - Only reading is tried again, up to three times in passing trouble, each in at most 15 s. A write is sent once,
//     and the caller decides what to do next.
//   - The key travels in one header of one origin: no redirect is followed, and no other host is tried.
//
// The facts about the API come from Pleo's developer pages; each call names its page.
package pleoclient
