package pleoclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const installationPath = "/v1/installations/me"

// Installations returns where our integration is installed, as the key sees it: usually at one company, which
// [Installations.Of] picks. If nothing is installed, the list is empty and the error is nil; so it is for a 404 with an
// empty body or an object. A 404 with another body is [KindNotFound], and proves nothing.
//
// Source: https://developers.pleo.io/reference/installations (get a client installation)
func (c *Client) Installations(ctx context.Context, key Key) (Installations, error) {
	r := request{method: http.MethodGet, path: installationPath, key: key}
	installed, err := ask(ctx, c, r, parseInstallations)
	var e *Error
	if errors.As(err, &e) && e.Kind == KindNotFound && !e.otherBody {
		return nil, nil
	}
	return installed, err
}

// CreateInstallation installs the integration with a status, usually [StatusActivated]. Pleo may answer without a body:
// then it returns the zero Installation, and the caller reads the state with [Client.Installations].
//
// After an error that leaves the outcome open, such as [KindTimeout] or [KindPleoTrouble], read the state before asking
// a second time. [KindBadRequest] may mean that one exists already.
//
// Source: https://developers.pleo.io/reference/installations (create a client installation)
func (c *Client) CreateInstallation(ctx context.Context, key Key, status string) (Installation, error) {
	return c.writeInstallation(ctx, http.MethodPost, key, installationBody{Status: status})
}

// UpdateInstallation sets the status of an existing installation. Give it the Metadata that [Client.Installations]
// showed: a non-empty object is sent back unchanged, anything else is left out. As with CreateInstallation, the
// answer may be empty.
//
// Source: https://developers.pleo.io/reference/installations (update a client installation)
func (c *Client) UpdateInstallation(
	ctx context.Context, key Key, status string, metadata json.RawMessage,
) (Installation, error) {
	body := installationBody{Status: status}
	if isNonEmptyObject(metadata) {
		body.Metadata = jsontext.Value(metadata)
	}
	return c.writeInstallation(ctx, http.MethodPut, key, body)
}

// DeleteInstallation removes the installation, and reports whether there was one. A 404, which means none, is not
// proof: gateways also send it, so ask what is installed before anything depends on it. The key itself stays in Pleo
// until it is deleted there. [KindPleoTrouble] without a reason means that it was not removed. After [KindTimeout],
// [KindOffline], [KindCanceled], and an answer that is not Pleo's or cannot be understood, the outcome is open; another
// call settles it.
//
// Source: DELETE /v1/installations/me in Pleo's OpenAPI description
func (c *Client) DeleteInstallation(ctx context.Context, key Key) (existed bool, err error) {
	r := request{method: http.MethodDelete, path: installationPath, key: key}
	_, err = ask(ctx, c, r, parseInstallations) // the body of a success has to be Pleo's
	if KindOf(err) == KindNotFound {
		return false, nil
	}
	return err == nil, err
}

// installationBody is what POST and PUT take.
type installationBody struct {
	Status   string         `json:"status"`
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

func (c *Client) writeInstallation(ctx context.Context, method string, key Key,
	b installationBody) (Installation, error) {
	body, err := jsonv2.Marshal(b, jsontext.PreserveRawStrings(true))
	if err != nil {
		return Installation{}, &Error{Kind: KindBadRequest, Cause: Cause{Reason: ReasonInvalidStatus}}
	}
	r := request{method: method, path: installationPath, key: key, body: body}
	return ask(ctx, c, r, parseWritten)
}

func isNonEmptyObject(metadata json.RawMessage) bool {
	var members map[string]jsontext.Value
	return jsonv2.Unmarshal(metadata, &members) == nil && len(members) > 0
}

// installationJSON is "Installation" in Pleo's contract. Required members must be there, even if they are not used.
type installationJSON struct {
	ID            string         `json:"id"`
	ApplicationID string         `json:"applicationId"`
	Resource      string         `json:"resource"`
	Status        string         `json:"status"`
	ErrorCode     string         `json:"errorCode"`
	Metadata      jsontext.Value `json:"metadata"`
	CreatedAt     jsontext.Value `json:"createdAt"` // required, but not used
	UpdatedAt     jsontext.Value `json:"updatedAt"`
}

// parseInstallations reads every form that an answer about installations may take: Pleo documents a bare object and
// does not say what "none" looks like.
func parseInstallations(body []byte) (Installations, error) {
	value, err := unwrap(body)
	if err != nil || value == nil {
		return nil, err
	}
	entries := []jsontext.Value{value}
	if value.Kind() == '[' {
		if err := decode(value, &entries); err != nil {
			return nil, err
		}
	}
	var out Installations
	for _, entry := range entries {
		one, err := parseInstallation(entry)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// parseWritten reads the answer to POST and PUT, which is about one installation or blank.
func parseWritten(body []byte) (Installation, error) {
	installed, err := parseInstallations(body)
	switch {
	case err != nil || len(installed) == 0:
		return Installation{}, err
	case len(installed) > 1:
		return Installation{}, unexpected(ReasonSeveral) // never guess which one was meant
	}
	return installed[0], nil
}

// unwrap returns the object or list inside {"data": …}, the body itself when there is no such wrapping,
// and nil for nothing.
func unwrap(body []byte) (jsontext.Value, error) {
	value := jsontext.Value(bytes.TrimSpace(body))
	if value.Kind() == '{' {
		var wrapper struct {
			ID   jsontext.Value `json:"id"`
			Data jsontext.Value `json:"data"`
		}
		if err := decode(value, &wrapper); err != nil {
			return nil, err
		}
		if wrapper.ID == nil && wrapper.Data != nil {
			value = wrapper.Data
		}
	}
	if len(value) == 0 || value.Kind() == 'n' || isEmptyObject(value) {
		return nil, nil
	}
	return value, nil
}

func isEmptyObject(value jsontext.Value) bool {
	var members map[string]jsontext.Value
	return value.Kind() == '{' && jsonv2.Unmarshal(value, &members) == nil && len(members) == 0
}

func parseInstallation(value jsontext.Value) (Installation, error) {
	var in *installationJSON
	if err := decode(value, &in); err != nil {
		return Installation{}, err
	}
	if in == nil {
		return Installation{}, unexpected(ReasonNull)
	}
	id, idOK := ParseInstallationID(in.ID)
	_, applicationOK := parseUUID(in.ApplicationID)
	owner, ownerOK := parseOwner(in.Resource)
	switch {
	case !idOK || !applicationOK:
		return Installation{}, unexpected(ReasonInstallation)
	case !ownerOK:
		return Installation{}, unexpected(ReasonResource)
	case Safe(in.Status).IsZero():
		return Installation{}, unexpected(ReasonNoStatus)
	case in.Metadata.Kind() != '{':
		return Installation{}, unexpected(ReasonMetadata)
	case in.CreatedAt == nil || in.UpdatedAt == nil:
		return Installation{}, unexpected(ReasonTimes)
	}
	return Installation{
		ID: id, Owner: owner, Status: Safe(in.Status), ErrorCode: Safe(in.ErrorCode),
		Metadata: json.RawMessage(in.Metadata),
	}, nil
}
