package pleoclient_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

const (
	proxyName     = "clerk"
	proxyPassword = "pr0xy-Pa55:w%rd"
)

// proxied sends the client to Pleo's name through a proxy whose connections go to handle. Only the proxy knows the
// name.
func proxied(s *scene, scheme string, login *url.Userinfo, handle func(*peer), opts ...pleoclient.Option) world {
	s.secrets = []string{proxyPassword, "pr0xy-Pa55", basicOf(proxyName + ":" + proxyPassword)}
	proxy := &url.URL{Scheme: scheme, Host: s.listen(false, handle), User: login}
	return world{"https://" + farName, append([]pleoclient.Option{unlimited, through(proxy)}, opts...)}
}

func login() *url.Userinfo { return url.UserPassword(proxyName, proxyPassword) }

// connect is a proxy that answers every CONNECT with text and then continues with more.
func connect(name, text string, more func(*peer), want pleoclient.Kind, opts ...pleoclient.Option) evil {
	return evil{name: "proxy: " + name, want: want, make: func(s *scene) world {
		text := strings.ReplaceAll(text, "QUIET", s.quiet())
		return proxied(s, "http", login(), func(w *peer) {
			if s.connects(w) && w.say(text) {
				more(w)
			}
		}, opts...)
	}}
}

// connects reads a CONNECT and looks at it: it may hold the login of the proxy and our name, and nothing else.
func (s *scene) connects(w *peer) bool {
	req, heard := w.hear()
	if !heard {
		return false
	}
	for name := range req.Header {
		if name != "User-Agent" && name != "Proxy-Authorization" {
			s.t.Errorf("CONNECT has the header %s", name)
		}
	}
	if req.Method != "CONNECT" || req.RequestURI != farName+":443" || req.UserAgent() != evilAgent {
		s.t.Errorf("the proxy was asked %s %s by %s", req.Method, req.RequestURI, req.UserAgent())
	}
	return true
}

// tunnelTo joins a connection with target, until one side ends.
func tunnelTo(target string) func(*peer) {
	return func(w *peer) {
		tunnel(w, w.r, target)
		_ = w.tcp.Close()
	}
}

// office is a TLS server of an issuer with Pleo's name, for the far end of tunnels.
func office(s *scene, root authority, handle func(*peer)) (address string) {
	return s.listen(true, s.overTLS(&tls.Config{Certificates: []tls.Certificate{root.issue(s.t, forFarName)}}, handle))
}

// goodAnswer is Pleo behind a tunnel.
var goodAnswer = says(fine("application/json", goodClient))

// checksLogin opens the tunnel for the right login.
func checksLogin(s *scene, target string) func(*peer) {
	return func(w *peer) {
		req, heard := w.hear()
		if !heard || req.Header.Get("Proxy-Authorization") != "Basic "+basicOf(proxyName+":"+proxyPassword) {
			w.say("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"office\"\r\n\r\n")
			return
		}
		w.say("HTTP/1.1 200 Connection established\r\n\r\n")
		tunnelTo(target)(w)
	}
}

// withoutLogin is connect for a client that has none.
func withoutLogin(name, text string) evil {
	return evil{name: "proxy: " + name, want: pleoclient.KindProxyLogin, make: func(s *scene) world {
		return proxied(s, "http", nil, func(w *peer) {
			if s.connects(w) {
				w.say(text)
			}
		})
	}}
}

const (
	established   = "HTTP/1.1 200 Connection established\r\n\r\n"
	loginRequired = "HTTP/1.1 407 Proxy Authentication Required\r\n"
)

