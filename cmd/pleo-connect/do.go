package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Engine carries out effects: the one funnel through which the machine reaches Pleo, the disk and the desktop.
type Engine struct {
	client     *pleoclient.Client
	store      store.Config
	protection flow.Protection
	setup      flow.Setup
	home       string // shortened to ~ in places that people see
	now        func() time.Time
	terminal   func() flow.Finding // looks at the terminal
}

// do carries out one effect and returns its one answer.
func (x Engine) do(ctx context.Context, e flow.Effect) flow.Event {
	switch e := e.(type) {
	case flow.Reach:
		return flow.Reached{Answer: e.Answer(), Fault: FaultOf(x.client.Reach(ctx))}
	case flow.InspectStore:
		return x.inspectStore(e)
	case flow.LoadKey:
		r, err := x.get(e.Company)
		return flow.KeyLoaded{Answer: e.Answer(), Key: r.Key, Fault: FaultOf(err)}
	case flow.Introspect:
		who, err := x.client.Introspect(ctx, e.Key)
		return flow.Introspected{Answer: e.Answer(), Result: who, Fault: FaultOf(err)}
	case flow.FindInstallation:
		found, err := x.client.Installations(ctx, e.Key)
		return flow.InstallationFound{Answer: e.Answer(), Installations: found, Fault: FaultOf(err)}
	case flow.ReadCompany:
		company, err := x.client.Company(ctx, e.Key, e.Company)
		return flow.CompanyRead{Answer: e.Answer(), Company: company, Fault: FaultOf(err)}
	case flow.FindRecord:
		return x.findRecord(e)
	case flow.Save:
		return x.save(e)
	case flow.Install:
		return flow.Installed{Answer: e.Answer(), Fault: FaultOf(x.install(ctx, e))}
	case flow.Verify:
		return flow.Verified{Answer: e.Answer(), Fault: FaultOf(x.verify(e))}
	case flow.Examine:
		return x.examiner().answer(ctx, e)
	case flow.Tick:
		return tick(ctx, e)
	case flow.Copy:
		return flow.Copied{Answer: e.Answer(), Via: copyText(e.Text, x.setup.Remote)}
	case flow.Open:
		return flow.Opened{Answer: e.Answer(), OK: openURL(e.URL)}
	}
	panic(fmt.Sprintf("no way to carry out %T", e))
}

// examiner looks at what the wizard itself uses.
func (x Engine) examiner() examiner {
	return examiner{
		client: x.client, store: x.store, setup: x.setup, protection: x.protection, terminal: x.terminal, now: x.now,
	}
}

func tick(ctx context.Context, e flow.Tick) flow.Event {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
	return flow.Ticked{Answer: e.Answer()}
}

func (x Engine) install(ctx context.Context, e flow.Install) error {
	var err error
	if e.Known.Exists() {
		_, err = x.client.UpdateInstallation(ctx, e.Key, pleoclient.StatusActivated, e.Known.Metadata)
	} else {
		_, err = x.client.CreateInstallation(ctx, e.Key, pleoclient.StatusActivated)
	}
	return err // what Pleo has now is asked for apart
}

// inspectStore proves that the store will take a record, and counts what is in it. Only connections of this environment
// and address are ours to resume.
func (x Engine) inspectStore(e flow.InspectStore) flow.Event {
	out := flow.StoreInspected{
		Answer: e.Answer(), Place: x.short(x.store.Dir), Protection: x.protection, Warning: concern(x.store),
	}
	if err := store.Probe(x.store); err != nil {
		out.Fault = FaultOf(err)
		return out
	}
	st, err := store.Open(x.store)
	if err != nil {
		out.Fault = FaultOf(noneIsFine(err))
		return out
	}
	defer func() { _ = st.Close() }()
	for r, err := range st.List() {
		if err != nil {
			out.Warning = pleoclient.Safe("a record cannot be read: pleo-connect status tells more")
			continue
		}
		if r.Env != x.setup.Environment() || r.Origin != x.setup.Origin {
			continue
		}
		switch r.Status {
		case store.StatusActive:
			out.Connected++
		case store.StatusPending:
			if x.setup.Company == "" || string(x.setup.Company) == r.CompanyID {
				out.Unfinished = x.unfinished(r)
			}
		}
	}
	return out
}

func concern(cfg store.Config) pleoclient.SafeText {
	return pleoclient.SafeUpTo(store.Concern(cfg), MaxRunes)
}

