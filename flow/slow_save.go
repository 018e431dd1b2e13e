package flow

// slowSave is how many seconds a person waits for an engine before reading why: the nodes that are left after a failure
// first choose one of them.
const slowSave = 3

// savesInEngine reports whether the activation waits for an engine to take the key.
func (s State) savesInEngine() bool {
	return s.Step == StepActivate && s.Book().Engine.Used() &&
		(s.Stage == StageSavePending || s.Stage == StageSaveActive)
}

// waitsForEngine reports whether only the answer of an engine is outstanding.
func (s State) waitsForEngine() bool {
	c := s.Check
	switch {
	case !s.Book().Engine.Used():
		return false
	case s.Step == StepCheck:
		return s.Key.IsZero() || c.introspected && c.found && c.named && !c.looked
	case s.Step == StepActivate:
		return s.savesInEngine() || s.Stage == StageVerify
	}
	return s.writing
}

// slowEngine reports whether the engine takes so long that a person reads why.
func (s State) slowEngine() bool { return s.waitsForEngine() && s.waited >= slowSave }

// SlowSave reports whether a save takes so long that a person may leave it.
func (s State) SlowSave() bool { return s.savesInEngine() && s.slowEngine() }

// timed adds the seconds to what is asked for, if an engine may be waited for.
func (s State) timed(q Question, effects ...Effect) (State, []Effect) {
	if s.waited = 0; s.Book().Engine.Used() {
		effects = append(effects, Tick{q})
	}
	return s, effects
}

// countWait counts a second, and says after a few of them what is waited for.
func (s State) countWait() (State, []Effect) {
	if s.waitsForEngine() {
		s.waited++
	}
	if s.waited < slowSave {
		return s, []Effect{Tick{s.question()}}
	}
	s.hidden, s.Notice = s.Notice, Notice{Text: s.words().SlowSave.Fill(Values{Engine: s.Book().Engine.Name})}
	return s, nil
}

// heard takes back what was said about a wait, because the engine has answered.
func (s State) heard() State {
	if s.slowEngine() {
		s.Notice, s.hidden, s.waited = s.hidden, Notice{}, 0
	}
	return s
}

// leaveSave stops waiting for a save. Whether it worked is known when the key store is read again.
func (s State) leaveSave() (State, []Effect) {
	s.Notice = Notice{}
	return s.fail(Fault{Kind: KindEngineUncertain})
}
