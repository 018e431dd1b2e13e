package flow

import "maps"

// KeyRules are the names of the rules about the key, for the golden file of the book.
var KeyRules = map[string][]KeyLine{
	"none":      {KeyUnsaid},
	"not sent":  {KeyNotSent},
	"discarded": {KeyDiscarded},
	"kept":      {KeyNotOverwritten},
	"judged":    {KeyUnusable, KeyNotSaved, KeyOldStays, KeySavedStays},
	"open": {KeyUnused, KeyNothingHere, KeyNotRejected, KeySaved, KeyLost, KeyMaybeSaved,
		KeyAsked},
}

var keyRuleNames = [...]string{
	keyNone: "none", keyNotSent: "not sent", keyDiscarded: "discarded", keyNotOverwritten: "kept", keyJudged: "judged",
	keyOpen: "open",
}

// Rule is what a kind means, for tests of the book.
type Rule struct {
	Class   Class
	Key     string // in KeyRules
	Actions []Action
	Line    string
}

// RuleOf returns the rule of a kind.
func RuleOf(k Kind) Rule {
	r := ruleOf(k)
	return Rule{r.class, keyRuleNames[r.key], Problem{Fault: Fault{Kind: baseOf(k)}, From: StepCheck}.actions(), r.line}
}

// BaseOf returns the kind of a row.
func BaseOf(row Kind) Kind { return baseOf(row) }

// ValuesIn returns what the names in the words for a problem stand for.
func (p Problem) ValuesIn(s State) Values { return p.values(s, p.words(s)) }

// RowIn returns the row of the book that has the words for a problem.
func (p Problem) RowIn(s State) Kind {
	for _, row := range []Kind{p.Row, p.row(s)} {
		if _, ok := s.Book().Problems.Find(row); ok && row != "" {
			return row
		}
	}
	return p.Kind
}

// FieldNames returns the names that a text may use.
func FieldNames() []string {
	var out []string
	for name := range maps.Keys(fields.All()) {
		out = append(out, name)
	}
	return out
}

// Field returns the value of a name.
func Field(v Values, name string) string { return fields.Get(name)(&v) }
