package input

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// invented is a key that no Pleo ever made.
const invented = "pls_invented0123456789abcdefghijklmnopqrstuvwxyz_0123456789"

// piece is what one read delivers, and the pause before it.
type piece struct {
	after time.Duration
	bytes string
}

// at is a piece after some milliseconds.
func at(ms int, bytes string) piece { return piece{time.Duration(ms) * time.Millisecond, bytes} }

// play delivers the pieces on a clock that moves only between them, and lets everything end afterwards.
func play(pieces ...piece) string {
	return playOn(&Repair{}, pieces...)
}

// playForKey does so while a key is asked for.
func playForKey(pieces ...piece) string {
	var r Repair
	r.HoldEnter(true)
	return playOn(&r, pieces...)
}

func playOn(r *Repair, pieces ...piece) string {
	c := clock{now: time.Unix(1_000_000, 0), r: r}
	for _, p := range pieces {
		c.pass(p.after)
		c.feed(p.bytes)
	}
	c.pass(time.Minute)
	return c.out.String()
}

// clock runs a machine.
type clock struct {
	now  time.Time
	r    *Repair
	slow bool // no letter is shown before it would be passed on anyway
	out  strings.Builder
}

// pass lets time pass in which nothing comes.
func (c *clock) pass(d time.Duration) {
	until := c.now.Add(d)
	for d := c.deadline(); !d.IsZero() && !d.After(until); d = c.deadline() {
		c.now = d
		c.r.Expire(c.now)
		c.take()
	}
	c.now = until
}

func (c *clock) deadline() time.Time {
	if c.slow && c.r.showable() {
		return c.r.last.Add(aloneAfter)
	}
	return c.r.Deadline()
}

// late lets time pass in which the processor does something else.
func (c *clock) late(d time.Duration) { c.now = c.now.Add(d) }

func (c *clock) feed(text string) {
	c.r.Feed([]byte(text), c.now)
	c.take()
}

func (c *clock) take() {
	var buf [100]byte
	for c.r.Ready() {
		c.out.Write(buf[:c.r.Take(buf[:])])
	}
}

// pasted is how a paste is handed on.
func pasted(text string) string { return pasteStart + text + pasteEnd }

// whole and rest are how a burst is handed on.
func whole(text string) string { return WholeBurst + pasted(text) }
func rest(text string) string  { return RestOfText + pasted(text) }

