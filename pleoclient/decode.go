package pleoclient

import (
	"context"
	"errors"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
)

// ask sends r and parses the body of a success, which may be blank.
func ask[T any](ctx context.Context, c *Client, r request, parse func([]byte) (T, error)) (T, error) {
	var none T
	res, err := c.send(ctx, r)
	if err != nil {
		return none, err
	}
	out, err := parse(res.body)
	if err != nil {
		return none, withCall(err, r, res.status)
	}
	return out, nil
}

// maxDepth is how deep an answer may nest, including members that are ignored. Pleo's documented answers need 4, and
// metadata is up to the integration; the decoder alone would allow 10,000 levels.
const maxDepth = 32

// decode reads exactly one JSON value with exact-case names and no duplicates, at most maxDepth levels deep. Unknown
// members are ignored.
//
// The decoder's own error is not returned, because it quotes the answer.
func decode(body []byte, out any) error {
	if !isShallow(body) {
		return unexpected(ReasonDepth)
	}
	if err := jsonv2.Unmarshal(body, out); err != nil {
		return unexpected(ReasonOtherJSON)
	}
	return nil
}

// isShallow counts brackets outside strings. A body that is not JSON may pass, because the decoder refuses it.
func isShallow(body []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++ // the character after it does not end the string
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return false
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return true
}

func unexpected(why Reason) *Error { return &Error{Kind: KindUnexpected, Cause: Cause{Reason: why}} }

// withCall adds the call and the status to an error of this package.
func withCall(err error, r request, status int) error {
	var e *Error
	if errors.As(err, &e) {
		e.Op, e.Status = r.op(), status
	}
	return err
}

// parseOwner reads "urn:pleo:company:<uuid>" in any letter case. Pleo does not document how organisations are spelled,
// so every type that holds "organi" counts as one.
func parseOwner(urn string) (Owner, bool) {
	parts := strings.Split(strings.ToLower(urn), ":")
	if len(parts) != 4 || parts[0] != "urn" || parts[1] != "pleo" {
		return Owner{}, false
	}
	if strings.Contains(parts[2], "organi") {
		return Owner{Organisation: true}, true
	}
	id, ok := ParseCompanyID(parts[3])
	if !ok || parts[2] != "company" {
		return Owner{}, false
	}
	return Owner{Company: id}, true
}
