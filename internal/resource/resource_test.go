package resource

import (
	"runtime"
	"testing"
)

func TestPeakCountsWhatIsTouched(t *testing.T) {
	before := Peak()
	if before == 0 {
		t.Skip("this system does not tell")
	}
	const size = 64 << 20
	b := make([]byte, size)
	for i := 0; i < size; i += 4096 {
		b[i] = 1
	}
	if grew := Peak() - before; grew < size/2 {
		t.Errorf("after touching %d bytes the peak grew by %d", size, grew)
	}
	runtime.KeepAlive(b)
}

func TestChildrenHaveNoChildren(t *testing.T) {
	t.Setenv(child, "1")
	if _, err := Run(t.Context(), "true"); err == nil {
		t.Error("a child process started another")
	}
}
