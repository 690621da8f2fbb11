package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a comparison has come: a bar with the time left on a
// terminal, a line now and then elsewhere, nothing with --quiet.
type progress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar // nil where w is no terminal
	quiet bool
	start time.Time
	total int
	done  int
	shown int // tenths reported so far
}

func newProgress(w io.Writer, quiet bool) *progress {
	return &progress{w: w, quiet: quiet}
}

func (p *progress) Begin(units int) {
	p.start, p.total = time.Now(), units
	if !p.quiet && isTerminal(p.w) {
		p.bar = progressbar.NewOptions(units,
			progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription("training and measuring"),
			progressbar.OptionSetWidth(30), progressbar.OptionShowElapsedTimeOnFinish(),
			progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	}
}

func (p *progress) Advance(units int) {
	p.done += units
	switch {
	case p.quiet:
	case p.bar != nil:
		p.bar.Add(units)
	case p.total > 0 && p.done*10/p.total > p.shown:
		p.shown = p.done * 10 / p.total
		spent := time.Since(p.start)
		left := time.Duration(float64(spent) * float64(p.total-p.done) / float64(p.done))
		fmt.Fprintf(p.w, "%3d %% after %s, about %s left\n", p.shown*10, spent.Round(time.Second), left.Round(time.Second))
	}
}

func (p *progress) Note(format string, a ...any) {
	if p.quiet {
		return
	}
	if p.bar != nil {
		p.bar.Clear()
	}
	fmt.Fprintf(p.w, format+"\n", a...)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the number of columns of w, or 100 where it is no terminal.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 20 {
			return n
		}
	}
	return 100
}