func noneIsFine(err error) error {
	if errors.Is(err, store.ErrNoStore) {
		return nil
	}
	return err
}

func (x Engine) unfinished(r store.Record) *flow.Unfinished {
	return &flow.Unfinished{Company: CompanyOf(r), SavedAt: r.ValidatedAt, Ago: x.now().Sub(r.ValidatedAt)}
}

func (x Engine) ref(id pleoclient.CompanyID) store.Ref {
	return store.Ref{Env: x.setup.Environment(), CompanyID: string(id)}
}

// get opens the store, reads one record and closes the store.
func (x Engine) get(id pleoclient.CompanyID) (store.Record, error) {
	st, err := store.Open(x.store)
	if err != nil {
		return store.Record{}, err
	}
	defer func() { _ = st.Close() }()
	return st.Get(x.ref(id))
}

func (x Engine) findRecord(e flow.FindRecord) flow.Event {
	r, err := x.get(e.Company)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrNoStore) {
		return flow.RecordFound{Answer: e.Answer()}
	}
	if err != nil {
		return flow.RecordFound{Answer: e.Answer(), Fault: FaultOf(err)}
	}
	return flow.RecordFound{Answer: e.Answer(), Stored: x.stored(r, e.Key)}
}

func (x Engine) stored(r store.Record, key pleoclient.Key) flow.Stored {
	return flow.Stored{
		Scopes:      inUse(r),
		Generation:  r.Generation,
		Active:      r.Status == store.StatusActive,
		SameKey:     r.Key.Equal(key),
		Fingerprint: pleoclient.Safe(r.Fingerprint),
		ValidatedAt: r.ValidatedAt,
		File:        x.short(r.File),
	}
}

// inUse returns what the key that a service uses now may do. A pending key was held to that of the one before it.
func inUse(r store.Record) []pleoclient.Scope {
	if _, ok := r.Usable(); !ok {
		return nil
	}
	return scopesOf(r)
}

// scopesOf returns what the key of a record could do when it was validated.
func scopesOf(r store.Record) []pleoclient.Scope {
	return pleoclient.ParseScopes(strings.Join(r.Scopes, " "))
}

func (x Engine) save(e flow.Save) flow.Event {
	r, err := x.put(e)
	if err != nil {
		return flow.Saved{Answer: e.Answer(), Fault: FaultOf(err)}
	}
	return flow.Saved{Answer: e.Answer(), Stored: x.stored(r, e.Key)}
}

// put writes over the record that was read, so that what it holds beside our fields is kept.
func (x Engine) put(e flow.Save) (store.Record, error) {
	st, err := store.Create(x.store)
	if err != nil {
		return store.Record{}, err
	}
	defer func() { _ = st.Close() }()
	r, err := st.Get(x.ref(e.Company.ID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Record{}, err
	}
	r.Generation = e.Generation
	r.Status = store.StatusPending
	if e.Active {
		r.Status = store.StatusActive
	}
	r.Env, r.Origin = x.setup.Environment(), x.setup.Origin
	r.CompanyID, r.CompanyName = string(e.Company.ID), e.Company.Name.String()
	r.Scopes = nil
	for _, scope := range e.Scopes {
		r.Scopes = append(r.Scopes, string(scope))
	}
	r.Key, r.ValidatedAt = e.Key, x.now()
	r.RejectedAt, r.Rejection = time.Time{}, "" // Pleo has just accepted it
	return st.Put(r)
}

var errNotSaved = errors.New("the record that was read back is not the one that was saved")

func (x Engine) verify(e flow.Verify) error {
	r, err := x.get(e.Company)
	if err != nil {
		return err
	}
	switch {
	case r.FromPrevious:
		return errNotSaved
	case r.Status != store.StatusActive || !r.Key.Equal(e.Key): // ours was there, so somebody saved after us
		return &store.ConflictError{Have: r.Generation}
	}
	_ = x.settle(r) // the key is safe without it, and the next save replaces the version before
	return nil
}

// settle lets the version before go, now that the record was read as the service reads it.
func (x Engine) settle(r store.Record) error {
	st, err := store.Open(x.store)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	return st.Settle(r.Ref(), r.Generation)
}

func (x Engine) short(path string) pleoclient.SafeText { return ShortPath(x.home, path) }

// ShortPath writes a path for people: below the home directory with ~, and with nothing in it that cannot be drawn.
func ShortPath(home, path string) pleoclient.SafeText {
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "" {
		path = "~" + string(filepath.Separator) + rest
	}
	return pleoclient.SafePath(path)
}
