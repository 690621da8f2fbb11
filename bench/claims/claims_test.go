package claims

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/bench"
	"unetbench/graph"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What needs no training runs whole, and its verdicts are known.
func TestQuickClaims(t *testing.T) {
	l := &Lab{Seed: 1}
	var b strings.Builder
	for _, c := range All() {
		if c.Trains {
			continue
		}
		r, err := c.Try(context.Background(), l)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Verdict)
	}
	golden(t, "testdata/quick.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; go test ./bench/claims -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// The experiments that train, cut far too short to mean anything, give every
// figure that their rules ask for, and the same text for any number of threads.
func TestTrainingClaims(t *testing.T) {
	ctx, two, one := context.Background(), &Lab{Seed: 3, Threads: 2, quick: true}, &Lab{Seed: 3, Threads: 1, quick: true}
	for _, c := range All() {
		if !c.Trains {
			continue
		}
		r, err := c.Try(ctx, two)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Figures {
			if !(f.Low <= f.Value && f.Value <= f.High) {
				t.Errorf("%s: %+v", c.ID, f)
			}
		}
		if c.ID != "niemitalo-crop" && c.ID != "kayhan-location" {
			continue
		}
		again, err := c.Try(ctx, one)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := text(t, r), text(t, again); a != b {
			t.Errorf("threads change the text:\n%s\n%s", a, b)
		}
	}
}

func text(t *testing.T, r Result) string {
	t.Helper()
	var b strings.Builder
	if err := Markdown(&b, "unetbench reproduce", "any", []Result{r}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for i, c := range All() {
		if c.ID == "" || seen[c.ID] || strings.ToLower(c.ID) != c.ID || strings.ContainsAny(c.ID, " _") {
			t.Errorf("claim %d: ID %q: want lower-case words joined by dashes, once", i, c.ID)
		}
		seen[c.ID] = true
		if c.Source == "" || !strings.HasSuffix(c.Said, ".") && !strings.HasSuffix(c.Said, ").") || c.Experiment == "" {
			t.Errorf("%s: source, claim as a sentence, and experiment must be given", c.ID)
		}
		if (c.measure == nil) != (c.judge == nil) || (c.measure == nil) != (c.Rule == "") {
			t.Errorf("%s: experiment, rule and judge go together", c.ID)
		}
	}
	if _, err := Named([]string{"odena"}); err == nil || !strings.Contains(err.Error(), `no claim "odena"; want some of thread-crop`) {
		t.Error(err)
	}
	if cs, err := Named([]string{"zhang-shift", "thread-crop"}); err != nil || len(cs) != 2 || cs[0].ID != "thread-crop" {
		t.Errorf("%v, %v: want them in the order of the table", cs, err)
	}
}

func TestStopsWhenAsked(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	c, err := Named([]string{"liu-modes"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c[0].Try(ctx, &Lab{Seed: 1, quick: true}); err == nil || !strings.HasPrefix(err.Error(), "claim liu-modes: ") {
		t.Errorf("%v: want the claim's name and why it stopped", err)
	}
}

// The blurred network has the sizes, cost and parameters of the plain one, and
// another output.
func TestBlurred(t *testing.T) {
	g, err := padded.Arch.Build(narrow(2, 4, arch.Transposed))
	if err != nil {
		t.Fatal(err)
	}
	b := blurred(g)
	a, err := g.TotalCost(graph.Square(32))
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.TotalCost(graph.Square(32))
	if err != nil {
		t.Fatal(err)
	}
	if a.MACs != c.MACs || a.Params != c.Params || len(b.Nodes) != len(g.Nodes)+4 {
		t.Errorf("cost %+v with %d nodes, plain %+v with %d", c, len(b.Nodes), a, len(g.Nodes))
	}
	l := &Lab{Seed: 1}
	w := g.InitWeights(1)
	x := noise(1, 32)
	p, err := l.predictor(g, w).Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	q, err := l.predictor(b, w).Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	if p.Shape != q.Shape {
		t.Fatalf("%v and %v", p.Shape, q.Shape)
	}
	if most, _ := differ(p, q, 0, 0, 0, 32); most == 0 {
		t.Error("the blur changes nothing")
	}
}

// What the paper's network is worth by itself.
func TestOriginal(t *testing.T) {
	p, err := Original(bench.Reference)
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[int]int{572: 388, 508: 324, 512: 324, 700: 516} {
		if got, err := p.outputSide(in); err != nil || got != want {
			t.Errorf("%d px give %d, %v; want %d", in, got, err, want)
		}
	}
	if _, err := Original("croped"); err == nil {
		t.Error("an unknown variant is built")
	}
}

// What a reader of the verdict alone must know stands beside it.
func TestStatus(t *testing.T) {
	catch := func(Figures) string { return "But not so." }
	for want, r := range map[string]Result{
		"reproduced: it is":                                {Verdict: Reproduced, Why: "it is"},
		"reproduced, with a catch: it is. But not so.":     {Verdict: Reproduced, Why: "it is", Claim: Claim{catch: catch}},
		"not reproduced: it is not":                        {Verdict: NotReproduced, Why: "it is not"},
		"not reproduced (undecided): 1 points":             {Verdict: NotReproduced, Why: "undecided: 1 points"},
		"not testable here, because the labels are secret": {Verdict: NotTestable, Why: "the labels are secret"},
	} {
		if got := r.Line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 12: "12", -0.5: "−0.5", 0.12345: "0.123", 1e-5: "1.0e−05", 31.26: "31.3", 123456.7: "1.2e+05"} {
		if got := number(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}
