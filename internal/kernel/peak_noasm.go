//go:build !amd64 || purego

package kernel

func multiplyAdds(string, int) float64 { return 0 }
