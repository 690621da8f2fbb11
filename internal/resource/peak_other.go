//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package resource

// Peak is 0: this system does not tell.
func Peak() int64 { return 0 }
