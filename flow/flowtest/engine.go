package flowtest

import (
	"strings"

	"pleo-connect/flow"
)

// InEngine returns the book of a run whose key store is in OpenBao.
func InEngine() *flow.Book {
	book := flow.English
	book.Engine = flow.KeyEngine{Name: "OpenBao"}
	return &book
}

// EngineFaults are the situations in which the engine that keeps the keys does not take one.
func EngineFaults() []Situation {
	const (
		origin = "https://bao.contoso.example:8200"
		entry  = "secret/data/pleo/prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
		path   = "secret/pleo/prod-dynamics-365-finance-4b0c7f1e-52d8-4c39-8e6a-1f7d90b3a2c5"
		token  = "/run/openbao-agent/token"
	)
	at := flow.Values{Origin: origin}
	because := func(reason string) flow.Values { return flow.Values{Origin: origin, Reason: reason} }
	may := func(capability string) flow.Values { return flow.Values{Name: entry, Capability: capability} }
	return []Situation{
		kept(flow.KindEngineDown+"/refused", at),
		kept(flow.KindEngineDown+"/dns", at),
		kept(flow.KindEngineDown+"/timeout", at),
		kept(flow.KindEngineDown+"/cut", because("connection reset by peer")),
		kept(flow.KindEngineDown+"/other", because("network is unreachable")),
		kept(flow.KindEngineTLS+"/issuer", because("issued by Contoso Internal CA")),
		kept(flow.KindEngineTLS+"/name", because("bao-1.contoso.example")),
		kept(flow.KindEngineTLS+"/dates", because("expired on 2 January 2031")),
		kept(flow.KindEngineTLS+"/other", because("protocol version not supported")),
		kept(flow.KindEngineUnexpected, because("HTTP 302")),
		kept(flow.KindEngineSealed, at),
		kept(flow.KindEngineUninitialised, at),
		kept(flow.KindEngineStandby, at),
		kept(flow.KindEngineToken+"/missing", at),
		kept(flow.KindEngineToken+"/invalid", at),
		kept(flow.KindEngineToken+"/file", flow.Values{Path: token, Reason: "input/output error"}),
		kept(flow.KindEngineToken+"/unsafe", flow.Values{Path: token}),
		kept(flow.KindEngineDenied+"/read", may("read")),
		kept(flow.KindEngineDenied+"/write", may("create")),
		kept(flow.KindEngineDenied+"/list", may("list")),
		kept(flow.KindEngineDenied+"/destroy", may("update")),
		kept(flow.KindEngineMount+"/missing", flow.Values{Name: "secret"}),
		kept(flow.KindEngineMount+"/v1", flow.Values{Name: "secret"}),
		kept(flow.KindEngineMount+"/other", flow.Values{Name: "transit", Reason: "transit"}),
		kept(flow.KindEngineNamespace, flow.Values{Name: "finance"}),
		kept(flow.KindEngineNamespace+"/ignored", flow.Values{Name: "finance"}),
		kept(flow.KindEngineQuota+"/rate", at),
		kept(flow.KindEngineQuota+"/lease", at),
		kept(flow.KindEngineQuota+"/size", because("HTTP 413")),
		kept(flow.KindEngineTrouble, because("HTTP 500")),
		kept(flow.KindEngineUncertain, because("HTTP 502")),
		kept(flow.KindEngineEntry+"/foreign", flow.Values{Name: entry}),
		kept(flow.KindEngineEntry+"/newer", flow.Values{Name: entry}),
		kept(flow.KindStoreDamaged+"/entry", flow.Values{Path: path, Paths: path}),
		kept(flow.KindStoreDamaged+"/entry_identity", flow.Values{Path: path, Paths: path}),
		kept(flow.KindStoreOtherRecord+"/entry", flow.Values{Path: path, Paths: path}),
	}
}

// kept returns a situation in which the engine that keeps the keys does not take the one in hand.
func kept(row flow.Kind, v flow.Values) Situation {
	s := stored(row, v)
	_, special, found := strings.Cut(string(row), "/")
	if found {
		s.Name += ", " + special
	}
	s.Setup.Words = InEngine()
	return s
}
