package flow

// Exam is one thing that doctor checks. The zero Exam is ExamSettings.
type Exam int

// The exams, in the order in which a connection is made. Each one on the way to Pleo needs those before it.
const (
	ExamSettings Exam = iota // address, proxy setting and certificates can be used
	ExamDNS                  // the name of the API, or of the proxy, has an address
	ExamTCP                  // that address accepts a connection
	ExamProxy                // the proxy, if there is one, opens the way to Pleo
	ExamTLS                  // the certificate is valid
	ExamClock                // this computer and Pleo agree about the time
	ExamAPI                  // Pleo answers
	ExamKey                  // Pleo accepts the keys that are stored
	ExamStore                // the key store takes a record
	ExamTerminal             // the terminal can show the wizard
	exams                    // how many there are
)

var examNames = [...]string{"settings", "dns", "tcp", "proxy", "tls", "clock", "api", "key", "store", "terminal"}

// String returns the name that scripts see.
func (e Exam) String() string { return examNames[e] }

// opens reports whether the exams after this one, up to the store, depend on it.
func (e Exam) opens() bool { return e <= ExamAPI && e != ExamClock }

// after returns the next exam. The store and the terminal do not need the network.
func (e Exam) after(failed bool) Exam {
	if failed && e.opens() {
		return ExamStore
	}
	return e + 1
}
