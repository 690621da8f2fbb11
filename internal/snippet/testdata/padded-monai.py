import torch
import torch.nn.functional as F
from monai.inferers import sliding_window_inference

ROI, STRIDE = (192, 192), (96, 96)  # on the network's step of 8 and 8
RIMS = [(48, 48), (48, 48)]  # to discard at inner edges: top and bottom, left and right


def padded(image):
    """Mirrored so that no window has to be moved back: it would lie off the network's step."""
    extra = [max(r - n, 0) or (r - n) % s for n, r, s in zip(image.shape[2:], ROI, STRIDE)]
    return F.pad(image, (0, extra[1], 0, extra[0]), mode="reflect")


def predict(net, image):
    """image: 1 × channels × height × width. Equals net(padded(image)) but for rounding."""
    # MONAI averages overlaps. Next to no weight, where a neighbour has more, discards instead.
    ys, xs = (torch.ones(n) for n in ROI)
    for v, (first, last) in zip((ys, xs), RIMS):
        v[:first] = 1e-12
        v[len(v) - last :] = 1e-12
    out = sliding_window_inference(
        padded(image), roi_size=ROI, sw_batch_size=1, predictor=net,
        overlap=(1 - 96.5 / 192, 1 - 96.5 / 192),  # so that windows are STRIDE apart
        roi_weight_map=ys[:, None] * xs[None, :],
    )
    return out[:, :, : image.shape[2], : image.shape[3]]
