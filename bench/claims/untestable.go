package claims

// untestable is what cannot be tried here, and why.
var untestable = []Claim{
	{ID: "ronneberger-isbi", Source: "Ronneberger et al. 2015", Said: "On ISBI 2012 the U-Net has a warping error of 0.0003529 and a Rand error of 0.0382 (the network before it: 0.000420 and 0.0504).",
		Experiment: "the test labels are secret: only the organisers can score a submission"},
	{ID: "ronneberger-tracking", Source: "Ronneberger et al. 2015", Said: "On PhC-U373 and DIC-HeLa its IoU is 0.9203 and 0.7756 (second best 0.83 and 0.46).",
		Experiment: "the videos are not part of this program, and the challenge's test labels are secret"},
	{ID: "ronneberger-time", Source: "Ronneberger et al. 2015", Said: "Segmenting 512×512 px takes less than a second on a recent GPU, training 10 hours.",
		Experiment: "that is about a graphics card of 2015; a run here prints no times, so that the same seed gives the same text"},
	{ID: "rumberger-objects", Source: "Rumberger et al. 2021", Said: "A network of l poolings by f tells at most f^(d·l) objects that look the same apart.",
		Experiment: "it takes a network that gives every object a number, and there is none here"},
	{ID: "majurski-densenet", Source: "Majurski & Bajcsy 2021", Said: "FC-DenseNet needs a halo of 384 px at 56 layers and of 1120 px at 103.",
		Experiment: "no variant here is an FC-DenseNet"},
	{ID: "niemitalo-lp", Source: "Niemitalo et al. 2025", Said: "Padding by linear prediction takes 2 % off the squared error at the border, and costs 25 % more time.",
		Experiment: "the engine has no linear prediction"},
	{ID: "zhang-imagenet", Source: "Zhang 2019", Said: "Blurring takes ResNet-50 from 76.16 to 77.04 % accuracy and from 89.20 to 91.31 % consistency on ImageNet.",
		Experiment: "neither ResNet-50 nor ImageNet is part of this program; zhang-blur tries the idea"},
	{ID: "liu-partial", Source: "Liu et al. 2018", Said: "Partial-convolution padding is consistently better than zero padding.",
		Experiment: "the engine has no partial convolution"},
	{ID: "innamorati-filters", Source: "Innamorati et al. 2018", Said: "Filters learned for the border reduce the error by 5 to 20 %.",
		Experiment: "the engine has no separate filters at the border"},
	{ID: "buglakova-renorm", Source: "Buglakova et al. 2025", Said: "Batch renormalisation is the best remedy.",
		Experiment: "the engine has no batch renormalisation"},
	{ID: "rojas-lps", Source: "Rojas-Gomez et al. 2022", Said: "Learnable polyphase sampling gives 100 % shift consistency and 3.3 points on VOC segmentation.",
		Experiment: "the engine has no learnable sampling, and VOC is not part of this program"},
}
