// Package engine connects a wizard with Pleo and the store: it carries out the effects of package flow ([Engine.Do]),
// runs the checks of doctor, and checks saved keys with Pleo ([Checker]).
//
// An [Engine] is a value with everything it uses: a client, a [Store], the clock, a function that opens a link. The
// package has no global state and does not look at the environment, a terminal or flags, so any number of engines can
// work in one process at once, each with its own store and Pleo. The words come from flow's book.
package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"pleo-connect/cmd/internal/integration"
	"pleo-connect/flow"
	"pleo-connect/pleoclient"
	"pleo-connect/store"
)

// Engine carries out effects: it is the only way for the machine to reach Pleo, the store and the desktop.
type Engine struct {
	Client *pleoclient.Client
	Store  Store
	Setup  flow.Setup
	Home   string // shortened to ~ in paths that people see
	Now    func() time.Time

	Protection func() flow.Protection // of the store, whose identity it may read

	// Within returns Store with calls that end with a context. nil: they end by themselves, as those of files do.
	Within func(context.Context) Store

	Copy     func(link string) bool        // puts a link on the clipboard of this computer, and reports whether it did
	Open     func(url string) flow.OpenWay // opens a link in the browser
	Terminal func() (note, remedy string)  // looks at the terminal; without a remedy all is well

	ClientErr error // why there is no client
	StoreErr  error // why there is no store
	Names     bool  // an examination may name companies

	IgnoredProxy string // the variable of a proxy that is not used, although a person may expect it to be; may be empty
}

// Do carries out one effect and returns its one answer. One request of Reach may outlive it, and ends with ctx.
func (x Engine) Do(ctx context.Context, e flow.Effect) flow.Event {
	if x.Within != nil {
		within, cancel := bounded(ctx, e)
		defer cancel()
		x.Store = x.Within(within)
	}
	switch e := e.(type) {
	case flow.Reach:
		go x.reachToo(ctx)
		return flow.Reached{Answer: e.Answer(), Fault: faultOf(x.Client.Reach(ctx))}
	case flow.InspectStore:
		return x.inspectStore(e)
	case flow.MakeStore:
		_ = x.Store.Make()
		return flow.StoreMade{Answer: e.Answer()}
	case flow.LoadKey:
		r, err := x.get(e.Company)
		return flow.KeyLoaded{Answer: e.Answer(), Key: r.Key, Fault: faultOf(err)}
	case flow.Introspect:
		who, err := x.Client.Introspect(ctx, e.Key)
		return flow.Introspected{Answer: e.Answer(), Result: who, Fault: faultOf(err)}
	case flow.FindInstallation:
		found, err := x.Client.Installations(ctx, e.Key)
		return flow.InstallationFound{Answer: e.Answer(), Installations: found, Fault: faultOf(err)}
	case flow.ReadCompany:
		company, err := x.Client.Company(ctx, e.Key, e.Company)
		return flow.CompanyRead{Answer: e.Answer(), Company: company, Fault: faultOf(err)}
	case flow.FindRecord:
		return x.findRecord(e)
	case flow.Save:
		return x.save(e)
	case flow.Restore:
		return flow.Restored{Answer: e.Answer(), Fault: faultOf(x.restore(e))}
	case flow.Install:
		return flow.Installed{Answer: e.Answer(), Fault: faultOf(x.install(ctx, e))}
	case flow.Verify:
		return flow.Verified{Answer: e.Answer(), Fault: faultOf(x.verify(e))}
	case flow.Examine:
		return flow.Examined{Answer: e.Answer(), Exam: e.Exam, Finding: x.examine(ctx, e.Exam)}
	case flow.Tick:
		return tick(ctx, e)
	case flow.Copy:
		return flow.Copied{Answer: e.Answer(), Via: x.copy(e.Text)}
	case flow.Open:
		return flow.Opened{Answer: e.Answer(), Via: x.Open(e.URL)}
	}
	panic(fmt.Sprintf("unknown effect %T", e))
}

// lastTime is how long the end of a wizard, which saves an unconfirmed key, waits for a store that may be gone as well.
// A run that was told to end has three seconds.
const lastTime = 2 * time.Second

// bounded returns the context of an effect's calls to the store.
func bounded(ctx context.Context, e flow.Effect) (context.Context, context.CancelFunc) {
	if save, ok := e.(flow.Save); ok && save.As == flow.SaveUnconfirmed {
		return context.WithTimeout(ctx, lastTime)
	}
	return context.WithCancel(ctx)
}

// reachToo opens another connection: a check asks two questions at once. A panic must not end the program here, where
// nothing restores the terminal.
func (x Engine) reachToo(ctx context.Context) {
	defer func() { _ = recover() }()
	_ = x.Client.Reach(ctx)
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
		_, err = x.Client.UpdateInstallation(ctx, e.Key, pleoclient.StatusActivated, e.Known.Metadata)
	} else {
		_, err = x.Client.CreateInstallation(ctx, e.Key, pleoclient.StatusActivated)
	}
	return err // what Pleo has now is asked for separately
}

