package pleosim

import (
	"net/http"
	"strings"
)

const companiesPath = "/v1/companies"

func (s *Server) introspect(c call) reply {
	return success(map[string]any{"data": c.account.client()})
}

func (s *Server) getCompany(c call) reply {
	switch {
	case !c.account.has(companiesRead):
		return failure(http.StatusForbidden, "access denied")
	case strings.TrimPrefix(c.path, companiesPath+"/") != c.account.company.ID:
		return failure(http.StatusNotFound, "no such company")
	}
	return success(map[string]any{"data": c.account.company})
}

func (s *Server) listCompanies(c call) reply {
	if !c.account.has(companiesRead) {
		return failure(http.StatusForbidden, "access denied")
	}
	return success(map[string]any{
		"data": []company{c.account.company},
		"pagination": map[string]any{
			"currentRequestPagination": map[string]any{"parameters": map[string][]string{}},
			"hasNextPage":              false,
			"hasPreviousPage":          false,
			"total":                    1,
		},
	})
}
