// Package tui is the full-screen interface of the wizard. It draws a [flow.State], turns keys and pastes into
// [flow.Event] values and passes every [flow.Effect] to one [flow.Do], which the caller supplies. All words come from
// flow's book. Package paint writes the frames, except on Windows, where Bubble Tea does.
//
// # Rules, enforced by rules_test.go
//
//   - One [tea.Model]: model.go. It routes, in this order: size, paste, answers, global keys, the active screen.
//   - One screen per step, each in its own file. A screen returns a page, its pieces; layout.go puts the pieces into
//     the window.
//   - Only effects.go makes commands. They copy what they need and never touch the model.
//   - View is pure: the same state and size give the same frame, and the frame is never larger than the window.
//   - Only styles.go has colours and glyphs, and package colors those of the marks. Nothing is said by colour alone.
//   - The key is never drawn. The field shows the same mask for every length, and it has no text input behind it.
package tui
