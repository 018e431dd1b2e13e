// Package storetest tests whatever keeps the records of package store: [Run] and [RunLost] hold any of them to what a
// wizard, a service and an operator rely on. [Memory] keeps entries in memory, for tests of the packages above.
package storetest
