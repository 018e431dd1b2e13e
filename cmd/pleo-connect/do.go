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

// doer carries out effects: the one funnel through which the machine reaches Pleo, the disk and the desktop.
type doer struct {
	client     *pleoclient.Client
	store      store.Config
	protection flow.Protection
	setup      flow.Setup
	home       string // shortened to ~ in places that people see
	now        func() time.Time
	terminal   func() flow.Finding // looks at the terminal
}

// do carries out one effect and returns its one answer.
func (d doer) do(ctx context.Context, e flow.Effect) flow.Event {
	switch e := e.(type) {
	case flow.Reach:
		return flow.Reached{Answer: e.Answer(), Fault: faultOf(d.client.Reach(ctx))}
	case flow.InspectStore:
		return d.inspectStore(e)
	case flow.LoadKey:
		r, err := d.get(e.Company)
		return flow.KeyLoaded{Answer: e.Answer(), Key: r.Key, Fault: faultOf(err)}
	case flow.Introspect:
		who, err := d.client.Introspect(ctx, e.Key)
		return flow.Introspected{Answer: e.Answer(), Result: who, Fault: faultOf(err)}
	case flow.FindInstallation:
		found, err := d.client.Installations(ctx, e.Key)
		return flow.InstallationFound{Answer: e.Answer(), Installations: found, Fault: faultOf(err)}
	case flow.ReadCompany:
		company, err := d.client.Company(ctx, e.Key, e.Company)
		return flow.CompanyRead{Answer: e.Answer(), Company: company, Fault: faultOf(err)}
	case flow.FindRecord:
		return d.findRecord(e)
	case flow.Save:
		return d.save(e)
	case flow.Install:
		return flow.Installed{Answer: e.Answer(), Fault: faultOf(d.install(ctx, e))}
	case flow.Verify:
		return flow.Verified{Answer: e.Answer(), Fault: faultOf(d.verify(e))}
	case flow.Examine:
		return d.examiner().answer(ctx, e)
	case flow.Tick:
		return tick(ctx, e)
	case flow.Copy:
		return flow.Copied{Answer: e.Answer(), Via: copyText(e.Text, d.setup.Remote)}
	case flow.Open:
		return flow.Opened{Answer: e.Answer(), OK: openURL(e.URL)}
	}
	panic(fmt.Sprintf("no way to carry out %T", e))
}

// examiner looks at what the wizard itself uses.
func (d doer) examiner() examiner {
	return examiner{
		client: d.client, store: d.store, setup: d.setup, protection: d.protection, terminal: d.terminal, now: d.now,
	}
}

func tick(ctx context.Context, e flow.Tick) flow.Event {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
	return flow.Ticked{Answer: e.Answer()}
}

func (d doer) install(ctx context.Context, e flow.Install) error {
	var err error
	if e.Known.Exists() {
		_, err = d.client.UpdateInstallation(ctx, e.Key, pleoclient.StatusActivated, e.Known.Metadata)
	} else {
		_, err = d.client.CreateInstallation(ctx, e.Key, pleoclient.StatusActivated)
	}
	return err // what Pleo has now is asked for apart
}

// inspectStore proves that the store will take a record, and counts what is in it. Only connections of this environment
// and address are ours to resume.
func (d doer) inspectStore(e flow.InspectStore) flow.Event {
	out := flow.StoreInspected{
		Answer: e.Answer(), Place: d.short(d.store.Dir), Protection: d.protection, Warning: concern(d.store),
	}
	if err := store.Probe(d.store); err != nil {
		out.Fault = faultOf(err)
		return out
	}
	st, err := store.Open(d.store)
	if err != nil {
		out.Fault = faultOf(noneIsFine(err))
		return out
	}
	defer func() { _ = st.Close() }()
	for r, err := range st.List() {
		if err != nil {
			out.Warning = pleoclient.Safe("a record cannot be read: pleo-connect status tells more")
			continue
		}
		if r.Env != d.setup.Environment() || r.Origin != d.setup.Origin {
			continue
		}
		switch r.Status {
		case store.StatusActive:
			out.Connected++
		case store.StatusPending:
			if d.setup.Company == "" || string(d.setup.Company) == r.CompanyID {
				out.Unfinished = d.unfinished(r)
			}
		}
	}
	return out
}

