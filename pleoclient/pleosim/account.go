package pleosim

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"pleo-connect/pleoclient"
)

// account says who a key belongs to and what it may do. Keys of one company and application share an installation, as
// in Pleo.
type account struct {
	key          string // its name, for the log
	fingerprint  string
	application  string
	scopes       []pleoclient.Scope
	company      company
	organisation string // UUID; empty unless the key belongs to an organisation
}

// company is "Company" in Pleo's contract.
type company struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Address address `json:"address"`
}

type address struct {
	Locality string `json:"locality"`
	Country  string `json:"country"`
}

// newAccounts returns the accounts of all integrations by the text of their keys. Keys that Pleo does not know, such as
// the revoked ones, have an empty account with only their name.
func newAccounts(integrations []Integration) map[string]account {
	accounts := map[string]account{}
	other := unusedApplication(integrations)
	for _, i := range integrations {
		for text, a := range i.accounts(other) {
			a.key, a.fingerprint = i.keyName(a.key), fingerprint(text)
			accounts[text] = a
		}
	}
	return accounts
}

// accounts returns the accounts of one integration, named by the roles of their keys. The companies are the same for
// every integration.
func (i Integration) accounts(otherApplication string) map[string]account {
	keys, all := newKeys(i), i.scopes()
	bakery := newCompany("4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5", "Harbour Lane Bakery ApS", "Aarhus", "DK")
	return map[string]account{
		keys.Good:        {key: "good", application: i.Application, scopes: all, company: bakery},
		keys.Replacement: {key: "replacement", application: i.Application, scopes: all, company: bakery},
		keys.FewerScopes: {
			key: "fewer_scopes", application: i.Application, scopes: i.fewerScopes(), company: bakery,
		},
		keys.MoreScopes: {key: "more_scopes", application: i.Application, scopes: i.moreScopes(), company: bakery},
		keys.OtherCompany: {
			key: "other_company", application: i.Application, scopes: all,
			company: newCompany("9d2f6a10-7c3e-4b58-a1d4-0e5f8c6b7a93", "Klitgaard Cykler ApS", "Esbjerg", "DK"),
		},
		keys.MissingScopes: {
			key: "missing_scopes", application: i.Application, scopes: i.missingScopes(),
			company: newCompany("8d1e6a42-0f3b-4957-b6c8-25e9f07a4d13", "Smørblomst Catering ApS", "Odense", "DK"),
		},
		keys.OtherApplication: {
			key: "other_application", application: otherApplication, scopes: all,
			company: newCompany("c2f7950b-6e84-4d1a-93b5-7a08d4e61f29", "Fjordlys Belysning AS", "Bergen", "NO"),
		},
		keys.Organisation: {
			key: "organisation", application: i.Application, scopes: all,
			company:      newCompany("1a64e8d7-b935-4f02-8c7e-d35f90b218a6", "Nordvind Gruppen A/S", "Aalborg", "DK"),
			organisation: organisationID,
		},
		keys.NoCompanyScope: {
			key: "no_company_scope", application: i.Application, scopes: without(all, companiesRead),
			company: newCompany("5f98b2c0-7d16-4ea3-b048-e61c3d5a97f4", "Björkholm Snickeri AB", "Uppsala", "SE"),
		},
		keys.Staging: {key: "staging"},
		keys.Revoked: {key: "revoked"},
	}
}

func newCompany(id, name, locality, country string) company {
	return company{ID: id, Name: name, Address: address{Locality: locality, Country: country}}
}

// valid reports whether Pleo knows the key.
func (a account) valid() bool { return a.company.ID != "" }

func (a account) has(scope pleoclient.Scope) bool { return slices.ContainsFunc(a.scopes, scope.Same) }

// owner returns the owner of the installation that the key may see and change.
func (a account) owner() owner { return owner{a.company.ID, a.application} }

// urn returns the subject of the key.
func (a account) urn() string {
	if a.organisation != "" {
		return "urn:pleo:organisation:" + a.organisation
	}
	return "urn:pleo:company:" + a.company.ID
}

// client returns the "data" of an introspect answer.
func (a account) client() map[string]string {
	var scopes []string
	for _, s := range a.scopes {
		scopes = append(scopes, string(s))
	}
	return map[string]string{
		"authMethod":      "API_KEY",
		"clientId":        uuidFrom("client", a.company.ID, a.application),
		"scope":           strings.Join(scopes, " "),
		"applicationName": a.application,
		"subjectURN":      a.urn(),
	}
}

// uuidFrom returns an invented UUID that is the same in every run.
func uuidFrom(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8 (own scheme), variant of RFC 9562
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
