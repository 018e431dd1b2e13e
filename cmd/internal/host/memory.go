package host

import "runtime/debug"

// SpareMemory has garbage collected from about 2.4 MiB on, and not from 4 MiB. A server may show the wizard to a
// thousand people at once, and each would keep for minutes what its start has left, such as from the reading of the
// system's certificates. With less than that, a collection would delay the first screen.
func SpareMemory() { debug.SetGCPercent(60) }

// SpendMemory has garbage collected at five times what is in use, and not at twice. A command that reads thousands of
// records, and ends, would otherwise collect a hundred times.
func SpendMemory() { debug.SetGCPercent(400) }
