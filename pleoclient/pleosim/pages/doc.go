// Package pages draws the pages of the simulated Pleo. It has templates, a style sheet and a script, and no state:
// package pleosim hands a view to a function such as [Accounting], and gets HTML.
//
// Begin with view.go, which says what each page shows. The templates are in the files that end in .templ; "make
// generate" makes Go of them, which is checked in. [Assets] are the files that the pages load.
//
// Every page works without the script. It copies a key, and puts in what the server tells about later. The words are
// those of the simulated Pleo, and no part of flow's book.
package pages

import "embed"

// Assets are style.css, page.js and icon.svg.
//
//go:embed style.css page.js icon.svg
var Assets embed.FS
