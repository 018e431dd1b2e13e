// Package flow is the wizard as a pure state machine: [Next] takes a [State] and an [Event] and returns the next State
// and the [Effect] values to carry out. It does no I/O, reads no clock and knows no user interface; the full-screen
// interface, the line-by-line one and the headless run are three drivers of it. They use the same words, which are
// defined here: a [Book] has every sentence in one language, [English] is one, and a [Fault] is a failure as data that
// a book puts into words.
//
//	Review ─Allow→ Key ─EnterKey→ Check ─answers→ Confirm ─Confirm→ Activate ─answers→ Done ─Leave→ Over
//	   │            ↑ ↑             │                │                  │
//	 Leave          │ └── Problem ──┴────────────────┼──────────────────┘     Retry keeps the key, Edit goes back to Key
//	                └────────────── OtherKey ────────┘
//
// From a problem on the way to Pleo, Diagnose opens the checks of doctor, and Back returns to the problem.
// [BeginDoctor] starts them without a wizard.
//
// # How a driver works
//
//	s, effects := flow.Begin(setup)
//	for s.Step != flow.StepOver {
//		// carry out the effects, each gives one Event back; ask the person for the others
//		s, effects = flow.Next(s, event)
//	}
//
// # What it promises, enforced by FuzzWalk
//
//   - Nothing becomes active without a validated key and a confirmed company.
//   - Printing a State, Event or Effect never shows a key.
//   - Every question has a number, its answer repeats it, and an answer that is stale changes nothing.
//   - Every state can be left.
package flow