// copy leaves a link to the person's terminal if this computer does not take it.
func (x Engine) copy(link string) flow.CopyWay {
	switch {
	case !x.Setup.Remote && x.Copy(link):
		return flow.CopiedLocally
	case x.Setup.NoClipboard:
		return flow.CopyFailed
	}
	return flow.CopyByTerminal
}

func (x Engine) ref(id pleoclient.CompanyID) store.Ref {
	return store.Ref{Env: x.Setup.Environment(), Integration: x.Setup.Integration.ID, CompanyID: string(id)}
}

func (x Engine) get(id pleoclient.CompanyID) (store.Record, error) { return x.Store.Get(x.ref(id)) }

func (x Engine) findRecord(e flow.FindRecord) flow.Event {
	r, err := x.get(e.Company)
	out := flow.RecordFound{Answer: e.Answer()}
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		out.Fault = faultOf(err)
		return out
	default:
		out.Stored = x.stored(r, e.Key)
	}
	out.Others, err = Others(x.Setup.Book(), x.Store, x.ref(e.Company), e.Key)
	out.Fault = faultOf(err)
	return out
}

// Others returns the connections of other integrations to the company of ours, in its environment. One that has the
// very same key is marked as such: whatever happens to that key happens to both.
func Others(b *flow.Book, st Store, ours store.Ref, key pleoclient.Key) ([]flow.Candidate, error) {
	refs, err := st.Refs(func(ref store.Ref) bool {
		return ref.Env == ours.Env && ref.CompanyID == ours.CompanyID && ref != ours
	})
	if err != nil {
		return nil, err
	}
	var out []flow.Candidate
	for _, ref := range refs {
		c := CandidateOf(b, st, ref)
		if r, err := st.Get(ref); err == nil && r.Key.Equal(key) {
			c.SameKey = true
		}
		out = append(out, c)
	}
	return out, nil
}

// CandidateOf reads a record and describes it for people.
func CandidateOf(b *flow.Book, st Store, ref store.Ref) flow.Candidate {
	r, err := st.Get(ref)
	var lost *store.LostError
	switch {
	case errors.As(err, &lost):
		return flow.Candidate{Connection: ConnectionOf(ref), Note: standing(b.Report.Standing.Missing)}
	case err != nil:
		return flow.Candidate{Connection: ConnectionOf(ref), Note: standing(b.Report.Standing.Unreadable)}
	}
	return candidate(b, r)
}

func standing(t flow.Text) pleoclient.SafeText { return pleoclient.Safe(t.String()) }

func candidate(b *flow.Book, r store.Record) flow.Candidate {
	c := flow.Candidate{
		Connection: ConnectionOf(r.Ref()), CompanyName: CompanyOf(r).Name, Name: pleoclient.Safe(r.Integration.Name),
	}
	switch {
	case r.Unconfirmed:
		c.Note = standing(b.Report.Standing.Unconfirmed)
	case r.Status == store.StatusPending:
		c.Note = standing(b.Report.Standing.Pending)
	}
	return c
}

// stored describes a record for the machine. One that is the version before the saved one, an older copy, or readable
// although it is to be sealed, is not active, so that even its own key is saved again.
func (x Engine) stored(r store.Record, key pleoclient.Key) flow.Stored {
	return flow.Stored{
		Generation:  r.Generation,
		Active:      r.Status == store.StatusActive && !r.FromPrevious && !r.RolledBack && !Exposed(x.Setup.Book(), r),
		SameKey:     r.Key.Equal(key),
		Unconfirmed: r.Unconfirmed,
		Marked:      !r.RejectedAt.IsZero(),
		Name:        pleoclient.Safe(r.CompanyName),
		Approved:    integration.OfRecord(r),
		InUse:       x.inUse(r, key),
		File:        x.short(r.File),
	}
}

// inUse describes the key that a service uses now, beside the one in hand. A pending key was checked against what the
// one before it may do, so the record of the pending one counts, unless it was not confirmed.
func (x Engine) inUse(r store.Record, hand pleoclient.Key) flow.InUse {
	used, ok := r.Usable()
	if !ok {
		return flow.InUse{}
	}
	r, _ = r.Confirmed() // there is one, otherwise no key would be in use
	out := flow.InUse{
		Other: !used.Equal(hand), Fingerprint: pleoclient.Safe(used.Fingerprint()), Scopes: parseScopes(r.Scopes),
	}
	if r.Status == store.StatusActive {
		out.ValidatedAt = r.ValidatedAt
	}
	if r.Origin != x.Setup.Origin {
		out.At = pleoclient.Safe(r.Origin)
	}
	return out
}

// scopeNames is the inverse of parseScopes.
func scopeNames(scopes []pleoclient.Scope) []string {
	var out []string
	for _, s := range scopes {
		out = append(out, string(s))
	}
	return out
}

