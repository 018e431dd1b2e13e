package pleoclient

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

const companiesPath = "/v1/companies/"

// Company is what the wizard shows of a Pleo company.
type Company struct {
	ID   CompanyID
	Name SafeText // empty when the key may not read it
}

// Company returns the name of a company. A key without companies:read gets [KindForbidden] or [KindNotFound]: in that
// case show only the id; the key is still good.
//
// Source: GET /v1/companies/{companyId} in Pleo's OpenAPI description
func (c *Client) Company(ctx context.Context, key Key, id CompanyID) (Company, error) {
	id, ok := ParseCompanyID(string(id))
	if !ok { // only a UUID may become part of a path
		return Company{}, &Error{Kind: KindBadRequest, Cause: Cause{Reason: ReasonCompanyID}}
	}
	r := request{method: http.MethodGet, path: companiesPath + string(id), key: key}
	return ask(ctx, c, r, func(body []byte) (Company, error) { return parseCompany(body, id) })
}

// parseCompany accepts the company that was asked for and no other.
func parseCompany(body []byte, asked CompanyID) (Company, error) {
	var answer struct {
		Data *struct {
			ID      string         `json:"id"`
			Name    *string        `json:"name"`
			Address jsontext.Value `json:"address"` // required, but not used
		} `json:"data"`
	}
	if err := decode(body, &answer); err != nil {
		return Company{}, err
	}
	switch {
	case answer.Data == nil || answer.Data.Name == nil:
		return Company{}, unexpected(ReasonCompany)
	case answer.Data.Address.Kind() != '{':
		return Company{}, unexpected(ReasonAddress)
	}
	id, ok := ParseCompanyID(answer.Data.ID)
	if !ok || id != asked {
		return Company{}, unexpected(ReasonOtherCompany)
	}
	return Company{ID: id, Name: Safe(*answer.Data.Name)}, nil
}
