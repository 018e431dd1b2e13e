package flow

// slowSave is how many seconds a save into an engine takes before a person reads why: the nodes that are left after a
// failure first choose one of them.
const slowSave = 3

// savesInEngine reports whether the activation waits for an engine to take the key.
func (s State) savesInEngine() bool {
	return s.Step == StepActivate && s.Book().Engine.Used() &&
		(s.Stage == StageSavePending || s.Stage == StageSaveActive)
}

// SlowSave reports whether a save takes so long that a person may leave it.
func (s State) SlowSave() bool { return s.savesInEngine() && s.saving >= slowSave }

// waited counts a second of a save, and says after a few of them what it waits for.
func (s State) waited() (State, []Effect) {
	if s.saving++; s.saving < slowSave {
		return s, []Effect{Tick{s.question()}}
	}
	s.Notice = Notice{Text: s.words().SlowSave.Fill(Values{Engine: s.Book().Engine.Name})}
	return s, nil
}

// leaveSave stops waiting for a save. Whether it worked is known when the key store is read again.
func (s State) leaveSave() (State, []Effect) {
	if !s.SlowSave() {
		return s, nil
	}
	s.Notice = Notice{}
	return s.fail(Fault{Kind: KindEngineUncertain})
}
