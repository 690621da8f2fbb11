package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file under testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./report -update writes it", err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got); go test ./report -update accepts it:\n%s", name, d)
	}
}

func TestTerminalGolden(t *testing.T) {
	for _, c := range []struct {
		name    string
		fixture fixture
		width   int
		color   bool
	}{
		{"full-100.txt", full(), 100, false},
		{"full-60.txt", full(), 60, false},
		{"full-color.txt", full(), 100, true},
		{"controls.txt", withControls(), 120, false},
		{"one-arm.txt", oneArm(), 80, false},
		{"stopped.txt", cutShort(), 80, false},
		{"no-contrasts.txt", noContrasts(), 80, false},
		{"one-seed.txt", oneSeed(), 80, false},
		{"two-regimes.txt", twoRegimes(), 100, false},
		{"all-regimes.txt", allRegimes(), 100, false},
		{"still-learning.txt", stillLearning(), 100, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Terminal(&b, c.fixture.results(t), c.width, c.color); err != nil {
				t.Fatal(err)
			}
			golden(t, c.name, b.Bytes())
			for line := range strings.Lines(b.String()) {
				if n := columns(strings.TrimRight(line, "\n")); n > c.width {
					t.Errorf("line of %d columns on a terminal of %d: %q", n, c.width, line)
				}
			}
		})
	}
}