// parseScopes reads scopes as a record stores them.
func parseScopes(names []string) []pleoclient.Scope {
	return pleoclient.ParseScopes(strings.Join(names, " "))
}

// lastTries is how often a save is tried if it cannot be tried again later: each try waits 10 s for the lock, which
// another program may hold for as long as it encrypts thousands of records.
const lastTries = 3

func (x Engine) save(e flow.Save) flow.Event {
	r, err := x.put(e)
	for try := 1; try < lastTries && e.As == flow.SaveUnconfirmed && faultOf(err).Kind == flow.KindStoreLocked; try++ {
		r, err = x.put(e)
	}
	if err != nil {
		return flow.Saved{Answer: e.Answer(), Fault: faultOf(err)}
	}
	return flow.Saved{Answer: e.Answer(), Stored: x.stored(r, e.Key)}
}

// put writes over the record that was read, so that what the record holds beside our fields is kept.
func (x Engine) put(e flow.Save) (store.Record, error) {
	r, err := x.get(e.Company.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Record{}, err
	}
	// An unconfirmed save cannot be tried again. A note about the key in use in the meantime is not a conflict.
	noted := r.Status == store.StatusActive && r.Fingerprint == e.InUse.String()
	if !noted || e.As != flow.SaveUnconfirmed {
		r.Generation = e.Generation
	}
	r.Status, r.Unconfirmed = store.StatusPending, e.As == flow.SaveUnconfirmed
	if e.As == flow.SaveActive {
		r.Status = store.StatusActive
	}
	r.Env, r.Origin = x.Setup.Environment(), x.Setup.Origin
	r.CompanyID, r.CompanyName = string(e.Company.ID), e.Company.Name.String()
	r.Key = e.Key
	return x.Store.Put(x.accepted(r, e.Scopes))
}

// accepted returns a record whose key Pleo has just accepted, for the integration whose permissions were allowed.
func (x Engine) accepted(r store.Record, scopes []pleoclient.Scope) store.Record {
	r.Scopes, r.Integration = scopeNames(scopes), integration.ForRecord(x.Setup.Integration)
	r.ValidatedAt, r.RejectedAt, r.Rejection = x.Now(), time.Time{}, ""
	return r
}

// restore takes back an unconfirmed save. The dropped key does not stay in the version before it either.
func (x Engine) restore(e flow.Restore) error {
	r, err := x.get(e.Company)
	switch {
	case errors.Is(err, store.ErrNotFound): // another wizard removed it
		return nil
	case err != nil:
		return err
	case !r.Unconfirmed || r.Generation != e.Generation:
		return &store.ConflictError{Have: r.Generation, Want: e.Generation}
	}
	before, ok := r.Confirmed()
	if !ok {
		return x.Store.Forget(r.Ref(), r.Generation)
	}
	before.Generation = r.Generation
	if r, err = x.Store.Put(before); err != nil {
		return err
	}
	_ = x.Store.Settle(r.Ref(), r.Generation) // as in verify
	return nil
}

var errNotSaved = errors.New("not saved")

func (x Engine) verify(e flow.Verify) error {
	r, err := x.get(e.Company)
	if err != nil {
		return err
	}
	switch {
	case r.FromPrevious:
		return errNotSaved
	case r.Status != store.StatusActive || !r.Key.Equal(e.Key): // ours was saved, so another process saved after it
		return &store.ConflictError{Have: r.Generation}
	}
	if e.Outdated { // nothing was to be saved, and Pleo has just accepted the key
		scopes := e.Scopes
		if len(scopes) == 0 {
			scopes = parseScopes(r.Scopes)
		}
		if r, err = x.Store.Put(x.accepted(r, scopes)); err != nil {
			return err
		}
	}
	_ = x.Store.Settle(r.Ref(), r.Generation) // the key is safe without it: the next save replaces the version before
	return nil
}

func (x Engine) short(path string) pleoclient.SafeText { return ShortPath(x.Home, path) }

// ShortPath returns a path for people: with ~ for the home directory, and without anything that cannot be drawn.
func ShortPath(home, path string) pleoclient.SafeText {
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "" {
		path = "~" + string(filepath.Separator) + rest
	}
	return pleoclient.SafePath(path)
}

// ConnectionOf returns the connection that the name of a record stands for.
func ConnectionOf(ref store.Ref) flow.Connection {
	id, _ := pleoclient.ParseCompanyID(ref.CompanyID) // the store knows no other
	return flow.Connection{Environment: ref.Env, Integration: ref.Integration, Company: id}
}

// CompanyOf returns the company of a record.
func CompanyOf(r store.Record) pleoclient.Company {
	id, _ := pleoclient.ParseCompanyID(r.CompanyID) // the store reads no other
	return pleoclient.Company{ID: id, Name: pleoclient.Safe(r.CompanyName)}
}
