//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package resource

import (
	"runtime"
	"syscall"
)

// Peak is the largest resident size that this process has reached, in bytes; 0
// where the system does not tell.
func Peak() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss) // bytes there, KiB elsewhere
	}
	return int64(u.Maxrss) << 10
}
