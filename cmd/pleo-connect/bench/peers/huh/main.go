// Command huh asks for a password with a form of huh, and shows a spinner as if it were checked: what a program gets
// that asks for a key with a library. The bench compares keys, idling and bytes with it.
package main

import (
	"fmt"
	"time"

	"charm.land/huh/v2"
	"charm.land/huh/v2/spinner"
)

// checkTime is about what a check of the wizard takes on loopback.
const checkTime = 20 * time.Millisecond

func main() {
	var key string
	form := huh.NewForm(huh.NewGroup(
		huh.NewInput().Title("Key").Description("Paste the key").EchoMode(huh.EchoModePassword).Value(&key),
	))
	if err := form.Run(); err != nil {
		panic(err)
	}
	if err := spinner.New().Title("Checking").Action(func() { time.Sleep(checkTime) }).Run(); err != nil {
		panic(err)
	}
	fmt.Println("Connected")
}
