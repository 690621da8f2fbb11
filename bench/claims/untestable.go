package claims

// untestable is what cannot be tried here, and why.
var untestable = []Claim{
	{ID: "ronneberger-isbi", Source: "Ronneberger et al. 2015", Said: "On ISBI 2012 the U-Net has a warping error of 0.0003529 and a Rand error of 0.0382 (the network before it: 0.000420 and 0.0504).",
		Experiment: "the test labels are secret: only the organisers can score a submission"},
	{ID: "ronneberger-tracking", Source: "Ronneberger et al. 2015", Said: "On PhC-U373 and DIC-HeLa its IoU is 0.9203 and 0.7756 (second best 0.83 and 0.46).",
		Experiment: "the videos are not part of this program, and the challenge's test labels are secret"},
	{ID: "ronneberger-time", Source: "Ronneberger et al. 2015", Said: "Segmenting 512×512 px takes less than a second on a recent GPU, training 10 hours.",
		Experiment: "that is about a graphics card of 2015; a run here prints no times, so that the same seed gives the same text"},
	{ID: "liu-partial", Source: "Liu et al. 2018", Said: "Partial-convolution padding is consistently better than zero padding.",
		Experiment: "the engine has no partial convolution"},
	{ID: "innamorati-filters", Source: "Innamorati et al. 2018", Said: "Filters learned for the border reduce the error by 5 to 20 %.",
		Experiment: "the engine has no separate filters at the border"},
	{ID: "buglakova-renorm", Source: "Buglakova et al. 2025", Said: "Batch renormalisation is the best remedy.",
		Experiment: "the engine has no batch renormalisation"},
	{ID: "rojas-lps", Source: "Rojas-Gomez et al. 2022", Said: "Learnable polyphase sampling gives 100 % shift consistency and 3.3 points on VOC segmentation.",
		Experiment: "the engine has no learnable sampling, and VOC is not part of this program"},
}
