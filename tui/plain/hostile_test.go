package plain

import (
	"strings"
	"testing"

	"pleo-connect/flow"
	"pleo-connect/flow/flowtest"
	"pleo-connect/flow/flowtest/termtest"
	"pleo-connect/pleoclient"
)

// TestHostileTexts puts every hostile text into every place of a transcript and of the receipt. Nothing but the text
// itself is another than with a harmless one.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	answers := []string{"allow", flowtest.Canary, "yes", "quit"}
	for place, put := range map[string]func(w *flowtest.World, text string){
		"company": func(w *flowtest.World, text string) { w.Name = text },
		"unfinished": func(w *flowtest.World, text string) {
			w.Unfinished = &flow.Unfinished{
				Company: pleoclient.Company{ID: flowtest.CompanyID, Name: pleoclient.Safe(text)},
				SavedAt: flowtest.SavedAt,
			}
		},
		"detail": func(w *flowtest.World, text string) {
			f := flow.Fault{Kind: pleoclient.KindLoginPage, Detail: pleoclient.Safe(text)}
			w.Faults["introspect"], w.Faults["find"] = f, f // both are asked at once
		},
		"scope": func(w *flowtest.World, text string) {
			w.Stored = flow.Stored{
				Generation: 1, Active: true,
				InUse: flow.InUse{Scopes: pleoclient.ParseScopes(strings.ReplaceAll(text, " ", "_"))[:1]},
			}
		},
		"other": func(w *flowtest.World, text string) {
			w.Others = []flow.Candidate{{CompanyName: pleoclient.Safe(text), Name: pleoclient.Safe("Contoso Ledger")}}
		},
		"warning": func(w *flowtest.World, text string) { w.Warning = text },
		"store":   func(w *flowtest.World, text string) { w.Place = text },
		"file":    func(w *flowtest.World, text string) { w.File = text },
	} {
		for _, h := range flowtest.Hostile {
			t.Run(place+"/"+h.Name, func(t *testing.T) {
				t.Parallel()
				const name = "Harbour"
				shown := pleoclient.Safe(h.Text).String()
				switch place {
				case "scope":
					shown = string(pleoclient.ParseScopes(strings.ReplaceAll(h.Text, " ", "_"))[0])
				case "store", "file":
					shown = pleoclient.SafePath(h.Text).String()
				}
				got, want := transcript(t, put, h.Text, answers), transcript(t, put, name, answers)
				termtest.CheckLines(t, got, false)
				if !strings.Contains(got, shown) {
					t.Errorf("the text is not shown:\n%s", got)
				}
				if got, want := strings.ReplaceAll(got, shown, name), want; got != want {
					t.Errorf("got:\n%s\nwith a harmless text:\n%s", got, want)
				}
			})
		}
	}
}

// transcript plays a run and adds its receipt.
func transcript(t *testing.T, put func(*flowtest.World, string), text string, answers []string) string {
	w := flowtest.Good()
	put(w, text)
	out, s := play(t, w, answers...)
	return out + s.Receipt().String()
}
