package valid_test

import (
	"testing"

	"unetbench/arch/archtest"
	"unetbench/arch/valid"
)

func TestCropped(t *testing.T) { archtest.Run(t, valid.Arch) }

func TestNoSkip(t *testing.T) { archtest.Run(t, valid.NoSkip) }
