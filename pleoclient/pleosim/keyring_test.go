package pleosim

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestKeyExpires: a key is valid for as long as its form said.
func TestKeyExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := BuiltIn()
		k := &keyring{accounts: newAccounts([]Integration{i})}
		good := k.account(i.key(roleGood))
		for _, days := range []int{30, 0} {
			c := &createdKey{name: "n", account: account{company: good.company}}
			if days > 0 {
				c.expires = time.Now().AddDate(0, 0, days)
			}
			k.standalone(i, c)
			time.Sleep(29 * 24 * time.Hour) // of a virtual clock
			if !k.account(c.text).valid() {
				t.Errorf("%d days: the key ends too soon", days)
			}
			time.Sleep(2 * 24 * time.Hour)
			if k.account(c.text).valid() == (days > 0) {
				t.Errorf("%d days: the key is valid: %v", days, days > 0)
			}
			if got := k.list()[k.count("")-1].Expired; got != (days > 0) {
				t.Errorf("%d days: listed as expired: %v", days, got)
			}
		}
	})
}
