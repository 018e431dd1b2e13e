package pleoclient_test

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"pleo-connect/pleoclient"
)

// dnsAnswer makes the answer to one question, or none.
type dnsAnswer func(question []byte) (answer []byte)

// dnsHeader repeats a question with a code: 0 is fine, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
func dnsHeader(question []byte, code byte, answers uint16) []byte {
	end := 12
	for question[end] != 0 { // the labels of the name
		end += int(question[end]) + 1
	}
	end += 5 // the root, the type and the class
	out := append([]byte{}, question[:end]...)
	out[2], out[3] = 0x84|question[2]&1, 0x80|code // an answer, with authority
	binary.BigEndian.PutUint16(out[6:], answers)
	clear(out[8:12])
	return out
}

func dnsCode(code byte) dnsAnswer {
	return func(question []byte) []byte { return dnsHeader(question, code, 0) }
}

// addressOf answers questions for an IPv4 address, and has no other.
func addressOf(a, b, c, d byte) dnsAnswer {
	return func(question []byte) []byte {
		out := dnsHeader(question, 0, 0)
		if binary.BigEndian.Uint16(out[len(out)-4:]) != 1 {
			return out
		}
		return append(dnsHeader(question, 0, 1), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, a, b, c, d)
	}
}

// alias answers every question with another name and nothing about it.
func alias(question []byte) []byte {
	return append(dnsHeader(question, 0, 1), 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 12)
}

// cutShort asks to be asked again over TCP.
func cutShort(question []byte) []byte {
	out := dnsHeader(question, 0, 0)
	out[2] |= 2
	return out
}

func garbage([]byte) []byte { return []byte("\xff\xff garbage") }

func noAnswer([]byte) []byte { return nil }

// resolver asks a DNS server of the row, regardless of how this computer is set up. TCP answers by the second function,
// if there is one.
func (s *scene) resolver(answer dnsAnswer, overTCP ...dnsAnswer) *net.Resolver {
	s.t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	go func() {
		question := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			if holdsKey(string(question[:n])) {
				s.t.Error("the resolver got the key")
			}
			if out := answer(question[:n]); out != nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	tcp := ""
	if overTCP != nil {
		tcp = listen(s.t, func(_ int, conn net.Conn) { answerTCP(conn, overTCP[0]) })
	}
	return s.asking(conn.LocalAddr().String(), tcp)
}

func answerTCP(conn net.Conn, answer dnsAnswer) {
	for {
		size := make([]byte, 2)
		if _, err := io.ReadFull(conn, size); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size))
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		out := answer(question)
		_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
	}
}

// asking is a resolver that asks at these addresses. It notes those it was set up with, which are in errors.
func (s *scene) asking(udp, tcp string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		s.mu.Lock()
		s.names = append(s.names, address)
		s.mu.Unlock()
		to := udp
		if strings.HasPrefix(network, "tcp") {
			to = tcp
		}
		conn, err := new(net.Dialer).DialContext(ctx, network, to)
		if udp, ok := conn.(*net.UDPConn); ok {
			return hurried{udp}, nil
		}
		return conn, err
	}}
}

// hurried is a connection to a DNS server that waits less than Go's five seconds for an answer, after which its
// goroutines end. The dial has ended before.
type hurried struct{ *net.UDPConn }

func (c hurried) SetDeadline(at time.Time) error {
	if soon := time.Now().Add(2 * short); at.After(soon) {
		at = soon
	}
	return c.UDPConn.SetDeadline(at)
}

// resolved is Pleo's name with a resolver, and no other to ask.
func resolved(name string, want pleoclient.Kind, resolver func(*scene) *net.Resolver) evil {
	return evil{name: "DNS: " + name, want: want, make: func(s *scene) world {
		_, port, _ := net.SplitHostPort(refusing(s.t))
		return world{"https://" + farName + ":" + port, []pleoclient.Option{
			pleoclient.WithResolver(resolver(s), long),
		}}
	}}
}

// unresolved is resolved for answers that do not help, so that the dial ends in time.
func unresolved(name string, answer dnsAnswer, overTCP ...dnsAnswer) evil {
	return evil{name: "DNS: " + name, want: pleoclient.KindDNS, make: func(s *scene) world {
		return world{"https://" + farName, []pleoclient.Option{
			unlimited, pleoclient.WithResolver(s.resolver(answer, overTCP...), short),
		}}
	}}
}

func resolves(answer dnsAnswer, overTCP ...dnsAnswer) func(*scene) *net.Resolver {
	return func(s *scene) *net.Resolver { return s.resolver(answer, overTCP...) }
}

var evilDNS = []evil{
	resolved("NXDOMAIN", pleoclient.KindDNS, resolves(dnsCode(3))),
	resolved("SERVFAIL", pleoclient.KindDNS, resolves(dnsCode(2))),
	resolved("REFUSED", pleoclient.KindDNS, resolves(dnsCode(5))),
	resolved("no address", pleoclient.KindDNS, resolves(dnsCode(0))),
	resolved("alias to itself", pleoclient.KindDNS, resolves(alias)),
	resolved("nobody listens", pleoclient.KindDNS,
		func(s *scene) *net.Resolver { return s.asking(refusing(s.t), refusing(s.t)) }),
	unresolved("silent", noAnswer),
	unresolved("garbage", garbage),
	resolved("cut short, then fine over TCP", pleoclient.KindRefused, resolves(cutShort, addressOf(127, 0, 0, 1))),
	resolved("cut short, then NXDOMAIN over TCP", pleoclient.KindDNS, resolves(cutShort, dnsCode(3))),
	resolved("address that refuses", pleoclient.KindRefused, resolves(addressOf(127, 0, 0, 1))),
	{name: "DNS: address of somebody else", want: pleoclient.KindTLSName, make: func(s *scene) world {
		root := newAuthority(s.t, "Contoso Root")
		config := &tls.Config{Certificates: []tls.Certificate{root.issue(s.t, nil)}}
		_, port, _ := net.SplitHostPort(s.listen(true, s.overTLS(config, goodAnswer)))
		return world{"https://" + farName + ":" + port, []pleoclient.Option{
			pleoclient.CAFile(root.file), pleoclient.WithResolver(s.resolver(addressOf(127, 0, 0, 1)), long),
		}}
	}},
	late(),
	{name: "DNS: fine", kept: true, make: func(s *scene) world { return named(s, goodAnswer) }},
}

// late is an answer that comes when the call is over: the dial that continues with it is of no use.
func late() evil {
	var release chan struct{}
	return evil{name: "DNS: too late", want: pleoclient.KindTimeout, make: func(s *scene) world {
		release = make(chan struct{})
		_, port, _ := net.SplitHostPort(s.listen(false, silence))
		waiting := func(question []byte) []byte {
			<-release
			return addressOf(127, 0, 0, 1)(question)
		}
		return world{"https://" + farName + ":" + port, []pleoclient.Option{
			shortWhole, pleoclient.WithResolver(s.resolver(waiting), long),
		}}
	}, then: func(*testing.T, *scene, *pleoclient.Client) { close(release) }}
}
