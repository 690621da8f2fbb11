package resized_test

import (
	"testing"

	"unetbench/arch/archtest"
	"unetbench/arch/resized"
)

func TestSkip(t *testing.T) { archtest.Run(t, resized.Skip) }

func TestUp(t *testing.T) { archtest.Run(t, resized.Up) }
