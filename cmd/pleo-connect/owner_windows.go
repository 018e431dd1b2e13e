package main

import "pleo-connect/store"

// becomeOwner returns the places as they are. Accounts are not changed here: the store is as private as the directory
// it is in.
func becomeOwner(cfg store.Config, _ string, _ bool) (entrance, error) {
	return entrance{Config: cfg}, nil
}

func accountHere() string { return "" }
