package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"unetbench/bench"
	"unetbench/bench/claims"
	"unetbench/internal/kernel"
)

func reproduceCommand() *cobra.Command {
	var (
		lab         = claims.Lab{Seed: 1}
		list, quiet bool
		asJSON      bool
		out         string
	)
	c := &cobra.Command{
		Use:   "reproduce [ID...]",
		Short: "Try what papers and the thread claim, in small experiments",
		Long: "reproduce tries published claims about the borders, tiles and joins of U-Nets, each by an\n" +
			"experiment of a minute or so and a rule that was fixed beforehand, and says of each whether\n" +
			"it was reproduced, was not, or is not testable here and why. Without IDs it tries them all.",
		Example: "  unetbench reproduce --list\n" +
			"  unetbench reproduce rumberger-stride majurski-halo\n" +
			"  unetbench reproduce --out docs/claims.md",
		RunE: func(c *cobra.Command, ids []string) error {
			cs, err := claims.Named(ids)
			if err != nil {
				return err
			}
			if lab.Threads < 0 {
				return fmt.Errorf("--threads %d: want 0 (all cores) or a positive number", lab.Threads)
			}
			stdout := c.OutOrStdout()
			if list {
				return listClaims(stdout, cs)
			}
			p := newProgress(c.ErrOrStderr(), quiet)
			lab.Note = func(about string) { p.Note("%s", about) }
			rs, stopped := try(c.Context(), &lab, cs, func(r claims.Result) {
				if !asJSON {
					fmt.Fprintf(stdout, "%s: %s\n", r.ID, r.Line())
				}
			})
			if stopped != nil && !errors.Is(stopped, context.Canceled) {
				return failed{stopped}
			}
			if asJSON {
				if err := writeClaims(stdout, rs); err != nil {
					return failed{err}
				}
			}
			if stopped != nil {
				return fmt.Errorf("%w after %d of %d claims; no file is written", errInterrupted, len(rs), len(cs))
			}
			if out == "" {
				return nil
			}
			if err := bench.WriteFile(out, func(w io.Writer) error {
				return claims.Markdown(w, commandOf(ids, lab.Seed, out), kernel.Best().Name, rs)
			}); err != nil {
				return failed{fmt.Errorf("--out %s: %w", out, err)}
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&list, "list", false, "list the claims and try none")
	f.Uint64Var(&lab.Seed, "seed", lab.Seed, "first seed, of images and networks alike")
	f.IntVar(&lab.Threads, "threads", 0, "cores to use (default all); the results do not depend on it")
	f.BoolVar(&asJSON, "json", false, "print the results as JSON instead of a line each")
	f.StringVar(&out, "out", "", "write them to this Markdown file too, with figures, once all are tried")
	f.BoolVar(&quiet, "quiet", false, "no progress")
	return c
}

// try tries the claims in order, until one fails or ctx ends.
func try(ctx context.Context, l *claims.Lab, cs []claims.Claim, tell func(claims.Result)) (rs []claims.Result, err error) {
	for _, c := range cs {
		r, err := c.Try(ctx, l)
		if err != nil {
			return rs, err
		}
		tell(r)
		rs = append(rs, r)
		if err := ctx.Err(); err != nil {
			return rs, err
		}
	}
	return rs, nil
}

func listClaims(w io.Writer, cs []claims.Claim) error {
	for _, c := range cs {
		cost := ""
		if c.Trains {
			cost = " [trains]"
		}
		if _, err := fmt.Fprintf(w, "%s (%s)%s: %s\n", c.ID, c.Source, cost, c.Said); err != nil {
			return err
		}
	}
	return nil
}

// commandOf is what makes the same file again.
func commandOf(ids []string, seed uint64, out string) string {
	s := "unetbench reproduce"
	if len(ids) > 0 {
		s += " " + strings.Join(ids, " ")
	}
	if seed != 1 {
		s += fmt.Sprintf(" --seed %d", seed)
	}
	return s + " --out " + out
}

func writeClaims(w io.Writer, rs []claims.Result) error {
	type record struct {
		ID      string          `json:"id"`
		Source  string          `json:"source"`
		Claim   string          `json:"claim"`
		Verdict claims.Verdict  `json:"verdict"`
		Why     string          `json:"why"`
		Figures []claims.Figure `json:"figures,omitempty"`
		Notes   []string        `json:"notes,omitempty"`
	}
	out := []record{}
	for _, r := range rs {
		out = append(out, record{r.ID, r.Source, r.Said, r.Verdict, r.Why, r.Figures, r.Notes})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
