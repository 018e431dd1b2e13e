package pleoclient

import (
	"context"
	"net/http"
)

const introspectPath = "/v1/introspect"

// Limits for what an answer lists. Pleo has some 20 scopes, and each is drawn, compared and stored.
const (
	maxScopes     = 1000
	maxScopeBytes = 64 << 10
)

// Introspect asks who a key is and what it may do. Pleo names no scope for this call.
//
// More than 1,000 scopes, or 64 KiB of them, are [KindUnexpected]. A missing subject leaves the Owner zero, a missing
// application name leaves Application empty. Pleo may answer with [KindForbidden] or [KindNotFound] to a key that still
// works: fall back to [Client.Installations].
//
// Source: https://developers.pleo.io/reference/external-clients/introspect-the-details-of-the-current-authentication
func (c *Client) Introspect(ctx context.Context, key Key) (Introspection, error) {
	r := request{method: http.MethodGet, path: introspectPath, key: key}
	return ask(ctx, c, r, parseIntrospection)
}

// clientJSON is "Client" in Pleo's contract.
type clientJSON struct {
	AuthMethod      string  `json:"authMethod"`
	ClientID        string  `json:"clientId"`
	Scope           *string `json:"scope"` // may be empty, must not be missing
	ApplicationName string  `json:"applicationName"`
	SubjectURN      string  `json:"subjectURN"`
}

func parseIntrospection(body []byte) (Introspection, error) {
	var answer struct {
		Data *clientJSON `json:"data"`
	}
	if err := decode(body, &answer); err != nil {
		return Introspection{}, err
	}
	d := answer.Data
	if d == nil || Safe(d.AuthMethod).IsZero() || d.ClientID == "" || d.Scope == nil {
		return Introspection{}, unexpected(ReasonClient)
	}
	owner, ok := parseOwner(d.SubjectURN)
	if !ok && d.SubjectURN != "" {
		return Introspection{}, unexpected(ReasonSubject)
	}
	var scopes []Scope
	if len(*d.Scope) <= maxScopeBytes {
		scopes = ParseScopes(*d.Scope)
	}
	if len(*d.Scope) > maxScopeBytes || len(scopes) > maxScopes {
		return Introspection{}, unexpected(ReasonManyScopes)
	}
	return Introspection{
		AuthMethod:  Safe(d.AuthMethod),
		Application: Safe(d.ApplicationName),
		Scopes:      scopes,
		Owner:       owner,
	}, nil
}