func concern(cfg store.Config) pleoclient.SafeText {
	return pleoclient.SafeUpTo(store.Concern(cfg), faultRunes)
}

func noneIsFine(err error) error {
	if errors.Is(err, store.ErrNoStore) {
		return nil
	}
	return err
}

func (d doer) unfinished(r store.Record) *flow.Unfinished {
	return &flow.Unfinished{Company: companyOf(r), SavedAt: r.ValidatedAt, Ago: d.now().Sub(r.ValidatedAt)}
}

func (d doer) ref(id pleoclient.CompanyID) store.Ref {
	return store.Ref{Env: d.setup.Environment(), CompanyID: string(id)}
}

// get opens the store, reads one record and closes the store.
func (d doer) get(id pleoclient.CompanyID) (store.Record, error) {
	st, err := store.Open(d.store)
	if err != nil {
		return store.Record{}, err
	}
	defer func() { _ = st.Close() }()
	return st.Get(d.ref(id))
}

func (d doer) findRecord(e flow.FindRecord) flow.Event {
	r, err := d.get(e.Company)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrNoStore) {
		return flow.RecordFound{Answer: e.Answer()}
	}
	if err != nil {
		return flow.RecordFound{Answer: e.Answer(), Fault: faultOf(err)}
	}
	return flow.RecordFound{Answer: e.Answer(), Stored: d.stored(r, e.Key)}
}

func (d doer) stored(r store.Record, key pleoclient.Key) flow.Stored {
	return flow.Stored{
		Scopes:      inUse(r),
		Generation:  r.Generation,
		Active:      r.Status == store.StatusActive,
		SameKey:     r.Key.Equal(key),
		Fingerprint: pleoclient.Safe(r.Fingerprint),
		ValidatedAt: r.ValidatedAt,
		File:        d.short(r.File),
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

func (d doer) save(e flow.Save) flow.Event {
	r, err := d.put(e)
	if err != nil {
		return flow.Saved{Answer: e.Answer(), Fault: faultOf(err)}
	}
	return flow.Saved{Answer: e.Answer(), Stored: d.stored(r, e.Key)}
}

// put writes over the record that was read, so that what it holds beside our fields is kept.
func (d doer) put(e flow.Save) (store.Record, error) {
	st, err := store.Create(d.store)
	if err != nil {
		return store.Record{}, err
	}
	defer func() { _ = st.Close() }()
	r, err := st.Get(d.ref(e.Company.ID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Record{}, err
	}
	r.Generation = e.Generation
	r.Status = store.StatusPending
	if e.Active {
		r.Status = store.StatusActive
	}
	r.Env, r.Origin = d.setup.Environment(), d.setup.Origin
	r.CompanyID, r.CompanyName = string(e.Company.ID), e.Company.Name.String()
	r.Scopes = nil
	for _, scope := range e.Scopes {
		r.Scopes = append(r.Scopes, string(scope))
	}
	r.Key, r.ValidatedAt = e.Key, d.now()
	r.RejectedAt, r.Rejection = time.Time{}, "" // Pleo has just accepted it
	return st.Put(r)
}

var errNotSaved = errors.New("the record that was read back is not the one that was saved")

func (d doer) verify(e flow.Verify) error {
	r, err := d.get(e.Company)
	if err != nil {
		return err
	}
	switch {
	case r.FromPrevious:
		return errNotSaved
	case r.Status != store.StatusActive || !r.Key.Equal(e.Key): // ours was there, so somebody saved after us
		return &store.ConflictError{Have: r.Generation}
	}
	_ = d.settle(r) // the key is safe without it, and the next save replaces the version before
	return nil
}

// settle lets the version before go, now that the record was read as the service reads it.
func (d doer) settle(r store.Record) error {
	st, err := store.Open(d.store)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	return st.Settle(r.Ref(), r.Generation)
}

func (d doer) short(path string) pleoclient.SafeText { return shortPath(d.home, path) }

// shortPath writes a path for people: below the home directory with ~, and with nothing in it that cannot be drawn.
func shortPath(home, path string) pleoclient.SafeText {
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "" {
		path = "~" + string(filepath.Separator) + rest
	}
	return pleoclient.SafePath(path)
}
