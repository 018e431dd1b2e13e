package host

import "pleo-connect/store"

// BecomeOwner changes nothing: the store is as private as the directory it is in.
func BecomeOwner(store.Config, string, bool) (Owner, error) { return Owner{}, nil }

func accountHere() string { return "" }