var evilProxies = []evil{
	withoutLogin("407 Basic without a login", loginRequired+"Proxy-Authenticate: Basic realm=\"office\"\r\n\r\n"),
	withoutLogin("407 Negotiate without a login",
		loginRequired+"Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n"),
	withoutLogin("407 without a word", loginRequired+"\r\n"),
	connect("407 Negotiate", loginRequired+"Proxy-Authenticate: Negotiate\r\n\r\n", silence, pleoclient.KindProxyLogin),
	connect("407 wrong login", loginRequired+"Proxy-Authenticate: basic realm=\"office\"\r\n\r\n", silence,
		pleoclient.KindProxyLogin),
	connect("407 hostile scheme", loginRequired+"Proxy-Authenticate: \x1b[2J\u202e x\r\n\r\n", silence,
		pleoclient.KindProxy),
	connect("403", "HTTP/1.1 403 Forbidden\r\n\r\n", silence, pleoclient.KindProxy),
	connect("login sent back", "HTTP/1.1 403 no "+proxyPassword+" "+basicOf(proxyName+":"+proxyPassword)+"\r\n\r\n",
		silence, pleoclient.KindProxy),
	connect("502 with a page", "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>", silence,
		pleoclient.KindProxy),
	connect("201", "HTTP/1.1 201 Created\r\n\r\n", silence, pleoclient.KindProxy),
	connect("100 and silence", "HTTP/1.1 100 Continue\r\n\r\n", silence, pleoclient.KindProxy),
	connect("redirect", "HTTP/1.1 302 Found\r\nLocation: https://QUIET/\r\n\r\n", silence, pleoclient.KindProxy),
	connect("page in place of the tunnel", established, func(w *peer) {
		_, _ = w.r.Peek(1) // the client continues with TLS
		w.say("<html>Sign in</html>")
	}, pleoclient.KindProxy),
	connect("page with its length", fine("text/html", "<html>Sign in</html>"), hangUp, pleoclient.KindProxy),
	connect("page, and silence", fine("text/html", "<html>Sign in</html>"), silence, pleoclient.KindProxy, shortTLS),
	connect("page in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n0\r\n\r\n", hangUp,
		pleoclient.KindProxy),
	connect("page in the same breath", established+"<html>Sign in</html>", hangUp, pleoclient.KindProxy),
	connect("page in the same breath, and silence", established+"<html>", silence, pleoclient.KindProxy, shortTLS),
	connect("page that drips", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", dripping("<"), pleoclient.KindProxy,
		shortTLS),
	{name: "proxy: tunnel with the headers of a page", kept: true, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		target := office(s, root, goodAnswer)
		return proxied(s, "http", login(), func(w *peer) {
			if s.connects(w) && w.say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n") {
				tunnelTo(target)(w)
			}
		}, pleoclient.CAFile(root.file))
	}},
	{name: "proxy: headers of a page, and Pleo's answer is cut", want: pleoclient.KindOffline, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		target := office(s, root, once("", hangUp))
		return proxied(s, "http", login(), func(w *peer) {
			if s.connects(w) && w.say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") {
				tunnelTo(target)(w)
			}
		}, pleoclient.CAFile(root.file))
	}},
	{name: "proxy: headers of a page, then another issuer", want: pleoclient.KindTLSIssue, make: func(s *scene) world {
		trusted, inspection := newAuthority(s.t, "Contoso Root"), newAuthority(s.t, "Contoso Inspection")
		target := office(s, inspection, goodAnswer)
		return proxied(s, "http", login(), func(w *peer) {
			if s.connects(w) && w.say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") {
				tunnelTo(target)(w)
			}
		}, pleoclient.CAFile(trusted.file))
	}},
	connect("tunnel that is cut", established, hangUp, pleoclient.KindOffline),
	connect("tunnel that is silent", established, silence, pleoclient.KindTimeout, shortTLS),
	connect("silent", "", silence, pleoclient.KindProxy, shortWhole),
	connect("status that drips", "HTTP/1.1 200 ", dripping("x"), pleoclient.KindProxy, shortWhole),
	connect("cut before the status", "", hangUp, pleoclient.KindProxy),
	connect("reset before the status", "", reset, pleoclient.KindProxy),
	connect("cut in a header", "HTTP/1.1 200 OK\r\nConte", hangUp, pleoclient.KindProxy),
	connect("endless headers", "HTTP/1.1 200 OK\r\n", flooding("X: "+mebibyte[:1000]+"\r\n"), pleoclient.KindProxy),
	connect("one endless header", "HTTP/1.1 200 OK\r\nX: ", flooding(mebibyte), pleoclient.KindProxy),
	connect("SSH", "SSH-2.0-OpenSSH_9.9\r\n", silence, pleoclient.KindProxy),
	{name: "proxy: nobody listens", want: pleoclient.KindProxy, make: func(s *scene) world {
		s.secrets = []string{proxyPassword}
		proxy := &url.URL{Scheme: "http", Host: refusing(s.t), User: login()}
		return world{"https://" + farName, []pleoclient.Option{through(proxy)}}
	}},
	{name: "proxy: unknown name", want: pleoclient.KindProxy, make: func(s *scene) world {
		proxy := &url.URL{Scheme: "http", Host: "proxy.pleo.test:3128", User: login()}
		return world{"https://" + farName, []pleoclient.Option{
			through(proxy), pleoclient.WithResolver(s.resolver(dnsCode(3)), long),
		}}
	}},
	{name: "proxy: right login", kept: true, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		return proxied(s, "http", login(), checksLogin(s, office(s, root, goodAnswer)), pleoclient.CAFile(root.file))
	}},
	{name: "proxy: another login", want: pleoclient.KindProxyLogin, make: func(s *scene) world {
		return proxied(s, "http", url.UserPassword(proxyName, "outdated"), checksLogin(s, s.quiet()))
	}},
	{name: "proxy: 70 KiB of headers", want: pleoclient.KindProxy, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		target := office(s, root, goodAnswer)
		return proxied(s, "http", login(), func(w *peer) {
			if s.connects(w) && w.say("HTTP/1.1 200 OK\r\n"+strings.Repeat("X: "+mebibyte[:1000]+"\r\n", 70)+"\r\n") {
				tunnelTo(target)(w)
			}
		}, pleoclient.CAFile(root.file))
	}},
	{name: "proxy: password of one letter", want: pleoclient.KindProxy, make: func(s *scene) world {
		w := proxied(s, "http", url.UserPassword(proxyName, "o"), func(w *peer) {
			if s.connects(w) {
				w.say("HTTP/1.1 403 " + basicOf(proxyName+":o") + " is not good\r\n\r\n")
			}
		})
		s.secrets = []string{basicOf(proxyName + ":o")}
		return w
	}},
	tokenProxy("token in place of a login", url.User("t0ken-t0ken")),
	tokenProxy("token with an empty password", url.UserPassword("t0ken-t0ken", "")),
	{name: "proxy: tunnel to another issuer", want: pleoclient.KindTLSIssue, make: func(s *scene) world {
		trusted, inspection := newAuthority(s.t, "Contoso Root"), newAuthority(s.t, "Contoso Inspection")
		return proxied(s, "http", login(), checksLogin(s, office(s, inspection, goodAnswer)),
			pleoclient.CAFile(trusted.file))
	}},
	{name: "proxy: Pleo's answer is cut", want: pleoclient.KindOffline, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		return proxied(s, "http", login(), checksLogin(s, office(s, root, once("", hangUp))),
			pleoclient.CAFile(root.file))
	}},
	{name: "proxy: Pleo's answer does not come", want: pleoclient.KindTimeout, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		return proxied(s, "http", login(), checksLogin(s, office(s, root, silence)),
			pleoclient.CAFile(root.file), shortFirstByte)
	}},
	{name: "proxy: kept tunnel that ends", kept: true, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		cut := once(fine("application/json", goodClient), func(w *peer) {
			_, _ = w.hear()
			hangUp(w)
		})
		return proxied(s, "http", login(), checksLogin(s, office(s, root, cut)), pleoclient.CAFile(root.file))
	}, then: func(t *testing.T, _ *scene, c *pleoclient.Client) {
		_, err := c.CreateInstallation(t.Context(), canaryKey, pleoclient.StatusActivated)
		wantKind(t, err, pleoclient.KindOffline) // the proxy did its work
	}},
	{name: "proxy: kept tunnel that ends, and no other", kept: true, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		target := office(s, root, once(fine("application/json", goodClient), func(w *peer) {
			_, _ = w.hear()
			hangUp(w)
		}))
		var opened atomic.Bool
		return proxied(s, "http", login(), func(w *peer) {
			if s.connects(w) && opened.Swap(true) {
				w.say("HTTP/1.1 403 Forbidden\r\n\r\n")
				return
			}
			w.say(established)
			tunnelTo(target)(w)
		}, pleoclient.CAFile(root.file))
	}, then: func(t *testing.T, _ *scene, c *pleoclient.Client) {
		_, err := c.Introspect(t.Context(), canaryKey) // a GET is asked again, on a new connection
		wantKind(t, err, pleoclient.KindProxy)
	}},
	secureProxy("https, trusted", "", true, nil),
	secureProxy("https, unknown issuer", pleoclient.KindProxy, false, nil),
	secureProxy("https, 407", pleoclient.KindProxyLogin, true, func(w *peer) {
		if _, heard := w.hear(); heard {
			w.say(loginRequired + "Proxy-Authenticate: Basic\r\n\r\n")
		}
	}),
	secureProxy("https, silent after TLS", pleoclient.KindProxy, true, silence, shortWhole),
	certifiedProxy("https, expired", func(c *x509.Certificate) {
		c.NotBefore = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)
		c.NotAfter = c.NotBefore.AddDate(1, 0, 0)
	}),
	certifiedProxy("https, not valid yet", func(c *x509.Certificate) {
		c.NotBefore = time.Date(2120, 1, 2, 0, 0, 0, 0, time.UTC)
		c.NotAfter = c.NotBefore.AddDate(1, 0, 0)
	}),
	certifiedProxy("https, wrong name",
		func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"wifi.example"} }),
	{name: "proxy: https that is plain", want: pleoclient.KindProxy, make: func(s *scene) world {
		return proxied(s, "https", login(), func(w *peer) { w.say("HTTP/1.1 400 Bad Request\r\n\r\n") })
	}},
	socks("SOCKS", "", "\x05\x02", "\x01\x00", "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"),
	socks("SOCKS refuses", pleoclient.KindProxy, "\x05\x02", "\x01\x00", "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"),
	socks("SOCKS refuses the login", pleoclient.KindProxyLogin, "\x05\x02", "\x01\x01"),
	socks("SOCKS wants another login", pleoclient.KindProxyLogin, "\x05\xff"),
	socks("SOCKS is no SOCKS", pleoclient.KindProxy, "HTTP/1.1 400 Bad Request\r\n\r\n"),
	socks("SOCKS is silent", pleoclient.KindProxy, ""),
}

