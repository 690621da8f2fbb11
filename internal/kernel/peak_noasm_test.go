//go:build !amd64 || purego

package kernel

func multiplyAdds(int) float64 { return 0 }