func TestRepair(t *testing.T) {
	t.Parallel()
	const k = invented
	tooLong := pasted(strings.Repeat("*", maxPaste+1))
	for name, c := range map[string]struct {
		in   []piece
		want string
	}{
		"keys":                     {[]piece{at(0, "a"), at(90, "b"), at(90, "\r")}, "ab\r"},
		"short burst":              {[]piece{at(0, "allow\r")}, "allow\r"},
		"fast typist":              {[]piece{at(0, k[:1]), at(40, k[1:2]), at(40, k[2:3])}, k[:3]},
		"arrows":                   {[]piece{at(0, "\x1b[A\x1b[B"), at(5, "\x1bOP")}, "\x1b[A\x1b[B\x1bOP"},
		"console function key":     {[]piece{at(0, "\x1b[[A")}, "\x1b[[A"},
		"cut arrow":                {[]piece{at(0, "\x1b["), at(140, "A")}, "\x1b[A"},
		"esc":                      {[]piece{at(0, "\x1b")}, escKey},
		"esc twice":                {[]piece{at(0, "\x1b\x1b")}, escKey + escKey},
		"esc and later a key":      {[]piece{at(0, "\x1b"), at(151, "q")}, escKey + "q"},
		"esc and ctrl+c":           {[]piece{at(0, "\x1b"), at(90, "\x03")}, escKey + "\x03"},
		"alt":                      {[]piece{at(0, "\x1bx")}, "\x1bx"},
		"alt and a bracket":        {[]piece{at(0, "\x1b["), at(200, "q")}, "q"},
		"esc, then an arrow":       {[]piece{at(0, "\x1b\x1b[A")}, escKey + "\x1b[A"},
		"esc, then a paste":        {[]piece{at(0, "\x1b"+pasted(k))}, escKey + pasted(k)},
		"broken sequence":          {[]piece{at(0, "\x1b[20\x03"), at(90, "0~q")}, "\x030~q"},
		"ctrl+c in an answer":      {[]piece{at(0, "\x1b]11;rgb"), at(90, "\x03")}, "\x03"},
		"ctrl+c in a function key": {[]piece{at(0, "\x1bO"), at(90, "\x03")}, "\x03"},
		"endless answer":           {[]piece{at(0, "\x1b]"+strings.Repeat("x", 5000)), at(10, "q")}, "q"},
		"console key before a key": {[]piece{at(0, "\x1b[[A"+k)}, "\x1b[[A" + whole(k)},
		"ctrl+c":                   {[]piece{at(0, "\x03")}, "\x03"},
		"letter":                   {[]piece{at(0, "ø")}, "ø"},
		"cut letter":               {[]piece{at(0, "ø"[:1]), at(500, "ø"[1:])}, "ø"},
		"letter without its rest":  {[]piece{at(0, "ø"[:1])}, replacement},
		"byte that is no letter":   {[]piece{at(0, "\xff")}, replacement},
		"focus":                    {[]piece{at(0, "\x1b[I"), at(3, "\x1b[O")}, "\x1b[I\x1b[O"},
		"answer":                   {[]piece{at(0, "\x1b[?1u")}, "\x1b[?1u"},
		"cut answer":               {[]piece{at(0, "\x1b[?62;"), at(900, "22c")}, "\x1b[?62;22c"},
		"answer without its end":   {[]piece{at(0, "\x1b[?62;")}, ""},
		"colour answer":            {[]piece{at(0, "\x1b]11;rgb:00/00/00\x07")}, "\x1b]11;rgb:00/00/00\x07"},
		"cut colour answer": {[]piece{at(0, "\x1b]11;rgb:00"), at(300, "/00/00\x1b\\")},
			"\x1b]11;rgb:00/00/00\x1b\\"},
		"answer in a burst of key": {[]piece{at(0, "\x1b[?1u"+k)}, "\x1b[?1u" + whole(k)},

		"paste":                      {[]piece{at(0, pasted(k))}, pasted(k)},
		"paste byte by byte":         {bytewise(0, pasted(k)), pasted(k)},
		"paste byte by byte, slowly": {bytewise(40, pasted(k)), pasted(k)},
		"end marker cut":             {[]piece{at(0, pasteStart+k+"\x1b[20"), at(1900, "1~")}, pasted(k)},
		"end marker cut after esc":   {[]piece{at(0, pasteStart+k+"\x1b"), at(400, "[201~")}, pasted(k)},
		"end marker late":            {[]piece{at(0, pasteStart+k), at(1900, pasteEnd)}, pasted(k)},
		"end marker too late":        {[]piece{at(0, pasteStart+k), at(3000, pasteEnd), at(20, "q")}, pasted(k) + "q"},
		"end marker missing":         {[]piece{at(0, pasteStart+k)}, pasted(k)},
		"end marker cut and missing": {[]piece{at(0, pasteStart+k+"\x1b[20")}, pasted(k)},
		"burst, piece of an end":     {[]piece{at(0, k+"\x1b[20"), at(900, "q")}, whole(k) + "q"},
		"key behind a cut end":       {[]piece{at(0, pasteStart+k+"\x1b[20"), at(3000, "q")}, pasted(k) + "q"},
		"end marker twice":           {[]piece{at(0, pasted(k)+pasteEnd)}, pasted(k)},
		"end marker early": {[]piece{at(0, pasteStart+k[:9]+pasteEnd+k[9:]+pasteEnd)},
			pasted(k[:9] + "␛[201~" + k[9:])},
		"end marker early, no other": {[]piece{at(0, pasteStart+k[:9]+pasteEnd+k[9:])},
			pasted(k[:9] + "␛[201~" + k[9:])},
		"end marker and an enter":    {[]piece{at(0, pasted(k)+"\r")}, pasted(k) + PastedEnter},
		"enter right behind":         {[]piece{at(0, pasted(k)), at(100, "\r")}, pasted(k) + PastedEnter},
		"enter later":                {[]piece{at(0, pasted(k)), at(151, "\r")}, pasted(k) + "\r"},
		"esc right behind":           {[]piece{at(0, pasted(k)), at(20, "\x1b")}, pasted(k)},
		"esc twice right behind":     {[]piece{at(0, pasted(k)), at(20, "\x1b\x1b")}, pasted(k)},
		"ctrl+u right behind":        {[]piece{at(0, pasted(k)), at(20, "\x15")}, pasted(k)},
		"ctrl+c right behind":        {[]piece{at(0, pasted(k)+"\x03")}, pasted(k) + "\x03"},
		"rest of an early end":       {[]piece{at(0, pasted(k)), at(60, "q\r")}, pasted(k) + PastedEnter},
		"start marker cut":           {[]piece{at(0, "\x1b[2"), at(1500, "00~"+k+pasteEnd)}, pasted(k)},
		"start marker cut after esc": {[]piece{at(0, "\x1b"), at(100, "[200~"+k+pasteEnd)}, pasted(k)},
		"esc let go, then the rest": {[]piece{at(0, "\x1b"), at(400, "[200~"+k[:5]), at(300, k[5:]+pasteEnd)},
			escKey + pasted(k)},
		"esc [ let go":             {[]piece{at(0, "\x1b["), at(400, "200~"+k+pasteEnd)}, pasted(k)},
		"start marker without esc": {[]piece{at(0, "[200~"+k+pasteEnd)}, pasted(k)},
		"start marker twice":       {[]piece{at(0, pasteStart+pasteStart+k+pasteEnd)}, pasted(k)},
		"start marker missing":     {[]piece{at(0, k+pasteEnd)}, pasted(k)},
		"short, start missing":     {[]piece{at(0, k[:9]+pasteEnd)}, pasted(k[:9])},
		"empty paste, then text":   {[]piece{at(0, pasteStart+pasteEnd+k)}, whole(k)},
		"second paste frees":       {[]piece{at(0, pasteStart+k), at(900, pasted(k))}, pasted(k) + pasted(k)},
		"two pastes":               {[]piece{at(0, pasted(k)), at(1, pasted(k+"2"))}, pasted(k) + pasted(k+"2")},
		"stall in a paste": {[]piece{at(0, pasteStart+k[:20]), at(2500, k[20:]+pasteEnd)},
			pasted(k[:20]) + pasted(k)},
		"stall, rest without end": {[]piece{at(0, pasteStart+k[:20]), at(2500, k[20:])}, pasted(k[:20]) + whole(k)},

		"a marker key by key":     {bytewise(300, pasteStart+"q"), escKey + "[200~q"},
		"ctrl+c in an open paste": {[]piece{at(0, pasteStart+k), at(300, "\x03")}, "\x03"},
		"kitty ctrl+c":            {[]piece{at(0, pasteStart+k), at(300, "\x1b[99;5u")}, "\x03"},
		"kitty ctrl+c, num lock":  {[]piece{at(0, pasteStart+k), at(300, "\x1b[99;133u")}, "\x03"},
		"xterm ctrl+c":            {[]piece{at(0, pasteStart+k), at(300, "\x1b[27;5;99~")}, "\x03"},
		"ctrl+c behind a piece":   {[]piece{at(0, pasteStart+k+"\x1b[20"), at(300, "\x03")}, "\x03"},
		"0x03 inside":             {[]piece{at(0, pasteStart+"ab\x03cd"+pasteEnd)}, pasted("ab␃cd")},
		"0x03 inside, in a read of its own": {[]piece{at(0, pasteStart+"ab"), at(1, "\x03"), at(40, "cd"+pasteEnd)},
			pasted("ab␃cd")},
		"0x03 inside, cut": {[]piece{at(0, pasteStart+"ab"), at(30, "\x03"), at(5, "cd"+pasteEnd)},
			pasted("ab␃cd")},

		"control characters": {[]piece{at(0, pasted("a\x00b\x1b[31mc\x7fd"))}, pasted("a␀b␛[31mc␡d")},
		"line breaks":        {[]piece{at(0, pasted(" a\r\nb\n\tc "))}, pasted(" a\r\nb\n\tc ")},
		"no UTF-8":           {[]piece{at(0, pasted("a\xff\xfeb"))}, pasted("a␦␦b")},
		"other letters":      {[]piece{at(0, pasted("aø帳\u200b"))}, pasted("aø帳\u200b")},

		"burst":              {[]piece{at(0, k+"\r")}, whole(k + "\r")},
		"burst byte by byte": {bytewise(0, k+"\r"), whole(k + "\r")},
		"burst, 9 ms a byte": {bytewise(9, k), whole(k)},
		"12 ms a byte":       {bytewise(12, k), k},
		"burst with breaks": {[]piece{at(0, k[:30]+"\r"+k[30:]+"\r\n")},
			whole(k[:30] + "\r" + k[30:] + "\r\n")},
		"burst in pieces":      {[]piece{at(0, k[:20]), at(400, k[20:40]), at(400, k[40:])}, whole(k)},
		"burst behind letters": {[]piece{at(0, k[:3]), at(400, k[3:])}, k[:3] + rest(k[3:])},
		"burst behind letters, slowly": {[]piece{at(0, k[:1]), at(30, k[1:2]), at(300, k[2:20]), at(400, k[20:])},
			k[:2] + rest(k[2:])},
		"burst behind a focus report":  {[]piece{at(0, k[:3]+"\x1b[I"), at(400, k[3:])}, "\x1b[I" + k[:3] + rest(k[3:])},
		"focus report in a burst":      {[]piece{at(0, k[:20]+"\x1b[I"+k[20:])}, "\x1b[I" + whole(k)},
		"burst behind letters, later":  {[]piece{at(0, k[:3]), at(451, k)}, k[:3] + whole(k)},
		"burst behind a cleared field": {[]piece{at(0, k[:3]), at(30, "\x15"), at(30, k)}, k[:3] + "\x15" + whole(k)},
		"burst behind an answer":       {[]piece{at(0, "allow\r"), at(90, k)}, "allow\r" + whole(k)},
		"burst that stalls":            {[]piece{at(0, k[:20]), at(900, k[20:])}, whole(k[:20]) + rest(k[20:])},
		"burst that stalls, short rest": {[]piece{at(0, k[:50]), at(900, k[50:58])},
			whole(k[:50]) + rest(k[50:58])},
		"burst that stalls for long": {[]piece{at(0, k[:20]), at(2500, k[20:])}, whole(k[:20]) + whole(k[20:])},
		"burst, a key, another burst": {[]piece{at(0, k[:30]), at(500, "n"), at(500, k)},
			whole(k[:30]) + "n" + whole(k)},
		"burst with an esc":         {[]piece{at(0, k+"\x1b[A"+k)}, whole(k + "␛[A" + k)},
		"burst and the esc key":     {[]piece{at(0, k), at(90, "\x1b")}, escKey},
		"burst with a backspace":    {[]piece{at(0, k+"xø"), at(90, "\x7f\x08")}, whole(k)},
		"burst with a control key":  {[]piece{at(0, k+"\x04")}, whole(k + "␄")},
		"ctrl+c behind a burst":     {[]piece{at(0, k), at(30, "\x03")}, "\x03"},
		"ctrl+c in a burst":         {[]piece{at(0, k+"\x03"+k[:5])}, "\x03" + k[:5]},
		"three in a burst":          {[]piece{at(0, k+"\x03\x03\x03")}, "\x03\x03\x03"},
		"kitty ctrl+c in a burst":   {[]piece{at(0, k+"\x1b[99;5u")}, "\x03"},
		"ctrl+c behind letters":     {[]piece{at(0, k[:9]+"\x03")}, "\x03"},
		"ctrl+c behind a torn end":  {[]piece{at(0, pasted(k)+"q\x03")}, "\x03"},
		"key press after a burst":   {[]piece{at(0, k), at(900, "n")}, whole(k) + "n"},
		"typing, then a paste":      {[]piece{at(0, "a"), at(100, "b"), at(500, pasted(k))}, "ab" + pasted(k)},
		"burst, then a paste":       {[]piece{at(0, k[:20]+pasted(k))}, whole(k[:20]) + pasted(k)},
		"typed enter, then a burst": {[]piece{at(0, "\r"), at(500, k)}, "\r" + whole(k)},
		"letters and an end marker": {[]piece{at(0, k[:3]), at(90, k[3:]+pasteEnd)}, k[:3] + rest(k[3:])},
		"a marker in a text":        {[]piece{at(0, k[:3]), at(90, "200~"+k[3:])}, k[:3] + rest("200~"+k[3:])},

		"longest": {[]piece{at(0, pasted(strings.Repeat("x", maxPaste)))},
			pasted(strings.Repeat("x", maxPaste))},
		"too long":             {[]piece{at(0, pasted(strings.Repeat("x", maxPaste+1)))}, tooLong},
		"too long, then a key": {[]piece{at(0, pasted(strings.Repeat("x", 5121))), at(200, "q")}, tooLong + "q"},
		"too long without end": {[]piece{at(0, pasteStart+strings.Repeat("x", 5121)), at(3000, "q")}, tooLong + "q"},
		"too long burst":       {[]piece{at(0, strings.Repeat("x\rx", 5121)), at(900, "q")}, WholeBurst + tooLong + "q"},
		"too long burst and Enter": {[]piece{at(0, strings.Repeat("x\r", 5121)), at(200, "\n"), at(900, "q")},
			whole(strings.Repeat("*", maxPaste+1)+"\n") + "q"},
		"ctrl+c in a flood": {[]piece{at(0, pasteStart+strings.Repeat("x", 5121)), at(30, "\x03")},
			tooLong + "\x03"},
		"paste after a flood": {[]piece{at(0, pasteStart+strings.Repeat("x", 5121)), at(30, pasted(k))},
			tooLong + pasted(k)},
		"too long, in pieces": {[]piece{at(0, pasteStart+strings.Repeat("x", 5121)), at(10, k+pasteEnd)}, tooLong},
		"space hides nothing": {[]piece{at(0, pasted(k+strings.Repeat(" ", 5000)+"rest"))}, tooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := play(c.in...); got != c.want {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestEnterInAKey: while a key is asked for, an Enter that text follows is a line break.
func TestEnterInAKey(t *testing.T) {
	t.Parallel()
	const k = invented
	for name, c := range map[string]struct {
		in        []piece
		want      string
		otherwise string // what is handed on while no key is asked for
	}{
		"alone":         {[]piece{at(0, "\r"), at(90, "q")}, "\rq", "\rq"},
		"behind a text": {[]piece{at(0, k[:9]), at(200, "\r")}, k[:9] + "\r", k[:9] + "\r"},
		"in a text": {[]piece{at(0, k[:3]), at(200, "\r"), at(400, k[3:9])}, k[:3] + rest("\r"+k[3:9]),
			k[:3] + "\r" + k[3:9]},
		"in a slow text": {bytewise(100, k[:2]+"\r\n"+k[2:4]+"\r"), k[:2] + rest("\r\n"+k[2:4]+"\r"),
			k[:2] + "\r\n" + k[2:4] + "\r"},
		"and text later":  {[]piece{at(0, k[:3]+"\r"), at(451, k[3:9])}, k[:3] + "\r" + k[3:9], k[:3] + "\r" + k[3:9]},
		"and ctrl+c":      {[]piece{at(0, k[:9]+"\r"), at(90, "\x03")}, "\x03", k[:9] + "\r\x03"},
		"and the esc key": {[]piece{at(0, k[:9]+"\r"), at(90, "\x1b")}, k[:9] + "\r" + escKey, k[:9] + "\r" + escKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := playForKey(c.in...); got != c.want {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			if got := play(c.in...); got != c.otherwise {
				t.Errorf("while no key is asked for: got %q\nwant %q", got, c.otherwise)
			}
		})
	}
}

// TestShownLetter: in a hidden field, a letter is seen before it is certain that it is not the beginning of a burst. If
// it is, it is taken back.
func TestShownLetter(t *testing.T) {
	t.Parallel()
	const k = invented
	for name, c := range map[string]struct {
		in   []piece
		want string
	}{
		"alone":                  {[]piece{at(0, "p"), at(90, "l")}, "pl"},
		"two at once":            {[]piece{at(0, "p"), at(5, "l"), at(90, "s")}, "pls"},
		"1 ms a byte":            {bytewise(1, k), whole(k)},
		"5 ms a byte":            {bytewise(5, k), "p" + taken + whole(k)},
		"9 ms a byte":            {bytewise(9, k+"\r"), "p" + taken + whole(k+"\r")},
		"10 ms a byte":           {bytewise(10, k), k},
		"a burst":                {[]piece{at(0, "p"), at(5, k[1:])}, "p" + taken + whole(k)},
		"a burst later":          {[]piece{at(0, "p"), at(11, k[1:])}, "p" + rest(k[1:])},
		"a burst behind letters": {[]piece{at(0, k[:3]), at(90, k[3:4]), at(5, k[4:])}, k[:4] + taken + rest(k[3:])},
		"behind a burst": {[]piece{at(0, k[:20]), at(900, k[20:21]), at(5, k[21:])},
			whole(k[:20]) + k[20:21] + taken + rest(k[20:])},
		"a paste": {[]piece{at(0, "p"), at(5, pasted(k))}, "p" + pasted(k)},
		"the rest of a paste": {[]piece{at(0, pasteStart+k[:9]), at(2500, k[9:10]), at(5, k[10:]+pasteEnd)},
			pasted(k[:9]) + k[9:10] + taken + pasted(k)},
		"no start marker":      {[]piece{at(0, "p"), at(5, k[1:9]+pasteEnd)}, "p" + taken + pasted(k[:9])},
		"a marker without esc": {[]piece{at(0, "["), at(5, "200~"+k+pasteEnd)}, "[" + taken + pasted(k)},
		"an arrow":             {[]piece{at(0, "p"), at(5, "\x1b[A")}, "p\x1b[A"},
		"a burst and an esc":   {[]piece{at(0, "p"), at(5, k[1:]), at(90, "\x1b")}, "p" + taken + escKey},
		"a burst, erased": {[]piece{at(0, "p"), at(5, k[1:20]+strings.Repeat(taken, 30))},
			"p" + taken + whole("p")},
		"a burst and ctrl+c": {[]piece{at(0, "p"), at(5, k[1:]), at(90, "\x03")}, "p" + taken + "\x03"},
		"too long": {[]piece{at(0, "p"), at(5, strings.Repeat("x", 5121))},
			"p" + taken + whole(strings.Repeat("*", maxPaste+1))},
		"an Enter":        {[]piece{at(0, "\r"), at(5, k)}, whole("\r" + k)},
		"a letter, Enter": {[]piece{at(0, "p"), at(5, "\r")}, "p\r"},
		"a tab":           {[]piece{at(0, "\t"), at(5, k)}, whole("\t" + k)},
		"another letter":  {[]piece{at(0, "ø"), at(5, k)}, whole("ø" + k)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := playForKey(c.in...); got != c.want {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			if got := play(c.in...); strings.Contains(got, taken) {
				t.Errorf("where a letter may be an answer, it is taken back: %q", got)
			}
		})
	}
}

// taken is how a letter is taken back.
const taken = "\x7f"

// TestShownOrNot: whatever comes, an interface in which Backspace erases a letter gets the same from a reader that
// shows letters and from one that does not.
func TestShownOrNot(t *testing.T) {
	t.Parallel()
	things := []string{"a", "b", "p", "[", "200~", "\r", "\n", "\t", "é", "é"[:1], invented[:3], invented[:15],
		invented, "\x1b", "\x1b[", "\x1b[A", "\x15", "\x03", "\x1b[99;5u", pasteStart, pasteEnd, pasteStart[:4]}
	pauses := []time.Duration{0, 1, 2, 3, 9, 10, 11, 24, 25, 30, 149, 151, 449, 451, 900, 2100}
	erased := regexp.MustCompile(`[!-~]` + taken)
	rapid.Check(t, func(rt *rapid.T) {
		fast := clock{now: time.Unix(1_000_000, 0), r: &Repair{}}
		slow := clock{now: fast.now, r: &Repair{}, slow: true}
		field := rapid.Bool().Draw(rt, "in a field")
		usual := rapid.SampledFrom(pauses).Draw(rt, "usual pause")
		for range rapid.IntRange(1, 20).Draw(rt, "things") {
			thing := rapid.SampledFrom(things).Draw(rt, "thing")
			pause := usual
			if rapid.IntRange(0, 3).Draw(rt, "odd") == 0 {
				pause = rapid.SampledFrom(pauses).Draw(rt, "pause")
			}
			field = field != (rapid.IntRange(0, 9).Draw(rt, "leave") == 0)
			for _, c := range []*clock{&fast, &slow} {
				c.r.HoldEnter(field)
				c.feed(thing)
				c.pass(pause * time.Millisecond)
			}
		}
		fast.pass(time.Minute)
		slow.pass(time.Minute)
		if got := erased.ReplaceAllString(fast.out.String(), ""); got != slow.out.String() {
			rt.Fatalf("got %q\nwant %q", fast.out.String(), slow.out.String())
		}
	})
}

// TestNothingSplits delivers a text without markers in any pieces with pauses that no person makes, to a reader that
// may be late: what is handed on is all of it, or nothing.
func TestNothingSplits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[!-}]{16,80}`).Draw(rt, "text")
		var r Repair
		r.HoldEnter(rapid.Bool().Draw(rt, "in a field"))
		c := clock{now: time.Unix(1_000_000, 0), r: &r}
		for left, longest := text, aloneAfter; left != ""; longest = burstGap {
			n := rapid.OneOf(rapid.Just(1), rapid.IntRange(1, len(left))).Draw(rt, "bytes")
			c.late(time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(rt, "late")))
			c.feed(left[:n])
			c.pass(time.Duration(rapid.Int64Range(0, int64(longest-1)).Draw(rt, "pause")))
			left = left[n:]
		}
		c.pass(time.Minute)
		got := c.out.String()
		if letter := text[:1] + taken; r.holdEnter.Load() && strings.HasPrefix(got, letter) {
			got = got[len(letter):]
		}
		if got != whole(text) {
			rt.Fatalf("got %q", c.out.String())
		}
	})
}

// TestWaits holds how long something waits for its rest: long enough to join it, and short enough for a key.
func TestWaits(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		"a": aloneAfter, "\r": aloneAfter, "ab": burstGap, "\x1b": escHold, "\x1b[": escHold, "\x1b[20": pieceHold,
		"\xc3": letterHold, "a\x1b": aloneAfter,
		pasteStart: pasteQuiet, pasteStart + invented: pasteQuiet, invented: burstQuiet,
		pasteStart + "a" + pasteEnd + "b": tornQuiet, "\x1b[A": 0, "\x03": 0, pasted(invented): 0,
	} {
		var r Repair
		now := time.Unix(1_000_000, 0)
		b := []byte(in)
		r.Feed(b, now)
		got := time.Duration(0)
		if d := r.Deadline(); !d.IsZero() {
			got = d.Sub(now)
		}
		if got != want {
			t.Errorf("%q waits %v, want %v", in, got, want)
		}
		if strings.Trim(string(b), "\x00") != "" {
			t.Errorf("%q stays in the buffer", in)
		}
	}
	var r Repair
	now := time.Unix(1_000_000, 0)
	r.Feed([]byte(pasteStart+invented), now)
	now = now.Add(time.Second)
	r.Feed([]byte{interrupt}, now)
	if got := r.Deadline().Sub(now); got != interruptHold {
		t.Errorf("Ctrl+C in a paste waits %v", got)
	}
	r = Repair{}
	r.HoldEnter(true)
	r.Feed([]byte("a"), now)
	if got := r.Deadline().Sub(now); got != showAfter {
		t.Errorf("a letter in a hidden field waits %v", got)
	}
	r.Expire(now.Add(showAfter))
	if got := r.Deadline().Sub(now); got != aloneAfter || !r.Ready() || !r.Typing() {
		t.Errorf("a letter that is shown waits %v for company", got)
	}
}

func bytewise(ms int, text string) []piece {
	var out []piece
	for i := range len(text) {
		out = append(out, at(ms, text[i:i+1]))
	}
	return out
}

// TestRepairCuts cuts streams anywhere, with any pause that a line makes and no person: what is handed on is the same.
func TestRepairCuts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stream  string
		longest int // ms of a pause
		want    string
	}{
		"paste": {pasted(invented), 140, pasted(invented)},
		"paste with a break": {pasted(invented[:20] + "\r\n" + invented[20:] + "\n"), 140,
			pasted(invented[:20] + "\r\n" + invented[20:] + "\n")},
		"two pastes":          {pasted(invented) + pasted("2"+invented), 140, pasted(invented) + pasted("2"+invented)},
		"doubled markers":     {pasteStart + pasted(invented) + pasteEnd, 140, pasted(invented)},
		"no start marker":     {invented + pasteEnd, 9, pasted(invented)},
		"no markers":          {"\r" + invented + "\r\n", 9, whole("\r" + invented + "\r\n")},
		"other letters":       {pasted("帳簿ø" + invented), 140, pasted("帳簿ø" + invented)},
		"arrows and a letter": {"\x1b[A\x1b[1;5Bø\x1bOQ", 140, "\x1b[A\x1b[1;5Bø\x1bOQ"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				var pieces []piece
				rest := c.stream
				for rest != "" {
					n := rapid.IntRange(1, len(rest)).Draw(rt, "bytes")
					pieces = append(pieces, at(rapid.IntRange(0, c.longest).Draw(rt, "pause"), rest[:n]))
					rest = rest[n:]
				}
				if got := play(pieces...); got != c.want {
					rt.Fatalf("%v: got %q", pieces, got)
				}
			})
		})
	}
}

// FuzzRepair delivers any bytes with any pauses: what comes out is bounded, its pastes are whole, and
// Ctrl+C works afterwards.
func FuzzRepair(f *testing.F) {
	for _, seed := range []string{
		pasted(invented), invented + "\r", "\x1b[200~\x1b[201~\x1b", "\x1b]11;rgb", "\xc3", pasteEnd + pasteStart,
	} {
		f.Add([]byte(seed), []byte{0, 3, 200, 1})
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		var r Repair
		now := time.Unix(1_000_000, 0)
		var out []byte
		take := func() {
			for r.Ready() {
				var buf [64]byte
				out = append(out, buf[:r.Take(buf[:])]...)
			}
		}
		for i := 0; len(stream) > 0; i++ {
			n, pause := len(stream), 0
			if len(cuts) > 0 {
				c := int(cuts[i%len(cuts)])
				n, pause = min(1+c%7, n), c*c/8
			}
			now = now.Add(time.Duration(pause) * time.Millisecond)
			r.Feed(append([]byte{}, stream[:n]...), now)
			take()
			stream = stream[n:]
		}
		before := len(out)
		now = now.Add(time.Minute)
		r.Expire(now) // a paste or a piece ends
		r.Expire(now)
		r.Feed([]byte{interrupt}, now)
		take()
		if !strings.Contains(string(out[before:]), "\x03") {
			t.Errorf("ctrl+c is lost behind %q", out[before:])
		}
		if err := wellFormed(string(out)); err != nil {
			t.Error(err)
		}
	})
}

// wellFormed checks that markers come in pairs, and that pastes hold nothing that could be a key.
func wellFormed(out string) error {
	for {
		_, rest, found := strings.Cut(out, pasteStart)
		if !found {
			return nil
		}
		content, rest, found := strings.Cut(rest, pasteEnd)
		if !found {
			return fmt.Errorf("a paste without an end: %q", rest)
		}
		for _, c := range content {
			if c < 0x20 && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
				return fmt.Errorf("%q in a paste", c)
			}
		}
		if len(content) > 3*(maxPaste+1) {
			return fmt.Errorf("a paste of %d bytes", len(content))
		}
		out = rest
	}
}