// tokenProxy sends back a login that is a user name alone.
func tokenProxy(name string, login *url.Userinfo) evil {
	return evil{name: "proxy: " + name, want: pleoclient.KindProxy, make: func(s *scene) world {
		w := proxied(s, "http", login, func(w *peer) {
			if s.connects(w) {
				w.say("HTTP/1.1 403 no t0ken-t0ken " + basicOf("t0ken-t0ken:") + "\r\n\r\n")
			}
		})
		s.secrets = []string{"t0ken-t0ken", basicOf("t0ken-t0ken:")}
		return w
	}}
}

// secureProxy is a proxy that is itself behind TLS. Without handle it does its work.
func secureProxy(name string, want pleoclient.Kind, trusted bool, handle func(*peer), opts ...pleoclient.Option) evil {
	return evil{name: "proxy: " + name, want: want, kept: want == "", make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		does, settings := handle, slices.Clone(opts)
		if does == nil {
			does = checksLogin(s, office(s, root, goodAnswer))
		}
		if trusted {
			settings = append(settings, pleoclient.CAFile(root.file))
		}
		config := &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, nil)}}
		return proxied(s, "https", login(), s.overTLS(config, does), settings...)
	}}
}

// certifiedProxy is a proxy behind TLS whose certificate is the trouble, after change.
func certifiedProxy(name string, change func(*x509.Certificate)) evil {
	return evil{name: "proxy: " + name, want: pleoclient.KindProxy, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		config := &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, change)}}
		return proxied(s, "https", login(), s.overTLS(config, silence), pleoclient.CAFile(root.file))
	}}
}

// socks is a SOCKS5 proxy that gives one answer for each request. After the third it opens the tunnel.
func socks(name string, want pleoclient.Kind, answers ...string) evil {
	return evil{name: "proxy: " + name, want: want, kept: want == "", make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		target := office(s, root, goodAnswer)
		opts := []pleoclient.Option{pleoclient.CAFile(root.file)}
		if answers[0] == "" {
			opts = append(opts, shortWhole)
		}
		return proxied(s, "socks5", login(), func(w *peer) {
			for _, answer := range answers {
				request := make([]byte, 512)
				if _, err := w.r.Read(request); err != nil || !w.say(answer) {
					return
				}
			}
			if len(answers) == 3 && want == "" {
				tunnelTo(target)(w)
			}
		}, opts...)
	}}
}
