// Package pleosim is a simulated Pleo on two loopback ports: the part of the External API that pleo-connect uses, with
// made-up keys and companies, and the pages of the web app on which a customer allows an integration and is given a
// key. The demo, the sandbox and the tests run on it.
//
// # Start here
//
//	s, err := pleosim.Start(pleosim.Options{})
//	defer s.Close()
//	c, err := pleoclient.New(s.APIBase())
//	who, err := c.Introspect(ctx, pleoclient.NewKey(s.Keys().Good))
//
// # What it promises
//
//   - It answers as Pleo documents: paths, statuses, media type, wrapped and bare bodies, Basic authentication. Where
//     Pleo's documentation has a gap, the code says what was chosen.
//   - It serves one integration or several, each with keys of its own, at the same companies. An installation belongs
//     to a company and an application.
//   - It listens on loopback only, writes no file and prints nothing. Its state is lost when the process ends.
//   - Its pages are shown to the one browser that was given their address, see [Server.WebBase]. They create keys and
//     remove installations, and change by themselves when the API does.
//   - Its request log holds names of keys, never keys.
//   - Where Pleo documents nothing, it can behave in every way: [Undocumented] lists them, [Server.Behave] chooses one.
//   - A test makes it misbehave with [Server.Inject] and waits for a state with [Server.Wait], never for a fixed time.
package pleosim
