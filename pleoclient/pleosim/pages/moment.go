package pages

import "time"

// moment shows a time; the zero one is never.
func moment(t time.Time) Node {
	if t.IsZero() {
		return text("Never")
	}
	t = t.UTC()
	return el("time", attr("datetime", t.Format(time.RFC3339)), text(t.Format("2 January 2006, 15:04 UTC")))
}
