package engine

import (
	"fmt"
	"sync"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
)

// TestManyAtOnce runs fifty engines side by side in this process, each with a store and a Pleo of its own: each
// connects, examines, checks and disconnects, and none sees anything of another.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	var running sync.WaitGroup
	start := make(chan struct{})
	for i := range 50 {
		x, sim := simulated(t)
		key := []string{sim.Keys().Good, sim.Keys().OtherCompany}[i%2]
		running.Go(func() {
			<-start
			s := play(t, x, flow.Allow{}, flow.Pasted(key), flow.Confirm{})
			if s.Step != flow.StepDone {
				t.Errorf("engine %d: %s, %+v", i, s.Step, s.Problem)
				return
			}
			if err := alone(t, x, s.Check.Company.ID, pleoclient.NewKey(key)); err != nil {
				t.Errorf("engine %d: %v", i, err)
			}
			if n := len(sim.Requests()); n > 12 {
				t.Errorf("engine %d: Pleo was asked %d times", i, n)
			}
		})
	}
	close(start)
	running.Wait()
}

// alone takes an engine through what follows a connection, and requires that there is only the one record.
func alone(t *testing.T, x Engine, company pleoclient.CompanyID, key pleoclient.Key) error {
	all, err := x.Store.List()
	if err != nil {
		return err
	}
	found := 0
	for r, err := range all {
		if found++; err != nil || found > 1 || r.CompanyID != string(company) || !r.Key.Equal(key) {
			return fmt.Errorf("record %d is of company %s: %w", found, r.CompanyID, err)
		}
	}
	if got := x.examine(t.Context(), flow.ExamKey); got.Note.String() != "1 of 1 accepted" {
		return fmt.Errorf("the exam: %+v", got)
	}
	r, err := x.get(company)
	if err != nil {
		return err
	}
	if _, v, err := x.checker().Check(t.Context(), r); v.Kind != "" || err != nil {
		return fmt.Errorf("the check: %+v, %w", v, err)
	}
	if r, err = x.get(company); err != nil {
		return err
	}
	if got := x.Disconnect(t.Context(), r); got.Pleo != PleoRemoved || got.Store != StoreRemoved {
		return fmt.Errorf("disconnected: %+v", got)
	}
	if _, err := x.get(company); err == nil {
		return fmt.Errorf("the record is still there")
	}
	return nil
}
