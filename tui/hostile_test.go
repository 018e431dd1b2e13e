package tui

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/ansi"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/termtest"
	"pleo-connect/pleoclient"
)

// places are where an interface shows a text from outside.
var places = map[string]func(t testing.TB, text string) *face{
	"company, confirm": func(t testing.TB, text string) *face {
		return at(t, finance(), named(text), checked...).fresh()
	},
	"company, done": func(t testing.TB, text string) *face { return at(t, finance(), named(text), done...).fresh() },
	"company, unfinished": func(t testing.TB, text string) *face {
		w := named(text)
		unfinished(w)
		return at(t, finance(), w)
	},
	"company, reconnect": func(t testing.TB, text string) *face {
		setup := finance()
		company := pleoclient.Company{ID: companyID, Name: pleoclient.Safe(text)}
		setup.Reconnect = &flow.Reconnect{Company: company, Fingerprint: pleoclient.Safe("SHA256:00000000")}
		return at(t, setup, goodWorld())
	},
	"company, other": func(t testing.TB, text string) *face {
		return at(t, finance(), with(func(w *world) {
			w.Others = []flow.Candidate{{CompanyName: pleoclient.Safe(text), Name: pleoclient.Safe("Contoso Ledger")}}
		}))
	},
	"other integration": func(t testing.TB, text string) *face {
		return at(t, finance(), with(func(w *world) {
			flowtest.Known(w)
			w.Others[0].Name = pleoclient.Safe(text)
		}), checked...).fresh()
	},
	"authMethod": func(t testing.TB, text string) *face {
		return withDetail(t, "introspect", flow.KindNotAPIKey, text)
	},
	"application": func(t testing.TB, text string) *face {
		return withDetail(t, "introspect", flow.KindOtherApplication, text)
	},
	"redirect": func(t testing.TB, text string) *face {
		return withDetail(t, "find", pleoclient.KindLoginPage, text)
	},
	"answer of a proxy": func(t testing.TB, text string) *face {
		return withDetail(t, "find", pleoclient.KindProxy, text)
	},
	"issuer": func(t testing.TB, text string) *face {
		return withDetail(t, "find", pleoclient.KindTLSIssue, text)
	},
	"fault of the store": func(t testing.TB, text string) *face {
		fault := flow.NewFault(flow.KindStoreNotWritable+"/other", flow.Values{
			Path: "/srv/keys", Reason: pleoclient.Safe(text).String(),
		})
		return at(t, finance(), with(func(w *world) { w.Faults["save"] = fault }), done...)
	},
	"scopes": func(t testing.TB, text string) *face {
		stored := flow.Stored{Generation: 1, Active: true, InUse: flow.InUse{Scopes: pleoclient.ParseScopes(text)}}
		return at(t, finance(), with(func(w *world) { w.Stored = stored }), checked...)
	},
	"store": func(t testing.TB, text string) *face {
		return at(t, finance(), with(func(w *world) { w.Place = text }))
	},
	"file": func(t testing.TB, text string) *face {
		return at(t, finance(), with(func(w *world) { w.File = text }), done...).fresh()
	},
	"warning": func(t testing.TB, text string) *face {
		return at(t, finance(), with(func(w *world) { w.Warning = text }))
	},
	"network": func(t testing.TB, text string) *face {
		setup := finance()
		setup.Network.Proxy = pleoclient.Safe(text)
		return at(t, setup, goodWorld(), checked...).fresh()
	},
	"proxy, review": func(t testing.TB, text string) *face {
		setup := finance()
		setup.Network.Proxy = pleoclient.Safe(text)
		return at(t, setup, goodWorld())
	},
	"certificates, review": func(t testing.TB, text string) *face {
		setup := finance()
		setup.Network.Roots = []flow.Roots{{Setting: flow.SSLCertFile, From: pleoclient.Safe(text)}}
		return at(t, setup, goodWorld())
	},
	"account": func(t testing.TB, text string) *face {
		setup := finance()
		setup.Reader = pleoclient.Safe(text)
		return at(t, setup, goodWorld(), done...).fresh()
	},
}

func named(text string) *world { return with(func(w *world) { w.Name = text }) }

func withDetail(t testing.TB, effect string, kind flow.Kind, text string) *face {
	return at(t, finance(), failing(effect, kind, text), done...)
}

// fitting makes of a hostile text what can be in a place, and how that is cleaned there.
func fitting(place, text string) (string, pleoclient.SafeText) {
	switch place {
	case "store", "file": // no longer than paths are
		runes := []rune(text)
		path := "~/" + string(runes[:min(40, len(runes))])
		return path, pleoclient.SafePath(path)
	case "scopes": // one of them, so that the words of a substitute cannot be the same
		word := strings.Join(strings.Fields(text), "_")
		return word, pleoclient.Safe(word)
	}
	return text, pleoclient.Safe(text)
}

// TestHostileTexts draws every hostile text in every place: no cell beside its own is another, and the
// terminal is as it was.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for place, make := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			for _, h := range flowtest.Hostile {
				t.Run(h.Name, func(t *testing.T) {
					text, shown := fitting(place, h.Text)
					got, want := make(t, text), make(t, flowtest.StandIn(shown))
					seen := false
					for _, size := range sizes[:2] {
						if size[0] < 80 && !strings.HasPrefix(place, "company") {
							continue
						}
						got, want = got.size(size[0], size[1]), want.size(size[0], size[1])
						termtest.CheckLines(t, got.View().Content, true)
						seen = termtest.Check(t, onTerminal(got), onTerminal(want)) || seen
					}
					if !seen {
						t.Errorf("the text is not in sight:\n%s", got.text())
					}
				})
			}
		})
	}
}

// onTerminal draws a frame on a terminal on which something else was.
func onTerminal(f *face) termtest.Screen {
	frame := strings.ReplaceAll(f.View().Content, "\n", "\r\n")
	return termtest.After(f.look.width, f.look.height, ansi.CursorHomePosition+frame)
}

// TestHostileNameByProgram looks at what a terminal gets from the whole program, its renderer included, from the first
// screen to the end: the name is on two screens, and the receipt is not yet printed.
func TestHostileNameByProgram(t *testing.T) {
	t.Parallel()
	for _, h := range flowtest.Hostile {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			got, want := outputs(t, h.Text), outputs(t, flowtest.StandIn(pleoclient.Safe(h.Text)))
			for i, when := range []string{"confirm", "done", "over"} {
				seen := termtest.Check(t, termtest.After(80, 24, got[i]), termtest.After(80, 24, want[i]))
				if seen == (when == "over") {
					t.Errorf("%s: the name in sight: %v", when, seen)
				}
			}
		})
	}
}

// outputs returns all that a program has written when the company is to be confirmed, at the end, and after it.
func outputs(t *testing.T, name string) (out []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, named(name).Do)
		for _, keys := range []string{enter, pastedOnTTY, enter, "q"} {
			r.settle()
			r.send(keys)
			out = append(out, strings.ReplaceAll(r.out.String(), "\n", "\r\n")) // as a terminal does
		}
		if !r.ended() || !r.state.Outcome.Active {
			t.Errorf("ended %v at %s", r.ended(), r.state.Step)
		}
	})
	return out[1:]
}
