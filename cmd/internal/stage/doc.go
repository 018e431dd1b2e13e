// Package stage shows both sides of the demo in one window of a browser: the pages of the simulated Pleo, and a
// terminal with what runs on the customer's server. Start with [New], and serve [Stage.Pages] behind the guard of the
// simulated Pleo, on the same origin.
//
// A [Stage] is a terminal for the program that is shown: it delivers what is typed, takes what is written, and knows
// its size. There is neither a pseudo-terminal nor a WebSocket: output is one stream of server-sent events, and each
// key is a request. The browser draws with xterm.js.
//
// # One viewer
//
// One page at a time shows the terminal. A page that is opened later takes it, and the one before says so. A page that
// comes, also again after a reload, finds nothing on its screen: [Stage.Retaken] asks the program to draw all of it,
// and what was printed after the full screen ended is written again.
//
// # Bounds
//
// Output never waits for a browser. Without a viewer it is dropped, and a viewer that does not keep up has to come
// again. What is typed is dropped when the program does not read it, as a terminal does.
package stage
