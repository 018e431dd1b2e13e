package flow

// Step is where the admin is. The zero Step is StepReview.
type Step int

// The steps, in the order of a run that meets no problem.
const (
	StepReview   Step = iota // reads what the integration asks for: Allow or Cancel
	StepKey                  // gets the key in Pleo and pastes it
	StepCheck                // waits while Pleo is asked about the key
	StepConfirm              // says whether this is the right company
	StepActivate             // waits while the key is saved, the installation activated and the record read back
	StepDone                 // reads what happened, takes the link back to Pleo
	StepProblem              // reads what went wrong and chooses what to do
	StepDoctor               // reads what an examination finds; see BeginDoctor
	StepOver                 // the wizard has ended; State.Outcome says how
)

var stepNames = [...]string{"review", "key", "check", "confirm", "activate", "done", "problem", "doctor", "over"}

// String returns the name that scripts see.
func (s Step) String() string { return stepNames[s] }

// Stage is where the activation is. Each stage awaits one answer.
type Stage int

// The stages, in order. StageUpdate is skipped when the installation is active at once.
const (
	StageSavePending Stage = iota // the record is saved as pending: from here on the key is never lost
	StageInstall                  // the installation is created, or updated when Pleo has one
	StageReadBack                 // Pleo is asked what it has now
	StageUpdate                   // the installation is updated if Pleo's status is not the one that was asked for
	StageSaveActive               // the record is saved as active
	StageVerify                   // the record is read the way the service will
)

var stageNames = [...]string{"save pending", "install", "read back", "update", "save active", "verify"}

// String returns the name for tests.
func (s Stage) String() string { return stageNames[s] }

// Mark is the state of one line in a live list.
type Mark int

// The marks.
const (
	MarkWaiting Mark = iota // not its turn yet
	MarkBusy                // asked, no answer yet
	MarkDone
	MarkFailed
	MarkUnknown // asked, and Pleo does not say; not a failure
	MarkWarning // a fact to know before continuing; not a failure
)

var markNames = [...]string{"waiting", "busy", "done", "failed", "unknown", "warning"}

// String returns the name that scripts see.
func (m Mark) String() string { return markNames[m] }
