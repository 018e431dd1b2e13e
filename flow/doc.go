// Package flow is the wizard as a pure state machine: [Next] takes a [State] and an [Event] and returns the next State
// and the [Effect] values to carry out. It does no I/O, reads no clock and knows no user interface; the full-screen
// face, the line face and the headless run are three drivers over it, and they say the same words because the words are
// made here (text.go).
//
//	Review ─Allow→ Key ─EnterKey→ Check ─answers→ Confirm ─Confirm→ Activate ─answers→ Done ─Leave→ Over
//	   │            ↑ ↑             │                │                  │
//	 Leave          │ └── Problem ──┴────────────────┼──────────────────┘     Retry keeps the key, Edit goes back to Key
//	                └────────────── OtherKey ────────┘
//
// From a problem on the way to Pleo, Diagnose opens the examination (Doctor) and Back leaves it as it came.
// [BeginDoctor] starts one without a wizard.
//
// # How a driver works
//
//	s, effects := flow.Begin(setup)
//	for s.Step != flow.StepOver {
//		// carry out the effects, each gives one Event back; ask the person for the others
//		s, effects = flow.Next(s, event)
//	}
//
// # Promises, held by FuzzWalk
//
//   - Nothing becomes active without a validated key and a confirmed company.
//   - A key is in no print of a State, Event or Effect.
//   - Every question has a number, its answer repeats it, and a stale answer changes nothing.
//   - Every state can be left.
package flow
