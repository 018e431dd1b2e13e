// Command x25519 multiplies 10,000 times on the curve, on all cores: the least that opening 10,000 records takes.
package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"runtime"
	"sync"
)

func main() {
	var cores sync.WaitGroup
	for range runtime.NumCPU() {
		cores.Go(func() { multiply(10_000 / runtime.NumCPU()) })
	}
	cores.Wait()
}

func multiply(times int) {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	for range times {
		if _, err := key.ECDH(key.PublicKey()); err != nil {
			panic(err)
		}
	}
}
