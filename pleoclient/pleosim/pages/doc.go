// Package pages draws the pages of the simulated Pleo. It has a style sheet and a script, and no state: package
// pleosim hands a view to a function such as [Accounting], and gets HTML.
//
// Begin with view.go, which says what each page shows, and shell.go, which has what they share. Pages are
// made of elements and texts, each a [Node]: see node.go. [Assets] are the files that they load.
//
// Every page works without the script. It copies a key, and puts in what the server tells about later. The words are
// those of the simulated Pleo, and no part of flow's book.
package pages

import "embed"

// Assets are style.css, page.js and icon.svg.
//
//go:embed style.css page.js icon.svg
var Assets embed.FS
