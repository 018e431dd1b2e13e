// Package pleosim is a simulated Pleo on a loopback port: the part of the External API that pleo-connect talks to, with
// invented keys and companies. The demo and the sandbox run on it, and so do the tests.
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
//   - It answers as Pleo documents: paths, statuses, media type, wrapped and bare bodies, Basic authentication. Where Pleo's
//     pages leave a gap, the code says what was chosen.
//   - It serves one integration or several, each with keys of its own, at the same companies. An installation belongs
//     to a company and an application.
//   - It listens on loopback only, writes no file and prints nothing. Its state ends with the process.
//   - Its request log holds names of keys, never keys.
//   - What Pleo leaves open, it does in every way: [Undocumented] names them, [Server.Behave] chooses one.
//   - A test makes it misbehave with [Server.Inject] and waits for a state with [Server.Wait], never for time.
package pleosim
