package pleoclient_test

import (
	"testing"

	"pleo-connect/pleoclient"
)

// checkParse holds the promise of every parser: a whole answer or an error of kind unexpected, never half an answer.
func checkParse(t *testing.T, err error) {
	t.Helper()
	if err != nil && pleoclient.KindOf(err) != pleoclient.KindUnexpected {
		t.Errorf("got %v, want kind %q", err, pleoclient.KindUnexpected)
	}
}

func checkUUID(t *testing.T, id string) {
	t.Helper()
	if parsed, ok := pleoclient.ParseCompanyID(id); !ok || string(parsed) != id {
		t.Errorf("%q is not a lower-case UUID", id)
	}
}

func checkOwner(t *testing.T, owner pleoclient.Owner) {
	t.Helper()
	if owner.Company != "" {
		checkUUID(t, string(owner.Company))
	}
	if owner.Organisation && owner.Company != "" {
		t.Errorf("%+v is two things at once", owner)
	}
}

func FuzzIntrospection(f *testing.F) {
	for _, seed := range []string{
		goodClient, `{"data":{"authMethod":"NONE","clientId":"x","scope":""}}`, `{"data":null}`, `null`, `[]`, ``,
		`{"data":{"authMethod":"API_KEY","clientId":"x","scope":"a  b\ta","subjectURN":"URN:PLEO:ORGANIZATION:x"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := pleoclient.ParseIntrospection(body)
		checkParse(t, err)
		checkOwner(t, got.Owner)
		if err != nil && (got.Scopes != nil || got.Owner != (pleoclient.Owner{}) || !got.AuthMethod.IsZero()) {
			t.Errorf("half an answer: %+v, %v", got, err)
		}
		for _, scope := range got.Scopes {
			if !pleoclient.IsSafe(string(scope)) {
				t.Errorf("scope %q is not clean", scope)
			}
		}
	})
}

func FuzzInstallation(f *testing.F) {
	for _, seed := range []string{
		goodInstallation, "[" + goodInstallation + "]", `{"data":` + goodInstallation + `}`, `{"data":[` + goodInstallation + `]}`,
		``, `null`, `{}`, `[]`, `{"data":null}`, `{"data":[]}`, `{"id":null,"data":{}}`, `[null]`, `{"data":{"data":{}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := pleoclient.ParseInstallations(body)
		checkParse(t, err)
		if err != nil && all != nil {
			t.Errorf("half an answer: %+v, %v", all, err)
		}
		for _, got := range all {
			checkOwner(t, got.Owner)
			checkUUID(t, got.ID)
			if got.Owner == (pleoclient.Owner{}) || got.Status.IsZero() {
				t.Errorf("half an installation: %+v", got)
			}
		}
		if one, err := pleoclient.ParseWritten(body); one.Exists() && (err != nil || len(all) != 1) {
			t.Errorf("%+v was picked from %d", one, len(all))
		}
	})
}

func FuzzCompany(f *testing.F) {
	for _, seed := range []string{
		goodCompany, `{"data":{"id":"4B0C7F1E-52D8-4C39-8E6A-1F7D90B3A2C5","name":""}}`,
		`{"data":{"id":null,"name":"x"}}`, `null`, `{}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := pleoclient.ParseCompany(body, harbourLane)
		checkParse(t, err)
		if (err == nil) != (got.ID == harbourLane) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}
