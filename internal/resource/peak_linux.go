package resource

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// Peak is the largest resident size that this process has reached, in bytes; 0
// where the system does not tell. (getrusage would count the parent's memory
// too: Linux carries it over from before the exec.)
func Peak() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
