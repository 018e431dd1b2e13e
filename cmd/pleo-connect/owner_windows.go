package main

import "pleo-connect/store"

// openAs returns the places of the store. Accounts are not changed here: the store is as private as the directory it is in.
func (a *app) openAs(string) (store.Config, error) { return a.places() }

// createAs is openAs.
func (a *app) createAs(string) (store.Config, error) { return a.places() }

func accountHere() string { return "" }
