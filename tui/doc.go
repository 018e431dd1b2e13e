// Package tui is the full-screen face of the wizard. It draws a [flow.State], turns keys and pastes into [flow.Event]
// values and hands every [flow.Effect] to one [flow.Do], which the caller supplies. All words come from flow; the names
// of keys come from keys.go.
//
// # Rules of this package, held by rules_test.go
//
//   - One [tea.Model]: model.go. It routes, in this order: size, paste, answers, global keys, the active screen.
//   - One screen a step, each in its own file. A screen returns a page, its pieces; layout.go puts the pieces into the
//     window.
//   - Commands are made in effects.go alone. They copy what they need and never touch the model.
//   - View is pure: the same state and size give the same frame, and the frame is never larger than the window.
//   - Colours and glyphs are in styles.go alone. Nothing is said by colour only.
//   - The key is never drawn. The field shows the same mask for every length, and it has no text input behind it.
package tui
